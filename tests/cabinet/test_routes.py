"""Every route of the cabinet × everybody who may ask: made from the urlconf, so that a new route is in it by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import NoReverseMatch, URLPattern, URLResolver
from django.urls.resolvers import RegexPattern, RoutePattern

from esaylov.cabinet.views import Asks, asks_of
from tests.acts.test_matrix import COUNCIL, NATIONAL, OF_EACH_MEMBER, OFFICERS
from tests.cabinet.people import WHO, Bench

SAMPLES = {"contest": "list", "precinct": "n1-1", "leaf": "0" * 64, "election": "door", "number": 1}
EVERYBODY = {*WHO, "bystander"}
ANYBODY = {"cabinet-apply", "cabinet-status"}
"""Whoever writes to a commission, and follows it by its code, needs no account (proceedings)."""
READ = {"cabinet": EVERYBODY, "cabinet-board": set(WHO), "cabinet-notices": EVERYBODY,
        "cabinet-protocols": {"pec chair", "pec secretary", "other pec chair"}}  # fmt: skip
"""Pages that certainly open (200) for these."""


def routes() -> list[tuple[str, str, Any]]:
    """Name, address and view of every route below `/en/cabinet/`."""
    from esaylov.urls import CABINET

    return sorted(_walk(CABINET, "/en/cabinet/"), key=lambda found: found[:2])


def _walk(patterns: Any, before: str) -> Iterator[tuple[str, str, Any]]:
    for one in patterns:
        pattern = one.pattern
        assert isinstance(pattern, RoutePattern | RegexPattern)
        text = str(pattern)
        for name, converter in pattern.converters.items():
            sample = SAMPLES.get(name, 1 if type(converter).__name__ == "IntConverter" else "x")
            if type(converter).__name__ == "UUIDConverter":
                sample = "00000000-0000-4000-8000-000000000000"
            text = _filled(text, name, str(sample))
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, before + text)
        else:
            assert isinstance(one, URLPattern)
            yield one.name or text, before + text, one.callback


def _filled(route: str, name: str, sample: str) -> str:
    start = next(
        at
        for at in range(len(route))
        if route[at] == "<"
        and route[at : route.index(">", at)].rsplit(":", maxsplit=1)[-1].strip("<") == name
    )
    return route[:start] + sample + route[route.index(">", start) + 1 :]


def test_nobody_gets_no_further_than_the_sign_in_page(shared_bench: Bench) -> None:
    nobody = shared_bench.clients["nobody"]
    for name, address, _view in routes():
        for send in (nobody.get, nobody.post):
            answer = send(address)
            if answer.status_code == 405 or name in ANYBODY:
                assert answer.status_code < 500
                continue
            assert answer.status_code == 302, (name, answer.status_code)
            assert answer.headers["Location"].startswith("/en/account/sign-in/?next=%2Fen%2Fcabinet%2F"), name


def law_lets_in(who: str, asks: Asks) -> bool:
    """By what test_matrix has written down by hand, not by the matrix of the code."""
    if asks.open_to_all:
        return True
    if who not in WHO:
        return False
    _election, code, role = WHO[who]
    tier = {"tec": "territorial", "pec": "precinct", "cec": "cec"}[code.split(":")[0]]
    if asks.tiers is not None and tier not in asks.tiers:
        return False
    if asks.roles is not None and role not in asks.roles:
        return False
    if asks.power is None:
        return True
    holds = tier in NATIONAL[asks.power] | COUNCIL[asks.power]
    return holds and (role in OFFICERS or asks.power in OF_EACH_MEMBER)


def test_every_route_says_whom_it_lets_in() -> None:
    for name, _address, view in routes():
        assert name in ANYBODY or asks_of(view) is not None, name


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_every_route_for_everybody(shared_bench: Bench, who: str) -> None:
    """Who may not gets 403, whether the thing is there or not; who may gets the page, or that there is no such thing."""
    client = shared_bench.clients[who]
    for name, address, view in routes():
        asks = asks_of(view)
        if asks is None:
            continue
        for method, send in (("GET", client.get), ("POST", client.post)):
            status = send(address).status_code
            if status == 405:
                continue
            if law_lets_in(who, asks):
                assert status in {200, 302, 400, 404, 409, 422}, (name, who, method, status)
                assert method == "POST" or who not in READ.get(name, ()) or status == 200, (name, who)
            else:
                assert status == 403, (name, who, method, status)


def test_a_closed_page_says_who_may_and_why(shared_bench: Bench) -> None:
    text = shared_bench.clients["pec member"].get("/en/cabinet/protocols/").content.decode()
    assert "precinct commission: chair, deputy chair, secretary" in text
    assert "Article" in text


def test_page_titles_differ(shared_bench: Bench) -> None:
    titles = []
    for address in ("", "board/", "notices/", "protocols/", "protocols/list/", "protocols/d1/"):
        text = shared_bench.clients["pec chair"].get(f"/en/cabinet/{address}").content.decode()
        titles.append(text.split("<title>")[1].split("</title>")[0])
    assert len(set(titles)) == len(titles), titles


def test_personal_pages_are_kept_by_nobody(shared_bench: Bench) -> None:
    answer = shared_bench.clients["pec chair"].get("/en/cabinet/")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "private" in answer.headers["Cache-Control"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_menu_shows_what_opens(shared_bench: Bench) -> None:
    for who in WHO:
        client = shared_bench.clients[who]
        text = client.get("/en/cabinet/").content.decode()
        menu = text.split('<nav class="sections" aria-label="Cabinet">')[1].split("</nav>")[0]
        for part in menu.split('href="')[1:]:
            address = part.split('"')[0]
            assert client.get(address).status_code == 200, (who, address)


def test_reverse_of_every_item() -> None:
    from django.urls import reverse

    from esaylov.cabinet import menu

    for item in menu.items():
        try:
            reverse(item.url_name)
        except NoReverseMatch:
            pytest.fail(f"the menu's {item.code} leads nowhere")
