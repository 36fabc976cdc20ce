"""What was published before programs that nobody here wrote."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import frictionless
import pytest
from jsonschema import Draft4Validator

from esaylov.polling.acts import ReportTurnout
from esaylov.tlog.notes import encode_base64
from esaylov.tlog.proofs import hash_reader, inclusion_proof
from esaylov.tlog.tree import leaf_hash
from tests.conftest import SHARED
from tests.judges import Judge
from tests.operations.draft import at, count_all, country
from tests.operations.site import Site
from tests.operations.test_tampering import entries_of

NIST_SCHEMA = SHARED / "data" / "standards" / "nist_cdf" / "NIST_V2_election_results_reporting.json"


@pytest.fixture(scope="module")
def published(
    module_site: Callable[[], AbstractContextManager[Site]], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A publication, a second one after it, and the checkpoint of the first beside it."""
    base = tmp_path_factory.mktemp("judged")
    draft = count_all(country())
    draft.protocols[0] = (*draft.protocols[0][:8], draft.protocols[0][8] + 5, *draft.protocols[0][9:])
    draft.turnout += [
        (f"p{n}", at(f"{h:02}:{m:02}"), 60 * h + m)
        for h in range(8, 20)
        for m in range(0, 60, 10)
        for n in (1, 2)
    ]
    draft.turnout += [
        (f"p{n}", at(f"{h:02}:{m:02}"), 60 * h + m)
        for h in range(8, 20)
        for m in (0, 20, 40)
        for n in (3, 4, 5)
    ]
    draft.decide("annulment", "1", "p5", "list")
    draft.decide("acceptance", "2", "p4", "list")
    draft.decide("certification", "3", contest="d1")
    with module_site() as site:
        site.load(draft.write(base / "package"))
        site.publish(base / "first")
        site.accept(ReportTurnout, "draft", "pec:p6", at("22:00"), precinct="p6", voters=0)
        site.publish(base / "second")
    return base


def test_frictionless(published: Path) -> None:
    package = published / "second" / "data" / "draft" / "datapackage.json"
    report = frictionless.validate(str(package))
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])
    assert {task.name for task in report.tasks} >= {
        "protocols",
        "votes",
        "totals",
        "turnout",
        "decisions",
        "roster",
    }


@pytest.mark.shared
def test_nist(published: Path) -> None:
    schema = json.loads(NIST_SCHEMA.read_bytes())
    folder = published / "second" / "data" / "draft" / "nist-cdf"
    validator = Draft4Validator(schema)
    for name in ("n.json", "summary.json"):
        document = json.loads((folder / name).read_bytes())
        assert [error.message for error in validator.iter_errors(document)] == []
    document["ReportDetail"] = "nothing"
    assert list(validator.iter_errors(document)), "the judge can say no"


def test_aics_tlog(published: Path, aics: Judge, tmp_path: Path) -> None:
    log = published / "second" / "log"
    entries = entries_of(published / "second")
    assert len(entries) > 256
    key = tmp_path / "key"
    key.write_bytes((log / "key").read_bytes())  # the judge takes no key from the log's own folder
    answer = aics("verify-checkpoint", "--tiles", log, "--vkey-file", key)
    assert answer.returncode == 0, answer
    for index in (0, 1, 255, 256, len(entries) - 1):
        leaf = tmp_path / "leaf"
        leaf.write_bytes(entries[index])
        arguments = ("--tiles", log, "--vkey-file", key, "--index", str(index), "--leaf", leaf)
        answer = aics("verify-inclusion", *arguments)
        assert answer.returncode == 0, answer
        leaf.write_bytes(entries[index] + b" ")
        assert aics("verify-inclusion", *arguments).returncode != 0
    older = published / "first" / "log" / "checkpoint"
    answer = aics("verify-consistency", "--tiles", log, "--vkey-file", key, "--old-checkpoint", older)
    assert answer.returncode == 0, answer


def test_tlog_scales(published: Path, scales: Judge) -> None:
    log = published / "second" / "log"
    entries = entries_of(published / "second")
    leaves = [leaf_hash(entry) for entry in entries]
    for index in (0, 255, 256, len(entries) - 1):
        answer = scales("get-leaf", "--check", log, str(index))
        assert answer.returncode == 0, answer
        assert entries[index] in answer.stdout
        proof = scales("gen-proof", log, str(index))
        assert proof.returncode == 0, proof
        for node in inclusion_proof(index, len(entries), hash_reader(leaves)):
            assert encode_base64(node).encode() in proof.stdout
