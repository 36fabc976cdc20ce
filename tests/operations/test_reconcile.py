"""A database superuser changes one value behind the application's back: `reconcile` names the row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

import pytest
from django.db import ProgrammingError, connections

from esaylov.elections.queries import set_clock
from esaylov.exchange.package import read_package
from esaylov.operations.loading import Performer, call_election, events
from esaylov.polling.acts import ReportTurnout
from esaylov.results.acts import (
    AcceptProtocol,
    AnnulPrecinct,
    CorrectProtocol,
    ReturnProtocol,
    SubmitProtocol,
)
from esaylov.results.decisions import Certify, RecordLot
from esaylov.server.embedded import Embedded
from esaylov.tlog.tiles import files_for
from tests.operations.draft import EDITION, LATER, RELEASE, at, count_all, country, lines
from tests.operations.site import Site, copy_of

ModuleSite = Callable[[], AbstractContextManager[Site]]
AFTER = "2026-10-25T20:00:01+05:00"


@pytest.fixture(scope="module")
def told(module_site: ModuleSite, tmp_path_factory: pytest.TempPathFactory) -> ModuleSite:
    """An election with every kind of fact: sealed and opened, corrected, ruled on, a lot, certified, published."""
    folder = tmp_path_factory.mktemp("told")
    draft = count_all(country(edition=EDITION + RELEASE))
    draft.turnout += [("p1", at("10:00"), 100), ("p2", at("10:00"), 50)]
    with module_site() as site:
        package = read_package(draft.write(folder / "package"))
        call_election(package, replay=False, start=datetime.fromisoformat(at("09:00")))
        performer = Performer("draft")
        stream = list(events(package))
        performer.perform(stream[:2])
        performer.perform(stream[2:20], move_clock=False)
        site.sequence()
        set_clock("draft", datetime.fromisoformat(AFTER))
        performer.perform(stream[20:])
        site.sequence()
        _further(site)
        site.sequence(head_every=0.0)
        site.publish(folder / "published")
        site.tabulate("draft")
    return module_site


def _further(site: Site) -> None:
    place = {"precinct": "p4", "contest": "list"}
    site.accept(ReturnProtocol, "draft", "cec", at("08:00", LATER), **place, decision="1")
    figures = {"lines": lines((100, 90, 80)), "votes": [100, 90, 80]}
    site.accept(CorrectProtocol, "draft", "pec:p4", at("09:00", LATER), **place, **figures)
    site.accept(AcceptProtocol, "draft", "cec", at("10:00", LATER), **place, decision="2")
    site.accept(
        SubmitProtocol, "draft", "pec:p5", at("10:01", LATER), precinct="p5", contest="list", **figures
    )
    site.accept(AnnulPrecinct, "draft", "cec", at("10:02", LATER), precinct="p3", contest="q", decision="3")
    site.accept(ReportTurnout, "draft", "pec:p4", at("19:00"), precinct="p4", voters=7)
    for precinct in ("p1", "p2", "p3"):
        site.accept(ReturnProtocol, "draft", "cec", precinct=precinct, contest="d1", decision=f"4-{precinct}")
        figures = {"lines": lines((10, 10)), "votes": [10, 10]}
        site.accept(CorrectProtocol, "draft", f"pec:{precinct}", precinct=precinct, contest="d1", **figures)
    site.accept(RecordLot, "draft", "cec", contest="d1", decision="5", drawn=["bob"])
    site.sequence()
    site.accept(Certify, "draft", "cec", contest="d1", decision="6")


@pytest.fixture
def whole(told: ModuleSite, template: Embedded) -> Iterator[Site]:
    """A copy of its database, of the test's own."""
    with told() as site, copy_of(template, site) as copy:
        yield copy


def test_nothing_on_a_clean_database(whole: Site) -> None:
    assert whole.differences() == []


