"""Both verifiers take a log in which every act on the voter list was performed."""

from __future__ import annotations

from pathlib import Path

from esaylov.acts.identity import identity
from esaylov.exchange import verification
from esaylov.exchange.standalone import verify
from esaylov.publication.publisher import publish_to
from tests.acts.election import World
from tests.voters.acting import perform_on_voters
from tests.voters.changing import central


def test_both_verifiers_take_what_was_done_with_the_list(door: World, tmp_path: Path) -> None:
    central()
    perform_on_voters()
    door.sequence()
    folder = tmp_path / "published"
    publish_to(folder)
    known = identity()
    assert known is not None
    verification.verify(str(folder), lambda *_: None, key=known.verifier_key)
    assert verify.main([str(folder), "--key", known.verifier_key]) == 0
