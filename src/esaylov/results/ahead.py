"""Locks of acts on results that one decision orders: all before the first of them writes, whoever else decides at that moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from esaylov.acts import mandates
from esaylov.acts.context import ElectionContext
from esaylov.acts.door import Act
from esaylov.acts.powers import Actor, Target
from esaylov.elections.queries import ContestRow, ElectionTables
from esaylov.results.cases import PLACES_AT_ONCE, lock_mixed, lock_places


def lock_ahead(context: ElectionContext, actor: Actor, ordered: Sequence[tuple[type[Act[Any]], Any]]) -> None:
    """Takes what the acts take one by one (`results.cases`), each lock once and at its strongest: first contests, then places,
    both in one order, so that two decisions never wait for each other.
    """
    tables: ElectionTables = context.tables
    rulings = [payload for act, payload in ordered if getattr(act, "alone", False)]
    many = len(rulings) > PLACES_AT_ONCE
    contests: dict[int, bool] = {}
    for act, payload in ordered:
        whole = getattr(act, "whole", False)
        found = tables.contests.get(payload.contest or "")
        if whole and (found is None or not _may(actor, act, found)):
            continue  # who may not decide gets no lock: a refusal must cost others nothing
        alone = whole or (many and getattr(act, "alone", False))
        every = tables.contests_by_id if payload.contest is None else ()
        for contest in [found.id] if found else every:
            contests[contest] = contests.get(contest, False) or alone
    lock_mixed(contests)
    if rulings and not many:
        lock_places(context.id, rulings)


def _may(actor: Actor, act: type[Act[Any]], contest: ContestRow) -> bool:
    return mandates.allows(actor, act.power, Target(territories=frozenset({contest.territory})), contest.kind)
