"""Pages about the whole site: how the count works, checking, about."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from esaylov.publication.installation import Installation, installation
from esaylov.publication.pages.common import State, state_words
from esaylov.publication.reads import log_identity
from esaylov.results.queries import SignedHead, head_of

COUNTING = ("received", "accepted")
"""States in which a protocol counts (docs/formats.md, section 4)."""


@dataclass(frozen=True, slots=True)
class VerifyPage:
    """The log's name and key, and the head that the figures of this site hold for."""

    origin: str
    key: str
    simulated: bool
    replay: bool
    size: int
    head: SignedHead | None

    @property
    def lead(self) -> str:
        """The page in a sentence."""
        return gettext("You need one file, Python and no trust in us.")


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page that says the same for every election."""

    simulated: bool
    replay: bool
    installation: Installation

    @property
    def lead(self) -> str:
        """The page in a sentence."""
        return gettext("Election results, each with the record that it comes from.")


@dataclass(frozen=True, slots=True)
class StateLine:
    """A state of a protocol, and whether its figures count."""

    state: State
    counts: bool


@dataclass(frozen=True, slots=True)
class HowPage:
    """How the count works, with the states of a protocol."""

    simulated: bool
    replay: bool
    states: tuple[StateLine, ...]

    @property
    def lead(self) -> str:
        """The page in a sentence."""
        return gettext("The way of one ballot, from the box to the seat, in eight steps.")


STATES = (
    "awaited",
    "received",
    "accepted",
    "inconsistent",
    "returned",
    "annulled",
    "conflicting",
    "replaced",
)


def how_page() -> HowPage:
    """The page on how the count works."""
    identity = log_identity()
    states = tuple(StateLine(state_words(code), code in COUNTING) for code in STATES)
    return HowPage(bool(identity and identity.simulated), bool(identity and identity.replay), states)


def verify_page(sizes: dict[str, int]) -> VerifyPage:
    """The page about checking, inside a transaction of `reading`; `sizes` are those of all elections."""
    identity = log_identity()
    size = max(sizes.values(), default=0)
    return VerifyPage(
        origin=identity.origin if identity else "",
        key=identity.verifier_key if identity else "",
        simulated=bool(identity and identity.simulated),
        replay=bool(identity and identity.replay),
        size=size,
        head=head_of(size) if size else None,
    )


def site_page() -> SitePage:
    """What a page of words needs: the marks of the log, and who runs the site."""
    identity = log_identity()
    return SitePage(bool(identity and identity.simulated), bool(identity and identity.replay), installation())
