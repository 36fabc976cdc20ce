"""Every kind of page in every language: no English is left, links stay in the language, the reader's is found."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from esaylov.design import catalogues
from esaylov.design.words import bcp47
from tests.publication.pagetypes import page_types

if TYPE_CHECKING:
    from django.test import Client

LANGUAGES = ("uz", "uz-cyrl", "kaa", "ru", "en")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}")
TITLE = "Kichik saylov"
"""The election's title; its data have it in Uzbek and English."""
SENTENCE = re.compile(r"(?:[A-Za-z][a-z'’-]+ ){3,}[a-z]+")
TAGS = re.compile(r"<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]+>", re.DOTALL)


def shown(page: str) -> str:
    """What readers and screen readers get: text, and attributes that hold words. The own names of the other
    languages and what is marked as another language are left out."""
    page = re.sub(
        r'<(a|li|span|code|pre|kbd|td|th|p)\b[^>]* lang="[^"]+".*?</\1>', " ", page, flags=re.DOTALL
    )
    attributes = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"]*)"', page)
    text = TAGS.sub(" ", page) + " " + " | ".join(attributes)
    return " ".join(html.unescape(text).split())


def english() -> list[str]:
    """Runs of at least three words of the texts in English."""
    found = set[str]()
    for message in catalogues.template():
        forms = message.id if isinstance(message.id, tuple | list) else [message.id]
        for form in forms:
            for part in PLACEHOLDER.split(TAGS.sub("%%", str(form))):
                run = " ".join(part.split()).strip(" .,:;“”()")
                if len(re.findall(r"[A-Za-z]{2,}", run)) >= 3:
                    found.add(run)
    return sorted(found - {"NIST Common Data Format"})


@pytest.fixture(scope="module")
def site(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The tiny election with a protocol in every state."""
    from tests.publication.ground import data_folder, in_every_state

    with data_folder(tmp_path_factory.mktemp("site")) as folder:
        in_every_state(folder)
        yield


def pages(client: Client, language: str) -> Iterator[tuple[str, str]]:
    """Every kind of page in a language: its address and what is shown there."""
    protocol = shown(client.get("/en/elections/tiny/protocols/p4/list/").content.decode())
    code = re.search(r"\b(\d+-\d{4})\b", protocol)
    assert code is not None
    for path in (*(kind.path for kind in page_types()), f"check/{code[1]}/"):
        if path.startswith("styleguide"):
            continue  # written for the makers of pages, in English
        answer = client.get(f"/{language}/{path}", follow=True)
        assert answer.status_code in (200, 404), path
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            yield path, shown(answer.content.decode())


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_no_english_sentence_on_any_kind_of_page(site: None, client: Client, language: str) -> None:
    sentences = english()
    read = list(pages(client, language))
    assert len(read) > 25
    assert [(path, one) for path, text in read for one in sentences if one in text] == []


@pytest.mark.parametrize("language", ["ru", "uz-cyrl"])
def test_no_sentence_in_latin_letters_where_the_page_is_in_cyrillic(
    site: None, client: Client, language: str
) -> None:
    """Finds texts that never went through the catalogues."""
    read = list(pages(client, language))
    if language != "uz-cyrl":  # there the title is shown in Cyrillic letters, by rule
        read = [(path, text.replace(TITLE, " ")) for path, text in read]
    assert [(path, run) for path, text in read for run in SENTENCE.findall(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_name_their_language_and_switch_it(site: None, client: Client, language: str) -> None:
    for path in ("elections/tiny/", "elections/tiny/territories/n/", "verify/", ""):
        text = client.get(f"/{language}/{path}", follow=True).content.decode()
        assert f'<html lang="{bcp47(language)}"' in text
        for other in LANGUAGES:
            assert re.search(rf'href="(?:https?://[^/"]+)?/{other}/{path}"', text), (path, other)
            assert f'hreflang="{bcp47(other)}"' in text
        for own_name in dict(settings.LANGUAGES).values():
            assert own_name in text


@pytest.mark.parametrize(
    ("accepts", "leads_to"),
    [
        ("", "/uz/"),
        ("uz-UZ", "/uz/"),
        ("uz-Latn-UZ,en;q=0.5", "/uz/"),
        ("uz-Cyrl-UZ", "/uz-cyrl/"),
        ("uz-Cyrl,ru;q=0.5", "/uz-cyrl/"),
        ("UZ-CYRL-uz;q=0.9,ru;q=0.8", "/uz-cyrl/"),
        ("kaa-UZ", "/kaa/"),
        ("kaa-Latn-UZ,ru;q=0.7", "/kaa/"),
        ("kaa,uz;q=0.5", "/kaa/"),
        ("ru-RU,ru;q=0.9", "/ru/"),
        ("tg,ru;q=0.4", "/ru/"),
        ("en-GB,en;q=0.9", "/en/"),
        ("de-DE,fr;q=0.3", "/uz/"),
        ("*", "/uz/"),
        ("x" * 5000, "/uz/"),
    ],
)
def test_root_leads_to_the_readers_language(client: Client, accepts: str, leads_to: str) -> None:
    answer = client.get("/", headers={"accept-language": accepts})
    assert (answer.status_code, answer.headers["Location"]) == (302, leads_to)
    assert "Accept-Language" in answer.headers["Vary"]


def test_what_the_reader_accepts_changes_no_page(site: None, client: Client) -> None:
    page = client.get("/kaa/elections/tiny/", headers={"accept-language": "ru"})
    assert page.content == client.get("/kaa/elections/tiny/").content
