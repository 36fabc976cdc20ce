"""Work done in a browser, by people who start signed out: a precinct commission formed by the territorial one's chair, a
session with a dissent in a district commission, a party's application with a repair round. On a telephone, once by keyboard
and once without the pages' script; every page looked at.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import pypdf
import pytest

from tests.browsing import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from esaylov.registry.accounts.models import Account
    from tests.cabinet.people import Bench
    from tests.cabinet.visitor import Visitor

pytestmark = pytest.mark.browser
WAYS = pytest.mark.parametrize(
    "script", [True, pytest.param(False, marks=pytest.mark.slow)], ids=["keyboard", "no script"]
)
CLOCK = re.compile(r"\b\d{1,2}:\d{2}\b")


@pytest.fixture(scope="module")
def ruled(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The election of the tests under the rules of composition of uz-lc-2024, a district commission, and people of two
    organisations."""
    from esaylov.law.editions import uz_edition_toml
    from tests.acts.election import CALENDAR, EDITION
    from tests.cabinet.people import bench

    text = uz_edition_toml("uz-lc-2024").decode()
    rules = text[text.index("\n[commissions]\n") : text.index("\n[values.precinct]\n")]
    with bench(tmp_path_factory.mktemp("bench"), edition=EDITION + CALENDAR + rules) as found:
        found.accounts |= officers() | heads()
        yield found


def officers() -> dict[str, Account]:
    """The district commission's chair, and its member."""
    from esaylov.registry.accounts.models import Account
    from tests.registry.people import accepted, actors_of, form_commission, members

    now = datetime.now(UTC)
    chair = actors_of("door", "tec:n", now)["chair"]
    accepted(form_commission("door", "dcec:n1", chair, members(11, 400)))
    seats = actors_of("door", "dcec:n1", now.replace(year=now.year + 1))
    return {
        f"district {role}": Account.objects.open(person=seats[role].person) for role in ("chair", "member")
    }


def heads() -> dict[str, Account]:
    """The head of a party, and that of a mahalla body."""
    from esaylov.registry.accounts.models import Account
    from esaylov.registry.organisations import GrantMandate, RegisterOrganisation
    from tests.proceedings.acting import act
    from tests.registry.people import accepted, actors_of, member

    chair, found = actors_of("", "cec", datetime.now(UTC))["chair"], {}
    for number, (code, kind, name) in enumerate(
        (("org:green", "party", "Green"), ("org:lola", "mahalla", "Lola")), 900
    ):
        accepted(
            act(RegisterOrganisation, "", chair, {"organisation": code, "kind": kind, "names": {"en": name}})
        )
        accepted(
            act(GrantMandate, "", chair, {"organisation": code, "role": "head", "member": member(number)})
        )
        found[f"{kind} head"] = Account.objects.open(person=head_of(code))
    return found


def head_of(organisation: str) -> UUID:
    """The person who heads an organisation."""
    from esaylov.registry.models import Mandate

    person: UUID = Mandate.objects.get(organisation__code=organisation, role="head").person_id
    return person


@pytest.fixture(scope="module")
def address(ruled: Bench) -> Iterator[str]:
    from tests.publication.browser import served

    with served() as found:
        yield found


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    from tests.publication.browser import chromium_beside_database

    with chromium_beside_database() as started:
        yield started


def text_of(paper: bytes) -> str:
    """What a PDF says, its lines joined."""
    reader = pypdf.PdfReader(io.BytesIO(paper))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@WAYS
def test_a_precinct_commission_is_formed(address: str, browser: Browser, ruled: Bench, script: bool) -> None:
    """A mahalla body proposes; the chair grants it, types somebody in, corrects what the law finds, and forms."""
    from tests.cabinet.visitor import visitor
    from tests.formation.people import pinfl
    from tests.registry.people import held

    code, first = ("pec:n1-2", 20) if script else ("pec:n2-2", 40)
    officers = [granted(code, first + place) for place in range(3)]
    mahalla, chair = (visitor(browser, address, script=script) for _ in range(2))
    number = proposes(mahalla, ruled.accounts["mahalla head"], code, pinfl(first + 3))
    chair.signs_in(ruled.accounts["tec chair"])
    chair.follows("Answer 1 application")
    chair.follows(number)
    assert code in chair.reads()
    chair.follows("Answer…")
    chair.fills(granted="yes", text="The commission takes it up.")
    chair.presses("Answer")
    chair.presses("Record the answer")
    assert "granted" in chair.reads()
    chair.goes(f"/en/cabinet/commissions/of/{code}/form/")
    for proposal, role in zip([*officers, number], ("chair", "deputy", "secretary", "member"), strict=True):
        chair.page.check(f'[name="seat-{proposal}-chosen"]')
        chair.fills(**{f"seat-{proposal}-role": role})
    comes_in(chair, first + 4)
    assert "formed by decision No. 12/4: 5 members" in chair.told()
    assert "5 members sit on this commission" in chair.reads()
    assert "agrees with the rules of the law" in chair.reads()
    standing = held("door", code, datetime.now(UTC))
    assert sorted(one.role for one in standing) == ["chair", "deputy", "member", "member", "secretary"]


