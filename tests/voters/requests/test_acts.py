"""Requests are received and decided by the law's clock, each once, by whose matter they are; what they say lies sealed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from esaylov.acts.door import Accepted, Refused, Result
from esaylov.acts.models import Journal
from esaylov.custody import client
from esaylov.exchange.pinfl import make_pinfl
from esaylov.exchange.residents.normal import pinfl_check_digit
from esaylov.registry.models import Precinct
from esaylov.voters.requests import queries
from esaylov.voters.requests.granting import Granting
from esaylov.voters.requests.models import Request, RequestDecision
from esaylov.voters.requests.said import TABLE
from tests.registry.people import accepted
from tests.voters.listed import person
from tests.voters.precinct_lists import ELECTION
from tests.voters.requesting import decide, receive, received, withdraw
from tests.voters.requests.conftest import START, Asking

Clock = Callable[[datetime], None]


def codes(result: Result) -> list[str]:
    assert isinstance(result, Refused), result
    return [finding.code for finding in result.findings]


def entry(number: int, **more: str) -> dict[str, str]:
    """What a decision says that the list is to say."""
    return person(number) | {"mahalla": "t-1"} | more


def test_received(asking: Asking) -> None:
    result = accepted(receive("home"))
    row = Request.objects.get(number=result.record["number"])
    assert row.due - row.received_at == timedelta(hours=24)
    assert result.record["due"] == row.due.astimezone(row.due.tzinfo).isoformat() or result.record["due"]
    assert set(result.record) - {"v", "at", "body", "election", "edition", "simulated", "act"} == {
        "number",
        "kind",
        "due",
    }
    (said,) = client.open_rows([(row.id, bytes(row.sealed))], purpose="request", table=TABLE)
    assert said["reason"] == "I cannot walk"
    journal = Journal.objects.get(id=row.journal)
    assert journal.request is None
    assert b"walk" not in bytes(journal.record)
    assert b"n1-1" not in bytes(journal.record)


def test_what_is_missing_is_said(asking: Asking) -> None:
    assert codes(receive("home", said={"street": ""})) == ["Y99"]
    assert codes(receive("home", territory="nowhere")) == ["Y97"]
    for day in ("1999-01-01", "2026-10-13", "2026-10-24", "9999-12-31"):
        assert codes(receive("early", said={"day": day})) == ["Y60"]
    assert codes(receive("home", precinct="nowhere")) == ["Y97"]


def test_by_code(asking: Asking) -> None:
    from esaylov.proceedings.applications import new_secret

    secret = new_secret()
    number = received(secret=secret)
    found = queries.by_code(number.lower(), f" {secret[:4].lower()}-{secret[4:]}")
    assert found is not None
    assert found.number == number
    assert queries.by_code(number, new_secret()) is None
    assert queries.by_code("R-2222-22", secret) is None


def test_decided_once_by_its_own_commission(asking: Asking) -> None:
    number = received("home", 1)
    assert codes(decide(number, asking.two["chair"])) == ["A01"]
    assert codes(decide(number, asking.region["chair"])) == ["A01"]
    assert codes(decide("R-2222-22", asking.one["chair"])) == ["A01"]
    member = next((actor for role, actor in asking.one.items() if role == "member"), None)
    assert member is None or codes(decide(number, member)) == ["A01"]
    done = accepted(decide(number, asking.one["secretary"], "refused"))
    assert (done.record["verdict"], done.record["reason"], done.record["late"]) == (
        "refused",
        "not-proven",
        False,
    )
    assert codes(decide(number, asking.one["chair"])) == ["Y91"]


def test_withdrawn_by_its_voter(asking: Asking) -> None:
    from esaylov.proceedings.applications import new_secret

    secret = new_secret()
    number = received("home", 1, secret=secret)
    assert codes(withdraw(number, new_secret())) == ["Y90"]
    done = accepted(withdraw(number, secret))
    assert set(done.record) & {"verdict", "late", "precinct"} == set()
    assert codes(withdraw(number, secret)) == ["Y91"]
    assert codes(decide(number, asking.one["chair"])) == ["Y91"]


def test_the_log_does_not_say_whose_commission(asking: Asking) -> None:
    number = received("home", 1)
    done = accepted(decide(number, asking.one["chair"]))
    assert done.record["body"] == "commission"
    row = RequestDecision.objects.get(request__number=number)
    assert row.body == Journal.objects.get(id=row.journal).body == "pec:n1-1"


def test_without_a_precinct_the_territory_decides(asking: Asking) -> None:
    number = received("correction", 3, precinct=None)
    assert codes(decide(number, asking.one["chair"], "refused")) == ["A01"]
    accepted(decide(number, asking.region["chair"], "refused"))


@pytest.mark.parametrize(
    ("verdict", "more"),
    [("refused", {"reason": ""}), ("refused", {"reason": "no such"}), ("granted", {"reason": "not-proven"})],
)
def test_reasons(asking: Asking, verdict: str, more: dict[str, str]) -> None:
    assert codes(decide(received(), asking.one["chair"], verdict, **more)) == ["Y93"]


def test_a_decision_says_why(asking: Asking) -> None:
    assert codes(decide(received(), asking.one["chair"], explanation="  ")) == ["Y99"]


def test_decided_late_is_said(asking: Asking, clock: Clock) -> None:
    number = received("home", 4)
    row = Request.objects.get(number=number)
    clock(row.due + timedelta(seconds=1))
    done = accepted(decide(number, asking.one["chair"]))
    assert done.record["late"] is True
    assert RequestDecision.objects.get(request=row).late


def test_to_the_second_it_is_in_time(asking: Asking, clock: Clock) -> None:
    number = received("home", 4)
    row = Request.objects.get(number=number)
    clock(row.due + timedelta(microseconds=900_000))
    assert accepted(decide(number, asking.one["chair"])).record["late"] is False


def test_after_the_list_is_closed(asking: Asking, clock: Clock) -> None:
    correction, early, home = received("correction", 4), received("early", 4), received("home", 4)
    clock(datetime(2026, 10, 21, 12, tzinfo=UTC))
    result = decide(correction, asking.one["chair"], entry=entry(4, house="9"))
    assert codes(result) == ["Y92"]
    assert isinstance(result, Refused)
    assert result.findings[0].article == "29"
    accepted(decide(correction, asking.one["chair"], "refused"))
    assert codes(receive("correction", 4)) == ["Y98"]
    accepted(decide(early, asking.one["chair"]))
    clock(datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert codes(receive("early", 4)) == ["Y98"]
    accepted(decide(home, asking.one["chair"]))
    clock(datetime(2026, 10, 25, 15, 30, tzinfo=UTC))
    assert codes(receive("home", 4)) == ["Y98"]


def test_a_granted_correction_waits_for_a_changeset(asking: Asking) -> None:
    number = received("correction", 1)
    assert codes(decide(number, asking.one["chair"])) == ["Y99"]
    wrong = [entry(1, pinfl="70000000000000"), entry(1, birth_date="2020-01-01"), entry(1, surname="")]
    for said in wrong:
        assert codes(decide(number, asking.one["chair"], entry=said)) == ["Y96"]
    assert codes(decide(number, asking.one["chair"], entry=entry(2))) == ["Y67"]
    accepted(decide(number, asking.one["chair"], entry=entry(1, house="7")))
    (wanted,) = [one for one in queries.waiting(ELECTION) if one.request.number == number]
    assert wanted.record == person(1) | {"house": "7"}
    assert (wanted.voter, wanted.kind, wanted.district, wanted.assigned) == (1, "correction", 1726266, "")
    queries.take(4711, [wanted.request.id])
    assert number not in [one.request.number for one in queries.waiting(ELECTION)]
    assert queries.carried(wanted.request) is None


def test_another_precinct_only_where_list_and_address_disagree(asking: Asking) -> None:
    same = received("precinct", 4, said={"street": person(4)["street"], "house": person(4)["house"]})
    other = received("precinct", 4)
    assert codes(decide(same, asking.one["chair"], entry={"precinct": "n1-2"})) == ["Y94"]
    assert codes(decide(other, asking.one["chair"])) == ["Y99"]
    assert codes(decide(other, asking.one["chair"], entry={"precinct": "nowhere"})) == ["Y97"]
    accepted(decide(other, asking.one["chair"], entry={"precinct": "n1-2"}))
    (wanted,) = [one for one in queries.waiting(ELECTION) if one.request.number == other]
    assert wanted.record is None
    assert wanted.assigned == "request"
    assert wanted.precinct == Precinct.objects.get(election=ELECTION, code="n1-2").id


def test_inclusion(asking: Asking) -> None:
    number = received("inclusion", 400, voter=None)
    assert codes(decide(number, asking.one["chair"], entry=entry(1))) == ["Y95"]
    accepted(decide(number, asking.one["chair"], entry=entry(400)))
    (wanted,) = [one for one in queries.waiting(ELECTION) if one.request.number == number]
    assert wanted.voter is None
    assert wanted.record == person(400)
    listed = received("inclusion", 5)
    assert codes(decide(listed, asking.one["chair"], entry=entry(5))) == ["Y95"]


def other_pinfl(number: int, serial: int, first: str = "") -> str:
    """Of somebody with the same day of birth."""
    made = make_pinfl(date.fromisoformat(person(number)["birth_date"]), "male", 955, serial)
    return next(n for n in (f"{first or made[0]}{made[1:-1]}{digit}" for digit in range(10)) if sound(n))


def sound(pinfl: str) -> bool:
    return pinfl_check_digit(pinfl) == int(pinfl[-1])


def test_the_record_is_held_against_the_checks_of_an_extract(asking: Asking) -> None:
    by = asking.one["chair"]
    number = received("inclusion", 60, voter=None)
    wrongs: tuple[tuple[dict[str, str], str], ...] = (
        ({"pinfl": other_pinfl(61, 1)}, "contradicts the PINFL"),
        ({"pinfl": other_pinfl(60, 1, first="3")}, "invented people"),
        ({"document": "X"}, "number of the document"),
        ({"birth_date": "1700-01-01"}, "date of birth"),
    )
    for wrong, named in wrongs:
        result = decide(number, by, entry=entry(60, **wrong))
        assert codes(result) == ["Y96"]
        assert isinstance(result, Refused)
        assert named in result.findings[0].text["en"]
    assert codes(decide(number, by, entry=entry(60, document=person(5)["document"]))) == ["Y66"]
    accepted(decide(number, by, entry=entry(60)))
    own = received("correction", 10)
    assert codes(decide(own, by, entry=entry(10, document=person(5)["document"]))) == ["Y66"]
    accepted(decide(own, by, entry=entry(10, flat="3")))


def test_a_correction_makes_nobody_else_of_an_entry(asking: Asking) -> None:
    by, number = asking.one["chair"], received("correction", 7)
    other = entry(61, house=person(7)["house"])
    assert codes(decide(number, by, entry=other)) == ["Y67"]
    for changes in (
        {"pinfl": other_pinfl(7, 2)},
        {"given_name": "Boshqa", "surname": "Boshqayev"},
        {"given_name": "Boshqa", "document": "ZZ9999999"},
    ):
        assert codes(decide(number, by, entry=entry(7, **changes))) == ["Y67"]
    accepted(decide(number, by, entry=entry(7, surname="Boshqayeva", document="ZZ9999999")))


def test_nor_in_steps() -> None:
    register = {"register": f"{json.dumps(person(7))}|1726266|t-1"}
    now = person(7) | {"document": "ZZ9999999"} | register
    assert Granting._is_another(entry(7, document=now["document"], given_name="Boshqa"), now)
    assert not Granting._is_another(entry(7, document=now["document"], house="9"), now)
    assert not Granting._is_another(entry(7), now), "its own document again"


def test_what_concerns_no_entry_names_none(asking: Asking) -> None:
    number = received("home", 4)
    assert codes(decide(number, asking.one["chair"], entry=entry(4))) == ["Y69"]
    assert codes(decide(number, asking.one["chair"], entry={"mahalla": "t-1"})) == ["Y69"]


def test_the_precinct_by_what_is_asked_for(asking: Asking) -> None:
    """Neither a correction nor another precinct than the one wished goes round `precinct_change`."""
    by = asking.one["chair"]
    assert codes(decide(received("correction", 4), by, entry=entry(4, precinct="n2-1"))) == ["Y68"]
    assert codes(decide(received("precinct", 4), by, entry={"precinct": "n2-1"})) == ["Y68"]
    included = received("inclusion", 62, voter=None)
    assert codes(decide(included, by, entry=entry(62, precinct="n1-2"))) == ["Y68"]
    accepted(decide(included, by, entry=entry(62, precinct="n1-1")))
    abroad = received("abroad", 63, voter=None)
    assert codes(decide(abroad, by, entry=entry(63, precinct="n1-2"))) == ["Y68"]
    above = received("inclusion", 64, voter=None, precinct=None)
    assert codes(decide(above, asking.region["chair"], entry=entry(64, precinct="n2-1"))) == ["Y68"]
    accepted(decide(above, asking.region["chair"], entry=entry(64, precinct="n1-2")))


def test_only_a_correction_changes_what_an_entry_says(asking: Asking) -> None:
    by = asking.one["chair"]
    for kind, said in (("precinct", {"precinct": "n1-2"}), ("abroad", {"precinct": "n1-1"})):
        assert codes(decide(received(kind, 4), by, entry=entry(4, **said))) == ["Y69"]
        accepted(decide(received(kind, 4), by, entry=said))


def test_an_objection_needs_a_removal(asking: Asking) -> None:
    assert codes(decide(received("objection", 4), asking.one["chair"])) == ["Y95"]
    assert codes(decide(received("home", 500, voter=None), asking.one["chair"])) == ["Y95"]


def test_an_objection_to_a_removal_that_is_announced(asking: Asking) -> None:
    """While an approved changeset waits that removes the entry."""
    from esaylov.voters.models import Changeset
    from esaylov.voters.notices.models import Notice

    number = received("objection", 7)
    changeset = Changeset.objects.create(
        kind="delta", base=0, state="approved", made_at=START, election=ELECTION
    )
    Notice.objects.create(changeset=changeset.id, voter=7, reason="left")
    accepted(decide(number, asking.one["chair"]))
    Changeset.objects.filter(id=changeset.id).update(state="discarded")


def test_the_queue_of_a_commission(asking: Asking) -> None:
    here, there, above = (
        received("home", 4),
        received("home", 5, precinct="n1-2"),
        received("home", 6, precinct=None),
    )
    numbers = {
        name: {row.number for row in queries.requests_for(ELECTION, by["chair"])}
        for name, by in (("one", asking.one), ("two", asking.two), ("region", asking.region))
    }
    assert [name for name in numbers if here in numbers[name]] == ["one"]
    assert [name for name in numbers if there in numbers[name]] == ["two"]
    assert [name for name in numbers if above in numbers[name]] == ["region"]
    late = Request.objects.get(number=here).due + timedelta(hours=1)
    assert here in {row.number for row in queries.overdue_below(ELECTION, asking.region["chair"], late)}
    assert not queries.overdue_below(ELECTION, asking.one["chair"], late).exists()


def test_numbers_look_alike_to_nobody() -> None:
    import re

    from esaylov.voters.requests.acts import NUMBER, new_number

    drawn = {new_number() for _ in range(500)}
    assert len(drawn) == 500
    assert all(re.fullmatch(NUMBER, number) and not set(number[2:]) & set("01ILOU") for number in drawn)


def test_granted_visits_are_the_worklist(asking: Asking) -> None:
    number = received("early", 7)
    accepted(decide(number, asking.one["chair"]))
    precinct = asking.one["chair"].precinct
    assert precinct is not None
    assert number in {row.number for row in queries.visits(ELECTION, precinct)}
    assert isinstance(receive("early", 7), Accepted)
