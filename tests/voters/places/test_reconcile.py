"""A rule that was changed behind the application's back is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from esaylov.voters.places.checking import differences
from tests.acts.election import World
from tests.voters.places.registers import street
from tests.voters.places.rules import NAVOI, given, register, set_rules


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE voters_rule SET last = 12 WHERE last = 10",
        "DELETE FROM voters_rule WHERE parity = 'even'",
        "UPDATE voters_rule SET ended = NULL",
        "UPDATE voters_rule SET ended = 1 WHERE ended IS NULL AND parity = 'all'",
    ],
)
def test_a_changed_rule_is_named(door: World, tmp_path: Path, change: str) -> None:
    register(tmp_path / "addresses", street("t-1", NAVOI, range(1, 21)))
    set_rules(door, given(f"n1-1,t-1,{NAVOI},1,9,odd", f"n1-2,t-1,{NAVOI},11,20,even"))
    set_rules(door, given(f"n1-1,t-1,{NAVOI},1,10,all"), "8")
    set_rules(door, given(also=["n1-2"]), "9")
    assert not list(differences())
    with connection.cursor() as cursor:
        cursor.execute(change)
    assert list(differences())
