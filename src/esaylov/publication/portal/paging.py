"""Lists in pages: the first has the list's own address, the others a number behind it (`…/2/`)."""

from __future__ import annotations

from django.http import Http404
from django.urls import reverse

from esaylov.publication.pages.paging import PER_PAGE, Pager, pager

__all__ = ["PER_PAGE", "Pager", "page_address", "pages", "start"]


def start(number: int) -> int:
    """Rows before a page."""
    return (number - 1) * PER_PAGE


def page_address(name: str, arguments: list[str], of: int) -> str:
    """The address of a page of a list by its number."""
    return reverse(name, args=arguments) if of == 1 else reverse(f"{name}-page", args=[*arguments, of])


def pages(name: str, arguments: list[str], number: int, total: int) -> Pager:
    """The way through a list whose first page has the url `name` and the others `name-page`. Http404 behind its end."""

    found = pager(number, total, lambda of: page_address(name, arguments, of))
    if found is None:
        raise Http404
    return found
