"""Lists of special places: who comes, who is entered, who goes back; what is refused with its line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from esaylov.acts.context import get_context
from esaylov.acts.powers import Actor
from esaylov.exchange.residents.problems import ExtractError
from esaylov.exchange.residents.special import COLUMNS
from esaylov.registry.models import Precinct
from esaylov.voters import access
from esaylov.voters.entering import OwnKeys
from esaylov.voters.importing import import_extract, take_back
from esaylov.voters.keys import sealer
from esaylov.voters.models import Changeset, Problem, Voter
from esaylov.voters.special.comparing import LEAST, NEW, hand_in, withdraw
from esaylov.voters.special.views import _line
from tests.acts.election import World
from tests.conftest import Clone
from tests.registry.people import accepted, actors_of
from tests.voters.assigned import precinct, standing
from tests.voters.changing import ELECTION, approve, carried, central, propose
from tests.voters.extracts import extract, mahalla, resident
from tests.voters.freezing import freeze, prepare
from tests.voters.listed import person
from tests.voters.places.registers import street
from tests.voters.places.rules import NAVOI, given, place_all, register, set_rules
from tests.voters.test_entering import entry, record
from tests.voters.test_power_cut import APPLYING, dies

AS_OF = "2024-09-0{}T00:00:00+05:00"


def special(code: str, place: str, *numbers: int, **more: str) -> bytes:
    """The list of a place, as its head hands it in."""
    rows = [person(n) | {"precinct": code, "place": place, "citizenship": "UZB"} | more for n in numbers]
    lines = [",".join(COLUMNS), *(",".join(row[name] for name in COLUMNS) for row in rows), ""]
    return "\n".join(lines).encode()


def handed_in(code: str, place: str, *numbers: int, **more: str) -> Changeset | None:
    content = special(code, place, *numbers, **more)
    return hand_in(get_context(ELECTION), content, custodian=OwnKeys(sealer()))


def refused(code: str, place: str, *numbers: int, **more: str) -> list[tuple[str, int | None, str]]:
    with pytest.raises(ExtractError) as raised:
        handed_in(code, place, *numbers, **more)
    return [(one.code, one.line, one.reason()) for one in raised.value.problems]


def whole(folder: Path, numbers: range, day: int) -> Changeset:
    return import_extract(extract(folder, [resident(n) for n in numbers], as_of=AS_OF.format(day)), ELECTION)


@pytest.fixture
def people(door: World, tmp_path: Path) -> dict[str, Actor]:
    """Ten voters at the precinct of their street, n1-1; n2-1 and n2-2 have no houses."""
    found = central()
    mahalla()
    register(tmp_path / "addresses", street("t-1", NAVOI, range(1, 21)))
    accepted(set_rules(door, given(f"n1-1,t-1,{NAVOI},1,20,all")))
    carried(whole(tmp_path / "one", range(1, 11), 1), found)
    place_all()
    return found


@pytest.fixture
def listed(people: dict[str, Actor]) -> Callable[..., Changeset]:
    def carry(code: str, place: str, *numbers: int) -> Changeset:
        made = handed_in(code, place, *numbers)
        assert made is not None
        carried(made, people)
        return made

    return carry


def where(number: int) -> str:
    return str(Precinct.objects.values_list("code", flat=True).get(id=entry(number).precinct))


def counts(changeset: Changeset | None) -> tuple[int, ...]:
    assert changeset is not None
    return tuple(changeset.counts[kind] for kind in ("added", "removed", "moved", "changed"))


def test_one_voter_has_one_entry(
    tmp_path: Path, people: dict[str, Actor], listed: Callable[..., Changeset]
) -> None:
    first = listed("n2-1", "hospital", 1, 2, 50)
    assert counts(first) == (1, 0, 2, 0)
    assert (Voter.objects.count(), where(1), where(50)) == (11, "n2-1", "n2-1")
    assert record(entry(50)) == person(50) | {"street": "", "house": "", "flat": ""}
    assert set(standing().values()) == {(precinct("n2-1"), "hospital")}
    assert handed_in("n2-1", "hospital", 1, 2, 50) is None, "it says the same"
    again = whole(tmp_path / "two", range(1, 11), 2)
    assert (counts(again), again.counts["unregistered"]) == ((0, 0, 0, 0), 1)
    second = listed("n2-1", "hospital", 2, 3)
    assert counts(second) == (0, 1, 2, 0), "one comes, one goes home, one whom no register has leaves"
    assert (where(1), where(2), where(3), Voter.objects.count()) == ("n1-1", "n2-1", "n2-1", 10)
    carried(take_back(second.id, ELECTION), people)
    assert (where(1), where(3)) == ("n2-1", "n1-1")
    assert len(standing()) == 3
    register_knows = whole(tmp_path / "three", range(1, 51), 3)
    carried(register_knows, people)
    assert where(50) == "n2-1", "the register's address does not move who is at the place"
    third = listed("n2-1", "hospital", 2)
    assert (counts(third), where(50)) == ((0, 0, 2, 0), "n1-1"), "whom the register knows meanwhile goes home"


def test_nobody_is_in_two_special_lists(listed: Callable[..., Changeset]) -> None:
    listed("n2-1", "hospital", 1, 2)
    ((code, line, text),) = refused("n2-2", "detention", 3, 2)
    assert (code, line) == ("S04", 3)
    assert "n2-1" not in text, "where somebody is, is not told"
    assert not Changeset.objects.filter(kind="special", state="compared").exists()


def test_what_is_wrong_refuses_the_whole_list(people: dict[str, Actor]) -> None:
    assert [one[:2] for one in refused("n1-1", "hospital", 1)] == [("B02", 2)], (
        "it has houses: no special one"
    )
    assert [one[:2] for one in refused("n2-1", "home", 1)] == [("S02", 2)]
    assert [one[:2] for one in refused("n2-1", "hospital", 1, 1)] == [("V10", 3)]
    assert [one[0] for one in refused("n2-1", "abroad", 1, citizenship="KAZ")] == ["V13"]
    assert not Changeset.objects.filter(kind="special").exists()


def test_the_last_list_counts_until_somebody_proposes_it(people: dict[str, Actor]) -> None:
    first, second = handed_in("n2-1", "remote", 1), handed_in("n2-1", "remote", 1, 2)
    assert first is not None
    assert second is not None
    assert Changeset.objects.get(id=first.id).state == "discarded"
    accepted(propose(second, people["secretary"]))
    assert not withdraw(Changeset.objects.get(id=second.id))
    third = handed_in("n2-1", "remote", 2)
    assert third is not None
    assert Changeset.objects.get(id=second.id).state == "proposed"
    assert withdraw(Changeset.objects.get(id=third.id))


def test_closed_lists_stay(door: World, people: dict[str, Actor], listed: Callable[..., Changeset]) -> None:
    listed("n2-1", "military-unit", 1)
    prepare(ELECTION)
    accepted(freeze(people["chair"], precincts=["n1-1"]))
    made = handed_in("n2-1", "military-unit", 2, 60)
    assert counts(made) == (1, 0, 0, 0), (
        "who is in a closed list comes by the supplement; nobody goes back into it"
    )
    assert made is not None
    assert (made.counts["problems"], made.counts["stay"]) == ({"S05": 1}, 1)
    assert list(Problem.objects.filter(changeset=made).values_list("code", "line")) == [("S05", 2)]
    carried(made, people)
    prepare(ELECTION, ["n2-1"])
    accepted(freeze(people["chair"], precincts=["n2-1"]))
    assert [one[0] for one in refused("n2-1", "military-unit", 2)] == ["S07"]


def test_a_document_of_before_is_known_too(tmp_path: Path, people: dict[str, Actor]) -> None:
    rows = [resident(n) | ({"document": "AE7654321"} if n == 4 else {}) for n in range(1, 11)]
    carried(import_extract(extract(tmp_path / "two", rows, as_of=AS_OF.format(2)), ELECTION), people)
    for document in (person(4)["document"], "AE7654321"):
        assert counts(handed_in("n2-1", "hospital", 4, document=document)) == (0, 0, 1, 0)


OTHER_PAPER = "AE7654321"
"""A document that nobody has."""


def told(changeset: Changeset | None) -> dict[str, object]:
    """What the page of a list says of it to the commission that handed it in."""
    assert changeset is not None
    row = _line(get_context(ELECTION), changeset)
    return {name: str(value) for name, value in row.items() if name not in ("id", "at")}


def test_a_pinfl_alone_finds_nobody(people: dict[str, Actor]) -> None:
    """On the list with another document, not on it: one answer, and one share of the measure."""
    spent, said = list[int](), list[dict[str, object]]()
    for number in (1, 50):
        asked = Counting(sealer())
        content = special("n2-1", "hospital", number, document=OTHER_PAPER)
        said.append(told(hand_in(get_context(ELECTION), content, custodian=asked)))
        spent.append(asked.rows)
    assert said[0] == said[1]
    assert said[0]["lines"] == "2"
    assert spent == [LEAST + NEW] * 2
    made = Changeset.objects.order_by("id").filter(kind="special")
    assert [counts(one) for one in made] == [(0, 0, 0, 0), (1, 0, 0, 0)]
    assert list(made[0].problems.values_list("line", "code")) == [(2, "S08")], "for the Central Commission"
    assert not made[1].problems.exists()


def test_the_log_does_not_say_whom_the_list_has_with_another_document(people: dict[str, Actor]) -> None:
    guess = special("n2-1", "hospital", 1, document=OTHER_PAPER).split(b"\n", 1)[1]
    content = special("n2-1", "hospital", 2) + guess
    made = hand_in(get_context(ELECTION), content, custodian=OwnKeys(sealer()))
    assert made is not None
    assert made.counts["problems"] == {"S08": 1}, "the Central Commission sees it"
    done = accepted(propose(made, people["secretary"]))
    assert done.record["problems"] == {}


def test_many_pinfls_with_one_document_find_nobody(people: dict[str, Actor]) -> None:
    """Who knows somebody's document does not learn the PINFL out of a list of them all."""
    made = handed_in("n2-1", "hospital", *range(1, 9), document=person(3)["document"])
    assert counts(made) == (0, 0, 0, 0)
    assert told(made)["unfound"] == "8"


