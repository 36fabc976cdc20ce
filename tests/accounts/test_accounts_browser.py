"""In Chromium: the first administrator from the terminal's link to a signed-in page, with an app, then with a passkey alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browsing import follow, hears

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.accounts.people import World

pytestmark = pytest.mark.browser
SIZES = ((1440, 900), (390, 844))
VIRTUAL = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def address(world: World) -> Iterator[str]:
    from tests.accounts.test_ties import tied_to
    from tests.publication.browser import served

    with tied_to("http://127.0.0.1:9"), served() as url:
        yield url.replace("127.0.0.1", "localhost")  # a passkey belongs to a name, not to a number


@pytest.fixture
def link(address: str) -> str:
    """The terminal's link, made before the browser: in its thread Django talks to no database."""
    from esaylov.registry.accounts.terminal import administrator_link

    return address + administrator_link().replace("/uz/", "/en/")


@pytest.fixture
def page(link: str) -> Iterator[Page]:
    from tests.publication.browser import chromium

    with chromium() as browser:
        context = browser.new_context(viewport={"width": 390, "height": 844})
        window = context.new_page()
        wrong: list[str] = []
        window.on("pageerror", lambda error: wrong.append(str(error)))
        window.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        yield window
        assert wrong == []


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.fill(f"main [name={name}]", value)
    follow(page, "main form:has(.field) button[type=submit]")


def clean(page: Page) -> None:
    """Readable by all, and nothing wider than the screen, at both widths."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), page.url
        found: Any = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_from_the_terminal_to_a_passkey(page: Page, address: str, link: str) -> None:
    from tests.accounts.people import PASSWORD, code_now

    page.goto(link)
    clean(page)
    fill(page, password1=PASSWORD, password2=PASSWORD)
    assert page.url == f"{address}/en/account/set-up/"
    clean(page)
    follow(page, "text=Set up an app")
    clean(page)
    secret = page.inner_text("main code").replace(" ", "")
    fill(page, code=code_now(secret))
    assert page.url == f"{address}/en/account/second-factor/codes/"
    clean(page)
    follow(page, "main >> text=Go on")
    clean(page)
    _passkey(page, address)


def _passkey(page: Page, address: str) -> None:
    context: BrowserContext = page.context
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": VIRTUAL})
    follow(page, "text=Set up a passkey")
    clean(page)
    hears(page.locator("[data-passkey-new]"), "submit")
    fill(page, name="My telephone")
    assert page.url == f"{address}/en/account/"
    expect(page.get_by_text("My telephone")).to_be_visible()
    follow(page, "main >> text=Sign out")
    follow(page, "main button")
    assert page.url == f"{address}/en/account/sign-in/"
    clean(page)
    follow(page, "text=Sign in with a passkey")  # shown by the script, once it is at work
    assert page.url == f"{address}/en/account/"
    page.goto(f"{address}/en/account/administration/")
    clean(page)
    _invites(page)
    page.goto(f"{address}/en/account/providers/")
    expect(page.get_by_role("button", name="Tie Mahalla ID")).to_be_visible()
    clean(page)
    page.goto(f"{address}/en/account/devices/")
    clean(page)
    follow(page, "text=Sign out everywhere")
    assert page.url == f"{address}/en/account/sign-in/"


def _invites(page: Page) -> None:
    """What an administrator is there for: somebody gets an account, and a letter to open it with."""
    from tests.accounts.people import PASSWORD

    follow(page, "main >> text=Invite somebody")
    clean(page)
    fill(page, label="Secretary of a commission")
    assert "/account/reauthenticate/" in page.url, "who hands out accounts shows again who they are"
    clean(page)
    fill(page, password=PASSWORD)
    expect(page.get_by_role("heading", name="Invitation")).to_be_visible()
    assert "/account/" in page.inner_text("code.long")
    clean(page)
    follow(page, "main >> text=Accounts")
    expect(page.get_by_text("Secretary of a commission")).to_be_visible()


def test_without_scripts(address: str) -> None:
    from tests.accounts.people import PASSWORD, app_of, code_now, person_account
    from tests.publication.browser import chromium

    account = person_account()
    secret = app_of(account)
    with chromium() as browser:
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(f"{address}/en/account/sign-in/?next=/en/account/")
        assert page.get_by_text("Sign in with a passkey").is_hidden()
        fill(page, login=account.code.lower().replace("-", " "), password=PASSWORD)
        fill(page, code=code_now(secret))
        assert page.url == f"{address}/en/account/"
