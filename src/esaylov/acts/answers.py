"""What the JSON API answers: one shape for every act, one for every error.

An error always says `error` (a word) and `findings` (at least one). A protocol that is kept although
another one stands is both: recorded, with its receipt, and an error.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import orjson
from django.http import HttpResponse
from pydantic import BaseModel

from esaylov.acts.catalogue import Listed
from esaylov.acts.context import ElectionContext
from esaylov.acts.door import Accepted, Refused
from esaylov.acts.receipts import receipt_text, utc_text
from esaylov.acts.refusals import DOUBTS, decision_missing, not_ordered, simple
from esaylov.law.findings import Finding

FORBIDDEN = {
    "A01": "forbidden",
    "A02": "forbidden",
    "A03": "second_factor_needed",
    "C01": "outside_calendar",
    "C09": "outside_calendar",
    "C11": "outside_calendar",
}
CONFLICTS = frozenset({"P04", "P05", "P06", "P07", "P10", "P11", "P12", "P13"})
RETRY_AFTER = 2


class FindingAnswer(BaseModel):
    """One thing that a rule found. `left` and `right` are the two sides of a control relation."""

    code: str
    severity: Literal["error", "warning"]
    fields: list[str]
    article: str | None
    text: dict[str, str]
    left: int | None
    right: int | None


class Recorded(BaseModel):
    """An act that stands in the journal. `receipt` is a signed note: keep it. `version` is null but for
    protocols.
    """

    act: str
    state: str
    version: int | None
    findings: list[FindingAnswer]
    leaf_hash: str
    recorded_at: str
    receipt: str


class Problem(BaseModel):
    """Why nothing was done."""

    error: str
    findings: list[FindingAnswer]


class Conflict(Problem):
    """A conflict with what stands. With `error` = `conflicting` the protocol was kept and raised to the
    higher commission: the members of a recorded act are there too.
    """

    act: str | None = None
    state: str | None = None
    version: int | None = None
    leaf_hash: str | None = None
    recorded_at: str | None = None
    receipt: str | None = None


def reply(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A JSON answer that no cache keeps."""
    response = HttpResponse(orjson.dumps(body), content_type="application/json", status=status)
    response.headers["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def problem(
    status: int, error: str, findings: Sequence[Finding], headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """An error in the shape that all errors have."""
    return reply(status, {"error": error, "findings": [finding.to_json() for finding in findings]}, headers)


def recorded(listed: Listed, context: ElectionContext, result: Accepted) -> HttpResponse:
    """201, or 409 for a protocol that is kept beside the one that stands. The same act gets the same bytes
    again.
    """
    record = result.record
    # Only what the record keeps: a repeated request gets the same bytes.
    kept = record.get("findings", ())
    findings = (
        recalled(listed, context, record)
        if result.repeated
        else [finding for finding in result.findings if finding.code in kept or finding.code not in DOUBTS]
    )
    body: dict[str, Any] = {
        "act": listed.code,
        "state": record.get("state", listed.done),
        "version": record.get("version"),
        "findings": [finding.to_json() for finding in findings],
        "leaf_hash": result.leaf.hex(),
        "recorded_at": utc_text(result.recorded_at),
        "receipt": receipt_text(result.leaf, result.recorded_at),
    }
    if body["state"] == "conflicting":
        return reply(409, {"error": "conflicting", **body})
    return reply(201, body)


def recalled(listed: Listed, context: ElectionContext, record: Mapping[str, Any]) -> list[Finding]:
    """The findings with which an act was recorded, from its record: the stage's, and the door's own."""
    found = list(listed.recall(context, dict(record)))
    number = str(record.get("decision", ""))
    for code, said in (("A04", decision_missing), ("A07", not_ordered)):
        if code in record.get("findings", ()):
            found.append(said(number, "warning"))
    return found


def refused(result: Refused) -> HttpResponse:
    """403 without mandate or outside the calendar, 409 where it conflicts with what stands, else 422."""
    codes = [finding.code for finding in result.findings]
    if result.conflict:
        return problem(409, "key_reused", result.findings)
    for code in codes:
        if code in FORBIDDEN:
            return problem(403, FORBIDDEN[code], result.findings)
    if CONFLICTS.intersection(codes):
        return problem(409, "conflict", result.findings)
    return problem(422, "refused", result.findings)


def unauthorised() -> HttpResponse:
    """401: no token, or nobody's."""
    finding = simple(
        "A00",
        en="A token that holds is needed, a commission's or a person's (Authorization: Bearer …)",
        ru="Нужен действующий токен комиссии или лица (Authorization: Bearer …)",
        uz="Komissiya yoki shaxsning amaldagi tokeni kerak (Authorization: Bearer …)",
    )
    return problem(401, "unauthorised", [finding], {"WWW-Authenticate": 'Bearer realm="esaylov"'})


def token_in_address() -> HttpResponse:
    """400: addresses are kept in logs and histories, where a token must never stand."""
    finding = simple(
        "A06",
        en="A token never stands in an address: take it back, it may be in logs now, and send a new one in the header "
        "Authorization",
        ru="Токен не пишут в адрес: отзовите его, он мог попасть в журналы, и передавайте новый в заголовке Authorization",
        uz="Token manzilda yozilmaydi: uni bekor qiling, u jurnallarga tushgan boʻlishi mumkin, yangisini Authorization "
        "sarlavhasida yuboring",
    )
    return problem(400, "token_in_address", [finding])


def too_many(seconds: int) -> HttpResponse:
    """429: so many tokens that were nobody's, or codes that were wrong, came that this one was not looked at."""
    finding = simple(
        "A05",
        en=f"Too many tokens or codes that were not right; try again in {seconds} s",
        ru=f"Слишком много неверных токенов или кодов; повторите через {seconds} с",
        uz=f"Notoʻgʻri tokenlar yoki kodlar juda koʻp; {seconds} soniyadan keyin qayta urining",
    )
    return problem(429, "too_many", [finding], {"Retry-After": str(seconds)})


def not_found() -> HttpResponse:
    """404: there is nothing at this address."""
    finding = simple("N00", en="There is nothing here", ru="Здесь ничего нет", uz="Bu yerda hech narsa yoʻq")
    return problem(404, "not_found", [finding])


def unknown_election() -> HttpResponse:
    """404: there is no such election."""
    finding = simple(
        "E02",
        en="There is no election with this id",
        ru="Выборов с таким идентификатором нет",
        uz="Bunday identifikatorli saylov yoʻq",
        fields=("election",),
    )
    return problem(404, "unknown_election", [finding])


def not_in_log() -> HttpResponse:
    """404: no entry of the log has this hash, or none yet."""
    finding = simple(
        "L01",
        en="No entry of this election has this hash yet; a receipt promises it within 60 seconds",
        ru="Записи этих выборов с таким хешем пока нет; квитанция обещает её за 60 секунд",
        uz="Bu saylovda hali bunday xeshli yozuv yoʻq; kvitansiya uni 60 soniya ichida vaʼda qiladi",
        fields=("leaf_hash",),
    )
    return problem(404, "not_in_log", [finding])


def wrong_method(allowed: str) -> HttpResponse:
    """405: the address exists, the method does not."""
    finding = simple(
        "N01",
        en=f"This address takes {allowed} only",
        ru=f"Этот адрес принимает только {allowed}",
        uz=f"Bu manzil faqat {allowed} qabul qiladi",
    )
    return problem(405, "wrong_method", [finding], {"Allow": allowed})


def too_large(limit: int) -> HttpResponse:
    """413: the body is larger than any act needs."""
    finding = simple(
        "N02",
        en=f"The body is larger than {limit} bytes",
        ru=f"Тело запроса больше {limit} байт",
        uz=f"Soʻrov tanasi {limit} baytdan katta",
    )
    return problem(413, "too_large", [finding])


def unavailable() -> HttpResponse:
    """503: the database cannot be reached just now; nothing is known to be recorded, the same request may
    come again.
    """
    finding = simple(
        "D01",
        en="The database cannot be reached now. Send the same request with the same Idempotency-Key again",
        ru="База данных сейчас недоступна. Повторите тот же запрос с тем же Idempotency-Key",
        uz="Maʼlumotlar bazasi hozir mavjud emas. Shu soʻrovni oʻsha Idempotency-Key bilan qayta yuboring",
    )
    return problem(503, "unavailable", [finding], {"Retry-After": str(RETRY_AFTER)})


def internal() -> HttpResponse:
    """500: a fault of ours; it is in the server's log, never in the answer."""
    finding = simple(
        "X00",
        en="A fault of the server; it has been noted",
        ru="Ошибка сервера; она записана",
        uz="Serverdagi xato; u qayd etildi",
    )
    return problem(500, "internal", [finding])
