"""One person twice among those who come in: a finding that names both rows, not an error of the database."""

from __future__ import annotations

from datetime import UTC, datetime

from esaylov.acts.door import Refused
from tests.acts.election import World, count
from tests.registry.people import accepted, actors_of, codes, enrol, form_commission, member, members


def test_one_pinfl_twice_names_both_rows(door: World) -> None:
    accepted(enrol())
    central = actors_of("", "cec", datetime.now(UTC))["chair"]
    before = count("acts_journal")
    nine = members(9, 100)
    refused = form_commission("door", "tec:n", central, [*nine[:8], member(102, surname="Boshqa")])
    assert isinstance(refused, Refused)
    (finding,) = refused.findings
    assert (finding.code, finding.fields) == ("R18", ("add.2.pinfl", "add.8.pinfl"))
    assert "Rows 3 and 9" in finding.text["en"]
    assert count("acts_journal") == before
    accepted(form_commission("door", "tec:n", central, nine))
    # Of somebody who is known already it is found just so.
    again = [*members(8, 200), member(100), member(100)]
    assert codes(form_commission("door", "tec:s", central, again)) == ["R18"]
