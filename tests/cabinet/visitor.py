"""Somebody at a browser: signs in from nothing, works by keyboard alone or without the pages' script, looks at every page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.browsing import goes_on
from tests.design.test_guide_browser import NARROW, SMALL

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from esaylov.registry.accounts.models import Account

PASSWORD = "ein stilles Pferd am Fluss"
MOST_TABS = 400
UNREACHABLE = """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
  .filter(one => one.checkVisibility() && !one.disabled && one.tabIndex < 0 && !one.matches("[aria-hidden=true]"))
  .map(one => one.outerHTML.slice(0, 120))"""


@dataclass
class Visitor:
    """One person's browser on a telephone of 390 px. With `script` everything that can be pressed is reached with the
    tabulator and pressed with Enter; without it, by touch."""

    page: Page
    address: str
    script: bool
    wrong: list[str] = field(default_factory=list)

    def goes(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.looks()

    def signs_in(self, account: Account, path: str = "/en/cabinet/") -> None:
        """From signed out, over password and second factor, to a page of the cabinet."""
        from tests.accounts.people import code_now

        secret = new_app(account)
        self.page.goto(self.address + path)
        assert "/account/sign-in/" in self.page.url
        self.looks()
        self.page.fill("[name=login]", account.code)
        self.page.fill("[name=password]", PASSWORD)
        self.presses("Sign in", within="main form:has([name=login])")
        assert "/second-factor/" in self.page.url
        self.page.fill("[name=code]", code_now(secret))
        self.hits(self.page.locator("main form:has([name=code]) button[type=submit]"))
        assert self.page.url == self.address + path
        self.looks()

    def signs_out(self) -> None:
        """By the page's own button; afterwards the cabinet asks to sign in."""
        self.page.locator("summary", has_text="Menu").click()
        with goes_on(self.page):
            self.page.locator(".menu").get_by_role("button", name="Sign out").click()
        if "/sign-out/" in self.page.url:
            self.hits(self.page.locator("main form button[type=submit]"))
        self.page.goto(f"{self.address}/en/cabinet/")
        assert "/account/sign-in/" in self.page.url

    def opens(self, item: str) -> None:
        """A page of the cabinet's menu."""
        self.page.locator("summary", has_text="Menu").click()
        self.hits(self.page.locator(".menu nav").get_by_role("link", name=item, exact=True))
        self.looks()

    def follows(self, text: str, *, within: str = "main") -> None:
        self.hits(self.page.locator(within).get_by_role("link", name=text).first)
        self.looks()

    def presses(self, text: str, *, within: str = "main") -> None:
        self.hits(self.page.locator(within).get_by_role("button", name=text, exact=True))
        self.looks()

    def hits(self, target: Locator) -> None:
        """Presses something that leads to another page, and waits for it."""
        with goes_on(self.page):
            self.touches(target)

    def touches(self, target: Locator) -> None:
        """By keyboard where the pages' script runs, else by touch."""
        if self.script:
            self.reaches(target)
            self.page.keyboard.press("Enter")
        else:
            target.click()

    def reaches(self, target: Locator) -> None:
        """Tabs from where the reader is until something has the focus."""
        for _ in range(MOST_TABS):
            if target.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} cannot be reached with the tabulator on {self.page.url}")

    def fills(self, **values: str) -> None:
        """Fields by name: typed, or chosen by value or by what stands there."""
        for name, value in values.items():
            one = self.page.locator(f'main [name="{name}"]')
            if one.evaluate("one => one.tagName") == "SELECT":
                one.select_option(value)
            else:
                one.fill(value)

    def beside(self, name: str) -> str:
        """What stands as an error beside a field."""
        return self.page.locator(f'[id="id_{name}_error"]').inner_text()

    def reads(self) -> str:
        return self.page.locator("main").inner_text()

    def told(self) -> str:
        """What the page says has happened."""
        return " ".join(self.page.locator(".desk-message").all_inner_texts())

    def downloads(self, text: str, role: Any = "link") -> bytes:
        """What a link or a button hands out as a file."""
        target = self.page.locator("main").get_by_role(role, name=text).first
        with self.page.expect_download() as found:
            self.touches(target)
        return Path(found.value.path()).read_bytes()

    def opened(self, text: str) -> bytes:
        """What a link opens in the browser's own viewer of papers."""
        target = self.page.locator("main").get_by_role("link", name=text).first
        if self.script:
            self.reaches(target)
        answer = self.page.request.get(target.evaluate("one => one.href"))
        assert answer.headers["content-type"] == "application/pdf"
        return answer.body()

    def looks(self) -> None:
        """Nothing wider than the telephone, one heading, nothing that a keyboard passes over; with the script nothing that
        axe finds, and no error of the pages' own."""
        page = self.page
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
        assert page.locator("h1").count() == 1, page.url
        assert page.evaluate(UNREACHABLE) == [], page.url
        if "/elections/" not in page.url:  # public pages have links in running text and lists
            small = page.evaluate(SMALL)
            assert small == [], (page.url, small)
        assert self.wrong == [], page.url
        if self.script and self.kind() not in seen:
            seen.add(self.kind())
            readable(page)

    def kind(self) -> tuple[str, str, int]:
        """What kind of page this is, and in which state: without numbers and codes, with its heading and its errors."""
        path = re.sub(r"[^/]*\d[^/]*", "", self.page.url.removeprefix(self.address).partition("?")[0])
        errors = self.page.locator(".error-summary li, .notice").count()
        return path, re.sub(r"\d+", "", self.page.locator("h1").inner_text()), errors


seen: set[tuple[str, str, int]] = set()
"""Kinds of pages in which axe found nothing: each is looked at once."""


def readable(page: Page) -> None:
    """Nothing that axe finds."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found] == [], page.url


def visitor(browser: Browser, address: str, *, script: bool) -> Visitor:
    """Somebody who is signed in nowhere."""
    context = browser.new_context(viewport=NARROW, reduced_motion="reduce", java_script_enabled=script)
    found = Visitor(context.new_page(), address, script)
    found.page.on("pageerror", lambda error: found.wrong.append(str(error)))
    found.page.on(
        "console", lambda said: found.wrong.append(said.text) if said.type == "error" and not expected(said.text) else None
    )  # fmt: skip
    return found


def expected(text: str) -> bool:
    """A form that was refused is answered with a status that the browser's console notes: no error of the page."""
    return bool(re.search(r"status of 422\b", text))


def new_app(account: Account) -> str:
    """A fresh app for an account, since each code serves once; and the tests' password."""
    from allauth.mfa.models import Authenticator

    from tests.accounts.people import app_of

    Authenticator.objects.filter(user=account).delete()
    account.set_password(PASSWORD)
    account.save()
    return app_of(account)
