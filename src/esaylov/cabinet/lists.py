"""List pages: search, filters, paging and export, the same on every list of the cabinet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from esaylov.cabinet.exports import csv_response, xlsx_response

PER_PAGE = 50
EXPORT_LIMIT = 200_000
EXPORT_PART = 5_000
SEARCH_LIMIT = 200
FILES = {"csv": csv_response, "xlsx": xlsx_response}


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `value` gives a row's value; `url` where the cell leads; `state` a status tag (code, text) instead of the
    value; `number` sets figures to the right; `ends`: its times are ends, which a page writes as everywhere in the cabinet
    (midnight ends the day before it), and a file as they are. `exported` false keeps it out of files.
    """

    code: str
    title: Any
    value: Callable[[Any], Any]
    url: Callable[[Any], str] | None = None
    state: Callable[[Any], Mapping[str, str] | None] | None = None
    number: bool = False
    ends: bool = False
    exported: bool = True


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter with its choices (value, lazy text); the empty choice, all, comes by itself."""

    code: str
    title: Any
    choices: Sequence[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader asked for: the search, the filters that are set, and which part."""

    search: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    limit: int = PER_PAGE
    offset: int = 0


Rows = Callable[[Asked], tuple[Sequence[Any], int]]
"""Reads a part of a list: its rows, and how many there are in all."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as the page shows it. `title`: its column's, which stands beside it where the columns do not fit."""

    title: str
    value: Any
    url: str
    state: Mapping[str, str] | None
    number: bool
    ends: bool = False


@dataclass(frozen=True, slots=True)
class FilterShown:
    """A filter as the page shows it."""

    code: str
    title: str
    choices: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class Pager:
    """Where in the list the page stands."""

    first: int
    last: int
    total: int
    page: int
    pages: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The list as the page shows it."""

    title: str
    lead: str
    search: str
    search_label: str
    filters: tuple[FilterShown, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    pager: Pager
    files: tuple[tuple[str, str], ...]
    filtered: bool
    clear: str
    empty: str


@dataclass(frozen=True)
class ListPage:
    """A list. `rows` reads a part of it; `search` is the label of the search field (None: no search); `export` the name
    of its files (None: no export); `empty` says what will stand here.
    """

    title: Any
    columns: Sequence[Column]
    rows: Rows
    filters: Sequence[Filter] = ()
    search: Any = None
    per_page: int = PER_PAGE
    export: str | None = None
    lead: Any = ""
    empty: Any = ""
    template: str = "cabinet/list.html"

    def response(self, request: HttpRequest, **extra: Any) -> HttpResponseBase:
        """The page, or the file that is asked for by `?format=csv` or `xlsx`. `extra` goes to the template."""
        asked = self.asked(request)
        kind = request.GET.get("format", "")
        if self.export and kind in FILES:
            return self.file(kind, asked)
        page = page_of(request)
        rows, total = self.rows(Asked(asked.search, asked.filters, self.per_page, (page - 1) * self.per_page))
        if not rows and total and page > 1:
            page = pages_of(total, self.per_page)
            rows, total = self.rows(
                Asked(asked.search, asked.filters, self.per_page, (page - 1) * self.per_page)
            )
        shown = self.shown(request, asked, rows, total, page)
        return self.rendered(request, shown, extra)

    def rendered(self, request: HttpRequest, shown: Shown, extra: Mapping[str, Any]) -> HttpResponse:
        """The page in its template."""
        return render(request, self.template, {"list": shown, **extra})

    def asked(self, request: HttpRequest) -> Asked:
        """Search and filters of a request; what no filter knows is left out."""
        search = request.GET.get("q", "").replace("\0", "").strip()[:SEARCH_LIMIT] if self.search else ""
        chosen = {}
        for one in self.filters:
            value = request.GET.get(one.code, "")
            if value in {code for code, _ in one.choices}:
                chosen[one.code] = value
        return Asked(search, {code: value for code, value in chosen.items() if value})

    def file(self, kind: str, asked: Asked) -> HttpResponseBase:
        """The whole list, as it is searched and filtered, as a file."""
        columns = [column for column in self.columns if column.exported]
        head = [str(column.title) for column in columns]
        values = ([column.value(row) for column in columns] for row in self.all_rows(asked))
        return FILES[kind](self.export or "list", head, values)

    def all_rows(self, asked: Asked) -> Iterator[Any]:
        """All rows, read in parts."""
        for offset in range(0, EXPORT_LIMIT, EXPORT_PART):
            rows, total = self.rows(Asked(asked.search, asked.filters, EXPORT_PART, offset))
            yield from rows
            if offset + EXPORT_PART >= total:
                return

    def shown(self, request: HttpRequest, asked: Asked, rows: Sequence[Any], total: int, page: int) -> Shown:
        """The list as the template takes it."""
        given = {code: value for code, value in {"q": asked.search, **asked.filters}.items() if value}
        return Shown(
            title=str(self.title),
            lead=str(self.lead),
            search=asked.search,
            search_label=str(self.search or ""),
            filters=tuple(_filter_shown(one, asked) for one in self.filters),
            columns=tuple(self.columns),
            rows=tuple(tuple(cell_of(column, row) for column in self.columns) for row in rows),
            pager=self.pager(given, len(rows), total, page),
            files=tuple(
                (kind.upper(), address({**given, "format": kind})) for kind in (FILES if self.export else ())
            ),
            filtered=bool(given),
            clear=request.path,
            empty=str(self.empty) or gettext("There is nothing here yet."),
        )

    def pager(self, given: Mapping[str, str], number: int, total: int, page: int) -> Pager:
        """The pager of a page."""
        pages = pages_of(total, self.per_page)
        first = (page - 1) * self.per_page
        return Pager(
            first=first + 1 if number else 0,
            last=first + number,
            total=total,
            page=page,
            pages=pages,
            before=address({**given, "page": str(page - 1)}) if page > 1 else "",
            after=address({**given, "page": str(page + 1)}) if page < pages else "",
        )


def pages_of(total: int, per_page: int) -> int:
    """Number of pages of a list, at least one."""
    return max(1, -(-total // per_page))


def page_of(request: HttpRequest) -> int:
    """The page that is asked for; 1 for whatever is none."""
    text = request.GET.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 7 and int(text) else 1


def address(given: Mapping[str, str]) -> str:
    """The same page with other parameters."""
    return f"?{urlencode(given)}"


def cell_of(column: Column, row: Any) -> Cell:
    """A row's cell."""
    state = column.state(row) if column.state else None
    value = None if state else column.value(row)
    url = column.url(row) if column.url else ""
    return Cell(str(column.title), value, url, state, column.number, column.ends and value is not None)


def _filter_shown(one: Filter, asked: Asked) -> FilterShown:
    choices = tuple((code, str(text)) for code, text in one.choices)
    return FilterShown(one.code, str(one.title), choices, asked.filters.get(one.code, ""))


def queryset_rows(
    rows: QuerySet[Any, Any], *, search: Iterable[str] = (), filters: Mapping[str, str] | None = None
) -> Rows:
    """The `rows` of a list over a queryset: `search` names its fields (each word must occur in one of them), `filters`
    the field of each filter.
    """
    searched = tuple(search)

    def read(asked: Asked) -> tuple[Sequence[Any], int]:
        found = rows
        for code, value in asked.filters.items():
            found = found.filter(**{(filters or {}).get(code, code): value})
        for word in asked.search.split() if searched else ():
            found = found.filter(reduce(or_, (Q(**{f"{name}__icontains": word}) for name in searched)))
        return list(found[asked.offset : asked.offset + asked.limit]), found.count()

    return read
