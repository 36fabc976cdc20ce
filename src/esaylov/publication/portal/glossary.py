"""The glossary: the terms of the law and of this site, each explained once. Other pages lead to a term by its anchor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import normalize

from django.utils.translation import gettext

from esaylov.publication.reads import log_identity

OWN = frozenset("йў")
"""Letters with an accent that have a place of their own in the alphabet."""
LAST = re.compile("[og]\u02bb")
BEHIND_Z = {"o": "{a", "g": "{b"}


@dataclass(frozen=True, slots=True)
class Term:
    """A term, the name of its anchor, what it means."""

    anchor: str
    term: str
    text: str


@dataclass(frozen=True, slots=True)
class GlossaryPage:
    """All terms."""

    terms: tuple[Term, ...]
    simulated: bool
    replay: bool

    @property
    def lead(self) -> str:
        """The page in a sentence."""
        return gettext("Words of the law and of this site, each in a sentence or two.")


def glossary_page() -> GlossaryPage:
    """The page of the glossary."""
    identity = log_identity()
    return GlossaryPage(terms(), bool(identity and identity.simulated), bool(identity and identity.replay))


def terms() -> tuple[Term, ...]:
    """All terms in the alphabet of the page's language, about."""
    found = [
        Term(anchor, term, text)
        for anchor, (term, text) in (_of_the_law() | _of_the_count() | _of_seats() | _of_the_log()).items()
    ]
    return tuple(sorted(found, key=lambda one: _place(one.term)))


def _place(term: str) -> tuple[str, str]:
    """Where a term stands: accented letters beside their plain ones (Á beside A, Ё behind Е), the Latin oʻ and gʻ behind z,
    the Cyrillic Ў Қ Ғ Ҳ behind я, as the alphabets have them.
    """
    folded = LAST.sub(lambda found: BEHIND_Z[found[0][0]], term.casefold())
    return "".join(letter if letter in OWN else normalize("NFD", letter)[0] for letter in folded), folded


def _of_the_law() -> dict[str, tuple[str, str]]:
    return {
        "contest": (
            gettext("Contest"),
            gettext("One question on one ballot: a vote for party lists, a vote in one okrug, a referendum."),
        ),
        "okrug": (
            gettext("Okrug (constituency)"),
            gettext("An area that elects one deputy. It has its own borders and may cut across districts."),
        ),
        "precinct": (
            gettext("Precinct"),
            gettext(
                "A polling station and the area whose voters vote there. It is the smallest unit that counts."
            ),
        ),
        "commission": (
            gettext("Election commission"),
            gettext(
                "The body that runs an election: for a precinct, a district or city, a territory, the country."
            ),
        ),
        "kengash": (gettext("Kengash"), gettext("A local council of a region, district or city.")),
        "mahalla": (
            gettext("Mahalla"),
            gettext("A neighbourhood that governs itself. Mahallas may send observers."),
        ),
        "edition": (
            gettext("Edition of the law"),
            gettext(
                "The rules in force for one election, written as data: dates, thresholds, control relations."
                " It says of each value how sure it is."
            ),
        ),
        "decision": (
            gettext("Decision"),
            gettext("A numbered resolution of a commission. Only a decision can annul, return or certify."),
        ),
        "release": (
            gettext("Release"),
            gettext("The time before which no result may be public, as a rule the end of voting."),
        ),
        "turnout": (
            gettext("Turnout"),
            gettext("The voters who took part, as a share of the voters on the lists."),
        ),
        "certified": (
            gettext("Certified result"),
            gettext(
                "A result that the commission established by decision. It is final; others can still change."
            ),
        ),
    }


def _of_the_count() -> dict[str, tuple[str, str]]:
    return {
        "protocol": (
            gettext("Protocol"),
            gettext(
                "The paper on which a precinct commission writes and signs its count. A copy hangs at the precinct."
            ),
        ),
        "electronic-copy": (
            gettext("Electronic copy"),
            gettext(
                "The figures of a signed protocol as the commission typed them in. The paper goes before it."
            ),
        ),
        "control-relation": (
            gettext("Control relation"),
            gettext(
                "A sum that must hold in a protocol, such as: ballots in the box = votes + invalid ballots."
            ),
        ),
        "inconsistent": (
            gettext("Inconsistent protocol"),
            gettext(
                "A signed protocol in which a sum does not hold. It is public, but does not count until it is corrected."
            ),
        ),
        "returned": (
            gettext("Returned protocol"),
            gettext(
                "A protocol that a higher commission sent back for correction. Meanwhile it does not count."
            ),
        ),
        "annulled": (
            gettext("Annulled result"),
            gettext(
                "A precinct's result that a commission declared invalid. It stays visible and does not count."
            ),
        ),
        "conflicting": (
            gettext("Conflicting protocol"),
            gettext(
                "A second protocol for a place that has one. It is kept beside the first and changes nothing."
            ),
        ),
    }


def _of_seats() -> dict[str, tuple[str, str]]:
    return {
        "threshold": (
            gettext("Threshold"),
            gettext("The share of votes that a list needs to receive seats."),
        ),
        "quota": (
            gettext("Quota"),
            gettext("What one seat costs: the votes of the lists that share, divided by the seats."),
        ),
        "largest-remainder": (
            gettext("Largest remainder"),
            gettext(
                "Each list gets a seat for every whole quota. The seats left go to the lists with most votes left over."
            ),
        ),
        "lot": (
            gettext("Lot"),
            gettext("A draw between those who are exactly equal. The commission records it by decision."),
        ),
    }


def _of_the_log() -> dict[str, tuple[str, str]]:
    return {
        "log": (
            gettext("Log"),
            gettext(
                "A public list of all official records. One can add to it, but not change or remove anything unseen."
            ),
        ),
        "entry": (
            gettext("Entry (leaf)"),
            gettext("One record of the log: a protocol, a correction, a decision."),
        ),
        "hash": (
            gettext("Hash"),
            gettext("A number computed from a file. If one letter of the file changes, the hash changes."),
        ),
        "tree-size": (
            gettext("Tree size"),
            gettext(
                "The number of entries of the log for which a page holds. Two people with the same size see the same."
            ),
        ),
        "checkpoint": (
            gettext("Checkpoint"),
            gettext("A signed line that names the log's size and one hash over all its entries."),
        ),
        "proof": (
            gettext("Inclusion proof"),
            gettext("A few hashes that show that an entry stands in the log under a checkpoint."),
        ),
        "key": (
            gettext("Key"),
            gettext("What you check the log's signature with. Take it from a source that is not this site."),
        ),
        "sealed": (
            gettext("Sealed entry"),
            gettext(
                "An entry whose content is hidden until the release. Its hash is public, so it cannot be changed unseen."
            ),
        ),
        "manifest": (
            gettext("Manifest"),
            gettext(
                "A list of all published files with their hashes. The log holds the hash of the manifest."
            ),
        ),
        "simulated": (
            gettext("Simulated"),
            gettext("Invented figures, made to show or test the site. Every page and picture says so."),
        ),
    }
