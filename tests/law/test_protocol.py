"""Control relations: each one fires, silence works, the bulk form agrees with the explaining one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esaylov.law.editions import parse_edition, uz_edition_toml
from esaylov.law.findings import Finding
from esaylov.law.protocol import common_figure, compile_relations, error_codes, evaluate

UZ = parse_edition(uz_edition_toml())
FAILED = compile_relations(UZ)

GOOD = {
    "voters_on_list": 1000,
    "ballots_received": 1005,
    "ballots_issued": 800,
    "early": 50,
    "ballots_in_boxes": 800,
    "unused_and_spoiled": 205,
    "spoiled": 3,
    "invalid": 10,
}
VOTES = [500, 290]


def lines(**changed: int) -> list[int]:
    return [changed.get(name, GOOD[name]) for name in UZ.lines]


@pytest.mark.parametrize(
    ("changed", "votes", "codes"),
    [
        ({}, VOTES, ()),
        ({"invalid": 11}, VOTES, ("U01",)),
        ({}, [500, 291], ("U01",)),
        ({"unused_and_spoiled": 204}, VOTES, ("U02",)),
        ({"ballots_in_boxes": 801}, [501, 290], ("U03",)),
        ({"voters_on_list": 799}, VOTES, ("U04", "U07")),
        ({"early": 801}, VOTES, ("U05",)),
        ({"spoiled": 206}, VOTES, ("U06",)),
        ({"ballots_received": 1006, "unused_and_spoiled": 206}, VOTES, ("U07",)),
        ({"ballots_received": 1006}, VOTES, ("U02",)),
        ({"ballots_in_boxes": 797}, [497, 290], ()),
        ({"ballots_in_boxes": 796}, [496, 290], ("U08",)),
        ({"ballots_in_boxes": 795}, [495, 291], ("U01",)),
        (dict.fromkeys(GOOD, 0), [0, 0], ()),
    ],
)
def test_each_relation_of_the_uzbek_form(
    changed: dict[str, int], votes: Sequence[int], codes: tuple[str, ...]
) -> None:
    figures = lines(**changed)
    assert tuple(sorted(f.code for f in evaluate(UZ, figures, votes))) == codes
    assert FAILED(figures, votes) == codes


def test_a_finding_says_all_that_a_person_needs() -> None:
    (finding,) = evaluate(UZ, lines(ballots_received=1006, unused_and_spoiled=206), VOTES)
    assert isinstance(finding, Finding)
    assert (finding.code, finding.severity, finding.article) == ("U07", "warning", "32")
    assert (finding.left, finding.right) == (1006, 1005)
    assert finding.fields == ("ballots_received", "voters_on_list")
    assert set(finding.text) == {"uz", "uz-cyrl", "kaa", "ru", "en"}
    assert finding.to_json()["fields"] == ["ballots_received", "voters_on_list"]
    (broken,) = evaluate(UZ, lines(invalid=11), VOTES)
    assert broken.fields == ("ballots_in_boxes", "votes", "invalid")
    assert (broken.left, broken.right, broken.is_error) == (800, 801, True)


def test_errors_and_warnings_are_told_apart() -> None:
    assert error_codes(UZ) == {"U01", "U02", "U03", "U04", "U05", "U06"}


def test_a_form_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="7 lines"):
        evaluate(UZ, lines()[:7], VOTES)


def test_common_figures() -> None:
    assert common_figure(UZ, "ballots_in_boxes", lines()) == 800
    with pytest.raises(KeyError):
        common_figure(UZ, "spoiled", lines())


counts = st.integers(0, 40)


@given(st.lists(counts, min_size=8, max_size=8), st.lists(counts, max_size=4))
def test_the_bulk_form_agrees_with_the_explaining_one(figures: list[int], votes: list[int]) -> None:
    findings = evaluate(UZ, figures, votes)
    assert FAILED(figures, votes) == tuple(sorted(finding.code for finding in findings))
    for finding in findings:
        assert finding.left is not None
        assert finding.right is not None
        assert finding.left != finding.right
