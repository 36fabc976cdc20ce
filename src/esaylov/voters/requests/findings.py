"""Findings of requests: why one is not received, or not decided so (Y90-Y99)."""

from datetime import datetime

from esaylov.acts.refusals import simple
from esaylov.law.findings import Finding


def unknown_request() -> Finding:
    """Y90: there is no request with this number."""
    return simple(
        "Y90",
        en="There is no request with this number in this election",
        ru="Заявления с таким номером на этих выборах нет",
        uz="Bu saylovda bunday raqamli ariza yoʻq",
        fields=("number",),
    )


def decided_already(verdict: str) -> Finding:
    """Y91: it was decided before."""
    return simple(
        "Y91",
        en=f"This request was decided already (“{verdict}”): a decision is changed by a court, not by a second decision",
        ru=f"По этому заявлению уже принято решение («{verdict}»): изменить его может суд, а не второе решение",
        uz=f"Bu ariza boʻyicha qaror qabul qilingan (“{verdict}”): uni ikkinchi qaror emas, sud oʻzgartiradi",
        article="29, 30",
        fields=("number",),
    )


def closed(article: str, until: datetime | None, *, receiving: bool) -> Finding:
    """Y92, Y98: by the calendar it cannot be granted, or not be asked for, any more."""
    when = f" ({until:%d.%m.%Y %H:%M})" if until else ""
    if receiving:
        return simple(
            "Y98",
            en=f"The time for such requests is over{when}",
            ru=f"Срок подачи таких заявлений истёк{when}",
            uz=f"Bunday arizalarni berish muddati tugagan{when}",
            article=article,
            fields=("kind",),
        )
    return simple(
        "Y92",
        en=f"It cannot be granted any more: the time for it ended{when}. Refuse it and name the way that is left",
        ru=f"Удовлетворить его уже нельзя: срок истёк{when}. Откажите и укажите, что ещё возможно",
        uz=f"Endi qanoatlantirib boʻlmaydi: muddat tugagan{when}. Rad eting va qolgan yoʻlni koʻrsating",
        article=article,
        fields=("verdict",),
    )


def unknown_reason(known: str) -> Finding:
    """Y93: a refusal without a reason of the edition, or a reason where it is granted."""
    return simple(
        "Y93",
        en=f"A refusal names one of the edition's reasons, what is granted names none ({known})",
        ru=f"В отказе указывается одно из оснований редакции, при удовлетворении — ни одного ({known})",
        uz=f"Rad etishda tahrirdagi asoslardan biri koʻrsatiladi, qanoatlantirishda — hech biri ({known})",
        article="29",
        fields=("reason",),
    )


def agrees() -> Finding:
    """Y94: another precinct is asked for, and list and address agree."""
    return simple(
        "Y94",
        en="The address in the list is the address of the request: the precinct is changed only where they disagree",
        ru="Адрес в списке совпадает с адресом в заявлении: участок меняют, только если они расходятся",
        uz="Roʻyxatdagi manzil arizadagi manzil bilan bir xil: uchastka faqat ular farq qilganda oʻzgartiriladi",
        article="29",
        fields=("verdict",),
    )


def no_entry(kind: str) -> Finding:
    """Y95: what is asked for needs an entry, or a removed one, or none, and that is not so."""
    texts = {
        "inclusion": (
            "This person is in the list already: one voter, one entry",
            "Этот человек уже есть в списке: один избиратель — одна запись",
            "Bu shaxs roʻyxatda bor: bir saylovchi — bir yozuv",
        ),
        "objection": (
            "The entry was not removed, or stands in the list again",
            "Запись не исключена или уже восстановлена в списке",
            "Yozuv chiqarilmagan yoki roʻyxatga qaytarilgan",
        ),
    }
    en, ru, uz = texts.get(kind) or (
        "No entry of the list has this document and birth date: there is nothing that this could be granted for",
        "В списке нет записи с таким документом и датой рождения: удовлетворить нечего",
        "Roʻyxatda bunday hujjat va tugʻilgan sanali yozuv yoʻq: qanoatlantiradigan narsa yoʻq",
    )
    return simple("Y95", en=en, ru=ru, uz=uz, article="27, 29", fields=("verdict",))


def wrong_entry(field: str) -> Finding:
    """Y96: what the list is to say cannot stand in it."""
    return simple(
        "Y96",
        en="This cannot stand in the list: compare it with the document",
        ru="Так в списке стоять не может: сверьте с документом",
        uz="Roʻyxatda bunday turishi mumkin emas: hujjat bilan solishtiring",
        article="27",
        fields=(f"entry.{field}",),
    )


def unknown_place(field: str) -> Finding:
    """Y97: the election has no such precinct or territory, the register no such mahalla."""
    return simple(
        "Y97",
        en="There is no such place in this election",
        ru="Такого места на этих выборах нет",
        uz="Bu saylovda bunday joy yoʻq",
        article="10",
        fields=(field,),
    )


def says_nothing(field: str) -> Finding:
    """Y99: what must be said is not."""
    return simple(
        "Y99",
        en="This has to be filled in",
        ru="Это поле нужно заполнить",
        uz="Bu maydonni toʻldirish kerak",
        article="29",
        fields=(field,),
    )
