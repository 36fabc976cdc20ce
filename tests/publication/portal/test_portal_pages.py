"""Every page of the portal in the test election, with the facts that its package gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

if TYPE_CHECKING:
    from tests.publication.ground import Site

SITE_PAGES = ("", "how-the-count-works/", "glossary/", "open-data/", "verify/", "corrections/", "about/")
ELECTION_PAGES = (
    "calendar/",
    "documents/",
    "corrections/",
    "parties/",
    "parties/green/",
    "candidates/",
    "territories/",
)
PAGES = (*SITE_PAGES, *(f"elections/tiny/{page}" for page in ELECTION_PAGES))
ENGLISH = "/en/elections/tiny/"
MOST_QUERIES = 13


@pytest.mark.parametrize("page", PAGES)
def test_page_in_every_language(site: Site, client: Client, page: str) -> None:
    for language, _ in settings.LANGUAGES:
        answer = client.get(f"/{language}/{page}")
        text = answer.content.decode()
        assert answer.status_code == 200
        assert text.count("<h1") == 1
        assert " style=" not in text
        assert "state-simulated" in text or "mark" in text


@pytest.mark.parametrize("page", PAGES)
def test_page_asks_few_questions(site: Site, client: Client, page: str) -> None:
    client.get(f"/en/{page}")
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"/en/{page}").status_code == 200
    assert len(asked) <= MOST_QUERIES, [query["sql"][:120] for query in asked]
