"""Requests in tests: received for voters of the list and for strangers, decided by commissions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from esaylov.acts.door import Result, Submission, perform
from esaylov.acts.powers import SYSTEM, Actor
from esaylov.proceedings.applications import new_secret
from esaylov.voters.requests.acts import DecideRequest, ReceiveRequest, WithdrawRequest
from tests.registry.people import accepted
from tests.voters.listed import person
from tests.voters.precinct_lists import ELECTION, commission, custodian

FIELDS: dict[str, dict[str, str]] = {
    "correction": {"wrong": "The house is 1", "right": "It is 7"},
    "inclusion": {"street": "Navoiy koʻchasi", "house": "7", "reason": "I moved here"},
    "abroad": {"wished": "n1-2"},
    "precinct": {"street": "Bogʻishamol koʻchasi", "house": "7", "wished": "n1-2", "reason": "I live there"},
    "objection": {"reason": "I have not left"},
    "early": {"reason": "A journey", "day": "2026-10-20"},
    "home": {"street": "Navoiy koʻchasi", "house": "7", "reason": "I cannot walk", "time": "after 10"},
}
NAMES = ("surname", "given_name", "patronymic", "sex", "pinfl")
SECRET = new_secret("of the tests")


def said(number: int, kind: str, **more: str) -> dict[str, str]:
    """What an invented voter says."""
    record = person(number)
    who = {name: record[name] for name in NAMES} if kind in ("inclusion", "abroad") else {}
    asked = {"document": record["document"], "birth_date": record["birth_date"], **who}
    return asked | FIELDS[kind] | more


def receive(kind: str = "home", number: int = 1, secret: str = "", **more: Any) -> Result:
    """A request of an invented voter; `voter`, `precinct`, `territory`: as the page would find them."""
    payload = {
        "kind": kind, "said": said(number, kind) | more.pop("said", {}), "secret": secret or new_secret(), "territory": "n1",
        "precinct": "n1-1", "voter": number, **more,
    }  # fmt: skip
    return perform(
        ReceiveRequest, ELECTION, Submission(ReceiveRequest.Payload.model_validate(payload), SYSTEM)
    )


def received(kind: str = "home", number: int = 1, **more: Any) -> str:
    """Its number."""
    return str(accepted(receive(kind, number, **more)).record["number"])


def decide(number: str, by: Actor, verdict: str = "granted", **more: Any) -> Result:
    reason = "" if verdict == "granted" else "not-proven"
    payload: Mapping[str, Any] = {
        "number": number, "verdict": verdict, "reason": reason, "explanation": "The papers were seen.", **more,
    }  # fmt: skip
    return perform(DecideRequest, ELECTION, Submission(DecideRequest.Payload.model_validate(payload), by))


def withdraw(number: str, secret: str) -> Result:
    payload = WithdrawRequest.Payload(number=number, secret=secret)
    return perform(WithdrawRequest, ELECTION, Submission(payload, SYSTEM))


def perform_on_requests() -> None:
    """A voter asks for a visit, and the commission refuses it; another one takes the request back."""
    by = commission("pec:n1-1")["secretary"]
    with custodian():
        accepted(decide(received(), by, "refused"))
        accepted(withdraw(received(number=2, secret=SECRET), SECRET))
