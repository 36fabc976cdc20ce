"""The catalogues hold every text of the interface, translated, with the same placeholders, in the right letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message
from django.utils.translation import to_locale

from esaylov.design import catalogues
from esaylov.design.catalogues import Key, key, many, strings

TRANSLATED = ("kaa", "ru", "uz", "uz_Cyrl")
FORMS = {"en": 2, "kaa": 2, "ru": 3, "uz": 2, "uz_Cyrl": 2}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}|%[sd](?![a-z])")
TAG = re.compile(r"</?[a-z][^>]*>|&\w+;")
CYRILLIC = "А-Яа-яЁёЎўҚқҒғҲҳӘәҢңӨөҮү"
KARAKALPAK = re.compile(r"[AaÁáBbCcDdEeFfGgǴǵHhXxÍıIiJjKkQqLlMmNnŃńOoÓóPpRrSsTtUuÚúVvWwYyZz]+")
"""The alphabet of 2016."""


@cache
def template() -> Catalog:
    return catalogues.template()


@cache
def catalogue(language: str) -> Catalog:
    return catalogues.load(language)


def messages(found: Catalog) -> dict[Key, Message]:
    return {key(message): message for message in found if message.id}


def bare(text: str) -> str:
    """A translation without what no reader sees as words: placeholders, markup, addresses, soft hyphens."""
    text = re.sub(r"\S*/\S*/\S*|\S+\.(?:py|md|json)\b", " ", TAG.sub(" ", PLACEHOLDER.sub(" ", text)))
    return text.replace("\u00ad", "")


def translations(language: str) -> Iterator[tuple[Message, str]]:
    for message in catalogue(language):
        if message.id:
            for text in strings(message):
                yield message, text


def test_there_is_a_catalogue_for_every_language_of_the_site() -> None:
    from django.conf import settings

    assert {to_locale(code) for code, _ in settings.LANGUAGES} == set(catalogues.PLURALS)


@pytest.mark.parametrize("language", FORMS)
def test_catalogue_holds_exactly_the_texts_of_the_interface(language: str) -> None:
    wanted, known = messages(template()), messages(catalogue(language))
    assert len(wanted) > 900
    assert sorted(set(wanted) - set(known)) == [], "new texts: python -m esaylov.design.catalogues"
    assert sorted(set(known) - set(wanted)) == [], "texts that are gone: python -m esaylov.design.catalogues"
    assert {one for one in wanted if many(wanted[one])} == {one for one in known if many(known[one])}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_and_none_is_fuzzy(language: str) -> None:
    known = messages(catalogue(language))
    assert [one for one, message in known.items() if not message.fuzzy and not all(strings(message))] == []
    assert [key(message) for message in catalogue(language) if message.id and message.fuzzy] == []


@pytest.mark.parametrize("language", FORMS)
def test_plural_forms_are_those_of_the_language(language: str) -> None:
    assert catalogue(language).num_plurals == FORMS[language]
    for message in catalogue(language):
        if message.id and many(message):
            assert len(strings(message)) == FORMS[language], key(message)


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("pattern", [PLACEHOLDER, TAG], ids=["placeholders", "markup"])
def test_placeholders_and_markup_are_those_of_the_original(language: str, pattern: re.Pattern[str]) -> None:
    """The form for one may leave out what the English form for one leaves out."""
    for message, text in translations(language):
        original = message.id[-1] if many(message) else message.id
        allowed = [sorted(pattern.findall(str(original)))]
        if many(message) and text == strings(message)[0]:
            allowed.append(sorted(pattern.findall(str(message.id[0]))))
        assert sorted(pattern.findall(text)) in allowed, key(message)


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_sign_of_per_cent_stands_alone_where_python_reads_placeholders(language: str) -> None:
    for message, text in translations(language):
        if "python-format" in message.flags:
            assert "%" not in PLACEHOLDER.sub("", text), key(message)


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_letter_of_another_script_hides_in_a_word(language: str) -> None:
    mixed = re.compile(rf"[A-Za-zÀ-ɏ][{CYRILLIC}]|[{CYRILLIC}][A-Za-zÀ-ɏ]")
    for message, text in translations(language):
        assert not mixed.search(bare(text)), key(message)
        if language in ("uz", "kaa"):
            words = [word for word in re.findall(rf"[{CYRILLIC}]+", bare(text)) if word != "Ўзбекистон"]
            assert not words, key(message)


@pytest.mark.parametrize("language", TRANSLATED)
def test_beginnings_and_ends_are_those_of_the_original(language: str) -> None:
    """A colon, a full stop or a space at the end joins what follows."""
    for message, text in translations(language):
        original = str(message.id[-1] if many(message) else message.id)
        assert text.endswith(" ") == original.endswith(" "), key(message)
        assert text.startswith((" ", ",")) == original.startswith((" ", ",")), key(message)
        if len(original.split()) > 4:
            assert text.endswith(".") == original.endswith("."), key(message)


def test_uzbek_writes_its_letters_with_its_own_signs() -> None:
    """U+02BB in oʻ and gʻ, U+02BC elsewhere; no apostrophes or quotation marks in their place."""
    for message, text in translations("uz"):
        assert not re.search(r"\w['’‘`´]", bare(text)), key(message)
        assert all(match in "oOgG" for match in re.findall(r"(.)\u02bb", bare(text))), key(message)


def test_karakalpak_is_written_in_the_alphabet_of_2016() -> None:
    foreign = {"esaylov", "verify", "If-None-Match", "Oʻzbekiston", "OpenStreetMap", "WCAG", "cookie"}
    for message, text in translations("kaa"):
        for word in re.findall(r"[^\W\d_][\w-]*[ʻʼ]?\w*", bare(text)):
            letters = re.sub(r"[\d_-]", "", word)
            known = word in foreign or word.isascii() or KARAKALPAK.fullmatch(letters)
            assert known or not letters.isalpha() or re.search(rf"[{CYRILLIC}]", word), (word, key(message))


@pytest.mark.parametrize("language", ["ru", "uz_Cyrl"])
def test_cyrillic_is_not_left_in_latin(language: str) -> None:
    for message, text in translations(language):
        letters = re.findall(r"[^\W\d_]", bare(text))
        names = ("NIST", "Parquet", "MB", "kB")
        assert not letters or re.search(rf"[{CYRILLIC}]", text) or any(n in text for n in names), key(message)


SUFFIX = re.compile(
    r"%\((\w+)\)s[ -]?(?:dan|da|dagi|ga|gacha|ni|ning|дан|да|даги|га|гача|ни|нинг|nan|nen|tan|ten|den|de|ǵa|ge|qa|ke|nı|nıń|niń)\b"
)
ENDS_IN_A_NUMBER = {"bound", "needed", "opens", "closes"}
"""Placeholders for numbers and times of day: behind them an Uzbek suffix reads right, as it has one form only."""


@pytest.mark.parametrize("language", ["uz", "uz_Cyrl", "kaa"])
def test_no_suffix_hangs_on_a_date_or_a_name(language: str) -> None:
    """ "27-oktabr dan" is wrong, and "bu voqeadan 5 kun oldin: … dan" is nonsense."""
    for message, text in translations(language):
        allowed = set() if language == "kaa" else ENDS_IN_A_NUMBER
        assert set(SUFFIX.findall(text)) <= allowed, key(message)


def test_russian_elects_women_as_well() -> None:
    """ "избран" stands only where nobody is named: the word would make a man of every candidate."""
    questions = {"Who is elected", "Nobody is elected", "Who would be elected", "Nobody would be elected"}
    for message, text in translations("ru"):
        if str(message.id) not in questions:
            assert not re.search(r"\b(?:избран|выдвинут|зарегистрирован|самому)\b", text, re.I), key(message)


def test_uzbek_cyrillic_writes_years_and_months_without_a_hyphen() -> None:
    for message, text in translations("uz_Cyrl"):
        assert not re.search(r"(?:\d{4}|year\)d)-йил|(?:day\)d|\d)-(?:%\(month|январ|октябр)", text), key(
            message
        )


def test_uzbek_cyrillic_follows_from_latin() -> None:
    made = messages(catalogues.derived("uz_Cyrl", catalogue("uz")))
    for one, message in messages(catalogue("uz_Cyrl")).items():
        assert strings(message) == strings(made[one]), one


def test_exceptions_are_exceptions() -> None:
    """Every exception changes something; one that the rule has caught up with is taken out."""
    import tomllib

    path = catalogues.file_of("uz_Cyrl").parents[1] / "exceptions.toml"
    exceptions = tomllib.loads(path.read_text(encoding="utf-8"))
    latin = " ".join(text for _, text in translations("uz"))
    assert [word for word in exceptions["keep"] if word not in latin] == []
    known = messages(catalogue("uz"))
    for text in exceptions.get("texts", ()):
        assert (text.get("context", ""), text["id"]) in known


def test_table_of_the_documentation_is_the_one_of_the_catalogues() -> None:
    counts = [catalogues.count(language, catalogue(language)) for language in FORMS]
    assert catalogues.table(counts) in catalogues.documentation().read_text(encoding="utf-8")