FIRST = "(SELECT min(journal_id) FROM results_protocol WHERE NOT sealed)"
SEALED = "(SELECT min(journal_id) FROM acts_sealed)"
CHANGES = [
    ("acts_journal", "UPDATE acts_journal SET record = convert_to(replace(convert_from(record, 'UTF8'), '\"voters\":7', '\"voters\":8'), 'UTF8')"
     " WHERE code = 'polling.report_turnout'", "acts_journal"),
    ("a private member", f"UPDATE acts_journal SET body = 'pec:p9' WHERE id = {FIRST}", "acts_journal"),
    ("time of an act", f"UPDATE acts_journal SET at = at + interval '1 second' WHERE id = {FIRST}", "acts_journal"),
    ("recorded_at", f"UPDATE acts_journal SET recorded_at = recorded_at + interval '1 microsecond' WHERE id = {FIRST}", "acts_journal"),
    ("code", "UPDATE acts_journal SET code = 'results.return_protocol' WHERE code = 'results.accept_protocol'", "acts_journal"),
    ("public", f"UPDATE acts_journal SET public = false WHERE id = {FIRST}", "acts_"),
    ("chain", "UPDATE acts_entry SET chain = sha256(chain) WHERE position = 9", "acts_"),
    ("last chain", "UPDATE acts_entry SET chain = sha256(chain) WHERE position = (SELECT max(position) FROM acts_entry)", "acts_"),
    ("leaf hash", "UPDATE acts_entry SET leaf_hash = sha256(leaf_hash) WHERE position = 9", "acts_"),
    ("index", "UPDATE acts_entry SET index = 1000000 WHERE position = 9", "acts_entry"),
    ("position", "UPDATE acts_entry SET position = 1000000 WHERE position = (SELECT max(position) FROM acts_entry)", "acts_entry"),
    ("the last entry is gone", "DELETE FROM acts_entry WHERE position = (SELECT max(position) FROM acts_entry)", ""),
    ("an entry is gone", "DELETE FROM acts_entry WHERE position = 9", "acts_entry"),
    ("a checkpoint's root", "UPDATE acts_checkpoint SET root = sha256(root) WHERE size = (SELECT min(size) FROM acts_checkpoint)", "acts_checkpoint"),
    ("a checkpoint's note", "UPDATE acts_checkpoint SET note = replace(note, 'invalid', 'invalud') WHERE size = (SELECT min(size) FROM acts_checkpoint)", "acts_checkpoint"),
    ("a checkpoint's size", "UPDATE acts_checkpoint SET size = size + 1000000 WHERE size = (SELECT min(size) FROM acts_checkpoint)", "acts_checkpoint"),
    ("sealed value", f"UPDATE acts_sealed SET value = convert_to(replace(convert_from(value, 'UTF8'), '\"version\":1', '\"version\":2'), 'UTF8') WHERE journal_id = {SEALED}", "acts_sealed"),
    ("sealed salt", f"UPDATE acts_sealed SET salt = sha256(salt) WHERE journal_id = {SEALED}", "acts_sealed"),
    ("sealed row gone", f"DELETE FROM acts_sealed WHERE journal_id = {SEALED}", ""),
    ("opened by another", f"UPDATE acts_sealed SET opened_by = NULL WHERE journal_id = {SEALED}", ""),
    ("opened by a stray", f"UPDATE acts_sealed SET opened_by = {FIRST} WHERE journal_id = {SEALED}", ""),
    ("lines", f"UPDATE results_protocol SET lines[1] = lines[1] + 1 WHERE journal_id = {FIRST}", "results_protocol"),
    ("votes", f"UPDATE results_protocol SET votes[1] = votes[1] + 1 WHERE journal_id = {FIRST}", "results_protocol"),
    ("votes of a sealed one", f"UPDATE results_protocol SET votes[1] = votes[1] + 1 WHERE journal_id = {SEALED}", "results_protocol"),
    ("state", f"UPDATE results_protocol SET state = 'inconsistent' WHERE journal_id = {FIRST}", "results_protocol"),
    ("version", f"UPDATE results_protocol SET version = 9 WHERE journal_id = {FIRST}", "results_protocol"),
    ("findings", f"UPDATE results_protocol SET findings = '{{T02}}' WHERE journal_id = {FIRST}", "results_protocol"),
    ("leaf", f"UPDATE results_protocol SET leaf = sha256(leaf) WHERE journal_id = {FIRST}", "results_protocol"),
    ("replaces", "UPDATE results_protocol SET replaces = sha256(replaces) WHERE replaces IS NOT NULL", "results_protocol"),
    ("protocol's time", f"UPDATE results_protocol SET at = at - interval '1 hour' WHERE journal_id = {FIRST}", "results_protocol"),
    ("sealed flag", f"UPDATE results_protocol SET sealed = false WHERE journal_id = {SEALED}", "results_protocol"),
    ("sealed flag of an open one", f"UPDATE results_protocol SET sealed = true WHERE journal_id = {FIRST}", "results_protocol"),
    ("another precinct", f"UPDATE results_protocol SET precinct_id = 6, version = 50, replaces = 'x' WHERE journal_id = {FIRST}", "results_protocol"),
    ("a protocol is gone", f"DELETE FROM results_protocol WHERE journal_id = {FIRST}", "results_protocol"),
    ("a stray protocol", "INSERT INTO results_protocol (journal_id, contest_id, precinct_id, version, state, findings, lines, votes, at, leaf,"
     " replaces, sealed) SELECT 999999999, contest_id, precinct_id, 77, state, findings, lines, votes, at, leaf,"
     f" 'x', sealed FROM results_protocol WHERE journal_id = {FIRST}", "results_protocol 999999999"),
    ("ruling's kind", "UPDATE results_ruling SET kind = 'return' WHERE kind = 'accept'", "results_ruling"),
    ("ruling's number", "UPDATE results_ruling SET number = '99' WHERE kind = 'annul'", "results_ruling"),
    ("ruling's contest", "UPDATE results_ruling SET contest_id = NULL WHERE kind = 'annul'", "results_ruling"),
    ("ruling's protocol", "UPDATE results_ruling SET protocol_id = NULL WHERE kind = 'accept'", "results_ruling"),
    ("ruling's time", "UPDATE results_ruling SET at = at + interval '1 second' WHERE kind = 'annul'", "results_ruling"),
    ("a stray ruling", "INSERT INTO results_ruling (journal_id, kind, number, at, contest_id, precinct_id, protocol_id)"
     " SELECT 999999999, kind, number, at, contest_id, precinct_id, protocol_id FROM results_ruling"
     " WHERE kind = 'annul'", "results_ruling 999999999"),
    ("a ruling is gone", "DELETE FROM results_ruling WHERE kind = 'annul'", "results_ruling"),
    ("a lot's outcome", "UPDATE results_contestdecision SET outcome = '{ada}' WHERE kind = 'lot'", "results_contestdecision"),
    ("a lot's contest", "UPDATE results_contestdecision SET contest_id = 1 WHERE kind = 'lot'", "results_contestdecision"),
    ("a certification is gone", "DELETE FROM results_contestdecision WHERE kind = 'certification'", "results_contestdecision"),
    ("certification's number", "UPDATE results_contestdecision SET number = 'x' WHERE kind = 'certification'", "results_contestdecision"),
    ("turnout", "UPDATE polling_turnout SET voters = voters + 1 WHERE voters = 7", "polling_turnout"),
    ("turnout's time", "UPDATE polling_turnout SET at = at + interval '1 second' WHERE voters = 7", "polling_turnout"),
    ("turnout is gone", "DELETE FROM polling_turnout WHERE voters = 7", "polling_turnout"),
    ("standing's state", "UPDATE results_standing SET state = 'received' WHERE state = 'accepted'", "results_standing"),
    ("standing counts", "UPDATE results_standing SET counts = true WHERE NOT counts", "results_standing"),
    ("standing is gone", "DELETE FROM results_standing WHERE (contest_id, precinct_id) = (1, 1)", "results_standing"),
    ("standing's protocol", "UPDATE results_standing SET protocol_id = 999999999 WHERE (contest_id, precinct_id) = (1, 1)", "results_standing"),
    ("a stray standing of no precinct", "INSERT INTO results_standing (contest_id, precinct_id, cell_id, protocol_id, state, counts, index, conflicts)"
     " SELECT contest_id, 999999, cell_id, protocol_id, state, counts, index, conflicts"
     " FROM results_standing WHERE (contest_id, precinct_id) = (1, 1)", "results_standing"),
    ("total's votes", "UPDATE results_total SET votes[1] = votes[1] + 1 WHERE (contest_id, territory_id) = (1, 1)", "results_total"),
    ("total's counted", "UPDATE results_total SET counted = counted - 1 WHERE (contest_id, territory_id) = (1, 1)", "results_total"),
    ("a total is gone", "DELETE FROM results_total WHERE (contest_id, territory_id) = (1, 1)", "results_total"),
    ("outcome", "UPDATE results_outcome SET final = NOT final WHERE contest_id = 1", "results_outcome"),
    ("outcome's seats", "UPDATE results_outcome SET determination = jsonb_set(determination, '{elected}', '[\"green\"]') WHERE contest_id = 1", "results_outcome"),
    ("an outcome is gone", "DELETE FROM results_outcome WHERE contest_id = 1", "results_outcome"),
    ("tabulation is gone", "DELETE FROM results_tabulation", "results_"),
    ("tabulation's size", "UPDATE results_tabulation SET size = 5", "results_"),
    ("tabulation ahead", "UPDATE results_tabulation SET size = 1000000", "results_tabulation"),
    ("voters on the list", "UPDATE registry_precinct SET voters = voters + 1 WHERE code = 'p1'", "precinct"),
    ("a precinct's cell", "UPDATE registry_precinct SET cell_id = (SELECT max(id) FROM registry_cell) WHERE code = 'p1'", "registry_"),
    ("a cell's territories", "UPDATE registry_cell SET territories = territories[1:1] WHERE id = 1", "registry_cell"),
    ("lineage", "UPDATE registry_territory SET lineage = lineage[1:1] WHERE code = 'n1'", "registry_territory"),
    ("a territory's name", "UPDATE registry_territory SET names = '{\"en\": \"Elsewhere\"}' WHERE code = 'n'", "territor"),
    ("an option's name", "UPDATE elections_option SET names = '{\"en\": \"Somebody\"}' WHERE code = 'bob'", "option"),
    ("an option's position", "UPDATE elections_option SET position = 1 - position WHERE contest_id = 1 AND position < 2", "option"),
    ("a contest's seats", "UPDATE elections_contest SET seats = 9 WHERE code = 'list'", "contest"),
    ("the edition", "UPDATE elections_election SET edition_toml = replace(edition_toml, '0.07', '0.05')", "edition"),
    ("the election's date", "UPDATE elections_election SET date = date - 1", "elections_election"),
    ("the election's zone", "UPDATE elections_election SET timezone = 'UTC'", "elections_election"),
    ("the release", "UPDATE elections_election SET release = release - interval '1 hour'", "elections_election"),
    ("simulated", "UPDATE elections_election SET simulated = false", "elections_election"),
    ("the calling act", "UPDATE elections_election SET journal = 999999", "elections_election"),
    ("a publication's manifest", "UPDATE publication_publication SET manifest = sha256(manifest)", "publication_publication"),
    ("the log's key", "UPDATE acts_logidentity SET verifier_key = replace(verifier_key, '+', '-')", "acts_logidentity"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "named"), [change[1:] for change in CHANGES], ids=[c[0] for c in CHANGES]
)
def test_one_value_changed(whole: Site, statement: str, named: str) -> None:
    with whole.superuser() as raw:
        done = raw.execute(statement)
        assert done.rowcount > 0, "the test changed nothing"
        raw.commit()
        found = whole.differences()
        assert found, "nothing was found"
        assert any(named in difference for difference in found), found


