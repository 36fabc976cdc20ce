"""kill -9 in the middle of comparing and of applying: the list is as it was, and the work is done again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from esaylov.acts.door import Accepted
from esaylov.voters.importing import apply_approved
from esaylov.voters.models import Changeset, Former, Voter
from tests.acts.election import World, count
from tests.conftest import Clone
from tests.registry.people import accepted
from tests.voters.changing import approve, carried, central, compared, propose
from tests.voters.extracts import extract, mahalla, resident

LATER = "2024-09-02T00:00:00+05:00"
BEGIN = """
import os, signal, sys
import django
django.setup()
from esaylov.voters import applying, changesets, importing
from esaylov.voters.models import Changeset
def killed(*given, **names):
    os.kill(os.getpid(), signal.SIGKILL)
"""
APPLYING = """
{place} = killed
importing.apply_approved(Changeset.objects.get(id={number}))
"""
COMPARING = """
from pathlib import Path
from esaylov.voters import staging
staging.compared = killed
importing.import_extract(Path({folder!r}), "door")
"""


def dies(program: str, clone: Clone, data: Path) -> None:
    """Runs a program in a process of its own, which kills itself on the way."""
    environment = {
        **os.environ,
        **clone.environment,
        "ESAYLOV_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "esaylov.settings",
    }
    ended = subprocess.run(
        [sys.executable, "-c", BEGIN + program], env=environment, check=False, capture_output=True
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


@pytest.mark.parametrize("place", ["applying.loading", "changesets.wait_after", "applying.drop_stage"])
def test_all_or_nothing(door: World, db_clone: Clone, tmp_path: Path, place: str) -> None:
    """Killed after the former entries are kept, after everything is written, and when the stage goes."""
    people = central()
    carried(compared(tmp_path / "one", [resident(n) for n in range(1, 11)]), people)
    before = set(Voter.objects.values_list("id", "content"))
    rows = [resident(n, house="55") for n in range(3, 13)]
    second = compared(tmp_path / "two", rows, as_of=LATER)
    accepted(propose(second, people["secretary"]))
    accepted(approve(second, people["chair"]))
    written = count("acts_journal")
    dies(APPLYING.format(place=place, number=second.id), db_clone, door.data)
    assert set(Voter.objects.values_list("id", "content")) == before
    assert not Former.objects.exists()
    assert count("acts_journal") == written
    assert Changeset.objects.get(id=second.id).state == "approved"
    assert isinstance(apply_approved(Changeset.objects.get(id=second.id)), Accepted)
    assert Voter.objects.count() == 10
    assert Former.objects.count() == 10


def test_an_import_that_was_cut_off_is_given_up(door: World, db_clone: Clone, tmp_path: Path) -> None:
    people = central()
    mahalla()
    folder = extract(tmp_path / "one", [resident(n) for n in range(1, 11)])
    dies(COMPARING.format(folder=str(folder)), db_clone, door.data)
    assert Changeset.objects.get().state == "comparing"
    assert not Voter.objects.exists()
    again = compared(tmp_path / "one", [resident(n) for n in range(1, 11)])
    assert Changeset.objects.exclude(id=again.id).get().state == "failed"
    carried(again, people)
    assert Voter.objects.count() == 10
