"""The real edition's rules on files: what keeps a commission out, and that screening never passes what the law does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from esaylov.acts.context import edition_in_force
from esaylov.acts.door import Result, Submission, perform
from esaylov.exchange.members import check_composition
from esaylov.formation.screening import doubtful
from esaylov.law.composition import Body
from esaylov.registry.acts import ChangeComposition, CompositionPayload, law_member
from tests.acts.election import World, count, world
from tests.formation.people import enter, file_of, pinfl, row, rows
from tests.registry.people import (
    accepted,
    actors_of,
    codes,
    enrol,
    form_commission,
    member,
    members,
)

EDITION = edition_in_force("uz-lc-2024")
ON = date(2024, 8, 29)


def spoiled(change: str) -> list[list[str]]:
    """A precinct commission of seven with one thing wrong."""
    made = rows("pec:n1-1", 20)
    young = date(datetime.now(UTC).year - 20, 1, 2)
    match change:
        case "size":
            return made[:4]
        case "officers":
            return [*made[:2], row("pec:n1-1", 22), *made[3:]]
        case "young":
            made[4] = row("pec:n1-1", 24, birth_date=young.isoformat(), pinfl=pinfl(24, young))
        case "education":
            made[4] = row("pec:n1-1", 24, education="basic")
        case "party":
            made[4] = row("pec:n1-1", 24, party_member="yes")
        case "kin":
            made[4] = row("pec:n1-1", 24, candidate_relative="yes")
        case "deputy":
            made[4] = row("pec:n1-1", 24, grounds="deputy")
        case "employer":
            made[3:] = [row("pec:n1-1", 23 + i, employer="Maktab 1") for i in range(4)]
        case "elsewhere":
            made[4] = row("pec:n1-1", 1)
    return made


CODES = {
    "size": "M01", "officers": "M02", "young": "M03", "education": "M04", "party": "M05", "kin": "M05", "deputy": "M05",
    "employer": "M07", "elsewhere": "M06",
}  # fmt: skip


@pytest.fixture
def real(db_clone: object, tmp_path: Path) -> Iterator[World]:
    """The election of these tests under the rules of composition of uz-lc-2024."""
    from esaylov.law.editions import uz_edition_toml
    from tests.acts.election import EDITION as OWN

    text = uz_edition_toml("uz-lc-2024").decode()
    rules = text[text.index("\n[commissions]\n") : text.index("\n[values.precinct]\n")]
    with world(tmp_path, edition=OWN + rules) as made:
        accepted(enrol())
        yield made


@pytest.mark.parametrize("change", list(CODES))
def test_a_commission_against_the_law_is_left_out_whole(real: World, change: str) -> None:
    chair = actors_of("", "cec", datetime.now(UTC))["chair"]
    good = [
        row("pec:n1-2", 60 + i, ("chair", "deputy", "secretary", "member", "member")[i]) for i in range(5)
    ]
    if change == "elsewhere":
        accepted(enter(file_of(rows("pec:s1-1", 1)), chair, "1"))
    done = accepted(enter(file_of(spoiled(change), good), chair))
    assert done.record["findings"] == {CODES[change]: 1}
    assert (done.record["commissions"], done.record["left_out"], done.record["taken"]) == (1, 1, 5)
    before = [count(f"registry_{name}") for name in ("person", "mandate")] + [
        count("acts_journal"),
        count("acts_vault"),
    ]
    assert codes(enter(file_of(spoiled(change)), chair, "9")) == ["N07"]
    assert before == [count(f"registry_{name}") for name in ("person", "mandate")] + [
        count("acts_journal"), count("acts_vault"),
    ]  # fmt: skip


def test_who_comes_later_is_weighed_with_those_who_stand(real: World) -> None:
    """Two of five from one school stand; two more of it would be four of seven."""
    chair = actors_of("", "cec", datetime.now(UTC))["chair"]
    first = [row("pec:n1-1", 20 + i, ("chair", "deputy", "secretary", "member", "member")[i],
                 employer="Maktab 1" if i > 2 else f"E {i}") for i in range(5)]  # fmt: skip
    accepted(enter(file_of(first), chair, "1"))
    later = [row("pec:n1-1", 30 + i, employer="MAKTAB «1»") for i in range(2)]
    assert codes(enter(file_of(later), chair, "2")) == ["N07"]
    other = [row("pec:n1-1", 30 + i, employer=f"X {i}") for i in range(2)]
    assert accepted(enter(file_of(other), chair, "3")).record["taken"] == 2


def test_a_change_is_weighed_with_the_members_who_stay(real: World) -> None:
    """Those who stay came by a file: their employers count as the file has them."""
    central = actors_of("", "cec", datetime.now(UTC))["chair"]
    accepted(form_commission("door", "tec:n", central, members(9, 100)))
    first = [row("pec:n1-1", 20 + i, ("chair", "deputy", "secretary", "member", "member")[i],
                 employer="Maktab 1" if i > 2 else f"E {i}") for i in range(5)]  # fmt: skip
    accepted(enter(file_of(first), central, "1"))
    chair = actors_of("door", "tec:n", datetime.now(UTC))["chair"]

    def change(decision: str, employer: str) -> Result:
        come = [member(300 + i, employer=f"{employer}{'' if 'M' in employer else i}") for i in range(2)]
        payload = CompositionPayload(commission="pec:n1-1", decision=decision, add=come)
        return perform(ChangeComposition, "door", Submission(payload, chair))

    assert codes(change("2", "MAKTAB «1»")) == ["M07"]
    done = accepted(change("3", "X"))
    assert (done.record["members"], done.record["findings"]) == (7, ["A04"]), "on paper"


def test_a_ground_that_a_file_declared_keeps_out_later_too(real: World) -> None:
    """The column of the file and the list of grounds say the same."""
    central = actors_of("", "cec", datetime.now(UTC))["chair"]
    record = {"birth_date": "1980-01-02", "education": "higher", "employer": "E", "grounds": "proxy deputy"}
    found = law_member(UUID(int=1), "member", record | {"party_member": True}, {}, "pec:n1-1")
    assert found.grounds == {"proxy", "deputy", "party-member"}
    assert codes(
        form_commission("door", "tec:n", central, [*members(8, 100), member(150, grounds={"proxy"})])
    ) == ["M05"]


EMPLOYERS = st.sampled_from(["", "-", "A", "a", "B", "«A»", "C", "D"])


@settings(max_examples=60)
@given(data=st.data())
def test_screening_passes_nothing_that_the_law_finds(data: st.DataObject) -> None:
    """Whatever the members are: a commission of which the rules find something is asked about."""
    made = []
    for commission in ("pec:1", "pec:2", "okr:3", "dcec:4"):
        size = data.draw(st.integers(1, 8))
        for _ in range(size):
            born = date(
                data.draw(st.sampled_from([1980, 1980, 1980, 2003, 2004])), 8, data.draw(st.integers(28, 30))
            )
            made.append(
                row(
                    commission if not commission.startswith("okr") else "dec:3", len(made) + 1,
                    data.draw(st.sampled_from(["chair", "deputy", "secretary", "member", "member"])),
                    birth_date=born.isoformat(), pinfl=pinfl(len(made) + 1, born),
                    education=data.draw(st.sampled_from(["higher", "higher", "secondary", ""])),
                    employer=data.draw(EMPLOYERS), employer_tin=data.draw(st.sampled_from(["", "000000001", "000000002"])),
                    grounds=data.draw(st.sampled_from(["", "", "", "proxy"])),
                )
            )  # fmt: skip
    file = file_of(made)
    bodies = {
        "pec:1": Body("precinct", frozenset({"list"})), "pec:2": Body("precinct", frozenset({"list"}), "abroad"),
        "dec:3": Body("okrug", frozenset({"council"})), "dcec:4": Body("district", frozenset({"council"})),
    }  # fmt: skip
    others = (
        {pinfl_: ["tec:x"] for pinfl_ in file.table["pinfl"].to_list()[:1]}
        if data.draw(st.booleans())
        else {}
    )
    assert EDITION.commissions is not None
    found = check_composition(file, EDITION, bodies, ON, others).findings
    asked = doubtful(EDITION.commissions, file.table, bodies, ON, others)
    assert set(found) <= asked


def test_screening_spares_the_law_what_is_clear() -> None:
    file = file_of(*(rows(f"pec:{n}", 10 * n, employer_tin="") for n in range(1, 4)))
    bodies = {f"pec:{n}": Body("precinct", frozenset({"list"})) for n in range(1, 4)}
    assert EDITION.commissions is not None
    assert doubtful(EDITION.commissions, file.table, bodies, ON, {}) == {"pec:1", "pec:2", "pec:3"}
    clear = [
        [*one[:11], *one[11:]] for one in (row("pec:5", 50 + i, ("chair", "deputy", "secretary", "member", "member")[i],
                                               employer_tin=f"00000000{i}") for i in range(5))
    ]  # fmt: skip
    bodies["pec:5"] = Body("precinct", frozenset({"list"}))
    assert doubtful(EDITION.commissions, file_of(clear).table, bodies, ON, {}) == frozenset()
