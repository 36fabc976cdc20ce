"""Constituencies and precincts of a draft, edited in the cabinet: deviation, sizes and borders stand beside the rows.

Without a script the page computes when it is asked to (“Recalculate”); with one, as somebody types (`divisions.js`). Nothing is
an official fact before the election is called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from esaylov.cabinet.lists import Asked, Column, ListPage, pages_of
from esaylov.design.numbers import marks, whole
from esaylov.design.words import in_language, language
from esaylov.elections import divisions
from esaylov.elections.divisions import Division, Row, count_of, names_of
from esaylov.elections.forms import KINDS
from esaylov.elections.models import Draft
from esaylov.elections.views import calls_elections, draft_url
from esaylov.exchange.values import MAX_COUNT
from esaylov.law.districts import TEXTS, Deviation
from esaylov.law.exact import to_fraction
from esaylov.law.findings import Finding

PER_PAGE = 50
NAME_LENGTH = 200
SIZES = frozenset({"G05", "G06"})
NOWHERE = "-"
"""The filter of precincts that lie in no constituency."""


@dataclass(frozen=True, slots=True)
class BodyLine:
    """A body in the list: how many constituencies and voters it has, and how many of them are beyond the limit."""

    body: str
    title: str
    constituencies: int
    voters: int
    mean: int
    beyond: int


def percent(share: Fraction) -> str:
    """A deviation with its sign and one decimal."""
    return f"{float(share) * 100:+.1f} %"


def _opened(draft: str) -> tuple[Draft, Division]:
    row = get_object_or_404(Draft, pk=draft, called=None)
    try:
        return row, divisions.read(row)
    except divisions.UnreadableTableError:
        raise Http404 from None


def body_name(found: Division, body: str) -> str:
    """Whom a constituency elects, in words."""
    if not body.startswith("council:"):
        return str(KINDS.get(body, body))
    code = body.partition(":")[2]
    place = found.places.get(code)
    return gettext("Council: %(place)s") % {"place": in_language(names_of(place), code) if place else code}


def _place_name(found: Division, code: str) -> str:
    place = found.places.get(code)
    return str(in_language(names_of(place), code)) if place else code


@calls_elections
def index(request: HttpRequest, draft: str) -> HttpResponseBase:
    """All bodies that have constituencies."""
    row, found = _opened(draft)

    def rows(asked: Asked) -> tuple[list[BodyLine], int]:
        word = asked.search.casefold()
        named = [(body, body_name(found, body)) for body in found.bodies]
        wanted = [pair for pair in named if word in pair[1].casefold() or word in pair[0]]
        shown = wanted[asked.offset : asked.offset + asked.limit]
        by_body = _lines(found, shown)
        return by_body, len(wanted)

    page = ListPage(
        title=gettext("Constituencies of %(draft)s") % {"draft": row.pk},
        lead=gettext(
            "The voters of a constituency may differ from the mean of its body by ten per cent as a rule (Art. 9)."
        ),
        columns=(
            Column("body", gettext("Elects to"), lambda line: line.title, url=lambda line: _address(row, line.body)),
            Column("constituencies", gettext("Constituencies"), lambda line: line.constituencies, number=True),
            Column("voters", gettext("Voters"), lambda line: line.voters, number=True),
            Column("mean", gettext("Mean"), lambda line: line.mean, number=True),
            Column("beyond", gettext("Beyond the limit"), lambda line: line.beyond, number=True),
        ),
        rows=rows,
        search=gettext("Elects to"),
        export=f"{row.pk}-constituencies",
        empty=gettext("The draft has no contest in a constituency."),
        template="elections/constituencies.html",
    )  # fmt: skip
    return page.response(request, draft=row)


def _lines(found: Division, shown: Sequence[tuple[str, str]]) -> list[BodyLine]:
    deviations = found.deviations(body for body, _ in shown)
    lines = []
    for body, title in shown:
        own = [deviations[one] for one in found.bodies[body] if one in deviations]
        voters, beyond = sum(one.voters for one in own), sum(one.beyond for one in own)
        number = len(found.bodies[body])
        lines.append(BodyLine(body, title, number, voters, round(Fraction(voters, number)), beyond))
    return lines


def _address(row: Draft, body: str) -> str:
    return reverse("cabinet-draft-division", args=[row.pk, body])


@calls_elections
def division(request: HttpRequest, draft: str, body: str) -> HttpResponse:
    """One body's constituencies with their deviation, and its precincts: which lies where, with how many voters."""
    row, found = _opened(draft)
    if body not in found.bodies:
        raise Http404
    errors: dict[str, str] = {}
    told = ""
    if request.method == "POST":
        if "move" in request.POST:
            return _move_all(request, row, found, body)
        if "name" in request.POST or "drop" in request.POST:
            return _shape(request, row, found, body)
        stale = request.POST.get("mark") != found.mark
        errors = _take(request, found, body)
        if "save" in request.POST and not errors and not stale:
            found.save(row)
            messages.success(request, gettext("The division was saved in the draft."))
            return HttpResponseRedirect(f"{_address(row, body)}?{_kept(request)}")
        if stale:
            told = gettext("Somebody changed the draft meanwhile: look at the rows again before you save.")
        elif errors:
            told = gettext("Nothing was saved: some rows cannot be read.")
        else:
            told = gettext("This is computed from what you typed. It is not saved yet.")
    return render(
        request, "elections/division.html", _values(request, row, found, body, errors) | {"told": told}
    )