def test_on_a_closed_list_or_at_another_place_a_pinfl_alone_finds_nobody(
    people: dict[str, Actor], listed: Callable[..., Changeset]
) -> None:
    listed("n2-2", "detention", 2)
    prepare(ELECTION)
    accepted(freeze(people["chair"], precincts=["n1-1"]))
    answers = [told(handed_in("n2-1", "hospital", number, document=OTHER_PAPER)) for number in (1, 2, 50)]
    assert answers[0] == answers[1] == answers[2]


def test_whose_entry_was_compared_sees_who_did_it(people: dict[str, Actor]) -> None:
    officer = Actor("pec:n2-1", "precinct", ELECTION, precinct=precinct("n2-1"), person=uuid4())
    context, keys = get_context(ELECTION), OwnKeys(sealer())
    hand_in(context, special("n2-1", "hospital", 1, document=OTHER_PAPER), by=officer, custodian=keys)
    hand_in(context, special("n2-1", "hospital", 2, 50), by=officer, custodian=keys)
    for number in (1, 2):
        (look,) = access.looks(entry(number).id)
        assert (look.body, look.person, look.purpose) == ("pec:n2-1", officer.person, "special list")
    assert not access.looks(entry(3).id)


class Counting(OwnKeys):
    """The keys, and how much the custodian would have been asked of them."""

    rows = 0

    def digests(
        self, field: str, values: Sequence[str], *, purpose: str, wait: float = 0.0, body: str = ""
    ) -> list[list[bytes]]:
        self.rows += len(values)
        return super().digests(field, values, purpose=purpose, wait=wait, body=body)


