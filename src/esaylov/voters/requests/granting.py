"""What the list is to say where a request is granted: held against the checks of an extract's row, against the other entries of
the list, and against what the request asks for.

The custodian is asked: never within a transaction that has written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

import orjson

from esaylov.acts.context import ElectionContext
from esaylov.custody import client
from esaylov.exchange.residents.checks import Parameters
from esaylov.exchange.residents.normal import fold_name, house_key
from esaylov.exchange.residents.special import wrong_with
from esaylov.law.findings import Finding
from esaylov.law.voters import voter_rules
from esaylov.registry.models import Precinct
from esaylov.voters.blocks import Kind as Change
from esaylov.voters.entering import REGISTER
from esaylov.voters.freezing.supplements import own_precinct
from esaylov.voters.models import Former, Mahalla, Voter
from esaylov.voters.notices.periods import is_to_leave
from esaylov.voters.requests import findings
from esaylov.voters.requests.kinds import KINDS, NAMES
from esaylov.voters.requests.leading import leads_to
from esaylov.voters.requests.models import Request
from esaylov.voters.requests.said import PURPOSE, TABLE, Entry

WHO = ("pinfl", "birth_date")
"""What no correction changes: entries are known by their PINFL, which tells the birth date; a register would bring the person of
the former one as somebody new."""
NAMED = ("given_name", "surname", "document")
"""Marriage changes surname and document, a slip of the pen a given name: who has another given name and another surname or
document is another person."""


class Granting:
    """A request on its way to be granted. `record`: what the entry is to say (None: what it says); `placed`: where it is to be
    listed. `body`: whose measure with the custodian it is; `look`: is told, before anything of it is, which request or entries
    are opened, or found by what somebody else's say.
    """

    def __init__(
        self, context: ElectionContext, request: Request, entry: Entry, day: date, *, body: str,
        look: Callable[[Collection[int]], None],
    ) -> None:  # fmt: skip
        self.context, self.request, self.entry, self.body = context, request, entry, body
        self._look = look
        self.kind = KINDS[request.kind]
        self.held = Voter.objects.filter(id=request.voter or 0).first()
        self.record = entry.record
        self.mahalla = Mahalla.objects.filter(code=entry.mahalla).first() if entry.mahalla else None
        self._day = day

    @property
    def placed(self) -> dict[str, str]:
        """Where the entry is to be listed: "" where nothing is said of it."""
        code = self.entry.precinct or (self._own if self.kind.code == "abroad" else "")
        district = str(self.mahalla.district) if self.mahalla else ""
        return {"precinct": code, "mahalla": self.entry.mahalla, "district": district}

    def findings(self) -> Sequence[Finding]:
        """Why it cannot be granted, as far as that does not depend on the calendar."""
        if not self._fits():
            return [findings.no_entry(self.kind.code)]
        return next(self._wrong(), ())

    def _wrong(self) -> Iterator[Sequence[Finding]]:
        """What is wrong, in the order in which it is looked at: other entries last, so that nobody tries whether they are there
        with what could not be granted anyway.
        """
        for found in (self._missing, self._of_place, self._of_record, self._of_others):
            if wrong := found():
                yield wrong

    def _fits(self) -> bool:
        """Whether there is an entry, or none, as the kind needs it. (Inclusions are looked at by PINFL.)"""
        kind, voter = self.kind.code, self.request.voter
        if kind in ("inclusion", "abroad"):
            return kind == "abroad" or self.held is None
        if kind != "objection":
            return self.held is not None
        if (
            voter is not None and self.held is not None
        ):  # to be removed, not removed yet: who objects in time stays
            return is_to_leave(voter)
        return Former.objects.filter(voter=voter or 0, kind=Change.REMOVED).exists()

    def _missing(self) -> Sequence[Finding]:
        new = self.held is None and self.kind.code in ("inclusion", "abroad")
        changes = new or self.kind.code == "correction"
        if (self.record is not None and not changes) or (self.entry != Entry() and not self.kind.listed):
            return [findings.stays_as_it_is()]
        if self.record is None and changes:
            return [findings.says_nothing("entry.surname")]
        if self.kind.code == "inclusion" and not self.entry.mahalla:
            return [findings.says_nothing("entry.mahalla")]
        if self.entry.mahalla and self.mahalla is None:
            return [findings.unknown_place("entry.mahalla")]
        return ()

    def _of_record(self) -> Sequence[Finding]:
        record = self.record
        if record is None or not record["sex"]:
            return [findings.wrong_entry("sex")] if record is not None else ()
        if (wrong := wrong_with(record, self._parameters())) is not None:
            return [findings.wrong_entry(wrong.field or "", wrong.text)]
        if self.held is not None and self._is_another(record, self._opened(self.held)):
            return [findings.another_person()]
        return ()

    def _of_others(self) -> Sequence[Finding]:
        record = self.record
        if record is not None and self._other_has("pinfl", record["pinfl"]):
            return [findings.no_entry("inclusion")]
        if record is not None and self._other_has("document", record["document"]):
            return [findings.document_of_another()]
        return ()

    def _parameters(self) -> Parameters:
        rules = voter_rules(self.context.edition)
        return Parameters(
            election_day=self.context.date, as_of=self._day, simulated=self.context.simulated, mahallas=(), age=rules.age,
            citizenship=rules.citizenship,
        )  # fmt: skip

    def _other_has(self, field: str, value: str) -> bool:
        """Whether another entry of the list has this; what the entry itself has already is nobody's question."""
        made = client.digests(field, [value], purpose=PURPOSE, body=self.body)
        digests = {UUID(bytes=one[0]) for one in made}
        if self.held is not None and getattr(self.held, field) in digests:
            return False
        others = list(Voter.objects.filter(**{f"{field}__in": digests}).values_list("id", flat=True))
        self._look(others)
        return bool(others)

    def _opened(self, row: Voter) -> Mapping[str, str]:
        self._look([row.id])
        (opened,) = client.open_rows([(row.id, bytes(row.sealed))], purpose=PURPOSE, body=self.body)
        return opened

    @staticmethod
    def _is_another(record: Mapping[str, str], entry: Mapping[str, str]) -> bool:
        """Whether a correction makes another person of an entry; also in steps, since the register spoke last."""
        if _differ(WHO, record, entry):
            return True
        if not _differ(NAMED, record, entry):
            return False
        register = orjson.loads(entry[REGISTER].rsplit("|", 2)[0]) if REGISTER in entry else entry
        changed = (_differ(NAMED, record, entry), _differ(NAMED, record, register))
        return any("given_name" in one and len(one) > 1 for one in changed)

    def _of_place(self) -> Sequence[Finding]:
        code, kind = self.placed["precinct"], self.kind.code
        if not code:
            return [findings.says_nothing("entry.precinct")] if kind == "precinct" else ()
        if kind in ("correction", "objection"):
            return [findings.not_that_precinct()]
        row = own_precinct(self.context.id, code)
        if row is None:
            return [findings.unknown_place("entry.precinct")]
        said = self._said() if kind == "precinct" else {}
        if not self._may_be(row, said):
            return [findings.not_that_precinct()]
        by_rule = voter_rules(self.context.edition).precinct_change == "disagreement"
        return [findings.agrees()] if kind == "precinct" and by_rule and self._agrees(said) else ()

    def _said(self) -> Mapping[str, str]:
        sealed = [(self.request.id, bytes(self.request.sealed))]
        self._look([self.request.id])
        (said,) = client.open_rows(sealed, purpose=PURPOSE, table=TABLE, body=self.body)
        return said

    def _may_be(self, row: Precinct, said: Mapping[str, str]) -> bool:
        """Whether this precinct is the one that was asked for, or the one that the address leads to. Who is to be included,
        wished none and lives where no rule leads comes to one of the territory that decides.
        """
        if row.code == (said.get("wished", "") if self.kind.code == "precinct" else self._own):
            return True
        if self.kind.code == "abroad":
            return False
        led = self._led_to(said or self.record or {})
        free = led is None and self.kind.code == "inclusion" and not self._own
        return row.territory_id == self.request.territory_id if free else row.id == led

    @property
    def _own(self) -> str:
        """The precinct whose commission decides: of an inclusion the one wished."""
        return self.request.precinct.code if self.request.precinct is not None else ""

    def _led_to(self, address: Mapping[str, str]) -> int | None:
        mahalla = self.mahalla.id if self.mahalla else 0
        place = self.held.mahalla if self.held is not None else mahalla
        if not place:
            return None
        return leads_to(self.context.id, place, address.get("street", ""), address.get("house", ""))

    def _agrees(self, said: Mapping[str, str]) -> bool:
        """Whether the address of the request is that of the list, street and house as the register folds them."""
        assert self.held is not None
        listed = self._opened(self.held)
        asked, has = (house_key("", one.get("street", ""), one.get("house", "")) for one in (said, listed))
        return asked == has


def _differ(names: Sequence[str], one: Mapping[str, str], other: Mapping[str, str]) -> set[str]:
    """In which of these fields, names as the register folds them."""
    pairs = ((name, one.get(name, ""), other.get(name, "")) for name in names)
    return {name for name, a, b in pairs if (fold_name(a) != fold_name(b) if name in NAMES else a != b)}
