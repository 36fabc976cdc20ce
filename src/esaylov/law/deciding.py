"""How a commission decides: quorum, majority, the vote of who presides.

Electoral Code, Art. 16 and 26: two thirds of the members are present; a decision needs the majority of all members; the
presiding member's vote decides when votes are equal. That is read as half of those whose majority is needed
(docs/decisions/0060-the-casting-vote-needs-half.md). Nothing here knows who somebody is: members are ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

from esaylov.law.editions import Commissions
from esaylov.law.findings import Finding

Choice = Literal["for", "against", "abstain"]


@dataclass(frozen=True, slots=True)
class Sitting:
    """Who could come, who came, who presides (one of those present)."""

    members: frozenset[str]
    present: frozenset[str]
    presiding: str


@dataclass(frozen=True, slots=True)
class Vote:
    """One member's vote on one question."""

    member: str
    choice: Choice


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a vote. `needed`: votes that carry a decision without the vote of who presides.

    `casting`: that vote decided, for or against. `not_voting`: members present who cast no vote.
    """

    adopted: bool
    votes_for: int
    against: int
    abstained: int
    not_voting: int
    needed: int
    casting: bool


def quorum(commissions: Commissions, members: int) -> int:
    """How many of so many members must be present."""
    return ceil(commissions.quorum * members)


def sitting_findings(commissions: Commissions, sitting: Sitting) -> tuple[Finding, ...]:
    """What keeps a sitting from deciding.

    Q01: fewer present than the quorum (`left` present, `right` needed). Q02: somebody present is no member. Q03: who
    presides is not there. An empty commission has no quorum.
    """
    article = _article(commissions, "quorum")
    strangers = tuple(sorted(sitting.present - sitting.members))
    needed = max(1, quorum(commissions, len(sitting.members)))
    found = []
    if len(sitting.present & sitting.members) < needed:
        found.append(
            Finding("Q01", "error", ("present",), article, _QUORUM, len(sitting.present & sitting.members), needed)
        )  # fmt: skip
    if strangers:
        found.append(Finding("Q02", "error", strangers, article, _STRANGER))
    if sitting.presiding not in sitting.present:
        found.append(Finding("Q03", "error", (sitting.presiding,), article, _NOBODY_PRESIDES))
    return tuple(found)


def vote_findings(sitting: Sitting, votes: Sequence[Vote]) -> tuple[Finding, ...]:
    """What is wrong with the votes taken down. Q04: somebody voted who is not present as a member. Q05: somebody voted
    twice."""
    times = Counter(vote.member for vote in votes)
    absent = tuple(sorted(times.keys() - (sitting.present & sitting.members)))
    twice = tuple(sorted(member for member, count in times.items() if count > 1))
    found = []
    if absent:
        found.append(Finding("Q04", "error", absent, None, _ABSENT))
    if twice:
        found.append(Finding("Q05", "error", twice, None, _TWICE))
    return tuple(found)


def outcome(commissions: Commissions, sitting: Sitting, votes: Sequence[Vote]) -> Outcome:
    """Whether a question is carried. Raises ValueError where `sitting_findings` or `vote_findings` finds an error."""
    wrong = (*sitting_findings(commissions, sitting), *vote_findings(sitting, votes))
    if wrong:
        raise ValueError(f"the sitting cannot decide: {', '.join(finding.code for finding in wrong)}")
    choices = Counter(vote.choice for vote in votes)
    bases = {
        "members": len(sitting.members),
        "present": len(sitting.present),
        "voting": choices["for"] + choices["against"],
    }
    base = bases[commissions.majority_of]
    half = base > 0 and 2 * choices["for"] == base
    presiding = next((vote.choice for vote in votes if vote.member == sitting.presiding), "abstain")
    casting = commissions.casting_vote and half and presiding != "abstain"
    return Outcome(
        adopted=presiding == "for" if casting else 2 * choices["for"] > base,
        votes_for=choices["for"],
        against=choices["against"],
        abstained=choices["abstain"],
        not_voting=len(sitting.present) - len(votes),
        needed=base // 2 + 1,
        casting=casting,
    )


def _article(commissions: Commissions, key: str) -> str | None:
    source = commissions.sources.get(key)
    return source.article if source else None


_QUORUM = {
    "uz": "Majlisda yetarli aʼzo qatnashmayapti",
    "uz-cyrl": "Мажлисда етарли аъзо қатнашмаяпти",
    "kaa": "Májiliste jeterli aǵza qatnaspay atır",
    "ru": "На заседании присутствует недостаточно членов комиссии",
    "en": "Too few members are present",
}
_STRANGER = {
    "uz": "Qatnashuvchi komissiya aʼzosi emas",
    "uz-cyrl": "Қатнашувчи комиссия аъзоси эмас",
    "kaa": "Qatnasıwshı komissiya aǵzası emes",
    "ru": "Присутствующий не является членом комиссии",
    "en": "Somebody counted as present is no member of the commission",
}
_NOBODY_PRESIDES = {
    "uz": "Raislik qiluvchi qatnashuvchilar orasida yoʻq",
    "uz-cyrl": "Раислик қилувчи қатнашувчилар орасида йўқ",
    "kaa": "Baslıq etiwshi qatnasıwshılar arasında joq",
    "ru": "Председательствующего нет среди присутствующих",
    "en": "Who presides is not among those present",
}
_ABSENT = {
    "uz": "Qatnashmagan kishi ovoz bergan",
    "uz-cyrl": "Қатнашмаган киши овоз берган",
    "kaa": "Qatnaspaǵan adam dawıs bergen",
    "ru": "Проголосовал тот, кто не присутствует",
    "en": "Somebody voted who is not present",
}
_TWICE = {
    "uz": "Bir aʼzo ikki marta ovoz bergan",
    "uz-cyrl": "Бир аъзо икки марта овоз берган",
    "kaa": "Bir aǵza eki márte dawıs bergen",
    "ru": "Один член комиссии проголосовал дважды",
    "en": "One member voted twice",
}
