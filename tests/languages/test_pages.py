"""Every kind of page in every language: no English is left, links stay in the language, the reader's is found."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest
from django.conf import settings
from django.urls import Resolver404, resolve

from esaylov.design import catalogues
from esaylov.design.words import bcp47

if TYPE_CHECKING:
    from django.test import Client

    from tests.publication.ground import Site

LANGUAGES = ("uz", "uz-cyrl", "kaa", "ru", "en")
EACH_KIND = 2
"""So many pages of every address are read; they are found by following links."""
START = ("/en/", "/en/glossary/", "/en/check/", "/en/search/", "/en/styleguide/", "/en/nothing/")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}")
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
def kinds(site: Site) -> dict[str, list[str]]:
    """Addresses of every kind of page, by the name of the kind."""
    from django.test import Client

    client = Client()
    found, seen, waiting = defaultdict[str, list[str]](list), set[str](), list(START)
    while waiting:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        try:
            name = resolve(path).url_name or ""
        except Resolver404:
            name = "nothing"
        if len(found[name]) >= EACH_KIND:
            continue
        answer = client.get(path)
        if "text/html" not in answer.headers.get("Content-Type", ""):
            continue
        found[name].append(path)
        links = re.findall(r'href="([^"#]+)', answer.content.decode())
        addresses = [urljoin(path, html.unescape(link)).partition("?")[0] for link in links]
        waiting += [one for one in addresses if one.startswith("/en/")]
    return dict(found)


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_no_english_sentence_on_any_kind_of_page(
    client: Client, kinds: dict[str, list[str]], language: str
) -> None:
    sentences, left = english(), list[tuple[str, str]]()
    assert len(kinds) > 10
    for name, paths in kinds.items():
        if name == "styleguide":
            continue
        for path in paths:
            answer = client.get(path.replace("/en/", f"/{language}/", 1))
            assert answer.status_code in (200, 404), path
            text = shown(answer.content.decode())
            left += [(path, sentence) for sentence in sentences if sentence in text]
    assert left == []


@pytest.mark.parametrize("language", ["ru", "uz-cyrl"])
def test_no_sentence_in_latin_letters_where_the_page_is_in_cyrillic(
    client: Client, kinds: dict[str, list[str]], language: str
) -> None:
    """Finds texts that never went through the catalogues."""
    left = list[tuple[str, str]]()
    for name, paths in kinds.items():
        for path in () if name == "styleguide" else paths:
            text = shown(client.get(path.replace("/en/", f"/{language}/", 1)).content.decode())
            left += [(path, run) for run in SENTENCE.findall(text)]
    assert left == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_name_their_language_and_switch_it(site: Site, client: Client, language: str) -> None:
    for path in ("elections/tiny/", "elections/tiny/territories/n/", "verify/", ""):
        text = client.get(f"/{language}/{path}").content.decode()
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


def test_what_the_reader_accepts_changes_no_page(site: Site, client: Client) -> None:
    page = client.get("/kaa/elections/tiny/", headers={"accept-language": "ru"})
    assert page.content == client.get("/kaa/elections/tiny/").content
