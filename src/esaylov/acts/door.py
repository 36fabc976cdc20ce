"""The one door: every official fact is written by `perform` or `perform_batch`.

authorise -> calendar window -> checks -> apply -> journal, in one transaction. What comes back is data: an accepted act
with its receipt, or a refusal with findings.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, ClassVar, Generic, TypeVar
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from pydantic import BaseModel

from esaylov.acts import deadlines, decided, mandates, refusals, sealing
from esaylov.acts.bulk import insert_rows, journal_ids
from esaylov.acts.context import ElectionContext, ask_moves, get_context
from esaylov.acts.powers import Actor, Power, Target
from esaylov.acts.statements import ask, fetch, together
from esaylov.exchange.canonical import dumps
from esaylov.law.calendar import Override, Window, in_force
from esaylov.law.findings import Finding
from esaylov.tlog.tree import leaf_hash

ATTEMPTS = 5
ENTRY_LIMIT = 65_535
# What an opening adds around the value that it opens.
OPENING = 1_024


@dataclass(frozen=True, slots=True)
class Submission:
    """One act to perform: its payload, who takes it, when (None: now, by the election's clock), and for
    idempotency the client's key and the digest of its request."""

    payload: Any
    actor: Actor
    at: datetime | None = None
    key: str | None = None
    request: bytes | None = None


@dataclass(slots=True, kw_only=True)
class Case:
    """One submission on its way through the door; each act adds what its checks need. `abroad`: it is about a precinct abroad,
    whose time zone is `zone` (None: not known). `due`: the step of the calendar by whose end it is due (`deadlines`).
    """

    submission: Submission
    target: Target = field(default_factory=Target)
    contest_kind: str | None = None
    abroad: bool = False
    zone: ZoneInfo | None = None
    due: str | None = None
    findings: tuple[Finding, ...] = ()
    refusals: tuple[Finding, ...] = ()
    repeats: int | None = None
    at: datetime = datetime.min
    journal: int = 0
    leaf: bytes = b""
    record: dict[str, Any] = field(default_factory=dict)
    recorded_at: datetime = datetime.min


@dataclass(frozen=True, slots=True)
class Accepted:
    """An act that stands in the journal. `record` is its public part in clear, `leaf` its entry's leaf hash (32 bytes)."""

    journal: int
    leaf: bytes
    recorded_at: datetime
    record: dict[str, Any]
    findings: tuple[Finding, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """An act that was not recorded, and why. `conflict`: the idempotency key belongs to another request."""

    findings: tuple[Finding, ...]
    conflict: bool = False


Result = Accepted | Refused
CaseType = TypeVar("CaseType", bound=Case)


class Act(ABC, Generic[CaseType]):
    """One official step. Subclasses name the law in their docstring; the list of them is the procedure.

    `step`: outside of this step of the calendar it is refused. `due`: the steps by whose end it is due; a case names its own.
    `brief`: the act speaks with the database through `statements.ask` and `insert_rows` only, so that its statements may
    travel together. `public`: the members that its records may have, as the catalogue lists them: the log is for ever, and
    what nobody listed does not get there. `shown_as`: the body that its entries name, where the own one's name would tell too
    much (the journal, which is not public, has it). `orderable`: decisions may order it, or the same by another act,
    as the catalogue lists it.
    """

    code: ClassVar[str]
    power: ClassVar[Power]
    step: ClassVar[str | None] = None
    due: ClassVar[tuple[str, ...]] = ()
    sealable: ClassVar[bool] = False
    brief: ClassVar[bool] = False
    public: ClassVar[frozenset[str] | None] = None
    shown_as: ClassVar[str | None] = None
    orderable: ClassVar[bool] = False
    Payload: ClassVar[type[BaseModel]]

    def __init__(self, context: ElectionContext) -> None:
        self.context = context
        self.sealed = False

    @classmethod
    def may_be_ordered(cls, _body: str | None) -> bool:
        """Whether a decision may order it, or the same by another act. `_body`: the body that it is about, None for none."""
        return cls.orderable

    @classmethod
    def ahead(cls) -> "Ahead | None":
        """What takes the locks of such acts where several acts make one transaction: all of them before the first writes,
        for entries stand in the order in which transactions began to write (docs/decisions/0002).
        """
        return None

    def place(self, payload: Any) -> Hashable:
        """What can hold one such act only; submissions for the same place go through the door one after another."""
        return id(payload)

    @abstractmethod
    def prepare(self, submissions: Sequence[Submission]) -> list[CaseType]:
        """Everything the checks need, read in bulk: one case for each submission, in order."""

    def check(self, case: CaseType) -> Sequence[Finding]:
        """Reasons to refuse the act; findings that are recorded with it belong to the case."""
        return ()

    @abstractmethod
    def record(self, case: CaseType) -> dict[str, Any]:
        """The public part beyond the members that every entry has (docs/formats.md, section 3)."""

    @abstractmethod
    def apply(self, cases: Sequence[CaseType]) -> None:
        """Writes the facts; each case knows its journal id and leaf hash."""


Ahead = Callable[[ElectionContext, Actor, Sequence[tuple[type[Act[Any]], Any]]], None]
"""Takes the locks that acts (each with its payload) of an actor need, until the end of the transaction, in one order."""


def perform(
    act: type[Act[Any]], election: str, submission: Submission, context: ElectionContext | None = None
) -> Result:
    """Performs one act: a batch of one; with the election "" outside of elections. Raises UnknownElection."""
    return perform_batch(act, election, [submission], context)[0]


def perform_batch(
    act: type[Act[Any]],
    election: str,
    submissions: Sequence[Submission],
    context: ElectionContext | None = None,
) -> list[Result]:
    """Performs many acts of one kind; each is accepted or refused for itself, all within one transaction.

    `context` is given only where the election does not exist yet: by the acts that call it. Raises UnknownElection;
    database errors other than a lost race pass through, and nothing is written.
    """
    context = context or get_context(election)
    results: list[Result | None] = [None] * len(submissions)
    for wave in _waves(act(context), submissions):
        chosen = [submissions[i] for i in wave]
        for i, result in zip(wave, _with_retries(act, context, chosen), strict=True):
            results[i] = result
    return [result for result in results if result is not None]


def _waves(act: Act[Any], submissions: Sequence[Submission]) -> list[list[int]]:
    """Splits the batch so that no place and no idempotency key occurs twice in one wave."""
    if len(submissions) == 1:
        return [[0]]
    waves: list[list[int]] = []
    depth: dict[Hashable, int] = {}
    for i, submission in enumerate(submissions):
        names: list[Hashable] = [("place", act.place(submission.payload))]
        if submission.key is not None:
            names.append(("key", submission.actor.code, submission.key))
        level = max(depth.get(name, 0) for name in names)
        for name in names:
            depth[name] = level + 1
        if level == len(waves):
            waves.append([])
        waves[level].append(i)
    return waves


def _with_retries(
    act: type[Act[Any]], context: ElectionContext, submissions: Sequence[Submission]
) -> list[Result]:
    transact = together if act.brief and len(submissions) == 1 else transaction.atomic
    for attempt in range(ATTEMPTS):
        try:
            with transact():
                return _Batch(act(context), submissions).run()
        except IntegrityError:
            # Somebody else took the place between our look and our write: look again, the loser now sees the winner.
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


class _Batch:
    """One wave of one act inside its transaction."""

    def __init__(self, act: Act[Any], submissions: Sequence[Submission]) -> None:
        self.act = act
        self.context = act.context
        self.submissions = submissions
        self.now = datetime.now(UTC)
        self.clock = self.context.now(self.now)
        self.window = self._window(abroad=False)
        self.moves: Sequence[Override] = ()

    def _window(
        self, *, abroad: bool, place: ZoneInfo | None = None, move: Override | None = None
    ) -> Window | None:
        step = self.act.step
        if step is None:
            return None
        return self.context.dates(step, abroad=abroad, place=place, moved={step: move} if move else None)

    def _allowed(self, case: Case) -> Window | None:
        """When the act is allowed: by the law's dates, or by the decision that was in force at the act's time."""
        move = in_force(self.moves, case.at)
        if move is None and not case.abroad:
            return self.window
        return self._window(abroad=case.abroad, place=case.zone, move=move)

    def run(self) -> list[Result]:
        keyed = {(s.actor.code, self._key(s)): i for i, s in enumerate(self.submissions) if s.key is not None}
        asked = ask(KEYS, [list(names) for names in zip(*keyed, strict=True)]) if keyed else None
        moves = ask_moves(self.context.id, str(self.act.step)) if self.window else None
        cases: list[Case] = self.act.prepare(self.submissions)
        answers = self._stored_answers(keyed, asked.rows()) if asked else {}
        self.moves = moves() if moves else ()
        self._process([case for i, case in enumerate(cases) if i not in answers])
        return [answers[i] if i in answers else _result(case) for i, case in enumerate(cases)]

    def _key(self, submission: Submission) -> str | None:
        """The client's key as the journal holds it: bodies of two elections may have one code, and two persons of one
        body may choose one key.
        """
        if submission.key is None:
            return None
        person = submission.actor.person
        return " ".join((self.context.id or "-", *([person.hex] if person else ()), submission.key))

    def _stored_answers(self, keyed: Mapping[Any, int], rows: Sequence[Any]) -> dict[int, Result]:
        answers: dict[int, Result] = {}
        for body, key, request, journal in rows:
            i = keyed[body, key]
            same = bytes(request or b"") == (self.submissions[i].request or b"")
            answers[i] = stored(journal) if same else Refused((refusals.key_reused(),), conflict=True)
        return answers

    def _process(self, cases: Sequence[Case]) -> None:
        for case in cases:
            case.at = case.submission.at or self.clock
            # Who holds nothing here hears nothing of what others did here either: a repeated act asks for the mandate too.
            case.refusals = tuple(self._foreign(case) if case.repeats is not None else self._refusals(case))
        accepted = [c for c in cases if not c.refusals and c.repeats is None]
        if accepted:
            self._journal(accepted)
            self.act.apply(accepted)

    def _foreign(self, case: Case) -> list[Finding]:
        """Why the actor may not take the act here at all."""
        actor = case.submission.actor
        foreign = actor.election is not None and actor.election != self.context.id
        if foreign or not mandates.allows(actor, self.act.power, case.target, case.contest_kind):
            why = refusals.no_mandate
            if not foreign and self.act.power in actor.withheld:
                held = replace(actor, withheld=frozenset())
                if mandates.allows(held, self.act.power, case.target, case.contest_kind):
                    why = refusals.power_withheld
            return [why(actor.code, self.act.power)]
        if actor.until is not None and not self.context.holds(actor.until, self.now):
            return [refusals.mandate_ended(actor.code, self.context.local(actor.until))]
        return []

    def _refusals(self, case: Case) -> list[Finding]:
        if found := self._foreign(case):
            return found
        allowed = self._allowed(case)
        if allowed is not None and not allowed.contains(case.at):
            found.append(refusals.outside_window(str(self.act.step), allowed, self._local(case)))
        if not self.context.clock_is_set and case.at > self.now:
            found.append(refusals.future_time(case.at.isoformat()))
        return [*found, *self.act.check(case)] or self._late(case) or self._undecided(case)

    def _late(self, case: Case) -> list[Finding]:
        """What is due by the end of a step and is taken before it or after it."""
        found = deadlines.lateness(self.context, case.due, case.at, self._local(case)) if case.due else None
        if found is None or found.severity == "error":
            return [found] if found else []
        case.findings = (*case.findings, found)
        return []

    def _undecided(self, case: Case) -> list[Finding]:
        """A decision that nobody took here, or that did not order the act, keeps it out, or stays with it as a warning: the
        edition says which."""
        act, submission = self.act, case.submission
        found = decided.doubt(
            self.context, submission.actor, submission.payload, act.code, case.at,
            orderable=act.may_be_ordered(case.target.body),
        )  # fmt: skip
        if found is None or found.severity == "error":
            return [found] if found else []
        case.findings = (*case.findings, found)
        return []

    def _local(self, case: Case) -> Callable[[datetime], str]:
        """Writes times by the clock of the place that the act is about."""
        place = case.zone
        return self.context.local if place is None else lambda time: time.astimezone(place).isoformat()

    def _journal(self, cases: Sequence[Case]) -> None:
        sealed = self.act.sealed = self.act.sealable and self._before_release()
        rows, vault = [], []
        for case, number in zip(cases, journal_ids.take(len(cases)), strict=True):
            case.journal = number
            case.recorded_at = self.now
            case.record = self._members(case)
            entry = dumps(case.record)
            if sealed:
                salt, entry = sealing.seal(self.context, case.record)
                vault.append((number, salt, dumps(case.record)))
            limit = ENTRY_LIMIT - OPENING if sealed else ENTRY_LIMIT
            if len(vault[-1][2] if sealed else entry) > limit:
                raise ValueError(
                    f"{self.act.code}: the public part has more than the {limit} bytes that an entry holds"
                )
            case.leaf = leaf_hash(entry)
            submission = case.submission
            rows.append(
                (number, self.context.id or None, self.act.code, submission.actor.code, case.at, self.now, True, entry,
                 self._key(submission), submission.request)
            )  # fmt: skip
        insert_journal(rows)
        insert_rows("acts_sealed", ("journal_id", "salt", "value"), vault)

    def _before_release(self) -> bool:
        release = self.context.release
        return release is not None and self.clock < release

    def _members(self, case: Case) -> dict[str, Any]:
        context = self.context
        record = self.act.record(case)
        if case.findings and "findings" not in record and "findings" in (self.act.public or ()):
            record["findings"] = sorted({finding.code for finding in case.findings})
        if self.act.public is not None and not self.act.public.issuperset(record):
            unlisted = ", ".join(sorted(set(record) - self.act.public))
            raise ValueError(
                f"{self.act.code}: the catalogue does not list what it would publish: {unlisted}"
            )
        record.update(
            v=1,
            act=self.act.code,
            at=context.local(case.at),
            body=self.act.shown_as or case.submission.actor.code,
            election=context.id or None,
            edition=context.edition.id,
        )
        if context.simulated:
            record["simulated"] = True
        if context.replay:
            record["replay"] = True
        return record


# Row by row through the index: a plan that was made while the journal was small must not read all of it later.
KEYS = """SELECT j.* FROM unnest(%s::text[], %s::text[]) AS k(body, key) CROSS JOIN LATERAL (
    SELECT g.body, g.key, g.request, g.id FROM acts_journal g WHERE g.body = k.body AND g.key = k.key LIMIT 1) AS j"""

JOURNAL_COLUMNS = (
    "id",
    "election",
    "code",
    "body",
    "at",
    "recorded_at",
    "public",
    "record",
    "key",
    "request",
)


def insert_journal(rows: Sequence[Sequence[Any]]) -> None:
    """Appends rows (in the order of JOURNAL_COLUMNS) to the journal within the current transaction."""
    insert_rows("acts_journal", JOURNAL_COLUMNS, rows)


def _result(case: Case) -> Result:
    if case.refusals:
        return Refused(case.refusals)
    if case.repeats is not None:
        return stored(case.repeats)
    return Accepted(case.journal, case.leaf, case.recorded_at, case.record, case.findings)


def stored(journal: int) -> Accepted:
    """The answer that an act of the journal got when it was performed."""
    ((record, recorded_at, value),) = fetch(
        "SELECT j.record, j.recorded_at, s.value FROM acts_journal j LEFT JOIN acts_sealed s ON s.journal_id = j.id"
        " WHERE j.id = %s",
        [journal],
    )
    entry = bytes(record)
    return Accepted(
        journal, leaf_hash(entry), recorded_at, sealing.loads(bytes(value) if value else entry), repeated=True
    )


def request_digest(body: bytes) -> bytes:
    """What an idempotency key is compared by: SHA-256 of the request's body."""
    return sha256(body).digest()