def test_killed_in_the_middle_nothing_happened(
    door: World, db_clone: Clone, people: dict[str, Actor]
) -> None:
    made = handed_in("n2-1", "hospital", 1, 50)
    assert made is not None
    accepted(propose(made, people["secretary"]))
    accepted(approve(made, people["chair"]))
    dies(APPLYING.format(place="applying.assignments.follow", number=made.id), db_clone, door.data)
    assert (Voter.objects.count(), where(1), standing()) == (10, "n1-1", {})


def test_handed_in_in_the_cabinet(db_clone: Clone, tmp_path: Path) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from esaylov.acts.door import Submission, perform
    from esaylov.voters.places.acts import SetRules
    from tests.cabinet.people import bench
    from tests.voters.listed import enter_voters
    from tests.voters.precinct_lists import custodian

    page = "/en/cabinet/voters/special/"

    def sent(content: bytes) -> tuple[int, str]:
        answer = client.post(page, {"file": SimpleUploadedFile("list.csv", content)}, follow=True)
        return answer.status_code, answer.content.decode()

    with bench(tmp_path) as found, custodian():
        client = found.clients["pec chair"]
        enter_voters(3, ("n1-2",), first=70_000)
        assert client.get(page).status_code == 404, "no precinct has houses yet"
        payload = SetRules.Payload(decision="70", given=given("n1-2,t-1,*,,,all"))
        chair = actors_of("", "cec", datetime.now(UTC))["chair"]
        accepted(perform(SetRules, ELECTION, Submission(payload, chair)))
        assert "List of the place" in client.get("/en/cabinet/").content.decode()
        status, text = sent(special("n1-1", "hospital", 70_000, 70_000))
        assert (status, "V10" in text, "The list was not taken: 1 error" in text) == (422, True, True)
        assert person(70_000)["surname"] not in text
        assert not Changeset.objects.filter(kind="special").exists()
        status, text = sent(special("n1-2", "hospital", 70_000))
        assert (status, "B02" in text) == (422, True), "another precinct's"
        status, text = sent(b"PK\x03\x04\n\xa0")
        assert (status, "save it as CSV (UTF-8)" in text) == (422, True)
        status, text = sent(b"place,ward,<b>,born\nhospital,1,2,3\n")
        assert (status, text.count(">X12<"), text.count(">X13<")) == (422, 1, 1)
        missing = ", ".join(name for name in COLUMNS if name != "place")
        assert f"Missing columns: {missing}<" in text
        assert "Columns that do not belong here: ward, &lt;b&gt;, born<" in text
        assert "The list was not taken: 2 errors" in text
        status, text = sent((",".join(f"a{at}" for at in range(5_000)) + "\n").encode())
        assert (status, "a19, …<" in text, "a20" in text) == (422, True, False), "no page as long as the file"
        status, text = sent(special("n1-1", "hospital", 70_000, 50))
        assert (status, "The list is handed in" in text) == (200, True)
        made = Changeset.objects.get(kind="special")
        assert counts(made) == (1, 0, 1, 0)
        shown = found.clients["cec chair"].get(f"/en/cabinet/voters/changesets/{made.id}/").content.decode()
        assert "Lists of military units" in shown
        answer = client.post(page, {"step": "withdraw", "changeset": str(made.id)}, follow=True)
        assert "The list was given up" in answer.content.decode()
        assert Changeset.objects.get(id=made.id).state == "discarded"


