"""Findings of removals and of who is told of them (Y110-Y119)."""

from esaylov.acts.refusals import simple
from esaylov.law.findings import Finding

ARTICLE = "29"


def many_removals(districts: int) -> Finding:
    """Y110: more of a district's list would be removed than is usual, and nobody confirmed it."""
    return simple(
        "Y110",
        en=f"In {districts} districts more of the list is removed than is usual: look at them, and confirm it expressly",
        ru=f"В районах (числом {districts}) из списка исключается больше обычного: проверьте их и подтвердите это отдельно",
        uz=f"{districts} ta tumanda roʻyxatdan odatdagidan koʻp chiqariladi: ularni koʻrib chiqing va alohida tasdiqlang",
        fields=("accepts_removals",),
    )


def notices_missing(removals: int) -> Finding:
    """Y111: removals wait of which nobody would be told."""
    return simple(
        "Y111",
        en=f"{removals:,} removals were compared without a notice to their voters: compare the extract again",
        ru=f"Исключения ({removals:,}) подготовлены без уведомления избирателей: сравните выписку заново",
        uz=f"{removals:,} ta chiqarish saylovchilarni xabardor qilmasdan tayyorlangan: koʻchirmani qayta taqqoslang",
        article=ARTICLE,
        fields=("changeset",),
    )


def notice_runs(until: str) -> Finding:
    """Y112: those whom the changeset removes may still object."""
    return simple(
        "Y112",
        en=f"Those whom it removes may object until {until}: it goes into the list after that",
        ru=f"Исключаемые могут возразить до {until}: изменения вносятся в список после этого",
        uz=f"Roʻyxatdan chiqariladiganlar {until} gacha eʼtiroz bildirishi mumkin: oʻzgarishlar shundan keyin kiritiladi",
        article=ARTICLE,
        fields=("changeset",),
    )


def nobody_to_tell() -> Finding:
    """Y113: the voter is not among those of the own precinct who are to leave, or was told already."""
    return simple(
        "Y113",
        en="This voter is not to be told here: not of this precinct, told already, or not to be removed any more",
        ru="Этого избирателя здесь не уведомляют: он не с этого участка, уже уведомлён или больше не исключается",
        uz="Bu saylovchi bu yerda xabardor qilinmaydi: boshqa uchastkadan, xabardor qilingan yoki endi chiqarilmaydi",
        article=ARTICLE,
        fields=("voters",),
    )


def not_a_member() -> Finding:
    """Y114: who told the voters holds no mandate in the precinct's commission."""
    return simple(
        "Y114",
        en="Who told them is not a member of this commission",
        ru="Уведомивший не является членом этой комиссии",
        uz="Xabardor qilgan shaxs bu komissiya aʼzosi emas",
        article=ARTICLE,
        fields=("mandate",),
    )


def not_within(first: str, last: str) -> Finding:
    """Y115: the day lies outside the notice."""
    return simple(
        "Y115",
        en=f"The day is not within the notice, which runs from {first} to today ({last})",
        ru=f"Этот день вне срока уведомления: с {first} по сегодня ({last})",
        uz=f"Bu kun xabardor qilish muddatidan tashqarida: {first} dan bugungacha ({last})",
        article=ARTICLE,
        fields=("day",),
    )


def approved_and_waiting(changeset: int) -> Finding:
    """Y116: lists are to be frozen while changes to them are approved and not applied."""
    return simple(
        "Y116",
        en=f"Changeset {changeset} is approved and touches these lists: apply it, or give it up, before the freeze",
        ru=f"Пакет изменений {changeset} утверждён и касается этих списков: до закрытия внесите его или откажитесь от него",
        uz=f"{changeset}-oʻzgarishlar toʻplami tasdiqlangan: roʻyxatlarni yopishdan oldin uni kiriting yoki undan voz keching",
        article=ARTICLE,
        fields=("precincts",),
    )


def stricter_elsewhere(election: str) -> Finding:
    """Y117: another election that is not over has stricter rules of removals from the one list."""
    return simple(
        "Y117",
        en=f"The election “{election}”, which is not over, has stricter rules of removals: they are proposed under it",
        ru=f"У выборов «{election}», которые не завершены, правила исключения строже: исключения предлагаются по ним",
        uz=f"Hali tugamagan “{election}” saylovining chiqarish qoidalari qatʼiyroq: chiqarishlar oʻsha saylovda taklif etiladi",
        article=ARTICLE,
        fields=("changeset",),
    )
