"""Limits on a clock that tests turn."""

from __future__ import annotations

import math

import pytest

from esaylov.custody.limits import (
    BODY_RATES,
    BULK,
    CLIENT_RATE,
    RATES,
    Bucket,
    LimitError,
    Limits,
    Measures,
    Memory,
    Rate,
    Tries,
    Values,
    name_of,
)
from esaylov.custody.protocol import PURPOSES


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


UNLIMITED = Rate(1e6, 1e6)


def limits(client: Rate = CLIENT_RATE, everybody: Rate = UNLIMITED, remembered: int = 1000) -> Limits:
    return Limits(RATES, client, everybody, challenge_seconds=100, remembered=remembered)


def test_a_bucket_fills_at_its_rate(clock: Clock) -> None:
    bucket = Bucket(Rate(10, 50), clock)
    assert bucket.take(50) == 0
    assert bucket.take(1) == pytest.approx(0.1)
    clock.now += 1
    assert bucket.take(10) == 0
    assert bucket.take(10) == pytest.approx(1)
    clock.now += 1000
    assert bucket.take(50) == 0
    assert bucket.take(1) > 0
    assert Bucket(Rate(0, 0), clock).take(1) == math.inf


def test_what_is_larger_than_a_burst_is_owed(clock: Clock) -> None:
    bucket = Bucket(Rate(10, 50), clock)
    assert bucket.take(500) == 0
    assert bucket.take(1) == pytest.approx(45.1)
    clock.now += 45.1
    assert bucket.take(1) == 0


def test_a_day_has_an_end(clock: Clock) -> None:
    bucket = Bucket(Rate(10, 50, 1_000), clock)
    taken = 0
    for _ in range(8_640):
        taken += 10 if bucket.take(10) == 0 else 0
        clock.now += 10
    assert 980 <= taken <= 1_000
    bucket.take(10)
    assert 0 < bucket.take(10) <= 1_800
    clock.now += 86_400
    assert bucket.take(50) == 0


def test_a_client_may_try_ten_times_and_then_once_a_minute(clock: Clock) -> None:
    tries = Tries(limits(), clock)
    assert [tries.admit(b"a", b"") for _ in range(10)] == [(True, 0.0)] * 10
    assert tries.admit(b"a", b"") == (False, pytest.approx(60))
    assert tries.admit(b"b", b"") == (True, 0.0)
    clock.now += 60.001
    assert tries.admit(b"a", b"") == (True, 0.0)
    assert not tries.admit(b"a", b"")[0]
    for _ in range(30):  # asking too early makes nothing longer
        tries.admit(b"a", b"")
    clock.now += 60.001
    assert tries.admit(b"a", b"") == (True, 0.0)
    clock.now += 10_000
    assert [tries.admit(b"a", b"")[0] for _ in range(11)] == [True] * 10 + [False]


def test_forgetting_lets_nobody_in_early(clock: Clock) -> None:
    """Over hours, at any rhythm, a client never gets more than its burst and one a minute."""
    for step in (7.0, 61.0, 299.0, 601.0):
        tries, began, admitted = Tries(limits(), clock), clock.now, 0
        for _ in range(500):
            while tries.admit(b"a", b"")[0]:
                admitted += 1
            clock.now += step
            assert admitted <= 10 + (clock.now - began) / 60 + 1e-6


def test_all_together_have_a_limit(clock: Clock) -> None:
    tries = Tries(limits(everybody=Rate(5, 20)), clock)
    came = [tries.admit(str(at).encode(), b"") for at in range(30)]
    assert [admitted for admitted, _ in came] == [True] * 20 + [False] * 10
    assert came[-1][1] == pytest.approx(0.2)


def test_a_challenge_counts_once_while_it_holds(clock: Clock) -> None:
    tries = Tries(limits(), clock)
    assert tries.admit(b"", b"one") == (True, 0.0)
    for _ in range(10):
        clock.now += 9.9
        assert tries.admit(b"", b"one") == (False, 0.0)
    assert tries.admit(b"", b"two") == (True, 0.0)
    clock.now += 300
    assert tries.remembered()["challenges"] <= 2
    assert tries.admit(b"", b"one") == (True, 0.0)


