"""Who sends requests without an end is slowed down, by connection and by the place named: whether somebody is listed does not count."""

from __future__ import annotations

from django.test import RequestFactory

from esaylov.registry.accounts.throttle import TooMany
from esaylov.voters.requests.flooding import ADDRESS, PRECINCT, TERRITORY, Flood, give_back


def taken(
    flood: Flood, times: int, where: str = "203.0.113.%d", territory: str = "t", wished: str = ""
) -> int:
    """How many of so many requests are let in, each from another address of one network."""
    found = 0
    for at in range(times):
        request = RequestFactory().get("/", REMOTE_ADDR=where % at if "%" in where else where)
        try:
            flood.take(request, "e", territory, wished)
            found += 1
        except TooMany:
            continue
    return found


def test_one_address() -> None:
    flood = Flood()
    assert taken(flood, 20, "203.0.113.1") == ADDRESS[0]
    assert taken(flood, 1, "203.0.113.2") == 1
    assert taken(flood, 20, "2001:db8:1:2::%d") == ADDRESS[0], "one customer of IPv6 is one address"


def test_one_place() -> None:
    flood = Flood()
    assert taken(flood, 20, wished="p1") == PRECINCT[0]
    assert taken(flood, 1, wished="p2") == 1
    assert taken(flood, 1, "198.51.100.1", wished="p1") == 1, "other networks are not held up"
    assert taken(flood, 60) == TERRITORY[0]
    assert taken(flood, 1, territory="t2") == 1


def test_what_led_to_nothing_is_not_counted() -> None:
    flood, request = Flood(), RequestFactory().get("/")
    for _ in range(30):
        give_back(flood.take(request, "e", "t", "p"))
    assert taken(flood, 20, "127.0.0.1", wished="p") == PRECINCT[0]
