"""A precinct's own list: searched, printed, marked; every record shown is recorded; nobody else opens it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.http import HttpRequest

from esaylov.cabinet.forms import ActForm
from esaylov.custody.sealer import Sealer
from esaylov.registry.models import Precinct
from esaylov.voters.freezing.models import Mark, Supplement
from esaylov.voters.keys import keyring
from esaylov.voters.models import Address, Mahalla, Voter
from esaylov.voters.precinct_list import printing
from esaylov.voters.precinct_list.printing import PrintingError, print_territory
from esaylov.voters.precinct_list.reading import Orders, PrecinctList, orders
from tests.acts.election import CALENDAR, EDITION, count
from tests.cabinet.people import Bench
from tests.cabinet.people import bench as people
from tests.registry.people import accepted
from tests.voters.freezing import ELECTION, frozen_world
from tests.voters.listed import enter_voters, person, ring
from tests.voters.precinct_lists import commission, custodian, mandates, mark

PAGE = "/en/cabinet/voters/precinct/"
CONFIRMED = {"step": "confirmed"}
"""The second step of a mark."""
EVENING_VOTING = """
[[calendar.steps]]
code = "early-voting"
title = {en = "Early"}
opens = {before = 10}
closes = {before = 3}

[[calendar.steps]]
code = "voting"
title = {en = "Voting"}
opens = {day = 0, time = "21:00"}
closes = {day = 0, time = "23:00"}
"""


@pytest.fixture
def bench(db_clone: object, tmp_path: Path) -> Iterator[Bench]:
    """Voters in two precincts, the custodian of their keys, people of commissions."""
    with people(tmp_path) as made:
        enter_voters(120, ("n1-1", "n2-1"))
        with custodian():
            yield made


def searched(bench: Bench, surname: str, **more: str) -> str:
    answer = bench.clients["pec chair"].post(PAGE, {"q": surname} | more)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.fixture(autouse=True)
def unordered() -> None:
    orders.forget()


def text(bench: Bench, who: str = "pec chair", more: str = "", page: str = PAGE) -> str:
    answer = bench.clients[who].get(page + more)
    assert answer.status_code == 200, answer.content[:300]
    return str(answer.content.decode())


def test_the_list_is_searched_by_the_beginning_of_a_surname(bench: Bench) -> None:
    for frozen in (False, True):
        if frozen:
            frozen_world()
        assert "60" in text(bench)
        found = searched(bench, "kari")
        assert "Каримова" in found, "Latin letters find what is written in Cyrillic"
        assert "Жўраев" not in found
        assert "No voter of this precinct has such a surname" in searched(bench, "zzz")


def test_a_frozen_list_is_searched_without_opening_all_of_it(bench: Bench) -> None:
    frozen_world()
    found = searched(bench, "Joʻra")
    shown = set(re.findall(r'name="voter" value="(\d+)"', found))
    recorded = "purpose = 'precinct list' AND body = 'pec:n1-1' AND person IS NOT NULL"
    assert 0 < len(shown) < count("voters_access", recorded) < 30, "those opened to find the place count too"
    shown_too = count("voters_access", f"{recorded} AND voter IN ({', '.join(shown)})")
    assert shown_too == len(shown)


def test_who_left_the_list_since_hides_nobody(bench: Bench) -> None:
    frozen_world()
    precinct = Precinct.objects.get(election=ELECTION, code="n1-1")
    whole = PrecinctList(precinct)
    everybody = whole.entries(0, len(whole.voters))
    left = set(whole.voters[20:45])
    Voter.objects.filter(id__in=left).delete()
    for letters in {one.record["surname"][:3] for one in everybody}:
        first, last = whole.find(letters)
        matches = {one.voter for one in everybody[first:last]}
        found = PrecinctList(precinct)
        here = {one.voter for one in found.entries(*found.find(letters))}
        assert matches - left <= here <= matches | left


def test_a_surname_stands_in_no_address(bench: Bench) -> None:
    enter_voters(240, ("n1-1",), first=1_001)
    frozen_world()
    assert "300" in text(bench, more="?q=kari")
    assert 'value="kari"' not in text(bench, more="?q=kari")
    first, second = searched(bench, "kari"), searched(bench, "kari", page="1")
    assert 'name="page" value="1" class' in first
    assert 'name="page" value="0" class' in second
    for page in (first, second):
        assert "q=kari" not in page
        assert "kari" not in "".join(re.findall(r'href="[^"]*"|action="[^"]*"', page))
    voter = re.findall(r'name="voter" value="(\d+)"', second)[0]
    sent = {"kind": "home-asked", "voter": voter, "q": "kari", "page": "1"}
    answer = bench.clients["pec secretary"].post(f"{PAGE}mark/", sent)
    assert 'name="q" value="kari"' in answer.content.decode(), "the way back keeps it"
    assert "q=kari" not in answer.content.decode()
    answer = bench.clients["pec secretary"].post(f"{PAGE}mark/", sent | CONFIRMED)
    assert answer.status_code == 200
    assert "The mark is made" in answer.content.decode()
    assert 'name="q" value="kari"' in answer.content.decode()


def test_before_the_freeze_a_list_is_ordered_once(db_clone: object, tmp_path: Path) -> None:
    with people(tmp_path):
        ring()
        listed = enter_voters(300)
        opened, sealer = list[int](), Sealer(keyring())

        def opener(rows: Sequence[tuple[int, bytes]]) -> list[dict[str, str]]:
            opened.append(len(rows))
            return printing._opened(sealer, rows)

        precinct = Precinct.objects.get(election=ELECTION, code="n1-1")
        first = PrecinctList(precinct, opener).entries(0, 50)
        assert sum(opened) == 300
        again = PrecinctList(precinct, opener)
        assert again.entries(0, 50) == first
        assert sum(opened) == 350
        assert again.opened == {one.voter for one in first}
        low, high = again.find("kari")
        assert 0 < high - low < 300
        assert sum(opened) < 400
        Voter.objects.filter(id=listed[0].id).update(precinct=None)
        assert len(PrecinctList(precinct, opener).voters) == 299
        Voter.objects.filter(id=listed[1].id).update(changeset=9)
        before = sum(opened)
        assert PrecinctList(precinct, opener).voters
        assert sum(opened) == before + 299


def test_of_the_orders_those_looked_at_last_are_kept() -> None:
    kept = Orders(most=2)
    for precinct in (1, 2):
        kept.put(precinct, b"one", [precinct])
    assert kept.get(1, b"one") == [1]
    kept.put(3, b"one", [3])
    assert (kept.get(1, b"one"), kept.get(2, b"one"), kept.get(3, b"two")) == ([1], None, None)


def test_each_precinct_sees_its_own_voters_only(bench: Bench) -> None:
    frozen_world()
    own = [person(number)["given_name"] for number in range(1, 121, 2)]
    others = [person(number)["given_name"] for number in range(2, 121, 2)]
    for first, second in ((own, others), (others, own)):
        who = "pec chair" if first is own else "other pec chair"
        pages = "".join(text(bench, who, f"?page={page}") for page in (0, 1))
        assert all(f"{name} " in pages for name in first)
        assert not any(f"{name} " in pages for name in second)


@pytest.mark.parametrize(
    "who", ["cec chair", "cec member", "tec chair", "tec member", "pec member", "bystander"]
)
def test_nobody_above_the_precinct_opens_a_list_or_learns_who_has_voted(bench: Bench, who: str) -> None:
    frozen_world()
    client = bench.clients[who]
    for address in (
        PAGE,
        f"{PAGE}signed.pdf",
        f"{PAGE}inspection.pdf",
        "/en/cabinet/voters/supplement/",
    ):
        assert client.get(address).status_code == 403
    assert client.post(PAGE, {"q": "kari"}).status_code == 403
    assert client.post(f"{PAGE}mark/", {"kind": "early", "voter": "1"}).status_code == 403
    assert not Mark.objects.exists()
    assert not count("voters_access")


def test_a_mark_is_made_on_the_list_and_seen_in_it(bench: Bench) -> None:
    frozen_world()
    client = bench.clients["pec secretary"]
    answer = client.post(
        f"{PAGE}mark/", {"kind": "home-asked", "voter": "1", "q": "", "page": "0"} | CONFIRMED, follow=True
    )
    assert b"The mark is made" in answer.content
    assert "asked for a home visit</td>" in answer.content.decode() + text(bench, more="?page=1")
    other = bench.clients["other pec chair"]
    said = other.post(
        f"{PAGE}mark/",
        {"kind": "elsewhere", **{name: person(3)[name] for name in ("document", "birth_date")}} | CONFIRMED,
        follow=True,
    )
    assert b"The mark is made" in said.content
    again = client.post(f"{PAGE}mark/", {"kind": "early", "voter": "3"} | CONFIRMED, follow=True)
    assert "voted already, at another place" in again.content.decode()
    assert (
        count("acts_journal", "code = 'voters.mark_voter' AND (request IS NOT NULL OR key IS NOT NULL)") == 0
    )
    for wrong in ({"kind": "nothing", "voter": "1"}, {"kind": "early"}, {"kind": "early", "voter": "x"}, {}):
        assert client.post(f"{PAGE}mark/", wrong).status_code == 302
    assert Mark.objects.count() == 2


def test_a_mark_is_shown_before_it_is_made(bench: Bench) -> None:
    """By number in the list and by what it says; nothing is written, nobody looked for, and no record opened until then."""
    frozen_world()
    client = bench.clients["pec secretary"]
    place = list(PrecinctList(Precinct.objects.get(election=ELECTION, code="n1-1")).voters).index(7) + 1
    answer = client.post(f"{PAGE}mark/", {"kind": "replaced", "voter": "7", "q": "", "page": "1"})
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert f"Number {place} of the list" in shown
    assert "Ballot replaced" in shown
    assert "cannot be taken back" in shown
    assert person(7)["given_name"] not in shown
    stranger = {"kind": "elsewhere", "document": "AD9999999", "birth_date": "1990-02-01"}
    known = {"kind": "elsewhere", **{name: person(2)[name] for name in ("document", "birth_date")}}
    other = [client.post(f"{PAGE}mark/", one) for one in (stranger, known)]
    assert [one.status_code for one in other] == [200, 200]
    assert "AD9999999" in other[0].content.decode()
    assert not Mark.objects.exists()
    assert not count("voters_access")
    wrong = client.post(f"{PAGE}mark/", {"kind": "early", "voter": "2"}, follow=True)
    assert "no such voter in the list of this precinct" in wrong.content.decode()


def test_only_marks_that_the_calendar_allows_are_offered(db_clone: object, tmp_path: Path) -> None:
    """At half past eight: early voting is over, the voting of this calendar begins at nine and ends at eleven."""
    with people(tmp_path, edition=EDITION + CALENDAR + EVENING_VOTING) as bench, custodian():
        enter_voters(2, ("n1-1",))
        shown = text(bench)
        assert set(re.findall(r'<option value="([^"]+)"', shown)) == {"home-asked"}
        facts = dict(re.findall(r"<dt>([^<]+)</dt><dd>(.*?)</dd>", shown))
        assert facts["Voted early"] == "Not now"
        for kind in ("Voted at home", "Ballot replaced"):
            assert facts[kind].startswith("From <time")
            assert "21:00" in facts[kind]
        assert 'name="document"' not in shown, "nobody of another list votes here yet"
        client = bench.clients["pec secretary"]
        known = {name: person(1)[name] for name in ("document", "birth_date")}
        for sent in (
            {"kind": "early", "voter": "1"},
            {"kind": "home", "voter": "1"},
            {"kind": "elsewhere"} | known,
        ):
            answer = client.post(f"{PAGE}mark/", sent, follow=True).content.decode()
            assert "The calendar does not allow the mark" in answer
            assert "cannot be taken back" not in answer, "nobody is asked to confirm what is refused then"
        asked = client.post(f"{PAGE}mark/", {"kind": "home-asked", "voter": "1"}).content.decode()
        assert "cannot be taken back" in asked


def test_the_list_is_printed_in_three_forms(bench: Bench) -> None:
    frozen_world()
    for form in ("signed", "large", "inspection"):
        answer = bench.clients["pec chair"].get(f"{PAGE}{form}.pdf")
        assert answer.status_code == 200
        assert answer.content.startswith(b"%PDF-1.7")
        assert answer.headers["Cache-Control"] == "no-store, private"
    assert count("voters_access", "purpose = 'inspection'") == 60
    assert bench.clients["pec chair"].get(f"{PAGE}else.pdf").status_code == 404


def test_the_copy_for_inspection_has_no_birth_date_document_or_pinfl(bench: Bench) -> None:
    from esaylov.acts.context import get_context
    from esaylov.exchange.documents.words import Words

    frozen_world()
    found = PrecinctList(Precinct.objects.get(code="n1-1"))
    made = printing.document(found, get_context(ELECTION), "inspection", "en", "n1-1")
    rows = [cell for row in made.content(Words("en"))["rows"] for cell in row]
    for number in range(1, 121, 2):
        hidden = person(number)
        for value in (hidden["pinfl"], hidden["document"], hidden["birth_date"], hidden["given_name"]):
            assert not any(value in cell for cell in rows)
    assert any(cell.startswith("Каримова T. T.") for cell in rows)


def test_a_whole_territory_is_printed_and_goes_on(bench: Bench, tmp_path: Path) -> None:
    frozen_world()
    folder, seen = tmp_path / "lists", []
    assert print_territory(ELECTION, "n", folder, progress=lambda done, of: seen.append((done, of))) == 4
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    files = sorted(path.name for path in folder.iterdir())
    codes = ("n1-1", "n1-2", "n2-1", "n2-2")
    assert [name[:-12] for name in files] == [f"{ELECTION}-{code}-signed-uz-" for code in codes]
    assert {os.stat(folder / name).st_mode & 0o777 for name in files} == {0o600}
    (folder / files[0]).unlink()
    half = folder / f".{files[0]}.4194305"
    half.write_bytes(b"%PDF")
    assert print_territory(ELECTION, "n", folder) == 1
    assert not half.exists(), "what a killed run left goes"
    assert print_territory(ELECTION, "n", folder, language="ru") == 4
    accepted(mark("home-asked", commission()["chair"], voter=1))
    assert print_territory(ELECTION, "n", folder) == 1, "a list from before the mark does not stay"
    assert len(list(folder.iterdir())) == 8
    with pytest.raises(PrintingError, match="nowhere"):
        print_territory(ELECTION, "nowhere", folder)


def test_the_supplement_on_a_page(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    page = "/en/cabinet/voters/supplement/"
    assert "not frozen yet" in text(bench, page=page)
    frozen_world()
    said = person(700)
    sent = {
        name: said[name]
        for name in (
            "surname",
            "given_name",
            "patronymic",
            "birth_date",
            "sex",
            "pinfl",
            "document",
            "street",
            "house",
        )
    }
    sent |= {"reason": "missing", "paper": "Passport", "members": [str(one) for one in mandates()[:1]]}
    digests, plain = list[bytes](), ActForm.digest

    def kept_too(form: ActForm, request: HttpRequest) -> bytes:
        digests.append(plain(form, request))
        return digests[-1]

    monkeypatch.setattr(ActForm, "digest", kept_too)
    client = bench.clients["pec chair"]
    assert client.post(page, sent | {"surname": ""}).status_code == 422
    assert client.post(page, sent | {"pinfl": "70000000000001"}).status_code == 422
    assert client.post(page, sent).status_code == 302
    assert Supplement.objects.get().number == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT request FROM acts_journal WHERE code = 'voters.add_supplement'")
        (kept,) = cursor.fetchone()
    assert digests
    assert bytes(kept) not in digests, "a row of the register does not confirm who was entered"
    assert "The supplement is long" in text(bench, page=page) or "1" in text(bench, page=page)


def test_the_central_commission_freezes_on_its_page(bench: Bench) -> None:
    from esaylov.voters.freezing.preparing import prepare

    client, page = bench.clients["cec chair"], "/en/cabinet/voters/freeze/"
    assert client.post(page, {}).status_code == 422
    prepare(ELECTION)
    assert client.post(page, {}).status_code == 302
    assert "Freeze the lists</button>" not in client.get(page).content.decode()


def test_without_the_custodian_a_page_says_so(db_clone: object, tmp_path: Path) -> None:
    with people(tmp_path) as bench:
        enter_voters(4)
        answer = bench.clients["pec chair"].get(PAGE)
        assert answer.status_code == 503
        assert b"does not answer" in answer.content


def test_lists_of_special_places_are_frozen_later(bench: Bench) -> None:
    """A precinct without houses is one; its list is frozen when it is wanted, or when no other is left."""
    from esaylov.acts.door import Submission, perform
    from esaylov.voters.freezing.models import FrozenList
    from esaylov.voters.freezing.preparing import prepare
    from esaylov.voters.places.acts import SetRules
    from esaylov.voters.places.models import Placing
    from tests.registry.people import actors_of
    from tests.voters.places.rules import given

    client, page = bench.clients["cec chair"], "/en/cabinet/voters/freeze/"
    Address.objects.create(
        mahalla=Mahalla.objects.get(code="t-1"), street="A", street_key="a", house="1", digest=1
    )
    rows = [f"{code},t-1,A,{at},{at},all" for at, code in enumerate(("n1-1", "n1-2", "n2-1"), 1)]
    payload = SetRules.Payload(decision="70", given=given(*rows))
    accepted(
        perform(SetRules, ELECTION, Submission(payload, actors_of("", "cec", datetime.now(UTC))["chair"]))
    )
    Placing.objects.all().delete()
    prepare(ELECTION)
    assert "Also the lists of special places" in client.get(page).content.decode()
    client.post(page, {"idempotency_key": "ordinary ones"})
    frozen = FrozenList.objects.filter(journal__isnull=False).values_list("precinct__code", flat=True)
    assert sorted(frozen) == ["n1-1", "n1-2", "n2-1"]
    assert "Also the lists of special places" not in client.get(page).content.decode()
    client.post(page, {"idempotency_key": "the rest"})
    assert frozen.all().count() == Precinct.objects.filter(election=ELECTION).count()