def test_a_refused_try_spends_no_challenge(clock: Clock) -> None:
    tries = Tries(limits(client=Rate(1, 1)), clock)
    assert tries.admit(b"a", b"one")[0]
    assert not tries.admit(b"a", b"two")[0]
    assert tries.admit(b"b", b"two") == (True, 0.0)


def test_memory_is_bounded_and_full_means_wait(clock: Clock) -> None:
    tries = Tries(limits(remembered=100), clock)
    came = [tries.admit(str(at).encode(), str(at).encode()) for at in range(150)]
    assert sum(admitted for admitted, _ in came) == 100
    assert came[-1] == (False, 60.0)
    assert tries.remembered() == {"clients": 100, "challenges": 100}
    assert tries.admit(b"5", b"new")[0] is False  # known, but no challenge more is remembered
    clock.now += 601
    assert tries.admit(b"new", b"new") == (True, 0.0)
    assert max(tries.remembered().values()) <= 200


def test_one_customers_wide_network_is_not_sixty_five_thousand_clients(clock: Clock) -> None:
    """Whoever has an IPv6 network of 48 bits gets a hundred times what one client gets, not everybody's measure."""
    tries = Tries(limits(remembered=100_000), clock)
    came = [tries.admit(f"2001:db8:7:{at:x}::/64".encode(), b"") for at in range(3_000)]
    assert sum(admitted for admitted, _ in came) == 1_000
    assert came[-1] == (False, pytest.approx(0.6))
    assert tries.admit(b"2001:db8:8:1::/64", b"") == (True, 0.0)  # a neighbour
    assert tries.admit(b"203.0.113.7", b"") == (True, 0.0)
    began, admitted = clock.now, 0
    for at in range(3_000, 6_000):
        clock.now += 0.1
        admitted += tries.admit(f"2001:db8:7:{at:x}::/64".encode(), b"")[0]
    assert admitted <= (clock.now - began) * 100 / 60 + 1


def test_of_a_wide_network_each_client_still_has_its_own_measure(clock: Clock) -> None:
    tries = Tries(limits(), clock)
    assert [tries.admit(b"2001:db8:7:1::/64", b"")[0] for _ in range(12)] == [True] * 10 + [False] * 2
    assert tries.admit(b"2001:db8:7:2::/64", b"") == (True, 0.0)
    assert tries.admit(b"no network/64", b"") == (True, 0.0)


