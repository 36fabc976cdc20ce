"""The check of a protocol that does not count, or not alone: it holds, and says at once what the protocol is worth; and what it
says of what was typed wrongly.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from esaylov.tlog.tree import leaf_hash
from tests.publication.test_check_in_browser import check, context, fill, outcome  # noqa: F401  (a fixture)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

WORDS = {
    "annulled": "declared invalid",
    "inconsistent": "sums do not hold",
    "returned": "returned for correction",
}
PLACES = {"p1": "annulled", "p2": "inconsistent", "p3": "received", "p4": "returned"}
OUTSIDE = ("annulled", "inconsistent", "returned", "replaced", "conflicting", "unknown")


@pytest.fixture(scope="module")
def address(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The tiny election: a protocol declared invalid (p1), one whose sums do not hold (p2), a corrected one (p3), one that was
    contested and then returned (p4).
    """
    from esaylov.results.acts import AnnulPrecinct, ReturnProtocol
    from tests.publication.browser import served
    from tests.publication.ground import data_folder, in_every_state

    with data_folder(tmp_path_factory.mktemp("site")) as folder:
        site = in_every_state(folder)
        site.act(AnnulPrecinct, "cec", precinct="p1", contest="list", decision="14")
        site.rule(ReturnProtocol, "p4", "list", "15")
        site.move_on()
        with served() as found:
            yield found


def result_of(page: Page) -> tuple[str, str, str]:
    """State and tone of a result that holds, and its sentence."""
    assert outcome(page)[0] == "holds"
    result = page.locator("[data-check-result]")
    state, tone = (result.get_attribute(f"data-{name}") or "" for name in ("state", "tone"))
    assert tone == ("outside" if state in OUTSIDE else "holds")
    text = result.inner_text()
    assert "{" not in text
    assert ("✓" in text) is (tone == "holds")
    return state, tone, text


@pytest.mark.parametrize("width", [pytest.param(1440, marks=pytest.mark.slow), 390])
@pytest.mark.parametrize(("precinct", "state"), PLACES.items())
def test_page_says_what_its_protocol_is_worth(
    address: str, browser: Browser, precinct: str, state: str, width: int
) -> None:
    from tests.publication.test_browser import violations

    page = browser.new_page(viewport={"width": width, "height": 844}, reduced_motion="reduce")
    result, told = check(page, f"{address}/en/elections/tiny/protocols/{precinct}/list/")
    assert (result, told[-1]) == ("holds", ("stands", "holds"))
    found, _, text = result_of(page)
    assert found == state
    assert WORDS.get(state, "It counts") in text
    assert ("took the place" in text) is (precinct == "p3")
    colour = "[data-check-result] .check-mark"
    good = page.evaluate(
        "name => { const one = document.createElement('p'); one.style.color = 'var(--good)'; document.body.append(one);"
        " const [a, b] = [one, document.querySelector(name)].map((part) => getComputedStyle(part).color); one.remove(); return a === b }",
        colour,
    )
    assert good is (state == "received")
    page.locator("[data-check-more]").click()
    page.locator("[data-check-steps] > li[data-step=place][data-outcome=holds]").wait_for()
    assert result_of(page)[0] == state
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.close()


