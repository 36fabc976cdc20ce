"""How often somebody who lost a second factor or a password was let in again, by month: a page and a file.

It follows from accounts, not from the log, so it belongs to no tree size: its tag is made of the figures themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from esaylov.acts.context import STANDING_ZONE
from esaylov.design.words import month_name
from esaylov.publication.etags import site_tag
from esaylov.publication.reads import log_identity
from esaylov.publication.tables import Table
from esaylov.publication.views import _answer, unavailable
from esaylov.registry.accounts.queries import Month, recoveries_by_month
from esaylov.results.queries import reading

MOST_BITS = 32
COLUMNS = ("month", "second_factors", "passwords", "all")
CSV = "text/csv; charset=utf-8; header=present"
FOR_EVERYBODY = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


@dataclass(frozen=True, slots=True)
class Line:
    """A month in words with its figures."""

    title: str
    row: Month


@dataclass(frozen=True, slots=True)
class RecoveriesPage:
    """The page; `all`: how many there were since the first one."""

    simulated: bool
    replay: bool
    lines: tuple[Line, ...]
    all: int

    @property
    def lead(self) -> str:
        """The page in a sentence."""
        return gettext("How often a participant who lost a second factor or a password was let in again.")


def recoveries_page(months: list[Month]) -> RecoveriesPage:
    """The page of these months."""
    identity = log_identity()
    words = gettext("%(month)s %(year)d")
    return RecoveriesPage(
        simulated=bool(identity and identity.simulated),
        replay=bool(identity and identity.replay),
        lines=tuple(
            Line(words % {"month": month_name(row.month, alone=True).capitalize(), "year": row.year}, row)
            for row in months
        ),
        all=sum(row.all for row in months),
    )


def recoveries_file(months: list[Month]) -> HttpResponse:
    """The same as CSV, the earliest month first."""
    rows = tuple(
        (f"{row.year:04}-{row.month:02}", row.factors, row.passwords, row.all) for row in reversed(months)
    )
    response = HttpResponse(Table(COLUMNS, rows).text(), content_type=CSV)
    response.headers["Content-Disposition"] = 'inline; filename="recoveries.csv"'
    for name, value in FOR_EVERYBODY.items():
        response.headers[name] = value
    return response


def _shown(
    request: HttpRequest, show: Callable[[list[Month]], tuple[str, object] | HttpResponse]
) -> HttpResponse:
    try:
        with reading():
            months = recoveries_by_month(STANDING_ZONE, datetime.now(UTC))
            figures = {
                f"{row.year:04}-{row.month:02}": row.factors << MOST_BITS | row.passwords for row in months
            }
            return _answer(request, site_tag(figures), lambda: show(months))
    except (OperationalError, InterfaceError):
        return unavailable(request)


def recoveries(request: HttpRequest) -> HttpResponse:
    """The page."""
    return _shown(request, lambda months: ("portal/recoveries", recoveries_page(months)))


def recoveries_csv(request: HttpRequest) -> HttpResponse:
    """The file."""
    return _shown(request, recoveries_file)
