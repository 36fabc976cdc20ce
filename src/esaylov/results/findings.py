"""Findings of the acts on protocols: why a submission is refused, or (P01) what is recorded with it."""

from esaylov.acts.refusals import simple
from esaylov.law.findings import Finding

CONFLICT = "P01"


def conflicting() -> Finding:
    """P01: another protocol already stands for this place; this one is kept and raised, never an overwrite (Art. 95)."""
    return simple(
        CONFLICT,
        en="Another protocol already stands for this precinct and contest; yours is kept and raised to the higher commission",
        ru="По этому участку и этим выборам уже есть другой протокол; ваш сохранён и передан вышестоящей комиссии",
        uz="Bu uchastka va bu saylov boʻyicha boshqa bayonnoma bor; sizniki saqlandi, yuqori turuvchi komissiyaga bildirildi",
        more={
            "uz-cyrl": "Бу участка ва бу сайлов бўйича бошқа баённома бор; сизники сақланди, юқори турувчи комиссияга билдирилди",
            "kaa": "Bul uchastka boyınsha basqa protokol bar; sizdiki saqlandı hám joqarı turıwshı komissiyaǵa bildirildi",
        },
        article="95",
    )


def unknown_place(precinct: str, contest: str | None) -> Finding:
    """P02: there is no such precinct or contest, or the contest is not voted on in this precinct."""
    return simple(
        "P02",
        en=f"Precinct “{precinct}” does not report for contest “{contest}” in this election",
        ru=f"Участок «{precinct}» не подаёт протокол по «{contest}» на этих выборах",
        uz=f"“{precinct}” uchastkasi bu saylovda “{contest}” boʻyicha bayonnoma bermaydi",
        fields=("precinct", "contest"),
    )


def wrong_shape(lines: int, votes: int) -> Finding:
    """P03: the protocol has not exactly one figure for each line of the form and each option."""
    return simple(
        "P03",
        en=f"The form has {lines} lines and the ballot {votes} options; each needs exactly one figure",
        ru=f"В форме {lines} строк, в бюллетене {votes} вариантов; для каждого нужно ровно одно число",
        uz=f"Shaklda {lines} satr, byulletenda {votes} variant bor; har biriga bitta son kerak",
        fields=("lines", "votes"),
        article="94",
    )


def nothing_stands(precinct: str) -> Finding:
    """P04: there is no protocol of this place to correct, accept or return."""
    return simple(
        "P04",
        en=f"Precinct “{precinct}” has no protocol for this contest yet",
        ru=f"У участка «{precinct}» ещё нет протокола по этим выборам",
        uz=f"“{precinct}” uchastkasida bu saylov boʻyicha hali bayonnoma yoʻq",
        fields=("precinct",),
    )


def not_correctable(state: str) -> Finding:
    """P05: a protocol may be corrected when its sums do not hold or the higher commission returned it (Art. 95)."""
    return simple(
        "P05",
        en=f"The protocol is “{state}”: it can be corrected only when its sums do not hold or after it was returned",
        ru=f"Протокол в состоянии «{state}»: исправить можно лишь противоречивый или возвращённый протокол",
        uz=f"Bayonnoma holati “{state}”: faqat ziddiyatli yoki qaytarilgan bayonnoma tuzatiladi",
        article="95",
    )


def already(state: str) -> Finding:
    """P06: the decision changes nothing, since the place already is in this state."""
    return simple(
        "P06",
        en=f"The place already is “{state}”",
        ru=f"Состояние уже «{state}»",
        uz=f"Holat allaqachon “{state}”",
    )


def not_standing() -> Finding:
    """P07: the decision names a version that no longer stands."""
    return simple(
        "P07",
        en="The protocol named is not the one that stands now; look at the current version first",
        ru="Названный протокол уже не действует; сначала посмотрите текущую версию",
        uz="Koʻrsatilgan bayonnoma endi amalda emas; avval joriy versiyani koʻring",
        fields=("protocol",),
    )


def unknown_contest(contest: str) -> Finding:
    """P08: there is no such contest."""
    return simple(
        "P08",
        en=f"There is no contest “{contest}” in this election",
        ru=f"На этих выборах нет «{contest}»",
        uz=f"Bu saylovda “{contest}” yoʻq",
        fields=("contest",),
    )


def unknown_options(options: str) -> Finding:
    """P09: the outcome names options that the contest does not have, or one twice."""
    return simple(
        "P09",
        en=f"Not options of this contest, or named twice: {options}",
        ru=f"Не варианты этих выборов или названы дважды: {options}",
        uz=f"Bu saylov variantlari emas yoki ikki marta yozilgan: {options}",
        fields=("outcome",),
    )


def not_determined(status: str) -> Finding:
    """P10: a contest is certified only when its result is determined (Art. 96, 97)."""
    return simple(
        "P10",
        en=f"The contest cannot be decided yet: {status}",
        ru=f"Решение по итогам пока невозможно: {status}",
        uz=f"Natija boʻyicha hozircha qaror qilib boʻlmaydi: {status}",
        article="97",
    )


def places_open(number: int) -> Finding:
    """P10: a contest is decided only when every place is counted or annulled (Art. 96, 97)."""
    return simple(
        "P10",
        en=f"The contest cannot be decided yet: places not settled: {number}",
        ru=f"Решение по итогам пока невозможно: не завершено участков: {number}",
        uz=f"Natija boʻyicha hozircha qaror qilib boʻlmaydi: yakunlanmagan uchastkalar: {number}",
        article="97",
    )


def still_sealed() -> Finding:
    """P13: the decision would tell figures that are sealed until the release."""
    return simple(
        "P13",
        en="The contest cannot be decided yet: its protocols are sealed until results may be published",
        ru="Решение по итогам пока невозможно: протоколы закрыты до времени публикации результатов",
        uz="Natija boʻyicha hozircha qaror qilib boʻlmaydi: bayonnomalar natijalar eʼlon qilinguncha yopiq",
    )


def certified() -> Finding:
    """P11: the contest's result is certified; its protocols are closed (Art. 96, 97)."""
    return simple(
        "P11",
        en="The result of this contest is certified; its protocols can no longer be changed here",
        ru="Итоги по этим выборам утверждены; протоколы больше не меняются",
        uz="Bu saylov natijasi tasdiqlangan; bayonnomalar endi oʻzgartirilmaydi",
        article="97",
    )


def lot_not_asked(between: str) -> Finding:
    """P12: no lot is to be drawn now, or not between these options."""
    return simple(
        "P12",
        en=f"This is not the lot that the law asks for now; to be drawn: {between or 'nothing'}",
        ru=f"Закон сейчас не требует такого жребия; требуется: {between or 'ничего'}",
        uz=f"Qonun hozir bunday qurʼa talab qilmaydi; talab: {between or 'yoʻq'}",
        fields=("drawn",),
    )