def test_memory_holds_all_who_may_come(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who came within the measure of all filled the memory of spent challenges, and then nobody was let in for minutes."""
    read = Limits.read({})
    assert read.remembered >= read.everybody.per_second * read.challenge_seconds + read.everybody.burst
    monkeypatch.setattr("esaylov.custody.limits.MOST_REMEMBERED", 100)
    tries = Tries(Limits.read({"ESAYLOV_CUSTODY_ALL_TRIES": "20,100"}), clock)
    for at in range(20 * 1_500):
        clock.now += 0.05
        assert tries.admit(str(at).encode(), str(at).encode()) == (True, 0.0)


def test_challenges_do_not_outlive_the_memory_of_them() -> None:
    from esaylov.voters.lookup.challenges import LIFE

    assert Limits.read({}).challenge_seconds > LIFE + 1


def test_a_value_is_not_tried_through_however_many_others_are(clock: Clock) -> None:
    values = Values(Rate(1 / 180, 20), clock, places=1 << 16)
    assert [values.take(b"AD1234567") for _ in range(20)] == [0.0] * 20
    assert values.take(b"AD1234567") == pytest.approx(180)
    assert sum(not values.take(str(at).encode()) for at in range(5_000)) > 4_990
    assert values.take(b"AD1234567") > 0
    clock.now += 180.001
    assert [values.take(b"AD1234567") > 0 for _ in range(2)] == [False, True]
    assert Values(Rate(0, 0), clock, places=4).take(b"a") == math.inf


def test_what_is_remembered_is_neither_address_nor_challenge(clock: Clock) -> None:
    tries = Tries(limits(), clock)
    tries.admit(b"203.0.113.7", b"challenge")
    assert "203.0.113.7" not in repr(vars(tries)) + repr(vars(tries._clients)) + repr(vars(tries._spent))
    assert set(map(type, tries._clients._young)) == {int}


def test_memory_keeps_for_its_time(clock: Clock) -> None:
    memory: Memory[int] = Memory(10, 5, clock)
    memory.put(1, 11)
    clock.now += 10
    assert memory.get(1) == 11
    clock.now += 10
    assert memory.get(1) is None
    assert len(memory) == 0


def test_limits_are_read_from_the_environment() -> None:
    assert Limits.read({}).rates == RATES
    read = Limits.read(
        {
            "ESAYLOV_CUSTODY_PRECINCT_LIST": " 7,70 ",
            "ESAYLOV_CUSTODY_FREEZE": "0",
            "ESAYLOV_CUSTODY_TRIES": "0.5,3",
        }
    )
    assert read.rates["precinct list"] == Rate(7, 70, RATES["precinct list"].day)
    assert Limits.read({"ESAYLOV_CUSTODY_REQUEST": "7,70,700"}).rates["request"] == Rate(7, 70, 700)
    assert read.rates["freeze"] == Rate(0, 0)
    assert read.client == Rate(0.5, 3)
    for text in ("x", "1", "1,2,3,4", "1,2,0", "1,2,nan", "-1,5", "1,0", "nan,1", "inf,inf"):
        with pytest.raises(LimitError, match="ESAYLOV_CUSTODY_LOOK_UP"):
            Limits.read({"ESAYLOV_CUSTODY_LOOK_UP": text})


def test_every_purpose_has_a_limit_and_a_variable() -> None:
    assert set(RATES) == set(PURPOSES)
    assert BULK.issubset(PURPOSES)
    assert name_of("precinct list") == "ESAYLOV_CUSTODY_PRECINCT_LIST"
    assert name_of("look-up") == "ESAYLOV_CUSTODY_LOOK_UP"


def test_each_body_has_a_measure_of_its_own(clock: Clock) -> None:
    measures = Measures({"precinct list": Rate(10, 50), "request": Rate(1, 5)}, clock)

    def take(body: str, count: float, purpose: str = "precinct list") -> float:
        found = measures.of(purpose, body)
        assert found is not None
        return found.take(count)

    assert take("e/pec:1", 50) == 0
    assert take("e/pec:1", 1) > 0
    assert take("e/pec:2", 50) == 0
    assert take("e/pec:1", 5, "request") == 0
    assert take("", 50) == 0, "who names no body is one body with all who name none"
    assert take("", 1) > 0
    assert measures.of("request", "") is None, "the public asks there too, and counts among all only"
    assert measures.of("look-up", "e/pec:1") is None
    clock.now += 5
    assert take("e/pec:1", 50) == 0
    assert "pec:1" not in repr(vars(measures)) + repr(vars(measures._buckets))


def test_measures_are_remembered_as_long_as_they_matter_and_bounded(clock: Clock) -> None:
    measures = Measures({"precinct list": Rate(10, 50, 100)}, clock, most=2)
    first = measures.of("precinct list", "1")
    assert first is not None
    assert first.take(50) == 0
    clock.now += 80_000
    assert measures.of("precinct list", "1") is first
    clock.now += 80_000
    assert measures.of("precinct list", "1") is first
    shared = [measures.of("precinct list", str(body)) for body in range(2, 9)]
    assert len({id(one) for one in shared}) <= 2, "bodies beyond the memory share one"
    assert measures.of("precinct list", "1") is first
    assert len(measures) <= 4
    clock.now += 200_000
    assert measures.of("precinct list", "9") is not shared[-1]


def test_what_was_taken_for_nothing_is_given_back(clock: Clock) -> None:
    bucket = Bucket(Rate(1, 10, 20), clock)
    assert bucket.take(10) == 0
    bucket.give_back(10)
    assert bucket.take(10) == 0
    assert bucket.take(1) > 0


def test_measures_of_bodies_are_read_from_the_environment() -> None:
    assert Limits.read({}).bodies == BODY_RATES
    assert set(BODY_RATES) <= set(RATES)
    assert not BULK & set(BODY_RATES)
    for purpose, rate in BODY_RATES.items():
        assert rate.day * 5 <= RATES[purpose].day, "one body cannot spend what all have"
    read = Limits.read({"ESAYLOV_CUSTODY_PRECINCT_LIST_BODY": "1,2,3"}).bodies
    assert read["precinct list"] == Rate(1, 2, 3)
    with pytest.raises(LimitError, match="ESAYLOV_CUSTODY_REQUEST_BODY"):
        Limits.read({"ESAYLOV_CUSTODY_REQUEST_BODY": "x"})
