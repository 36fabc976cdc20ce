"""Tokens of commissions' machines: they run out, are taken back, and settle nothing unless they were made for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from esaylov.acts.powers import GRAVE, Power
from esaylov.registry.tokens import (
    TokenError,
    actor_by_token,
    days_by_default,
    end_tokens,
    lacking,
    make_tokens,
    powers_named,
    tokens_of,
)
from tests.acts.election import World, count, form

MOVE = {"step": "reports", "opens": None, "closes": "2099-01-01T00:00:00+05:00", "decision": "1"}


def post(door: World, path: str, body: dict[str, Any], token: str) -> tuple[int, list[str]]:
    answer = World("door", {"it": token}, door.data).post(path, body, "it")
    return answer.status_code, [finding["code"] for finding in answer.json()["findings"]]


def said(door: World, path: str, body: dict[str, Any], token: str) -> str:
    """The first finding's English words."""
    finding = World("door", {"it": token}, door.data).post(path, body, "it").json()["findings"][0]
    return str(finding["text"]["en"])


def test_a_token_settles_nothing_that_was_not_named(door: World) -> None:
    ((code, token),) = make_tokens("door", "cec")
    assert code == "cec"
    assert post(door, "moves", MOVE, token) == (403, ["A01"])
    assert "made without the power move_step" in said(door, "moves", MOVE, token)
    ((_, named),) = make_tokens("door", "cec", powers=powers_named(["move_step"]))
    assert post(door, "certifications", {"contest": "list", "decision": "1"}, named) == (403, ["A01"])
    assert post(door, "moves", MOVE, named) == (201, [])
    actor = actor_by_token(token)
    assert actor is not None
    assert actor.withheld == GRAVE
    ((_, precinct),) = make_tokens("door", "pec:n1-1")
    assert post(door, "protocols", form("n1-1"), precinct) == (201, [])
    assert "has no power to move step here" in said(door, "moves", MOVE, precinct), "named or not"


def test_a_token_runs_out_or_is_taken_back(door: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESAYLOV_TOKEN_DAYS", "30")
    ((_, token),) = make_tokens("door", "pec:n1-1")
    ((_, other),) = make_tokens("door", "pec:n1-1", days=2)
    *_, first, second = tokens_of("door")
    assert (first.expires_at - first.made_at, second.expires_at - second.made_at) == (
        timedelta(days=30), timedelta(days=2)
    )  # fmt: skip
    assert first.works(second.made_at)
    assert not second.works(second.expires_at)
    assert end_tokens("door", number=first.id) == 1
    assert post(door, "protocols", form("n1-1"), token) == (401, ["A00"])
    assert actor_by_token(other) is not None
    assert (end_tokens("door", "pec:n1-1"), actor_by_token(other)) == (2, None)
    assert end_tokens("another") == 0
    assert end_tokens("door") == count("registry_commissiontoken") - 3
    with connections["admin"].cursor() as cursor:
        cursor.execute("UPDATE registry_commissiontoken SET ended_at = NULL, expires_at = now()")
    assert actor_by_token(other) is None, "run out"


def test_all_are_made_again_for_whoever_has_none_that_works_until_the_day(door: World) -> None:
    everybody = lacking("door")
    assert (len(everybody), len(make_tokens("door"))) == (0, 0)
    ended = end_tokens("door")
    assert ended == len(lacking("door")) == len(make_tokens("door"))
    assert lacking("door") == []
    with connections["admin"].cursor() as cursor:
        cursor.execute("UPDATE elections_election SET date = current_date + 400 WHERE id = 'door'")
    assert len(lacking("door")) == ended, "they run out before the day"


def test_what_no_token_can_be_made_for(door: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TokenError, match="no commission 'nobody'"):
        make_tokens("door", "nobody")
    with pytest.raises(TokenError, match="not form_commission"):
        powers_named([Power.FORM_COMMISSION])
    for days in ("", "0", "x", "4000"):
        monkeypatch.setenv("ESAYLOV_TOKEN_DAYS", days)
        with pytest.raises(TokenError, match="not a number of days"):
            days_by_default()
