"""schema.org descriptions as JSON-LD, for search engines and fact-checkers. A data block is not run, so the content
security policy has nothing against it; nothing in it can end the element that holds it.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from esaylov.design.words import bcp47, language
from esaylov.publication.files import published_folder
from esaylov.publication.installation import installation
from esaylov.publication.newsroom.claims import Claim
from esaylov.publication.origin import absolute
from esaylov.publication.pages.common import Frame

CONTEXT = "https://schema.org"
ESCAPES = {
    ord("<"): "\\u003C",
    ord(">"): "\\u003E",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}
PUBLISHED = (
    ("datapackage.json", "application/json", "Tabular Data Package"),
    ("votes.parquet", "application/vnd.apache.parquet", "Apache Parquet"),
    ("protocols.parquet", "application/vnd.apache.parquet", "Apache Parquet"),
    ("nist-cdf/summary.json", "application/json", "NIST SP 1500-100"),
)


def script(document: Any) -> SafeString:
    """A document as a data block of a page."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>\n')  # noqa: S308  (escaped just above)


def dataset(request: HttpRequest, frame: Frame) -> dict[str, Any]:
    """The results of an election as a data set with its files."""
    election = frame.election
    simulated = gettext("Simulated: every figure is invented.") if frame.simulated else ""
    about = gettext("Results by contest, territory and precinct, with the state of every protocol.")
    found = {
        "@context": CONTEXT,
        "@type": "Dataset",
        "@id": absolute(request, f"/open/elections/{election}/results.json"),
        "name": frame.title,
        "description": f"{simulated} {about}".strip(),
        "url": absolute(request, request.path),
        "inLanguage": [bcp47(code) for code, _ in settings.LANGUAGES],
        "isAccessibleForFree": True,
        "creator": _this_site(request),
        "temporalCoverage": frame.date.date().isoformat(),
        "version": str(frame.size),
        "distribution": [*_stable(request, election), *_published(request, election)],
    }
    if (licence := installation().licence) is not None:
        found["license"] = licence.url or licence.code
    if frame.as_of is not None:
        found["dateModified"] = frame.as_of.isoformat(timespec="seconds")
    return found


def _this_site(request: HttpRequest) -> dict[str, str]:
    return {"@type": "Organization", "name": "esaylov", "url": absolute(request, reverse("about"))}


def _download(url: str, encoding: str, name: str) -> dict[str, str]:
    return {"@type": "DataDownload", "contentUrl": url, "encodingFormat": encoding, "name": name}


def _stable(request: HttpRequest, election: str) -> list[dict[str, str]]:
    kinds = (("json", "application/json"), ("csv", "text/csv"))
    return [
        _download(
            absolute(request, reverse(f"open-{name}-{kind}", args=[election])), encoding, f"{name}.{kind}"
        )
        for name in ("results", "turnout")
        for kind, encoding in kinds
    ]


def _published(request: HttpRequest, election: str) -> list[dict[str, str]]:
    """Files of the latest publication, those that are there."""
    folder = published_folder() / "data" / election
    return [
        _download(absolute(request, f"/data/{election}/{path}"), encoding, name)
        for path, encoding, name in PUBLISHED
        if (folder / path).is_file()
    ]


def claim_review(request: HttpRequest, claim: Claim) -> dict[str, Any]:
    """What was claimed, and what holds now."""
    return {
        "@context": CONTEXT,
        "@type": "ClaimReview",
        "url": absolute(request, claim.url),
        "claimReviewed": claim.claimed,
        "datePublished": claim.reviewed.isoformat(timespec="seconds"),
        "inLanguage": bcp47(language()),
        "author": _this_site(request),
        "itemReviewed": {
            "@type": "Claim",
            "author": {"@type": "Organization", "name": claim.author},
            **({"datePublished": claim.published.isoformat(timespec="seconds")} if claim.published else {}),
            "appearance": {"@type": "CreativeWork", "url": absolute(request, claim.url)},
        },
        "reviewBody": claim.holds,
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": 1,
            "bestRating": 5,
            "worstRating": 1,
            "alternateName": claim.rating,
        },
    }
