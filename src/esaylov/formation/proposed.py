"""Those proposed for commissions, with what the proposals say: who reads them is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from esaylov.acts import vault
from esaylov.acts.powers import Actor
from esaylov.design.words import in_language
from esaylov.formation.forms import EDUCATION
from esaylov.formation.models import Opinion
from esaylov.formation.opinions import proposals_in
from esaylov.formation.proposals import PROPOSAL
from esaylov.formation.words import proposer_text
from esaylov.proceedings.applications import DECIDED
from esaylov.proceedings.models import Application
from esaylov.proceedings.queries import with_latest
from esaylov.registry.acts import MemberPayload
from esaylov.registry.models import Commission, Organisation


@dataclass(frozen=True, slots=True)
class ProposedRow:
    """Somebody who was proposed for a commission. `said`: the proposal, from the vault; `sender`: the proposing body, with
    its `names`; `opinion`: what the Kengash said of it last, with its discussion, None where nothing is recorded.
    """

    number: str
    said: Mapping[str, Any]
    sender: str
    names: Mapping[str, str]
    opinion: Opinion | None = None

    @property
    def body(self) -> str:
        """The proposing body in words."""
        return (
            f"{in_language(self.names, self.sender)} ({proposer_text(str(self.said.get('proposed_by', '')))})"
        )

    @property
    def born(self) -> date:
        """The date of birth."""
        return date.fromisoformat(self.said["birth_date"])

    @property
    def education(self) -> str:
        """The education in words."""
        return str(dict(EDUCATION).get(self.said.get("education") or "", ""))

    @property
    def name(self) -> str:
        """Surname, given name, patronymic."""
        parts = (self.said.get(part) or "" for part in ("surname", "given_name", "patronymic"))
        return " ".join(part for part in parts if part)

    def member(self, role: str) -> MemberPayload:
        """The member as the act that forms a commission takes one."""
        said = self.said
        kept = {name: said.get(name) or "" for name in ("patronymic", "phone")}
        return MemberPayload(
            role=role, pinfl=said["pinfl"], surname=said["surname"], given_name=said["given_name"],
            birth_date=said["birth_date"], education=said.get("education") or None, employer=said.get("employer") or None,
            grounds=frozenset(said.get("grounds") or ()), proposer=said["proposed_by"],
            proposer_name=self.names.get("uz") or self.sender, **kept,
        )  # fmt: skip


PROPOSAL_PURPOSE = "the forming commission chooses among those proposed (Art. 23, 25)"
KENGASH_PURPOSE = "the Kengash discusses those proposed (Art. 19, 23)"
DISCUSSED = (
    "commission", "proposed_by", "surname", "given_name", "patronymic", "birth_date", "education", "employer", "grounds",
)  # fmt: skip
"""What the Kengash sees of somebody: no personal number, no telephone."""


def granted(election: str, commission: str, by: Actor) -> list[ProposedRow]:
    """Those proposed for a commission (its code) whose proposals the reader's commission granted, in order of arrival.

    Every record that is read is recorded as read.
    """
    proposals = Application.objects.filter(
        election=election, kind=PROPOSAL.code, public__commission=commission
    )
    rows = list(with_latest(proposals).filter(state="granted").order_by("at", "number"))
    holders = dict(Commission.objects.filter(pk__in={row.holder for row in rows}).values_list("pk", "code"))
    rows = [row for row in rows if holders.get(row.holder) == by.code]
    # Whose proposal names another commission since its repair cannot be chosen for this one.
    return [
        one
        for one in _read(rows, vault.ALL, by, PROPOSAL_PURPOSE)
        if one.said.get("commission") == commission
    ]


def to_discuss(election: str, territory: int, by: Actor) -> list[ProposedRow]:
    """Those proposed for commissions within a Kengash's territory (database id) about whom nothing is decided."""
    rows = [row for row in proposals_in(election, territory) if row.state not in DECIDED | {"appealed"}]
    return _read(rows, DISCUSSED, by, KENGASH_PURPOSE)


def _read(rows: Sequence[Any], fields: Sequence[str], by: Actor, purpose: str) -> list[ProposedRow]:
    """Applications with what they say; who was erased in the meantime is left out."""
    subjects = [row.pk for row in rows]
    said = vault.read(subjects, fields, by=by, purpose=purpose) if rows else {}
    bodies = Organisation.objects.filter(code__in={row.sender for row in rows})
    names = dict(bodies.values_list("code", "names"))
    opinions = {
        one.application: one
        for one in Opinion.objects.filter(application__in=subjects)
        .select_related("discussion")
        .order_by("discussion_id")
    }
    return [
        ProposedRow(row.number, said[row.pk], row.sender, names.get(row.sender, {}), opinions.get(row.pk))
        for row in rows
        if said.get(row.pk, {}).get("surname")
    ]