def test_page_that_hides_what_became_of_its_protocol_is_caught(address: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{address}/en/elections/tiny/protocols/p1/list/")
    section = page.locator("[data-check]")
    section.evaluate("one => { one.dataset.state = 'received' }")
    page.locator("[data-check-start]:enabled").click()
    result, told = outcome(page)
    assert (result, told[-1]) == ("fails", ("stands", "fails"))
    assert "annulled" in page.locator("[data-check-result]").inner_text()
    section.evaluate("one => { one.dataset.others = '' }")
    page.locator("[data-check-start]:enabled").click()
    page.locator("[data-check-result][data-result=holds]").wait_for()
    page.locator("[data-check-more]").click()
    page.locator("[data-check-result][data-result=fails]").wait_for()  # reading the whole log finds it
    page.close()


# --- the file to keep ---


@pytest.fixture
def tool(address: str, context: BrowserContext, tmp_path: Path) -> Page:  # noqa: F811
    """The file to keep, opened from the disk."""
    kept = tmp_path / "check.html"
    kept.write_bytes(context.request.get(f"{address}/en/check/tool.html").body())
    page = context.new_page()
    page.goto(kept.as_uri())
    page.locator("[data-tool-form] button:enabled").wait_for()
    return page


def saved(context: BrowserContext, address: str, precinct: str) -> dict[str, Any]:  # noqa: F811
    file: dict[str, Any] = context.request.get(
        f"{address}/open/elections/tiny/proofs/{precinct}/list.json"
    ).json()
    return file


def place_of(act: dict[str, Any]) -> tuple[int, str]:
    """Index and short code of an entry of a proof file."""
    from esaylov.publication.codes.codes import code_of

    index = int(act["proof"].split("\n")[1].removeprefix("index "))
    return index, code_of(index, leaf_hash(b64decode(act["entry"])))


@pytest.mark.parametrize(("precinct", "state"), PLACES.items())
def test_file_says_what_a_protocol_is_worth(
    address: str,
    tool: Page,
    context: BrowserContext,  # noqa: F811
    tmp_path: Path,
    precinct: str,
    state: str,
) -> None:
    fill(tool, election="tiny", precinct=precinct, contest="list")
    assert result_of(tool)[0] == state
    tool.locator("[data-check-more]").click()
    tool.locator("[data-check-steps] > li[data-step=place][data-outcome=holds]").wait_for()
    assert result_of(tool)[0] == state
    file = saved(context, address, precinct)
    path = tmp_path / "proof.json"
    for known, expected in ((file, state), ({k: v for k, v in file.items() if k != "others"}, "unknown")):
        path.write_text(json.dumps(known))
        tool.locator("[data-check-result]").evaluate("one => delete one.dataset.result")
        tool.locator("#file").set_input_files([])
        tool.locator("#file").set_input_files(path)
        assert result_of(tool)[0] == expected


@pytest.mark.parametrize(("precinct", "state"), [("p3", "replaced"), ("p4", "conflicting")])
def test_code_of_a_version_that_does_not_stand(
    address: str,
    tool: Page,
    context: BrowserContext,  # noqa: F811
    precinct: str,
    state: str,
) -> None:
    file = saved(context, address, precinct)
    _, code = place_of(file["others"][0])
    standing = place_of(file)[0]
    fill(tool, code=code)
    found, _, text = result_of(tool)
    assert found == state
    assert f"entry {standing}" in text
    tool.locator("[data-check-more]").click()
    tool.locator("[data-check-steps] > li[data-step=place][data-outcome=holds]").wait_for()
    assert result_of(tool)[0] == state


def test_code_on_a_folder_of_files(address: str, tool: Page, context: BrowserContext) -> None:  # noqa: F811
    """Who serves the published files alone does not name further entries: only the whole log says what a protocol is worth."""
    _, code = place_of(saved(context, address, "p1"))
    context.route(
        "**/open/**", lambda route: route.fulfill(status=404, headers={"access-control-allow-origin": "*"})
    )
    fill(tool, code=code)
    assert result_of(tool)[0] == "unknown"
    tool.locator("[data-check-more]").click()
    tool.locator("[data-check-steps] > li[data-step=place][data-outcome=holds]").wait_for()
    state, _, text = result_of(tool)
    assert state == "annulled"
    assert "declared invalid" in text


@pytest.mark.parametrize("case", ["digits", "beyond", "form", "place", "nothing", "site", "kind"])
def test_what_was_typed_wrongly_is_named(
    address: str,
    tool: Page,
    context: BrowserContext,  # noqa: F811
    case: str,
) -> None:
    index, code = place_of(saved(context, address, "p3"))
    wrong = f"{index}-{(int(code[-4:]) + 1) % 10_000:04d}"
    typed, result, says = {
        "digits": ({"code": wrong}, "fails", r"cannot both be right.*digit by digit"),
        "beyond": ({"code": "99999-1234"}, "fails", r"address of the site cannot both be right"),
        "form": ({"code": "nonsense"}, "fails", r"looks like 101034-4821"),
        "place": (
            {"code": code, "precinct": "p1"},
            "fails",
            r"“p3”, and you typed “p1”.*leave the place empty",
        ),
        "nothing": ({"election": "tiny"}, "cannot", r"short code, or all three"),
        "site": ({"site": "mailto:nobody@results.example", "code": code}, "cannot", r"not an address"),
        "kind": ({"code": entry_of_another_kind(context, address)}, "cannot", r"another kind"),
    }[case]
    fill(tool, **typed)
    assert outcome(tool)[0] == result
    text = tool.locator("[data-check-result]").inner_text()
    assert re.search(says, text), text
    assert "Saved file" not in text
    assert ("Short code" in text) is (result == "fails")


def entry_of_another_kind(context: BrowserContext, address: str) -> str:  # noqa: F811
    """The code of the first entry of the log, which is no protocol."""
    from esaylov.publication.codes.codes import code_of

    size = int(context.request.get(f"{address}/log/checkpoint").text().splitlines()[1])
    bundle = context.request.get(f"{address}/log/tile/entries/000.p/{size}").body()
    return code_of(0, leaf_hash(bundle[2 : 2 + int.from_bytes(bundle[:2], "big")]))