def _kept(request: HttpRequest) -> str:
    """The part of the list at which somebody works."""
    given = request.POST if request.method == "POST" else request.GET
    return urlencode({name: given[name] for name in ("within", "page") if given.get(name)})


def _take(request: HttpRequest, found: Division, body: str) -> dict[str, str]:
    """Puts what was typed into the division; what cannot be is named by precinct. Rows that are not there are passed by."""
    known = {row["id"]: row for row in found.precincts.rows}
    errors: dict[str, str] = {}
    for number, code in enumerate(request.POST.getlist("precinct")[:PER_PAGE]):
        row = known.get(code)
        if row is None:
            continue
        voters = request.POST.get(f"voters-{number}", row["voters"]).strip()
        name = request.POST.get(f"number-{number}", row["number"]).strip()
        if count_of(voters) is None:
            errors[code] = gettext("A whole number of voters, up to %(most)s.") % {"most": f"{MAX_COUNT:,}"}
        if len(name) > 20 or not name.isprintable():
            errors[code] = gettext("A number of a precinct has at most twenty characters.")
        row["voters"], row["number"] = voters, name
        target = request.POST.get(f"to-{number}")
        now = found.lies_in(row, body)
        if target is not None and _changes(now, target):
            _move(found, row, body, target)
    return errors


def _changes(now: Sequence[str], target: str) -> bool:
    """Whether a choice moves a precinct; where it lies in several constituencies, an empty one leaves it as it is."""
    return now != [target] if target else len(now) == 1


def _move(found: Division, row: Row, body: str, target: str) -> None:
    if not target or target in found.bodies[body]:
        found.move(row, body, target)


def _move_all(request: HttpRequest, row: Draft, found: Division, body: str) -> HttpResponse:
    """All precincts of a territory go into one constituency; saved at once, as they are more than a page shows."""
    source, target = request.POST.get("from", ""), request.POST.get("to", "")
    if target not in found.bodies[body] or source not in found.places:
        raise Http404
    moved = [
        one
        for one in found.area(body)
        if source in found.within(one) and found.lies_in(one, body) != [target]
    ]
    for one in moved:
        found.move(one, body, target)
    found.save(row)
    text = ngettext("%(n)s precinct was moved.", "%(n)s precincts were moved.", len(moved))
    messages.success(request, text % {"n": whole(len(moved), language())})
    return HttpResponseRedirect(f"{_address(row, body)}?{_kept(request)}")


def _shape(request: HttpRequest, row: Draft, found: Division, body: str) -> HttpResponse:
    """Adds, names or takes away a constituency; saved at once."""
    code, name = request.POST.get("code", "").strip(), request.POST.get("title", "").strip()
    drops = "drop" in request.POST
    try:
        if drops:
            found.drop(body, code)
        elif not name or len(name) > NAME_LENGTH or not name.isprintable():
            raise ValueError(name)
        else:
            found.name(body, code, name)
        found.save_shape(row)
    except (ValueError, divisions.UnreadableTableError):
        text = gettext("A constituency has a name, and a code that nothing else has.")
        if drops:
            text = gettext(
                "A constituency is taken away when no precinct lies in it and it is not the last one."
            )
        messages.error(request, text)
    else:
        messages.success(request, gettext("The division was saved in the draft."))
    return HttpResponseRedirect(_address(row, body))


