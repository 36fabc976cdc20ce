"""Numbers, dates, names and plural forms in each language."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils.translation import ngettext, override

from esaylov.design import numbers, words
from esaylov.publication.newsroom.languages import names
from esaylov.server.messages import compile_catalogues

compile_catalogues()

THIN = numbers.THIN_SPACE
EVENING = datetime(2024, 10, 27, 20, 5, 9, tzinfo=ZoneInfo("Asia/Tashkent"))


@pytest.mark.parametrize(
    ("language", "date", "time"),
    [
        ("uz", "2024-yil 27-oktabr", "2024-yil 27-oktabr, 20:05 (Toshkent)"),
        ("uz-cyrl", "2024 йил 27 октябрь", "2024 йил 27 октябрь, 20:05 (Тошкент)"),
        ("kaa", "2024-jıl 27-oktyabr", "2024-jıl 27-oktyabr, 20:05 (Tashkent)"),
        ("ru", "27 октября 2024 года", "27 октября 2024 года, 20:05 (Ташкент)"),
        ("en", "27 October 2024", "27 October 2024, 20:05 (Tashkent)"),
    ],
)
def test_dates_and_times(language: str, date: str, time: str) -> None:
    with override(language):
        assert words.date_text(EVENING) == date
        assert words.time_text(EVENING) == time


@pytest.mark.parametrize("language", words.FALLBACKS)
def test_every_month_has_a_name_in_the_letters_of_the_language(language: str) -> None:
    with override(language):
        names = [words.month_name(month) for month in range(1, 13)]
    assert len(set(names)) == 12
    cyrillic = language in ("ru", "uz-cyrl")
    assert all(("а" <= name[0].lower() <= "я") == cyrillic for name in names)


def test_a_month_without_a_day_stands_in_the_case_of_a_heading() -> None:
    with override("ru"):
        assert (words.month_name(11), words.month_name(11, alone=True)) == ("ноября", "ноябрь")
    with override("uz-cyrl"):
        assert words.month_name(11, alone=True) == words.month_name(11)


@pytest.mark.parametrize(
    ("language", "whole", "share"),
    [
        ("uz", f"15{THIN}027{THIN}529", f"34,75{THIN}%"),
        ("uz-cyrl", f"15{THIN}027{THIN}529", f"34,75{THIN}%"),
        ("kaa", f"15{THIN}027{THIN}529", f"34,75{THIN}%"),
        ("ru", f"15{THIN}027{THIN}529", f"34,75{THIN}%"),
        ("en", "15,027,529", f"34.75{THIN}%"),
    ],
)
def test_numbers(language: str, whole: str, share: str) -> None:
    assert numbers.whole(15_027_529, language) == whole
    assert numbers.percent(34_75, language) == share


SINGULAR = "%(shown)s protocol returned for correction"
PLURAL = "%(shown)s protocols returned for correction"


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("uz", dict.fromkeys((1, 2, 5, 21), "bayonnoma tuzatish uchun qaytarilgan")),
        ("uz-cyrl", dict.fromkeys((1, 2, 5, 21), "баённома тузатиш учун қайтарилган")),
        ("kaa", dict.fromkeys((1, 2, 5, 21), "protokol dúzetiw ushın qaytarılǵan")),
        (
            "ru",
            {
                1: "протокол возвращён на исправление",
                2: "протокола возвращены на исправление",
                5: "протоколов возвращено на исправление",
                21: "протокол возвращён на исправление",
            },
        ),
        (
            "en",
            {1: "protocol returned for correction"}
            | dict.fromkeys((2, 5, 21), "protocols returned for correction"),
        ),
    ],
)
def test_plural_forms(language: str, texts: dict[int, str]) -> None:
    with override(language):
        for number, text in texts.items():
            assert ngettext(SINGULAR, PLURAL, number) % {"shown": number} == f"{number} {text}"


@pytest.mark.parametrize(
    ("code", "expected"),
    [("uz", "uz"), ("uz-cyrl", "uz-Cyrl"), ("kaa", "kaa"), ("UZ-CYRL-uz", "uz-Cyrl-UZ"), ("ru", "ru")],
)
def test_codes_as_the_web_names_them(code: str, expected: str) -> None:
    assert words.bcp47(code) == expected
    assert Template("{{ code|bcp47 }}").render(Context({"code": code})) == expected


@pytest.mark.parametrize(
    ("column", "language"),
    [
        ("uz", "uz"), ("uz_cyrl", "uz-cyrl"), ("uz-Cyrl", "uz-cyrl"), ("uz_Cyrl_UZ", "uz-cyrl"),
        ("uz-Latn", "uz"), ("uz-UZ", "uz"), ("kaa", "kaa"), ("kaa-Latn-UZ", "kaa"), ("ru-RU", "ru"), ("tg", "tg"),
    ],
)  # fmt: skip
def test_columns_of_data_are_languages(column: str, language: str) -> None:
    assert words.own_code(column) == language


@pytest.mark.parametrize(
    ("language", "texts", "shown", "marked"),
    [
        ("uz-cyrl", {"uz": "Nukus", "uz_cyrl": "Нукус"}, "Нукус", ""),
        ("uz-cyrl", {"uz": "Moʻynoq", "ru": "Муйнак"}, "Мўйноқ", ""),
        ("uz-cyrl", {"kaa": "Nókis"}, "Nókis", "kaa"),
        ("kaa", {"uz": "Nukus", "kaa": "Nókis"}, "Nókis", ""),
        ("kaa", {"uz": "Nukus", "ru": "Нукус"}, "Nukus", "uz"),
        ("kaa", {"ru": "Нукус"}, "Нукус", "ru"),
        ("ru", {"uz_cyrl": "Нукус", "en": "Nukus"}, "Нукус", "uz-Cyrl"),
        ("en", {"tg": "Нукус"}, "Нукус", "tg"),
        ("en", {"en": "", "uz": ""}, "n-1", ""),
    ],
)
def test_names_and_the_language_they_are_in(
    language: str, texts: dict[str, str], shown: str, marked: str
) -> None:
    with override(language):
        name = words.in_language(texts, "n-1")
        assert (name, words.other_language(name)) == (shown, marked)
        written = Template("{{ name|named }}").render(Context({"name": name}))
    assert written == (f'<span lang="{marked}">{shown}</span>' if marked else shown)


def test_data_keep_their_spelling() -> None:
    """Cyrillic by rule is for reading: open data name people, parties and places as the package does."""
    given = {"uz": "Sh. Qodirova", "ru": "Ш. Кадырова"}
    with override("uz-cyrl"):
        assert words.as_given(given) == "Sh. Qodirova"
        assert words.as_given(given).language == "uz"
        assert words.in_language(given) == "Ш. Қодирова"
    assert names(given, "c1")["uz-cyrl"] == "Sh. Qodirova"


@pytest.mark.parametrize(
    ("language", "one", "several"),
    [
        ("uz", "58-modda", "58, 94-moddalar"),
        ("uz-cyrl", "58-модда", "58, 94-моддалар"),
        ("kaa", "58-statya", "58, 94-statyalar"),
        ("ru", "статья 58", "статьи 58, 94"),
        ("en", "Article 58", "Articles 58, 94"),
    ],
)
def test_one_article_and_several(language: str, one: str, several: str) -> None:
    with override(language):
        assert words.articles_text("58") == one
        assert words.articles_text("58, 94") == several
        assert words.articles_text("96¹") == one.replace("58", "96¹")
        assert words.articles_text("") == ""
        assert Template("{{ at|articles }}").render(Context({"at": "58, 94"})) == several


def test_names_are_escaped() -> None:
    with override("ru"):
        name = words.in_language({"uz": "<b>'x'"})
        assert Template("{{ name|named }}").render(Context({"name": name})) == (
            '<span lang="uz">&lt;b&gt;&#x27;x&#x27;</span>'
        )
        assert Template("{{ name|named }}").render(Context({"name": "<i>"})) == "&lt;i&gt;"
