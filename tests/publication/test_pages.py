"""Every page of a small election, in every language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from tests.conftest import Clone
from tests.exchange.packages import DECISIONS, TURNOUT
from tests.publication.ground import Site, data_folder

LANGUAGES = ("uz", "ru", "en")
PAGES = (
    "",
    "verify/",
    "elections/tiny/",
    "elections/tiny/contests/",
    "elections/tiny/contests/list/",
    "elections/tiny/contests/d1/",
    "elections/tiny/contests/q/",
    "elections/tiny/territories/uz/",
    "elections/tiny/territories/n/",
    "elections/tiny/territories/c1/",
    "elections/tiny/outside/",
    "elections/tiny/protocols/p1/list/",
    "elections/tiny/protocols/p3/d2/",
    "elections/tiny/protocols/p5/q/",
)


@pytest.fixture(scope="module")
def site(module_db_clone: Clone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with data_folder(folder):
        yield Site(folder, turnout=TURNOUT, decisions=DECISIONS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_page_is_there_in_every_language(site: Site, client: Client, language: str, page: str) -> None:
    answer = client.get(f"/{language}/{page}")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert f'<html lang="{language}">' in text
