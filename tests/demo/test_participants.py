"""The file that tells how to sign in to the demonstration: whom, where, and where their bodies are."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest


def test_people_are_told_with_their_places(
    module_db_clone: object, package: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from esaylov.demo.participants import people
    from esaylov.demo.simulation import SEED
    from esaylov.exchange.package import read_package
    from esaylov.operations.loading import call_election
    from tests.publication.ground import data_folder

    with data_folder(tmp_path_factory.mktemp("people")):
        read = read_package(package)
        call_election(read, replay=False, start=datetime.fromisoformat("2024-10-27T20:30:00+05:00"))
        text = people(read.id, package, SEED, lambda _: None).read_text()
    assert "/en/cabinet/" in text
    assert "print a new card" in text
    assert "SPEED=1" in text
    assert "secretary of the precinct commission pec:1735-0001 in Amudarya district" in text
    assert "member of the district commission of Amudarya district (" in text
    assert "chair of the territorial commission of Republic of Karakalpakstan (tec:1735)" in text
