"""The list of official acts: the procedure, as far as the platform knows it.

Every stage lists its acts here when it is loaded (`api.py` of the stage). From the list follow, without
being written twice: the operations of the JSON API (`acts.api`), the matrix of powers that the tests walk
through, and the table of acts in the docs.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from esaylov.acts.context import ElectionContext
from esaylov.acts.door import Act
from esaylov.law.findings import Finding

Convert = Callable[[ElectionContext, Any], Any]
Recall = Callable[[ElectionContext, dict[str, Any]], Sequence[Finding]]
Known = Callable[[ElectionContext, Any], Sequence[Finding]]

_ARTICLES = re.compile(r"\(Art\. ([0-9][0-9, -]*)")


class Unfit(ValueError):
    """A request that cannot be made into the act's payload; `findings` name the fields."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(", ".join(finding.code for finding in findings))
        self.findings = tuple(findings)


def _as_it_is(_context: ElectionContext, body: Any) -> Any:
    return body


def _nothing(_context: ElectionContext, _given: Any) -> Sequence[Finding]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One act of the catalogue.

    `path`: where the JSON API takes it below `/api/elections/{election}/` (None: over the command line
    only). `publishes`: the members of its entry beyond those that every entry has; `sometimes`: those that some
    entries have besides (`findings`: the codes of those with which the act was performed). `body`: what the API
    takes, when it is not the payload itself; `convert` makes the payload of it (raises Unfit). `done`: the
    state that an answer names when the record has none of its own. `recall`: the findings of a recorded
    act, from its record. `unknown`: findings when what the payload names does not exist at all, asked for a
    better answer than a missing mandate. `orderable`: a commission's decision may order the act; its payload says by which, in
    `decision`. `ordered_as`: the code of the act by which a decision orders the same, where it cannot order this one.
    """

    act: type[Act[Any]]
    path: str | None
    publishes: tuple[str, ...]
    done: str = "recorded"
    body: type[BaseModel] | None = None
    convert: Convert = _as_it_is
    recall: Recall = _nothing
    unknown: Known = _nothing
    sometimes: tuple[str, ...] = ()
    orderable: bool = False
    ordered_as: str | None = None

    @property
    def code(self) -> str:
        """The act's code."""
        return self.act.code

    @property
    def summary(self) -> str:
        """What the act is: the first sentence of its class."""
        text = " ".join((self.act.__doc__ or "").split())
        return _first_sentence(text)

    @property
    def article(self) -> str | None:
        """Articles of the law that its class names, None where it names none."""
        found = _ARTICLES.search(" ".join((self.act.__doc__ or "").split()))
        return found.group(1).strip(" ,") if found else None


def _first_sentence(text: str) -> str:
    guarded = text.replace("Art. ", "Art.\0")
    return guarded.split(". ", 1)[0].replace("\0", " ").rstrip(".")


_listed: dict[str, Listed] = {}


def register(*acts: Listed) -> None:
    """Lists acts of a stage. Raises ValueError when a code or a path is taken by another act."""
    for listed in acts:
        known = _listed.get(listed.code)
        if known is not None and known.act is not listed.act:
            raise ValueError(f"two acts have the code {listed.code}")
        if any(
            other.path == listed.path and other.code != listed.code for other in catalogue() if listed.path
        ):
            raise ValueError(f"two acts have the path {listed.path}")
        _listed[listed.code] = listed
        listed.act.public = frozenset((*listed.publishes, *listed.sometimes))
        listed.act.orderable = listed.orderable or listed.ordered_as is not None


def catalogue() -> tuple[Listed, ...]:
    """All acts, in the order in which their stages listed them."""
    return tuple(_listed.values())