def granted(code: str, number: int) -> str:
    """Somebody whom the mahalla body proposed, and whom the territorial commission granted; the proposal's number."""
    from esaylov.proceedings.applications import DecideApplication, SubmitApplication, new_secret
    from esaylov.registry.queries import mandates_of
    from tests.formation.people import BORN, pinfl
    from tests.proceedings.acting import act
    from tests.registry.people import accepted, actors_of

    now = datetime.now(UTC)
    said = {
        "commission": code, "proposed_by": "mahalla", "pinfl": pinfl(number), "surname": f"Sinovov{number}",
        "given_name": "Test", "birth_date": BORN.isoformat(), "education": "higher", "employer": f"Employer {number}",
    }  # fmt: skip
    sent = {"kind": "member-proposal", "to": "tec:n", "payload": said, "secret": new_secret()}
    head = mandates_of(head_of("org:lola"), now)[0].actor()
    proposal = str(accepted(act(SubmitApplication, "door", head, sent)).record["number"])
    chair = actors_of("door", "tec:n", now)["chair"]
    accepted(act(DecideApplication, "door", chair, {"application": proposal, "granted": True}))
    return proposal


def proposes(mahalla: Visitor, account: Account, code: str, number: str) -> str:
    """The number of the proposal, which was corrected once."""
    mahalla.signs_in(account)
    mahalla.opens("Propose a member of a commission")
    said = {
        "commission": code, "pinfl": number[:13], "surname": "Sinovov", "given_name": "Test",
        "birth_date": "02.01.1980", "education": "higher", "employer": "Employer",
    }  # fmt: skip
    mahalla.fills(**said)
    mahalla.presses("Send the proposal")
    assert "Enter 14 digits" in mahalla.beside("pinfl")
    mahalla.fills(pinfl=number)
    mahalla.presses("Send the proposal")
    found = re.search(r"\d{4}-\d{6}", mahalla.told())
    assert found is not None
    assert found[0] in mahalla.reads()
    return found[0]


def comes_in(chair: Visitor, number: int) -> None:
    """Somebody typed by hand: too young for the law, then old enough."""
    from tests.formation.people import BORN, pinfl

    young = date(datetime.now(UTC).year - 20, 1, 2)
    chair.presses("Add a person")
    typed = {"surname": "Yoshov", "given_name": "Test", "education": "higher", "employer": "Shop"}
    typed |= {"pinfl": pinfl(number, young), "birth_date": young.isoformat()}
    chair.fills(**{f"row-0-{name}": value for name, value in typed.items()}, decision="12/4")
    chair.presses("Form the commission")
    beside = chair.beside("row-0-birth_date")
    assert "M03" in beside
    assert "Article 25" in beside
    chair.fills(**{"row-0-pinfl": pinfl(number), "row-0-birth_date": BORN.isoformat()})
    chair.presses("Check against the law")
    assert "The law allows this composition" in chair.reads()
    chair.presses("Form the commission")


@WAYS
def test_a_session_with_a_dissent(address: str, browser: Browser, ruled: Bench, script: bool) -> None:
    """The chair holds the session, a member signs in and dissents, and anybody reads what was decided."""
    from tests.cabinet.visitor import visitor

    number = "3/1" if script else "3/2"
    chair, member, anybody = (visitor(browser, address, script=script) for _ in range(3))
    chair.signs_in(ruled.accounts["district chair"])
    opens_a_session(chair)
    takes_a_vote(chair, number)
    here = re.sub("^" + re.escape(address), "", chair.page.url)
    member.signs_in(ruled.accounts["district member"], "/en/cabinet/sessions/")
    member.follows("Session")
    member.follows("State your dissent")
    member.fills(text="The lamp shines.")
    member.page.check("[name=public]")
    member.presses("Record the dissent")
    assert "Your dissent is recorded" in member.told()
    member.signs_out()
    chair.goes(here)
    minutes = text_of(chair.opened("Minutes as PDF"))
    for said in ("The lamp shines.", "The lamp is repaired.", number):
        assert said in minutes
    chair.follows("Close the session…")
    chair.presses("Close the session")
    assert "its minutes are fixed" in chair.told()
    read_by_anybody(anybody, ruled, number)


