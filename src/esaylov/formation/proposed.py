"""Those proposed for a commission whose proposals were granted, with what the proposals say: who reads them is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from esaylov.acts import vault
from esaylov.acts.powers import Actor
from esaylov.design.words import in_language
from esaylov.formation.forms import EDUCATION
from esaylov.formation.words import proposer_text
from esaylov.proceedings.models import Application
from esaylov.proceedings.queries import with_latest
from esaylov.registry.acts import MemberPayload
from esaylov.registry.models import Commission, Organisation


@dataclass(frozen=True, slots=True)
class ProposedRow:
    """Somebody who was proposed for a commission and whose proposal was granted. `said`: the proposal, from the vault;
    `sender`: the proposing body, with its `names`; `opinion`: whether the Kengash supported it, None where nothing is recorded.
    """

    number: str
    said: Mapping[str, Any]
    sender: str
    names: Mapping[str, str]
    opinion: bool | None = None
    minutes: str = ""
    day: date | None = None

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


def granted(election: str, commission: str, by: Actor) -> list[ProposedRow]:
    """Those proposed for a commission (its code) whose proposals the reader's commission granted, in order of arrival.

    Every record that is read is recorded as read.
    """
    proposals = Application.objects.filter(
        election=election, kind="member-proposal", public__commission=commission
    )
    rows = list(with_latest(proposals).filter(state="granted").order_by("at", "number"))
    holders = dict(Commission.objects.filter(pk__in={row.holder for row in rows}).values_list("pk", "code"))
    rows = [row for row in rows if holders.get(row.holder) == by.code]
    said = vault.read([row.pk for row in rows], vault.ALL, by=by, purpose=PROPOSAL_PURPOSE) if rows else {}
    bodies = Organisation.objects.filter(code__in={row.sender for row in rows})
    names = dict(bodies.values_list("code", "names"))
    # Who was erased in the meantime can no longer be chosen, nor whose proposal names another commission since its repair.
    return [
        ProposedRow(row.number, said[row.pk], row.sender, names.get(row.sender, {}))
        for row in rows
        if said.get(row.pk, {}).get("pinfl") and said[row.pk]["commission"] == commission
    ]
