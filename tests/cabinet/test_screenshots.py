"""The cabinet in pictures, for the documentation: the simulated election three weeks before its day, with people at work.

With ESAYLOV_SCREENSHOTS=1 the pictures go to docs/screenshots/, else to a temporary folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from esaylov.acts.powers import Actor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DOCS = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
ELECTION = "uz-lc-2024-demo"
REGION, DISTRICT = "tec:1735", "dcec:1735204"
NOW = "2024-10-05T10:00:00+05:00"
LAMPS = (
    "Every polling station of the district has a lit entrance by 20 October 2024.\n\n"
    "The secretary reports to the territorial commission."
)


@dataclass(frozen=True)
class Place:
    """Where the pictures are taken. `session`: the district commission's."""

    address: str
    session: int
    application: str

    def page(
        self, browser: Browser, body: str, role: str, path: str, election: str = ELECTION, **shape: Any
    ) -> Page:
        """A page of the cabinet as somebody of a commission (`election`: "" for the Central one) sees it."""
        from tests.cabinet.people import sign_in
        from tests.publication.test_screenshots import window
        from tests.registry.people import actors_of

        client = sign_in(account_of(actors_of(election, body, datetime.now(UTC))[role]))
        page = window(browser, **shape)
        page.context.add_cookies([
            {"name": name, "value": one.value, "url": self.address} for name, one in client.cookies.items()
        ])  # fmt: skip
        page.goto(f"{self.address}/en/cabinet/{path}")
        page.evaluate("document.fonts.ready")
        page.reload()  # now the letters are there from the start
        return page


def account_of(actor: Actor) -> Any:
    """The account of somebody who acts for a body."""
    from esaylov.registry.accounts.models import Account

    return Account.objects.filter(person=actor.person).first() or Account.objects.open(person=actor.person)


@pytest.fixture(scope="module")
def place(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The simulated election, called and with all its commissions; a session, an application, a letter."""
    from esaylov.demo.participants import people
    from esaylov.demo.simulation import SEED, write_package
    from esaylov.exchange.package import read_package
    from esaylov.operations.loading import call_election
    from tests.publication.browser import served
    from tests.publication.ground import data_folder

    with data_folder(tmp_path_factory.mktemp("demo")) as folder:
        write_package(folder / "package")
        call_election(read_package(folder / "package"), replay=False, start=datetime.fromisoformat(NOW))
        people(ELECTION, folder / "package", SEED, lambda _: None)
        session, application = decides(), applies()
        with served() as found:
            yield Place(found, session, application)


def decides() -> int:
    """The district commission sits: two absent, one against, a dissent in writing; the session's number in the log."""
    from esaylov.proceedings.sessions import OpenSession, StateDissent
    from tests.proceedings.acting import act, adopt, sitting, votes
    from tests.registry.people import accepted

    chair, members = sitting(ELECTION, DISTRICT)
    here, agenda = (
        members[:-2],
        ["Lamps at the entrances of polling stations", "Lists of voters shown to the public"],
    )
    opening = {
        "agenda": agenda, "place": "Mangit", "presiding": members[0].id, "present": frozenset(one.id for one in here),
    }  # fmt: skip
    session = accepted(act(OpenSession, ELECTION, chair, opening)).journal
    said = {"title": agenda[0], "text": LAMPS, "votes": votes(here, against=1)}
    taken = accepted(adopt(session, "1", ELECTION, DISTRICT, **said))
    dissent = {"decision": taken.journal, "text": "The term is too short for two villages.", "public": True}
    accepted(act(StateDissent, ELECTION, here[-1].actor(), dissent))
    return session


def applies() -> str:
    """Somebody asks the territorial commission, and the Central Commission writes to it; the application's number."""
    from esaylov.proceedings.letters import SendLetter
    from tests.proceedings.acting import act, sitting, submit
    from tests.registry.people import accepted

    asked = "On the second floor of the school there is no ramp. How does my mother reach the ballot box?"
    number = accepted(submit(ELECTION, REGION, sort="enquiry", subject="A ramp", text=asked)).record["number"]
    chair = sitting()[0]
    letter = {
        "groups": frozenset({"territorial"}),
        "subject": "Ramps",
        "text": "Count the stations that have none.",
    }
    accepted(act(SendLetter, ELECTION, chair, letter))
    return str(number)


@pytest.fixture(scope="module")
def browser(place: Place) -> Iterator[Browser]:
    from tests.publication.browser import chromium_beside_database

    with chromium_beside_database() as started:
        yield started


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if os.environ.get("ESAYLOV_SCREENSHOTS") == "1":
        return DOCS
    return tmp_path_factory.mktemp("pictures")


def test_desk(place: Place, browser: Browser, pictures: Path) -> None:
    from tests.publication.test_screenshots import shoot

    page = place.page(browser, REGION, "chair", "")
    due = page.locator(".due").inner_text()
    assert "Answer 1 application" in due
    assert "Read 1 letter" in due
    shoot(page, pictures / "cabinet-desk.png", ".steps >> nth=0")


def test_session(place: Place, browser: Browser, pictures: Path) -> None:
    from tests.publication.test_screenshots import shoot

    page = place.page(browser, DISTRICT, "chair", f"sessions/{place.session}/")
    assert "Decision No. 1" in page.locator("main").inner_text()
    shoot(page, pictures / "cabinet-session.png", "main .datatable")


def test_application_on_a_telephone(place: Place, browser: Browser, pictures: Path) -> None:
    from tests.publication.test_screenshots import shoot

    page = place.page(browser, REGION, "chair", f"applications/{place.application}/", width=390, scale=1.5)
    assert "there is no ramp" in page.locator("main").inner_text()
    shoot(page, pictures / "cabinet-application-telephone.png", "main .records")