def _values(
    request: HttpRequest, row: Draft, found: Division, body: str, errors: Mapping[str, str]
) -> dict[str, Any]:
    """Everything on the page."""
    given = request.POST if request.method == "POST" else request.GET
    within = str(given.get("within", ""))
    area, deviations = found.area(body), found.deviations([body])
    wanted = [one for one in area if _is_in(found, one, body, within)]
    text = str(given.get("page", "1"))
    pages = pages_of(len(wanted), PER_PAGE)
    page = min(max(count_of(text) or 1, 1), pages)
    by_field: dict[str, list[Finding]] = {}
    findings = found.findings(body)
    for one in findings:
        for name in one.fields:
            by_field.setdefault(name, []).append(one)
    choices = [(one, _place_name(found, one)) for one in found.bodies[body]]
    options = format_html_join("", '<option value="{}">{}</option>', [("", "–"), *choices])
    beside = Beside(found, body, by_field, errors, options)
    total = sum(one.voters for one in deviations.values())
    values = found.edition.values.get("precinct", {})
    return {
        "draft": row, "body": body, "title": body_name(found, body), "back": draft_url(row),
        "constituencies": [beside.constituency(one, deviations.get(one)) for one in found.bodies[body]],
        "rows": [beside.precinct(*pair) for pair in enumerate(wanted[(page - 1) * PER_PAGE : page * PER_PAGE])],
        "mean": round(Fraction(total, len(found.bodies[body]))),
        "beyond": sum(one.beyond for one in deviations.values()),
        "nowhere": sum(1 for one in area if not found.lies_in(one, body)),
        "others": _others(found, area, body, findings),
        "limit": _limit(found),
        "least": values.get("voters_min", ""), "most": values.get("voters_max", ""),
        "small": _text("G05"), "large": _text("G06"), "group": marks(language())[0],
        "choices": choices, "territories": _territories(found, area), "within": within, "page": page, "pages": pages,
        "total": len(wanted), "mark": found.mark, "per_page": PER_PAGE,
        "before": _part(within, page - 1) if page > 1 else "", "after": _part(within, page + 1) if page < pages else "",
    }  # fmt: skip


def _part(within: str, page: int) -> str:
    """The address of a part of the list."""
    return "?" + urlencode([("within", within), ("page", str(page))])


def _limit(found: Division) -> tuple[int, int] | None:
    """The limit of the deviation as a fraction, None where the edition sets none."""
    value = found.edition.values.get("constituency", {}).get("deviation")
    return None if value is None else to_fraction(value).as_integer_ratio()


def _text(code: str) -> str:
    return str(in_language(TEXTS[code], code))


def _is_in(found: Division, row: Row, body: str, within: str) -> bool:
    if within == NOWHERE:
        return not found.lies_in(row, body)
    return not within or within in found.within(row)


def _told(findings: Sequence[Finding]) -> list[str]:
    return [str(in_language(one.text, one.code)) for one in findings]


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the rows: findings by what they are about, and mistakes of what was typed, by precinct."""

    found: Division
    body: str
    findings: Mapping[str, Sequence[Finding]]
    errors: Mapping[str, str]
    options: SafeString

    def chosen(self, code: str) -> SafeString:
        """The options of a row with one of them chosen: made once for all rows, as there are 75 of them in each."""
        value = format_html('value="{}"', code)
        return mark_safe(self.options.replace(value, f"{value} selected", 1))  # noqa: S308 - both parts are escaped

    def constituency(self, code: str, deviation: Deviation | None) -> dict[str, Any]:
        """A constituency's row; the finding that says what the row shows already is left out."""
        own = [one for one in self.findings.get(code, ()) if one.code not in {"G01", "G09", "G11"}]
        return {
            "id": code, "name": _place_name(self.found, code), "deviation": deviation,
            "percent": percent(deviation.share) if deviation else "", "findings": _told(own),
        }  # fmt: skip

    def precinct(self, number: int, row: Row) -> dict[str, Any]:
        """A precinct's row; `lies`: the constituencies in which it lies by the draft or by what was typed."""
        lies = self.found.lies_in(row, self.body)
        own = self.findings.get(row["id"], ())
        return {
            "id": row["id"], "index": number, "number": row["number"], "voters": row["voters"],
            "territory": _place_name(self.found, row["territory"]), "options": self.chosen(lies[0] if len(lies) == 1 else ""),
            "lies": " ".join(lies), "error": self.errors.get(row["id"], ""), "count": count_of(row["voters"]) or 0,
            "size": " ".join(_told([one for one in own if one.code in SIZES])),
            "findings": _told([one for one in own if one.code not in SIZES]),
        }  # fmt: skip


def _others(found: Division, area: Sequence[Row], body: str, findings: Sequence[Finding]) -> list[str]:
    """What is wrong with the whole: findings about neither a precinct nor a constituency of the body."""
    rows = {row["id"] for row in area} | set(found.bodies[body])
    told = []
    for one in findings:
        if not set(one.fields) & rows:
            where = ", ".join(
                body_name(found, name) if name == body else _place_name(found, name) for name in one.fields
            )
            told.append(
                f"{in_language(one.text, one.code)}: {where}"
                + (f" ({one.left})" if one.left is not None else "")
            )
    return told


def _territories(found: Division, area: Sequence[Row]) -> list[tuple[str, str]]:
    """The territories that the precincts of an area stand in, by name."""
    codes = {row["territory"] for row in area}
    return sorted(((code, _place_name(found, code)) for code in codes), key=lambda pair: pair[1])
