"""Findings of the acts on persons and bodies: why an act is refused (R01-R18)."""

from collections.abc import Sequence

from esaylov.acts.refusals import simple
from esaylov.law.findings import Finding, Severity


def unknown_commission(code: str) -> Finding:
    """R01: the election has no such commission."""
    return simple(
        "R01",
        en=f"There is no commission “{code}” here",
        ru=f"Комиссии «{code}» здесь нет",
        uz=f"Bu yerda “{code}” komissiyasi yoʻq",
        fields=("commission",),
    )


def formed_by_another(tier: str) -> Finding:
    """R02: commissions of this tier are formed by others."""
    return simple(
        "R02",
        en=f"Your commission does not form commissions of the tier “{tier}”",
        ru=f"Ваша комиссия не образует комиссии уровня «{tier}»",
        uz=f"Komissiyangiz “{tier}” darajasidagi komissiyalarni tuzmaydi",
        article="19-23",
        fields=("commission",),
    )


def no_member(mandates: Sequence[int]) -> Finding:
    """R03: who should leave is no member."""
    numbers = ", ".join(map(str, mandates))
    return simple(
        "R03",
        en=f"These mandates are not held in the commission now: {numbers}",
        ru=f"Этих полномочий в комиссии сейчас нет: {numbers}",
        uz=f"Komissiyada hozir bu vakolatlar yoʻq: {numbers}",
        fields=("remove",),
    )


def nothing_changes() -> Finding:
    """R04: nobody comes and nobody leaves."""
    return simple(
        "R04",
        en="Nobody comes in and nobody leaves",
        ru="Никто не входит в состав и не выходит из него",
        uz="Tarkibga hech kim kirmaydi ham, chiqmaydi ham",
        fields=("add", "remove"),
    )


def formed_already(code: str) -> Finding:
    """R05: the commission has members; its composition is changed by another act."""
    return simple(
        "R05",
        en=f"“{code}” is formed already: change its composition instead",
        ru=f"Комиссия «{code}» уже образована: измените её состав",
        uz=f"“{code}” allaqachon tuzilgan: tarkibini oʻzgartiring",
        article="24",
        fields=("commission",),
    )


def not_formed(code: str) -> Finding:
    """R06: the commission has no members yet."""
    return simple(
        "R06",
        en=f"“{code}” is not formed yet",
        ru=f"Комиссия «{code}» ещё не образована",
        uz=f"“{code}” hali tuzilmagan",
        article="19-23",
        fields=("commission",),
    )


def member_twice() -> Finding:
    """R07: one person twice in a commission."""
    return simple(
        "R07",
        en="The same person is in the commission twice",
        ru="Один и тот же человек дважды в составе комиссии",
        uz="Bir kishi komissiya tarkibida ikki marta",
        article="25",
        fields=("add",),
    )


def organisation_exists(code: str) -> Finding:
    """R08: an organisation with this code is entered already."""
    return simple(
        "R08",
        en=f"An organisation with the code “{code}” is entered already",
        ru=f"Организация с кодом «{code}» уже внесена",
        uz=f"“{code}” kodli tashkilot allaqachon kiritilgan",
        fields=("organisation",),
    )


def unknown_organisation(code: str) -> Finding:
    """R09: there is no such organisation."""
    return simple(
        "R09",
        en=f"There is no organisation “{code}”",
        ru=f"Организации «{code}» нет",
        uz=f"“{code}” tashkiloti yoʻq",
        fields=("organisation",),
    )


def no_mandate_here(number: int) -> Finding:
    """R10: there is no such mandate in this election."""
    return simple(
        "R10",
        en=f"There is no mandate {number} here",
        ru=f"Полномочий № {number} здесь нет",
        uz=f"Bu yerda {number}-vakolat yoʻq",
        fields=("mandate",),
    )


def ended_already(number: int) -> Finding:
    """R11: the mandate has ended already."""
    return simple(
        "R11",
        en=f"The mandate {number} has ended already",
        ru=f"Полномочия № {number} уже прекращены",
        uz=f"{number}-vakolat allaqachon tugatilgan",
        fields=("mandate",),
    )


def ends_before_it_begins() -> Finding:
    """R13: the mandate would end before it begins."""
    return simple(
        "R13",
        en="The mandate would end before it begins",
        ru="Полномочия прекратились бы раньше, чем начались",
        uz="Vakolat boshlanmasdan tugagan boʻlar edi",
        fields=("valid_until",),
    )


def held_already(role: str) -> Finding:
    """R14: the person has this role in the organisation already."""
    return simple(
        "R14",
        en=f"The person is “{role}” of this organisation already",
        ru=f"У этого лица уже есть роль «{role}» в этой организации",
        uz=f"Bu shaxs ushbu tashkilotda “{role}” vazifasiga allaqachon ega",
        fields=("role",),
    )


def sits_on_commission() -> Finding:
    """R15: who acts for a party cannot be a member of a commission (a warning: the commission above decides)."""
    return simple(
        "R15",
        en="The person is a member of an election commission: who acts for a party has to leave it",
        ru="Лицо состоит в избирательной комиссии: представитель партии должен выйти из неё",
        uz="Bu shaxs saylov komissiyasi aʼzosi: partiya vakili undan chiqishi kerak",
        article="25",
        fields=("member",),
        severity="warning",
    )


def same_person(first: int, second: int) -> Finding:
    """R18: two of those who come in (their places, from 0) are one person."""
    return simple(
        "R18",
        en=f"Rows {first + 1} and {second + 1} of those who come in are the same person",
        ru=f"Строки {first + 1} и {second + 1} среди вводимых в состав – одно и то же лицо",
        uz=f"Tarkibga kirayotganlarning {first + 1}- va {second + 1}-satrlari – bir kishi",
        article="25",
        fields=(f"add.{first}.pinfl", f"add.{second}.pinfl"),
    )


def named_otherwise(rows: Sequence[int], field: str) -> Finding:
    """R16: personal numbers that belong to people known under other names or birth dates; says nothing of what is known."""
    said = ", ".join(map(str, rows))
    return simple(
        "R16",
        en=f"The personal number does not belong to a person of this name and birth date (row {said})",
        ru=f"Этот ПИНФЛ не принадлежит лицу с таким именем и датой рождения (строка: {said})",
        uz=f"Bu JSHSHIR bunday ismli va tugʻilgan sanali shaxsga tegishli emas (satr: {said})",
        article="25",
        fields=(field,),
    )


def ended_without_decision(severity: Severity) -> Finding:
    """R17: a member's mandate in a commission ends by a decision; none was named."""
    return simple(
        "R17",
        en="A member's mandate ends by a decision of the commission above: none was named",
        ru="Полномочия члена комиссии прекращаются решением вышестоящей комиссии: решение не указано",
        uz="Komissiya aʼzosining vakolati yuqori turuvchi komissiya qarori bilan tugatiladi: qaror koʻrsatilmagan",
        article="24, 25",
        fields=("decision",),
        severity=severity,
    )
