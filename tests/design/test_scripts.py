"""One search key for every writing of a name."""

from __future__ import annotations

import csv
import json
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from esaylov.design.scripts import APOSTROPHES, fold, words
from esaylov.design.transliteration import transliterate_to_cyrillic
from tests.conftest import SHARED

UZBEK = "abdefghijklmnopqrstuvxyz"
KARAKALPAK = {
    "á": "ә", "ǵ": "ғ", "ń": "ң", "ó": "ө", "ú": "ү", "ı": "ы", "w": "ў", "q": "қ", "h": "ҳ", "x": "х", "sh": "ш",
    "ch": "ч", "c": "ц", "a": "а", "b": "б", "d": "д", "f": "ф", "g": "г", "j": "ж", "k": "к", "l": "л", "m": "м",
    "n": "н", "o": "о", "p": "п", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в", "y": "й", "z": "з", "i": "и",
}  # fmt: skip


@pytest.mark.parametrize(
    "writings",
    [
        ("Oʻzbekiston", "O'zbekiston", "O‘zbekiston", "O’zbekiston", "O`zbekiston", "Ozbekiston", "Özbekiston", "Ўзбекистон", "OʻZBEKISTON"),
        ("Fargʻona", "Farg'ona", "Farğona", "Фарғона", "fargona"),
        ("Chilonzor", "Çilonzor", "Чилонзор"),
        ("Shahrisabz", "Şahrisabz", "Шаҳрисабз", "SHAHRISABZ"),
        ("Qoraqalpogʻiston", "Қорақалпоғистон", "Qoraqalpoğiston"),
        ("Yangiyoʻl", "Янгийўл", "yangi yoʻl".replace(" ", "")),
        ("Navoiy", "Навоий", "Навои", "Navoi"),
        ("Buxoro", "Buhoro", "Бухоро", "Bukhoro"),
        ("Ámiwdárya", "Әмиўдәрья"),
        ("Qaraózek", "Қараөзек"),
        ("Moynaq", "Мойнақ"),
        ("Shımbay", "Шымбай"),
        ("Джизак", "Dzhizak", "Djizak"),
        ("Ташкентская область", "Tashkentskaya oblast", "ТАШКЕНТСКАЯ ОБЛАСТЬ", "Ташке́нтская область"),
        ("Щёлково", "Shchyolkovo"),
        ("Isʼhoq", "Is'hoq", "Исҳоқ"),
        ("Maʼmur", "Маъмур", "Mamur"),
        ("Toshkent", "Тошкент", "Тоshkent", "Tоshkеnt"),
        ("Sergeli", "Сергели", "Cергели", "Sеrgeli"),
        ("1-sentabr", "1-сентябрь", "1 sentabr"),
        ("precinct № 12", "precinct 12"),
        ("Sementchi", "Цементчи", "Cementchi"),
        ("Konstitutsiya", "Конституция", "Konstitusiya"),
        ("Tuproqqalʼa", "Тупроққалъа", "Tuproqqal’a"),
    ],
)  # fmt: skip
def test_all_writings_have_one_key(writings: tuple[str, ...]) -> None:
    assert {fold(writing) for writing in writings} == {fold(writings[0])}


@pytest.mark.parametrize(
    ("one", "other"),
    [("Chilonzor", "Chirchiq"), ("Andijon", "Angren"), ("11", "1"), ("100", "1000"), ("Bagʻdod", "Boʻgʻot"), ("Qarshi", "Qorasuv")],
)  # fmt: skip
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize("nothing", ["", " ", "—", "'", "ъ", "\0", "\ud800", "\u200b", "№"])
def test_what_has_no_word(nothing: str) -> None:
    assert words(nothing) == []


def test_numbers_are_not_spelling() -> None:
    assert words("100-maktab, 5a") == ["100", "maktab", "5a"]


@given(st.text(max_size=100))
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=100))
def test_words_are_letters_and_digits_in_one_case(text: str) -> None:
    for word in words(text):
        assert word.isalnum()
        assert word == word.casefold()


@given(st.text(alphabet=UZBEK + "ʻʼ -", max_size=40), st.sampled_from(APOSTROPHES))
def test_the_apostrophe_does_not_matter(text: str, mark: str) -> None:
    assert fold(text.replace("ʻ", mark).replace("ʼ", mark)) == fold(text)
    assert fold(text.upper()) == fold(text)


@given(st.lists(st.sampled_from(sorted(KARAKALPAK)), max_size=12))
def test_both_karakalpak_alphabets(letters: list[str]) -> None:
    latin = "".join(letters)
    # Two letters beside each other may be read as one, in Latin only: c and h.
    assume(not any(a == "c" and b == "h" for a, b in pairwise(letters)))
    cyrillic = "".join(KARAKALPAK[letter] for letter in letters)
    assert fold(latin) == fold(cyrillic)


def _2026(name: str) -> str:
    for mark in APOSTROPHES:
        for old, new in (("o", "ö"), ("O", "Ö"), ("g", "ğ"), ("G", "Ğ")):
            name = name.replace(old + mark, new)
    for old, new in (("sh", "ş"), ("Sh", "Ş"), ("ch", "ç"), ("Ch", "Ç")):
        name = name.replace(old, new)
    return name


@pytest.mark.shared
def test_real_places_are_found_in_all_writings() -> None:
    """Every region, district and mahalla of the country: in Cyrillic, in the alphabet of 2026, with any apostrophe."""
    for file in ("regions_14.json", "districts_206.json"):
        for row in json.loads((SHARED / "data/uz" / file).read_text(encoding="utf-8")):
            _same(row["name_uz"])
            assert fold(row["name_uz_cyrl"]) == fold(_from_cyrillic(row["name_uz_cyrl"]))
            assert fold(row["name_ru"])
            assert fold(row["name_en"])
    with (SHARED / "data/uz/mahallas_9452.csv").open(encoding="utf-8", newline="") as file:
        names = [row["name_raw"] for row in csv.DictReader(file)]
    assert len(names) == 9452
    for name in names:
        _same(name)


def _same(name: str) -> None:
    key = fold(name)
    assert key
    assert fold(_2026(name)) == key, name
    for mark in "'ʻʼ‘’":
        assert fold("".join(mark if letter in APOSTROPHES else letter for letter in name)) == key, name
    # What is mixed of two alphabets, or Karakalpak, is not Uzbek Latin: no rule gives its Uzbek Cyrillic.
    if all(letter.isascii() or letter in APOSTROPHES for letter in name):
        assert fold(transliterate_to_cyrillic(name)) == key, name


_BACK = {
    "ў": "oʻ", "қ": "q", "ғ": "gʻ", "ҳ": "h", "ш": "sh", "ч": "ch", "ё": "yo", "ю": "yu", "я": "ya", "ъ": "ʼ", "э": "e",
    "ж": "j", "х": "x", "й": "y", "ц": "ts", "ь": "",
    **dict(zip("абвгдезиклмнопрстуфы", "abvgdeziklmnoprstufi", strict=True)),
}  # fmt: skip


def _from_cyrillic(name: str) -> str:
    return "".join(_BACK.get(letter, letter) for letter in name.lower())


@pytest.mark.shared
def test_the_key_does_not_make_everything_one() -> None:
    """Coarse, but not too coarse: nearly every two mahallas of a district with different names have different keys."""
    with (SHARED / "data/uz/mahallas_9452.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    keys = Counter((row["district_group"], fold(row["name_raw"])) for row in rows)
    names = {(row["district_group"], row["name_raw"]) for row in rows}
    assert len(keys) >= len(names) * 0.99
