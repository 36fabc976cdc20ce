"""Who may sit on a commission: the rules of composition of an edition, applied to the members proposed.

Electoral Code, Art. 19 to 25. What is not known of a person (education, employer) is never guessed: a rule that needs it
stays silent, and the rule `not-declared` says so. Kinship is known by declaration only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from esaylov.law.editions import Commissions, CompositionRule, Tier
from esaylov.law.findings import Finding

Role = Literal["chair", "deputy", "secretary", "member"]


@dataclass(frozen=True, slots=True)
class Member:
    """A person proposed for a commission. `id` is what findings call the person by.

    `education`, `employer`: None when not declared. `grounds`: reasons declared or found that speak against the person
    (`party-member`, `close-relative-of-candidate`, ...). `elsewhere`: other commissions with a mandate on that day.
    """

    id: str
    role: Role = "member"
    birth_date: date | None = None
    education: str | None = None
    employer: str | None = None
    grounds: frozenset[str] = frozenset()
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """The commission to be formed: its kind, the kinds of contests of its election, and what kind of place it serves
    (`military-unit`, `abroad`, `hospital`, `detention`, ...; None: an ordinary one).
    """

    commission: str
    contests: frozenset[str]
    place: str | None = None


def tier_of(commissions: Commissions, body: Body) -> Tier | None:
    """How large such a commission is, the first entry of the edition that fits; None when the edition says nothing."""
    for tier in commissions.tiers:
        if tier.commission == body.commission and (not tier.contests or body.contests & set(tier.contests)):
            return tier
    return None


def composition_findings(
    commissions: Commissions, body: Body, members: Sequence[Member], on: date
) -> tuple[Finding, ...]:
    """What speaks against this composition on the day `on`, in the order of the edition's rules.

    Findings about persons name their ids in `fields`; those of size have the number of members in `left` and the bound
    that it breaks in `right`. Raises ValueError when one id stands for two members.
    """
    twice = [name for name, times in Counter(member.id for member in members).items() if times > 1]
    if twice:
        raise ValueError(f"the member {twice[0]!r} is there twice")
    tier = tier_of(commissions, body)
    proposal = _Proposal(body, tier, members, on)
    return tuple(
        finding
        for rule in commissions.rules
        if not rule.commissions or body.commission in rule.commissions
        for finding in _RULES[rule.rule](rule, proposal)
    )


@dataclass(frozen=True, slots=True)
class _Proposal:
    body: Body
    tier: Tier | None
    members: Sequence[Member]
    on: date


def _size(rule: CompositionRule, proposal: _Proposal) -> Iterator[Finding]:
    if proposal.tier is None or proposal.tier.members is None:
        return
    least, most = proposal.tier.members
    count = len(proposal.members)
    if not least <= count <= most:
        yield _found(rule, ("members",), proposal.tier, left=count, right=least if count < least else most)


def _officers(rule: CompositionRule, proposal: _Proposal) -> Iterator[Finding]:
    if proposal.tier is None:
        return
    held = Counter(member.role for member in proposal.members)
    wrong = tuple(role for role in ("chair", "deputy", "secretary")
                  if held[role] > 1 or (role in proposal.tier.officers and not held[role]))  # fmt: skip
    if wrong:
        yield _found(rule, wrong, proposal.tier)


def _age(rule: CompositionRule, proposal: _Proposal) -> Iterator[Finding]:
    least = rule.least or 0
    young = [m.id for m in proposal.members if m.birth_date and age(m.birth_date, proposal.on) < least]
    yield from _of_persons(rule, young)


def _education(rule: CompositionRule, proposal: _Proposal) -> Iterator[Finding]:
    below = [m.id for m in proposal.members if m.education and m.education not in rule.accepted]
    yield from _of_persons(rule, below)


def _excluded(rule: CompositionRule, proposal: _Proposal) -> Iterator[Finding]:
    yield from _of_persons(rule, [m.id for m in proposal.members if m.grounds & set(rule.grounds)])


def _elsewhere(rule: CompositionRule, proposal: _Proposal) -> Iterator[Finding]:
    yield from _of_persons(rule, [m.id for m in proposal.members if m.elsewhere])


def _one_employer(rule: CompositionRule, proposal: _Proposal) -> Iterator[Finding]:
    if proposal.body.place in rule.except_places or rule.share is None:
        return
    employed: dict[str, list[str]] = {}
    for member in proposal.members:
        if member.employer:
            employed.setdefault(member.employer, []).append(member.id)
    for together in employed.values():
        if len(together) > 1 and len(together) > rule.share * len(proposal.members):
            yield _found(rule, together, left=len(together), right=len(proposal.members))


def _not_declared(rule: CompositionRule, proposal: _Proposal) -> Iterator[Finding]:
    unknown = [m.id for m in proposal.members if None in (m.birth_date, m.education, m.employer)]
    yield from _of_persons(rule, unknown)


_RULES: Mapping[str, Callable[[CompositionRule, _Proposal], Iterator[Finding]]] = {
    "size": _size,
    "officers": _officers,
    "age": _age,
    "education": _education,
    "excluded": _excluded,
    "elsewhere": _elsewhere,
    "one-employer": _one_employer,
    "not-declared": _not_declared,
}


def age(birth: date, on: date) -> int:
    """Full years of age; who is born on 29 February is a year older from 1 March where the year has no such day."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def _of_persons(rule: CompositionRule, persons: Sequence[str]) -> Iterator[Finding]:
    if persons:
        yield _found(rule, persons)


def _found(
    rule: CompositionRule, fields: Sequence[str], tier: Tier | None = None, *,
    left: int | None = None, right: int | None = None,
) -> Finding:  # fmt: skip
    article = rule.source.article or (tier.source.article if tier else None)
    return Finding(rule.code, rule.severity, tuple(fields), article, rule.text, left, right)
