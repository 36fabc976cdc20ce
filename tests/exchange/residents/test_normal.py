"""Normal forms: one key for every writing of a name, street, house, document."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esaylov.exchange.pinfl import check_digit, make_pinfl
from esaylov.exchange.residents.normal import (
    fold_name,
    fold_street,
    house_key,
    normal_document,
    normal_house,
    pinfl_birth_date,
    pinfl_check_digit,
)

# Uzbek letters in Latin, in Latin of 2026, and in Cyrillic; e stands for э at the beginning of a word.
LETTERS = {
    "a": ("a", "а"), "b": ("b", "б"), "d": ("d", "д"), "f": ("f", "ф"), "g": ("g", "г"), "h": ("h", "ҳ"), "i": ("i", "и"),
    "j": ("j", "ж"), "k": ("k", "к"), "l": ("l", "л"), "m": ("m", "м"), "n": ("n", "н"), "o": ("o", "о"), "p": ("p", "п"),
    "q": ("q", "қ"), "r": ("r", "р"), "s": ("s", "с"), "t": ("t", "т"), "u": ("u", "у"), "v": ("v", "в"), "x": ("x", "х"),
    "y": ("y", "й"), "z": ("z", "з"), "oʻ": ("ö", "ў"), "gʻ": ("ğ", "ғ"), "sh": ("ş", "ш"), "ch": ("ç", "ч"),
}  # fmt: skip
WORDS = st.lists(st.sampled_from(sorted(LETTERS)), min_size=1, max_size=12)
APOSTROPHES = st.sampled_from("ʻʼ'’`´‘")

SAME_NAMES = [
    ("Oʻktam", "O'ktam", "O’ktam", "O`ktam", "O´ktam", "Öktam", "Ўктам", "ÖKTAM", " oʻktam "),
    ("Gʻayrat", "Ğayrat", "Ғайрат"),
    ("Shuhrat", "Şuhrat", "Шуҳрат", "Шухрат"),
    ("Chori", "Çori", "Чори"),
    ("Axmedov", "Ahmedov", "Akhmedov", "Аҳмедов", "Ахмедов"),
    ("Yoʻldosh", "Yöldosh", "Йўлдош"),
    ("Berdiyev", "Berdiev", "Бердиев"),
    ("Isʼhoq", "Ishoq", "Исҳоқ"),
    ("Aʼzam", "Azam", "Аъзам"),
    ("Karim oʻgʻli", "Karim qizi", "Karimovich", "Karimovna", "Каримович", "Каримовна", "Karim öğli", "Карим ўғли",
     "Karim uli", "Karim kizi", "Карим угли", "Карим кизи", "Карим қызы", "Karim oglu", "Karimoʻgʻli"),
    ("Sergeyevich", "Сергеевич", "Сергеевна", "Sergey oʻgʻli", "Sergeevna"),
    ("Abdullayevich", "Абдуллаевна", "Abdulla qizi"),
    ("Qıdırniyaz", "Қыдырнияз", "Kidirniyaz"),
    ("Ájiniyaz", "Әжинияз"),
    ("Ǵayıp", "Ғайып"),
    ("Dáwletmurat", "Дәўлетмурат"),
    ("Óskenbay", "Өскенбай"),
    ("Úmit", "Үмит"),
    ("Щербаков", "Shcherbakov", "Sherbakov"),
]  # fmt: skip

SAME_STREETS = [
    ("Navoiy koʻchasi", "Navoiy ko'cha", "Навоий кўчаси", "Навоий кучаси", "ул. Навои", "улица Навои", "Navoiy köçasi", "Navoiy kóshesi", "Навоий көшеси"),
    ("Navoiy 1-tor koʻchasi", "Навоий 1-тор кўчаси", "Навои 1-й пер."),
    ("Amir Temur shoh koʻchasi", "Amir Temur prospekti"),
]  # fmt: skip
SAME_HOUSES = [
    ("12A", "12 A", "12-a", "12а", "12-А", "uy 12A", "12A-uy", "012A", "д. 12а"),
    ("12/1", "12 / 1", "12\\1"),
    ("7", " 7 ", "№7", "дом 7"),
]


@pytest.mark.parametrize("names", SAME_NAMES, ids=lambda names: names[0])
def test_one_name_in_all_its_writings(names):
    assert len(set(map(fold_name, names))) == 1, list(map(fold_name, names))


@pytest.mark.parametrize("streets", SAME_STREETS, ids=lambda names: names[0])
def test_one_street_in_all_its_writings(streets):
    assert len(set(map(fold_street, streets))) == 1, list(map(fold_street, streets))


@pytest.mark.parametrize("houses", SAME_HOUSES, ids=lambda names: names[0])
def test_one_house_in_all_its_writings(houses):
    assert len(set(map(normal_house, houses))) == 1, list(map(normal_house, houses))


def test_what_differs_stays_different():
    assert len({fold_name(name) for name in ("Karim", "Karima", "Karimov", "Kamol", "Qahhor")}) == 5
    assert fold_street("Navoiy koʻchasi") != fold_street("Navoiy 1-tor koʻchasi")
    assert len({normal_house(house) for house in ("12", "12A", "12/1", "12-1", "121")}) == 5


def test_a_name_that_is_nothing_but_a_suffix_stays():
    assert fold_name("Qizi") == "kizi"
    assert fold_street("Koʻcha") == "kocha"
    assert fold_name("") == fold_name("-") == ""


@given(WORDS, APOSTROPHES)
def test_latin_cyrillic_and_latin_of_2026_fold_to_one_key(letters, apostrophe):
    latin = "".join(letters).replace("ʻ", apostrophe)
    new = "".join(LETTERS[letter][0] for letter in letters)
    cyrillic = "".join(LETTERS[letter][1] for letter in letters)
    assert fold_name(latin) == fold_name(new) == fold_name(cyrillic)
    assert fold_name(latin.title()) == fold_name(cyrillic.upper())


HARD = ['A"\u0301', "Ѐ", "´a", "№№7", "uy-uy 1-a", "0-0a", "12-\u0301a", "ﬁ", "ǆ", "İ", "𝘊", "0 ul i"]


@pytest.mark.parametrize("text", HARD)
def test_odd_signs_are_folded_for_good(text):
    for form in (fold_name, fold_street, normal_house, normal_document):
        assert form(form(text)) == form(text)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40) | WORDS.map("".join) | st.text("oʻgʻliqzevichnaу иКЁшцчy '-", max_size=30))
def test_normal_forms_are_idempotent(text):
    for form in (fold_name, fold_street, normal_house, normal_document):
        once = form(text)
        assert form(once) == once
    assert fold_name(text).isascii()


@given(st.lists(st.text(max_size=15), min_size=1, max_size=20))
def test_a_series_and_single_values_agree(texts):
    series = pl.Series(texts, dtype=pl.String)
    for form in (fold_name, fold_street, normal_house, normal_document):
        assert form(series).to_list() == [form(text) for text in texts]


def test_documents():
    assert {
        normal_document(text) for text in ("AA1234567", "aa 1234567", "АА № 123-45-67", " аа1234567")
    } == {"AA1234567"}


def test_the_key_of_a_house():
    assert house_key("1726-001", "Навоий кўчаси", "12 а") == b"1726-001|navoi|12A"
    table = pl.DataFrame({"m": ["1", "2"], "s": ["Navoiy koʻchasi", ""], "h": ["1", "2b"]})
    assert house_key(table["m"], table["s"], table["h"]).to_list() == [b"1|navoi|1", b"2||2B"]


@given(st.text("0123456789", min_size=13, max_size=13))
def test_the_check_digit_is_that_of_single_numbers(digits):
    assert pinfl_check_digit(digits) == check_digit(digits)
    assert pinfl_check_digit(pl.Series([digits + "0", "x"])).to_list() == [check_digit(digits), None]


def test_birth_dates_of_numbers():
    invented = make_pinfl(date(1990, 5, 6), "male", 1, 1)
    # Numbers without an owner: serial 000 of region 000, and no check digit is asked for here.
    numbers = pl.Series(
        [
            "3" + "060590" + "0000000",
            "5" + "290204" + "0000000",
            "4" + "310299" + "0000000",
            invented,
            "",
            "3",
        ]
    )
    assert pinfl_birth_date(numbers).to_list() == [
        date(1990, 5, 6),
        date(2004, 2, 29),
        None,
        None,
        None,
        None,
    ]
    assert pinfl_birth_date(numbers[0]) == date(1990, 5, 6)
