"""Before the release no figure is public, on no page and in no file; afterwards all of it, and promises hold."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from django.db import connection
from django.test import Client

from esaylov.acts.receipts import receipt_text
from esaylov.elections.queries import set_clock
from esaylov.exchange.package import read_package
from esaylov.operations.loading import call_election
from esaylov.results.acts import CorrectProtocol, SubmitProtocol
from tests.operations.draft import EDITION, RELEASE, at, country, lines
from tests.operations.site import Site, accepted, contents, refused, rows_of

FIGURE = 31_337


def test_nothing_before_the_release(site: Site, tmp_path: Path) -> None:
    """Not in the log's files, the published folder or the tables; afterwards all of it, and promises hold."""
    draft = country(edition=EDITION + RELEASE)
    call_election(
        read_package(draft.write(tmp_path / "package")),
        replay=False,
        start=datetime.fromisoformat(at("19:00")),
    )
    figures = {"lines": lines((FIGURE, 50, 60), voters=40_000), "votes": [FIGURE, 50, 60]}
    place = {"precinct": "p1", "contest": "list"}
    done = site.accept(SubmitProtocol, "draft", "pec:p1", **place, **figures)
    wrong = {"lines": lines((FIGURE, 50, 61), voters=40_000, error=1), "votes": [FIGURE, 50, 61]}
    first = site.accept(SubmitProtocol, "draft", "pec:p2", precinct="p2", contest="list", **wrong)
    second = site.accept(CorrectProtocol, "draft", "pec:p2", precinct="p2", contest="list", **figures)
    for number, result in enumerate((done, first, second)):
        (tmp_path / f"receipt{number}").write_text(receipt_text(result.leaf, result.recorded_at))
    site.sequence(head_every=0.0)
    site.tabulate("draft")
    site.publish(tmp_path / "before")
    accepted(tmp_path / "before", receipt=tmp_path / "receipt0")
    assert rows_of(tmp_path / "before" / "data" / "draft" / "protocols.csv.gz") == []
    for folder in (tmp_path / "before", site.log):
        for name, data in contents(folder).items():
            if name != "verify.py":
                for secret in (str(FIGURE).encode(), FIGURE.to_bytes(4, "little"), b"submit_protocol"):
                    assert secret not in data, (name, secret)
    assert not shown()
    assert site.ask("SELECT count(*) FROM results_standing") == [(0,)]
    assert site.ask("SELECT DISTINCT votes[1], received FROM results_total WHERE contest_id = 1") == [(0, 0)]
    set_clock("draft", datetime.fromisoformat(at("19:59:59")))
    site.sequence()
    assert site.ask("SELECT count(*) FROM acts_sealed WHERE opened_by IS NOT NULL") == [(0,)]
    set_clock("draft", datetime.fromisoformat(at("20:00")))
    site.publish(tmp_path / "after")
    for number in range(3):
        accepted(
            tmp_path / "after",
            receipt=tmp_path / f"receipt{number}",
            since=tmp_path / "before" / "log" / "checkpoint",
        )
    rows = rows_of(tmp_path / "after" / "data" / "draft" / "protocols.csv.gz")
    assert [(row["precinct"], row["version"], row["state"]) for row in rows] == [
        ("p1", "1", "received"), ("p2", "2", "received"),
    ]  # fmt: skip
    site.tabulate("draft")
    assert site.ask("SELECT votes[1] FROM results_total WHERE (contest_id, territory_id) = (1, 1)") == [
        (2 * FIGURE,)
    ]
    assert {"", "contests/list/", "protocols/p1/list/"} <= set(shown())
    assert site.differences() == []


PAGES = ("", "territories/n1/", "contests/list/", "protocols/p1/list/", "outside/")


def shown() -> list[str]:
    """The public pages on which the figure, or its double as a sum, stands."""
    digits = "(?:31|62).?(?:337|674)"
    found = []
    for page in PAGES:
        answer = Client().get(f"/en/elections/draft/{page}")
        assert answer.status_code in (200, 404), (page, answer.status_code)
        if re.search(digits, answer.content.decode()):
            found.append(page)
    return found


def test_a_sealed_value_that_was_erased(site: Site, tmp_path: Path) -> None:
    """It stays a hash that says nothing; the log and what is published go on without it."""
    draft = country(edition=EDITION + RELEASE)
    call_election(
        read_package(draft.write(tmp_path / "package")),
        replay=False,
        start=datetime.fromisoformat(at("19:00")),
    )
    figures = {"lines": lines((5, 6, 7)), "votes": [5, 6, 7]}
    for precinct in ("p1", "p2"):
        site.accept(SubmitProtocol, "draft", f"pec:{precinct}", precinct=precinct, contest="list", **figures)
    site.sequence()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM acts_sealed WHERE journal_id = (SELECT min(journal_id) FROM acts_sealed)")
    set_clock("draft", datetime.fromisoformat(at("20:00")))
    site.publish(tmp_path / "after")
    _, text = accepted(tmp_path / "after")
    assert "1 sealed entries are not open yet" in text
    rows = rows_of(tmp_path / "after" / "data" / "draft" / "protocols.csv.gz")
    assert [row["precinct"] for row in rows] == ["p2"]


def test_a_value_put_in_the_place_of_a_sealed_one(site: Site, tmp_path: Path) -> None:
    """A superuser who swaps the vault's value before it is opened: the log cannot be verified with it, and says where."""
    draft = country(edition=EDITION + RELEASE)
    call_election(
        read_package(draft.write(tmp_path / "package")),
        replay=False,
        start=datetime.fromisoformat(at("19:00")),
    )
    figures = {"lines": lines((5, 6, 7)), "votes": [5, 6, 7]}
    site.accept(SubmitProtocol, "draft", "pec:p1", precinct="p1", contest="list", **figures)
    site.sequence()
    with site.superuser() as raw:
        raw.execute(
            "UPDATE acts_sealed SET value = convert_to(replace(convert_from(value, 'UTF8'), '[5,6,7]', '[6,5,7]'), 'UTF8')"
        )
        raw.execute("UPDATE results_protocol SET votes = '{6,5,7}'")
    set_clock("draft", datetime.fromisoformat(at("20:00")))
    site.publish(tmp_path / "after")
    said = refused(tmp_path / "after")
    assert all("entry" in text for text in said), said
    assert any("acts_sealed" in difference for difference in site.differences())
