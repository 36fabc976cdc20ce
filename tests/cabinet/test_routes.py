"""Every route of the cabinet × everybody who may ask: made from the urlconf, so that a new route is in it by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import NoReverseMatch, URLPattern, URLResolver
from django.urls.resolvers import RegexPattern, RoutePattern

from tests.cabinet.people import WHO, Bench

SAMPLES = {"contest": "list", "precinct": "n1-1", "leaf": "0" * 64, "election": "door", "number": 1}
HIGHER = {"cec chair", "tec chair"}
PRECINCT = {"pec chair", "pec secretary", "other pec chair"}
EVERYBODY = {*WHO, "bystander"}
OPEN = {
    "cabinet": EVERYBODY,
    "cabinet-board": set(WHO),
    "cabinet-notices": EVERYBODY,
    "cabinet-protocols": PRECINCT,
    "cabinet-protocol": PRECINCT,
    "cabinet-acceptance": HIGHER,
    "cabinet-place": HIGHER,
}
"""Who may read each page of the shell and of results; everybody else who is signed in gets 403."""
NOTHING_THERE = {"cabinet-notice": EVERYBODY, "cabinet-receipt": PRECINCT, "cabinet-receipt-file": PRECINCT}
"""Pages of things that the sample does not name: 404 for those who may, 403 for the others."""
ANYBODY = {"cabinet-apply", "cabinet-status"}
"""Whoever writes to a commission, and follows it by its code, needs no account (proceedings)."""
POSTED = {"cabinet-switch": EVERYBODY}


def routes() -> list[tuple[str, str]]:
    """Name and address of every route below `/en/cabinet/`."""
    from esaylov.urls import CABINET

    return sorted(_walk(CABINET, "/en/cabinet/"))


def _walk(patterns: Any, before: str) -> Iterator[tuple[str, str]]:
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
            yield one.name or text, before + text


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
    for name, address in routes():
        for send in (nobody.get, nobody.post):
            answer = send(address)
            if answer.status_code == 405 or name in ANYBODY:
                assert answer.status_code < 500
                continue
            assert answer.status_code == 302, (name, answer.status_code)
            assert answer.headers["Location"].startswith("/en/account/sign-in/?next=%2Fen%2Fcabinet%2F"), name


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_every_route_answers_everybody(shared_bench: Bench, who: str) -> None:
    client = shared_bench.clients[who]
    for name, address in routes():
        status = client.get(address).status_code
        if name in OPEN:
            expected = 200 if who in OPEN[name] else 403
        elif name in NOTHING_THERE:
            expected = 404 if who in NOTHING_THERE[name] else 403
        elif name in POSTED:
            expected = 405
        else:  # a stage's own: its own tests say who may
            assert status in {200, 302, 403, 404, 405}, (name, who, status)
            continue
        if name == "cabinet-place" and who == "tec chair":
            expected = 200
        if name == "cabinet-protocols" and who == "other pec chair":
            expected = 200
        assert status == expected, (name, who, status)


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
