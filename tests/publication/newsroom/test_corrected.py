"""After corrections and annulments: cards and claim reviews say what holds now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from esaylov.publication.newsroom import cards
from esaylov.publication.newsroom.facts import facts_of
from tests.publication.newsroom.test_cards import texts
from tests.publication.newsroom.test_meta import HOST, head

if TYPE_CHECKING:
    from tests.publication.ground import Site


def test_card_says_what_the_page_says(
    eventful: Site, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(cards, "_png", lambda picture: drawn.append(picture) or b"")
    client.get("/en/elections/tiny/card.png")
    client.get("/en/elections/tiny/protocols/p3/list/card.png")
    national, protocol = (" ".join(texts(picture)) for picture in drawn)
    page = facts_of(client.get("/en/elections/tiny/").content.decode())
    for said in (national, protocol):
        assert "Simulated: not results of a real election" in said
        assert f"Tree size {page.size}" in said
    assert f"testserver/check/{(page.size or 0) - 1}-" in national
    own = facts_of(client.get("/en/elections/tiny/protocols/p3/list/").content.decode()).code
    assert own
    assert f"testserver/check/{own}" in protocol, "a protocol's card bears the protocol's own code"
    assert "A tiny election" in national
    assert "preliminary" in national
    assert page.answer.split(";")[0][:40] in national
    assert "annulled" in protocol


def test_corrected_and_annulled_protocols_are_reviewed_claims(eventful: Site, client: Client) -> None:
    (corrected,) = head(client, "/en/elections/tiny/protocols/p1/list/").blocks
    assert corrected["@type"] == "ClaimReview"
    assert corrected["claimReviewed"] == "Precinct 1, Party lists: Amber 30, Green 40"
    assert corrected["reviewBody"].endswith("Amber 40, Green 30.")
    assert corrected["reviewRating"]["alternateName"] == "Corrected"
    assert corrected["url"] == f"{HOST}/en/elections/tiny/protocols/p1/list/"
    (annulled,) = head(client, "/en/elections/tiny/protocols/p3/list/").blocks
    assert annulled["reviewRating"]["alternateName"] == "Declared invalid"
    assert head(client, "/en/elections/tiny/protocols/p4/list/").blocks == []
    reviews = head(client, "/en/elections/tiny/corrections/").blocks
    assert "Corrected" in {one["reviewRating"]["alternateName"] for one in reviews}
    for one in (corrected, annulled, *reviews):
        assert one["datePublished"]
        assert one["itemReviewed"]["@type"] == "Claim"
        assert one["author"]["@type"] == "Organization"