def test_a_row_of_the_journal_deleted(whole: Site) -> None:
    with whole.superuser() as raw:
        raw.execute("DELETE FROM acts_journal WHERE code = 'polling.report_turnout'")
        raw.commit()
        found = whole.differences()
    assert any("acts_" in difference for difference in found), found
    assert any("polling_turnout" in difference for difference in found), found


def test_a_row_slipped_into_the_journal_with_its_fact(whole: Site) -> None:
    """A whole act written past the door shows once it is sequenced, or at the latest at the next journal head: here it has
    no place in the order, and a copy of a sequenced row cannot take one.
    """
    with whole.superuser() as raw:
        raw.execute(
            "INSERT INTO acts_journal SELECT 999999999, xid, election, code, body, at, recorded_at, public, record, NULL, NULL"
            " FROM acts_journal WHERE code = 'polling.report_turnout' LIMIT 1"
        )
        raw.commit()
        found = whole.differences()
    assert any("999999999" in difference for difference in found), found


def test_every_file_of_the_log(whole: Site) -> None:
    size = whole.ask("SELECT max(size) FROM acts_checkpoint")[0][0]
    needed = {"checkpoint", "key", *(tile.path for tile in files_for(size))}
    paths = [path for path in sorted(whole.log.rglob("*")) if path.is_file()]
    assert needed < {path.relative_to(whole.log).as_posix() for path in paths}, "files of earlier sizes too"
    for path in paths:
        kept = path.read_bytes()
        changed = bytearray(kept)
        changed[len(changed) // 2] ^= 1
        path.write_bytes(changed)
        found = whole.differences()
        name = path.relative_to(whole.log).as_posix()
        assert any(name in difference for difference in found), (name, found)
        path.unlink()
        found = whole.differences()
        assert any(name in difference for difference in found) == (name in needed), (name, found)
        path.write_bytes(kept)
    assert whole.differences() == []


def test_the_application_itself_cannot(whole: Site) -> None:
    """Its role has no right to change what is append-only, and the trigger stops the owner too."""
    with pytest.raises(ProgrammingError, match="permission denied"):
        whole.ask("UPDATE acts_journal SET body = 'x'")
    connections["default"].close()
    with pytest.raises(ProgrammingError, match="Cannot"), connections["admin"].cursor() as cursor:
        cursor.execute("DELETE FROM results_protocol")
    with pytest.raises(ProgrammingError, match="Cannot"), connections["admin"].cursor() as cursor:
        cursor.execute("TRUNCATE acts_checkpoint")
    assert whole.differences() == []


def test_reconcile_names_every_one_of_many(whole: Site, tmp_path: Path) -> None:
    with whole.superuser() as raw:
        raw.execute("UPDATE results_protocol SET votes[2] = votes[2] + 5 WHERE contest_id = 1")
        (count,) = raw.execute("SELECT count(*) FROM results_protocol WHERE contest_id = 1").fetchone() or (
            0,
        )
        raw.commit()
        found = whole.differences()
    assert sum("results_protocol" in difference for difference in found) == count
