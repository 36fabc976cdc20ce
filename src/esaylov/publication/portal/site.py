"""The front page and the page about checking: both over all elections of the site."""

from __future__ import annotations

from dataclasses import dataclass

from esaylov.elections.queries import elections
from esaylov.publication.pages.common import Frame, frame
from esaylov.publication.pages.national import Headline, headline
from esaylov.publication.reads import log_identity
from esaylov.results.queries import SignedHead, current, head_of


@dataclass(frozen=True, slots=True)
class ElectionLine:
    """An election on the front page."""

    frame: Frame
    headline: Headline


@dataclass(frozen=True, slots=True)
class FrontPage:
    """All elections, the latest day first."""

    elections: tuple[ElectionLine, ...]

    @property
    def simulated(self) -> bool:
        """A log holds simulated elections or real ones, never both."""
        return any(line.frame.simulated for line in self.elections)

    @property
    def replay(self) -> bool:
        """The same for replays."""
        return any(line.frame.replay for line in self.elections)


@dataclass(frozen=True, slots=True)
class VerifyPage:
    """The log's name and key, and the head that the figures of this site hold for."""

    origin: str
    key: str
    simulated: bool
    replay: bool
    size: int
    head: SignedHead | None


def front_page(sizes: dict[str, int]) -> FrontPage:
    """The front page, inside a transaction of `reading`; `sizes` are those of all elections."""
    found = []
    for election in elections():
        if election.id in sizes:
            at = current(election.id)
            found.append(ElectionLine(frame(at), headline(at)))
    return FrontPage(tuple(found))


def verify_page(sizes: dict[str, int]) -> VerifyPage:
    """The page about checking."""
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