def test_a_commission_that_used_its_measure_up_is_told_so(db_clone: Clone, tmp_path: Path) -> None:
    """Another commission has its own; a refused list is no changeset, and looks at nobody."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from esaylov.acts.door import Submission, perform
    from esaylov.acts.identity import data_folder
    from esaylov.voters.places.acts import SetRules
    from tests.cabinet.people import bench
    from tests.custody.conftest import working
    from tests.voters.listed import enter_voters, ring

    page = "/en/cabinet/voters/special/"

    def sent(who: str, content: bytes) -> tuple[int, str]:
        answer = found.clients[who].post(page, {"file": SimpleUploadedFile("list.csv", content)}, follow=True)
        return answer.status_code, answer.content.decode()

    with bench(tmp_path) as found:
        ring()
        with working(data_folder(), SPECIAL_LIST_BODY="1,600,1200"):
            listed = enter_voters(3, ("n1-2",), first=70_000)
            payload = SetRules.Payload(decision="70", given=given("n1-2,t-1,*,,,all"))
            chair = actors_of("", "cec", datetime.now(UTC))["chair"]
            accepted(perform(SetRules, ELECTION, Submission(payload, chair)))
            assert sent("pec chair", special("n1-1", "hospital", 50))[0] == 200
            status, text = sent("pec chair", special("n1-1", "hospital", 70_000))
            assert (status, "as it may for now" in text, "Hand it in again in" in text) == (429, True, True)
            assert Changeset.objects.filter(kind="special").count() == 1
            assert not access.looks(listed[0].id)
            assert sent("other pec chair", special("n2-1", "hospital", 70_001))[0] == 200