def opens_a_session(chair: Visitor) -> None:
    """Seven of eleven are too few, nine enough."""
    chair.opens("Sessions")
    chair.follows("Open a session")
    chair.fills(place="Tashkent", agenda="The lamp at the entrance\nOther business")
    boxes = chair.page.locator("[name=present]").all()
    for box in boxes[:7]:
        box.check()
    chair.presses("Open the session")
    assert "7 of 11 members are present; 8 are needed" in chair.beside("present")
    for place in (7, 10):
        chair.page.locator("[name=present]").nth(place).check()
    chair.presses("Open the session")
    assert "9 of 11 members; 8 are needed" in chair.reads()


def takes_a_vote(chair: Visitor, number: str) -> None:
    chair.follows("Vote on a question")
    chair.fills(
        item="1",
        number=number,
        title=f"On the lamp, {number}",
        text="The lamp is repaired.",
        considered="16; 26",
    )
    votes = chair.page.locator("select[name^=vote-]").all()
    for vote in votes[:-1]:
        vote.select_option("for")
    votes[-1].select_option("against")
    chair.presses("Preview the decision")
    assert f"It becomes decision No. {number}" in chair.reads()
    chair.presses("Record the vote")
    assert f"Decision No. {number} is adopted." in chair.told()


def read_by_anybody(anybody: Visitor, ruled: Bench, number: str) -> None:
    """The public register, the decision's page, its paper: without an account."""
    from tests.proceedings.test_public import reload

    reload(ruled.world)
    title = anybody.page.get_by_role("link", name=f"On the lamp, {number}")
    for _ in range(PATIENCE // 500):  # public pages are kept until their cache has heard of a longer log
        anybody.page.goto(f"{anybody.address}/en/elections/door/decisions/")
        if title.count():
            break
        anybody.page.wait_for_timeout(200)
    anybody.looks()
    anybody.follows(f"On the lamp, {number}")
    assert "The lamp is repaired." in anybody.reads()
    assert "The lamp shines." in anybody.reads()
    paper = text_of(anybody.opened("PDF"))
    assert number in paper
    assert "The lamp is repaired." in paper


@WAYS
def test_an_application_with_a_repair_round(
    address: str, browser: Browser, ruled: Bench, script: bool
) -> None:
    """A party's head applies, the commission names a defect, the head repairs it, the commission grants."""
    from tests.cabinet.visitor import visitor

    head, chair = (visitor(browser, address, script=script) for _ in range(2))
    head.signs_in(ruled.accounts["party head"], "/en/cabinet/my-applications/")
    number = applies(head)
    chair.signs_in(ruled.accounts["tec chair"], "/en/cabinet/applications/")
    chair.follows(number)
    assert "The lamp at the door is broken." in chair.reads()
    chair.follows("Return for repair…")
    chair.fills(text="Which door?")
    chair.presses("Return for repair")
    assert "To be repaired by" in chair.reads()
    head.goes("/en/cabinet/")
    head.follows(f"Repair your application {number}")
    assert "Which door?" in head.reads()
    head.fills(text="The door of the school is dark.")
    head.presses("Send the repaired application")
    assert "repaired" in head.reads()
    chair.goes(f"/en/cabinet/applications/{number}/")
    assert "The door of the school is dark." in chair.reads()
    chair.follows("Note as whole…")
    chair.presses("Note as whole")
    chair.follows("Answer…")
    chair.fills(granted="yes", text="It will shine.")
    chair.presses("Answer")
    chair.presses("Record the answer")
    head.page.reload()
    for one in (chair, head):
        happened = one.page.locator("ol.records > li").all_inner_texts()
        assert len(happened) == 5
        assert all(CLOCK.search(line) for line in happened), "date and time at each end"
        assert "It will shine." in happened[-1]


def applies(head: Visitor) -> str:
    """The application's number; the receipt says when it came."""
    head.follows("Write to a commission")
    head.page.locator("[name=to]").select_option("tec:n")
    said = {
        "sort": "statement",
        "name": "Sinovbek Testov",
        "contact": "sinov@example.invalid",
        "subject": "Lamp",
    }
    head.fills(**said, text="The lamp at the door is broken.")
    head.presses("Send")
    number = head.page.locator("dl.facts dd").first.inner_text()
    assert CLOCK.search(head.reads())
    paper = text_of(head.downloads("The receipt as PDF", "button"))
    assert number in paper
    assert CLOCK.search(paper)
    return number
