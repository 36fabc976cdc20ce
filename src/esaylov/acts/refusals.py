"""The door's own findings: why an act was refused before any law of its stage was asked."""

from collections.abc import Callable, Mapping
from datetime import datetime

from esaylov.law.calendar import Window
from esaylov.law.findings import Finding, Severity


def no_mandate(body: str, power: str) -> Finding:
    """A01: the body holds no power for this act in this place (Art. 14-24: powers of the commissions)."""
    return _error(
        "A01",
        article="14-24",
        en=f"{body} has no power to {power.replace('_', ' ')} here",
        ru=f"У «{body}» нет здесь полномочия для этого действия ({power})",
        uz=f"“{body}” bu yerda bu harakat uchun vakolatga ega emas ({power})",
    )


def power_withheld(body: str, power: str) -> Finding:
    """A01: the body holds the power, but its machine's token was made without it (docs/api.md)."""
    return _error(
        "A01",
        article="14-24",
        en=f"{body} may do this, but its token was made without the power {power}: its operator makes one with it",
        ru=f"У «{body}» есть это полномочие, но её токен создан без него ({power}): оператор создаёт токен с ним",
        uz=f"“{body}” bu vakolatga ega, lekin tokeni usiz yaratilgan ({power}): operator u bilan token yaratadi",
    )


def mandate_ended(body: str, until: str) -> Finding:
    """A02: the person's mandate in the body has ended."""
    return _error(
        "A02",
        article="25",
        en=f"Your mandate in {body} ended at {until}",
        ru=f"Ваши полномочия в «{body}» прекратились {until}",
        uz=f"“{body}” tarkibidagi vakolatingiz {until} da tugagan",
    )


def second_factor_needed(wrong: bool) -> Finding:
    """A03: the step needs a second factor, and the request of a person's program shows none, or none that is right."""
    if wrong:
        return _error(
            "A03",
            article=None,
            en="The code of the second factor is not right, or it was used already (header Second-Factor)",
            ru="Код второго фактора неверен или уже использован (заголовок Second-Factor)",
            uz="Ikkinchi omil kodi notoʻgʻri yoki allaqachon ishlatilgan (Second-Factor sarlavhasi)",
        )
    return _error(
        "A03",
        article=None,
        en="This step needs a fresh code of your second factor each time (header Second-Factor)",
        ru="Для этого действия каждый раз нужен новый код второго фактора (заголовок Second-Factor)",
        uz="Bu amal uchun har safar ikkinchi omilning yangi kodi kerak (Second-Factor sarlavhasi)",
    )


def late(step: str, allowed: Window, local: Callable[[datetime], str], severity: Severity) -> Finding:
    """C11: what was due by the end of a step is done after it; names the step, its end, its article, and the decision that
    moved it.
    """
    closes = local(allowed.closes) if allowed.closes else "…"
    number = allowed.decision
    return Finding(
        code="C11",
        severity=severity,
        fields=(),
        article=allowed.article,
        text={
            "en": f"Late: the step “{step}” ended at {closes}"
            + (f", by decision {number}" if number else ""),
            "ru": f"С опозданием: этап «{step}» завершился {closes}"
            + (f" по решению {number}" if number else ""),
            "uz": f"Kechikkan: “{step}” bosqichi {closes} da tugagan"
            + (f" ({number}-sonli qarorga koʻra)" if number else ""),
        },
    )


def decision_missing(number: str, severity: Severity) -> Finding:
    """A04: the body's register has no decision of this number: one on paper, where the edition allows that."""
    return Finding(
        code="A04",
        severity=severity,
        fields=("decision",),
        article="16, 26",
        text={
            "en": f"Decision {number} stands in no register of your commission: it is recorded as one on paper",
            "ru": f"Решения {number} нет в реестре вашей комиссии: записано как решение на бумаге",
            "uz": f"{number}-sonli qaror komissiyangiz reyestrida yoʻq: qogʻozdagi qaror sifatida yozildi",
        }
        if severity == "warning"
        else {
            "en": f"Decision {number} stands in no register of your commission: a session takes it first",
            "ru": f"Решения {number} нет в реестре вашей комиссии: сначала его принимает заседание",
            "uz": f"{number}-sonli qaror komissiyangiz reyestrida yoʻq: avval uni majlis qabul qiladi",
        },
    )


def not_ordered(number: str, severity: Severity) -> Finding:
    """A07: the body's register has the decision, which ordered no such act; whatever it orders is performed with it."""
    return simple(
        "A07",
        en=f"Decision {number} of your commission's register did not order this act",
        ru=f"Решение {number} из реестра вашей комиссии не предписывало этого действия",
        uz=f"Komissiyangiz reyestridagi {number}-sonli qaror bu harakatni buyurmagan",
        fields=("decision",),
        article="16, 26",
        severity=severity,
    )


DOUBTS = frozenset({"A04", "A07"})
"""Codes of what is said of a decision that an act names: the public reads them in the act's entry."""


def outside_window(step: str, allowed: Window, local: Callable[[datetime], str]) -> Finding:
    """C01: the calendar does not allow the act at this time; names the step, its dates, its article, and the decision
    that moved the dates. C09: the step does not take place in an election of this form.
    """
    if allowed.off:
        return _error(
            "C09",
            article=allowed.article,
            en=f"Step “{step}” does not take place in this election",
            ru=f"На этих выборах этапа «{step}» нет",
            uz=f"Bu saylovda “{step}” bosqichi yoʻq",
        )
    opens = local(allowed.opens) if allowed.opens else "…"
    closes = local(allowed.closes) if allowed.closes else "…"
    number = allowed.decision
    return _error(
        "C01",
        article=allowed.article,
        en=f"Step “{step}” is open from {opens} until {closes}"
        + (f", by decision {number}" if number else ""),
        ru=f"Этап «{step}» открыт с {opens} до {closes}" + (f" по решению {number}" if number else ""),
        uz=f"“{step}” bosqichi {opens} dan {closes} gacha ochiq"
        + (f" ({number}-sonli qarorga koʻra)" if number else ""),
    )


def key_reused() -> Finding:
    """I01: the Idempotency-Key was used before with another body."""
    return _error(
        "I01",
        article=None,
        en="This Idempotency-Key was used before with another body; nothing was recorded",
        ru="Этот Idempotency-Key уже использован с другим содержанием; ничего не записано",
        uz="Bu Idempotency-Key boshqa mazmun bilan ishlatilgan; hech narsa yozilmadi",
    )


def future_time(at: str) -> Finding:
    """T01: the time of the act lies ahead of the election's clock."""
    return _error(
        "T01",
        article=None,
        en=f"The time {at} lies ahead of the election's clock",
        ru=f"Время {at} опережает часы выборов",
        uz=f"{at} vaqti saylov soatidan oldinda",
    )


def simple(
    code: str,
    *,
    en: str,
    ru: str,
    uz: str,
    article: str | None = None,
    fields: tuple[str, ...] = (),
    more: Mapping[str, str] | None = None,
    severity: Severity = "error",
) -> Finding:
    """A finding of a stage with its text in three languages; in `more` where the public reads it too."""
    text = {"en": en, "ru": ru, "uz": uz} | dict(more or {})
    return Finding(code=code, severity=severity, fields=fields, article=article, text=text)


def _error(code: str, *, article: str | None, fields: tuple[str, ...] = (), **text: str) -> Finding:
    return Finding(code=code, severity="error", fields=fields, article=article, text=text)
