"""Draws by counting, and what is made from them alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from esaylov.exchange.pinfl import check_digit
from esaylov.synthetic.doubles import typo
from esaylov.synthetic.draws import Draws, apportion, ordinals
from esaylov.synthetic.mistakes import _SPOIL, KINDS
from esaylov.synthetic.names import FEMALE, MALE, OVICH, SON_OF, patronymic
from esaylov.synthetic.people import DOCUMENTS, documents, pinfls, with_check_digit
from esaylov.synthetic.render import document_texts
from esaylov.synthetic.scripts import ALPHABET_2026, ASCII, CYRILLIC, PASSPORT, PROPER, RUSSIAN, write


@given(st.integers(0, 2**40), st.text(max_size=8), st.integers(0, 200), st.integers(1, 2**31 - 1))
def test_a_draw_depends_on_seed_name_and_index_alone(seed: int, name: str, count: int, limit: int) -> None:
    draws = Draws(seed, "here")
    few, many = draws.below(name, limit, count), draws.below(name, limit, count + 50)
    assert few.tolist() == many[:count].tolist()
    assert ((few >= 0) & (few < limit)).all()


def test_the_figures_of_a_stream_stay_the_same() -> None:
    assert Draws(1, "x").bits("y", 2).tolist() == GOLDEN


GOLDEN = [5282382379359931134, 2315960583750097775]


@given(st.lists(st.integers(0, 10**6), min_size=1).filter(any), st.integers(0, 10**8))
def test_shares_sum_to_the_whole(weights: list[int], total: int) -> None:
    found = apportion(weights, total)
    assert found.sum() == total
    assert all(
        abs(int(share) * sum(weights) - weight * total) < sum(weights)
        for share, weight in zip(found, weights, strict=True)
    )


@given(st.lists(st.integers(0, 9)))
def test_ordinals_count_within_pieces(counts: list[int]) -> None:
    found = ordinals(np.asarray(counts, dtype=np.int64))
    assert found.tolist() == [place for count in counts for place in range(count)]


@given(st.integers(7 * 10**12, 9 * 10**12 - 1))
def test_check_digits_are_those_of_the_house(thirteen: int) -> None:
    (found,) = with_check_digit(np.asarray([thirteen])).tolist()
    assert str(found) == f"{thirteen}{check_digit(str(thirteen))}"


def test_numbers_of_many_people_born_on_few_days_are_different() -> None:
    birth = np.repeat(np.arange(-400, 400, 100), 2_000)
    sex = np.arange(len(birth)) % 2
    assert len(np.unique(pinfls(205, sex, birth, 9))) == len(birth)
    with pytest.raises(ValueError, match="too many people"):
        pinfls(0, np.zeros(4_001, dtype=np.int64), np.zeros(4_001, dtype=np.int64), 9)


@given(st.integers(0, 10**9), st.integers(0, DOCUMENTS - 10_000))
def test_documents_are_different_wherever_they_begin(seed: int, first: int) -> None:
    texts = document_texts(documents(first, 10_000, seed))
    assert texts.n_unique() == 10_000
    assert texts.str.contains(r"^[XZ][A-Z][0-9]{7}$").all()


@given(st.text("abcdoʻ ", min_size=1), st.integers(0, 2**63), st.integers(0, 2**63))
def test_a_typo_changes_a_name_and_leaves_its_first_letter(text: str, how: int, where: int) -> None:
    found = typo(text, how, where)
    assert found != text
    assert found[0] == text[0]


@pytest.mark.parametrize(
    ("writing", "written"),
    [
        (PROPER, "Yoʻldosheva Maʼmura Gʻayrat qizi"),
        (ASCII, "Yo'ldosheva Ma'mura G'ayrat qizi"),
        (CYRILLIC, "Йўлдошева Маъмура Ғайрат қизи"),
        (ALPHABET_2026, "Yöldoşeva Ma’mura Ğayrat qizi"),
        (RUSSIAN, "Юлдошева Маъмура Гайрат кизи"),
        (PASSPORT, "Yuldosheva Mamura Gayrat kizi"),
    ],
)
def test_writings(writing: int, written: str) -> None:
    assert write("Yoʻldosheva Maʼmura Gʻayrat qizi", writing) == written


@pytest.mark.parametrize(
    ("origin", "father", "sex", "form", "expected"),
    [
        ("uzbek", "Anvar", MALE, SON_OF, "Anvar oʻgʻli"),
        ("uzbek", "Anvar", FEMALE, SON_OF, "Anvar qizi"),
        ("uzbek", "Anvar", MALE, OVICH, "Anvarovich"),
        ("uzbek", "Mustafo", FEMALE, OVICH, "Mustafoyevna"),
        ("karakalpak", "Azat", FEMALE, SON_OF, "Azat qızı"),
        ("russian", "Sergey", MALE, OVICH, "Sergeyevich"),
    ],
)
def test_patronymics(origin: str, father: str, sex: int, form: int, expected: str) -> None:
    assert patronymic(origin, father, sex, form) == expected


@given(st.integers(0, len(KINDS) - 1), st.integers(0, 2**64 - 1))
def test_an_error_never_makes_the_number_of_somebody_alive(kind: int, chance: int) -> None:
    from datetime import date

    row = {"pinfl": "71505900010011", "document": "XA1234567", "surname": "Sinov", "given_name": "Sinov"}
    row |= {"birth_date": "1990-05-15", "street": "x", "house": "1", "mahalla": "1"}
    before = dict(row)
    _SPOIL[kind](row, chance, date(2024, 10, 27))
    assert row != before
    assert all(not (len(cell) == 14 and cell.isdecimal()) or cell[0] in "78" for cell in row.values())
