"""Findings of requests: why one is not received, or not decided so (Y60, Y66-Y69, Y90-Y99)."""

from collections.abc import Mapping
from datetime import date, datetime

from esaylov.acts.refusals import simple
from esaylov.law.findings import Finding

VERDICTS = {
    "granted": ("granted", "удовлетворено", "qanoatlantirilgan"),
    "refused": ("refused", "отказано", "rad etilgan"),
    "withdrawn": ("withdrawn", "отозвано", "qaytarib olingan"),
}
"""What became of a request, in English, Russian and Uzbek."""


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
    en, ru, uz = VERDICTS[verdict]
    return simple(
        "Y91",
        en=f"This request was decided already (“{en}”): a decision is changed by a court, not by a second decision",
        ru=f"По этому заявлению уже принято решение («{ru}»): изменить его может суд, а не второе решение",
        uz=f"Bu ariza boʻyicha qaror qabul qilingan (“{uz}”): uni ikkinchi qaror emas, sud oʻzgartiradi",
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


def wrong_entry(field: str, why: Mapping[str, str] | None = None) -> Finding:
    """Y96: what the list is to say cannot stand in it. `why`: in every language, as of a row of an extract."""
    told = {language: f": {text}" for language, text in (why or {}).items()}
    return simple(
        "Y96",
        en=f"This cannot stand in the list{told.get('en', '')}. Compare it with the document",
        ru=f"Так в списке стоять не может{told.get('ru', '')}. Сверьте с документом",
        uz=f"Roʻyxatda bunday turishi mumkin emas{told.get('uz', '')}. Hujjat bilan solishtiring",
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


def not_in_these_days(first: date, last: date) -> Finding:
    """Y60: the day that is asked for is none of those of early voting."""
    days = f"{first:%d.%m.%Y} – {last:%d.%m.%Y}"
    return simple(
        "Y60",
        en=f"Early voting has its days: {days}",
        ru=f"Досрочное голосование проводится в дни: {days}",
        uz=f"Muddatidan oldin ovoz berish kunlari: {days}",
        article="57",
        fields=("said.day",),
    )


def document_of_another() -> Finding:
    """Y66: another entry of the list has the document."""
    return simple(
        "Y66",
        en="Another entry of the list has this document: one voter, one entry. If the person is that one, refuse: what is"
        " wrong in the entry is asked for as its correction",
        ru="Этот документ указан в другой записи списка: один избиратель — одна запись. Если это тот же человек, откажите:"
        " ошибку в той записи исправляют по заявлению об исправлении",
        uz="Bu hujjat roʻyxatdagi boshqa yozuvda bor: bir saylovchi — bir yozuv. Agar shu shaxsning oʻzi boʻlsa, rad eting:"
        " yozuvdagi xato uni tuzatish haqidagi ariza bilan tuzatiladi",
        article="27, 28",
        fields=("entry.document",),
    )


def another_person() -> Finding:
    """Y67: a correction would make another person of an entry."""
    return simple(
        "Y67",
        en="A correction changes neither PINFL nor birth date, and the given name not together with surname or document:"
        " that is another person. If the register is wrong there, it is corrected first, and the next extract brings it;"
        " if the person is another one, refuse: that person asks for inclusion",
        ru="Исправлением не меняют ни ПИНФЛ, ни дату рождения, а имя — вместе с фамилией или документом: это уже другой"
        " человек. Если в этом ошибается реестр, сначала исправляют реестр, и данные придут со следующей выпиской; если"
        " это другой человек, откажите: он подаёт заявление о включении",
        uz="Tuzatish bilan JSHSHIR ham, tugʻilgan sana ham, ism esa familiya yoki hujjat bilan birga oʻzgartirilmaydi: bu"
        " boshqa shaxs. Agar bunda reyestr xato boʻlsa, avval reyestr tuzatiladi va maʼlumot keyingi koʻchirma bilan"
        " keladi; agar bu boshqa shaxs boʻlsa, rad eting: u roʻyxatga kiritish haqida ariza beradi",
        article="27, 29",
        fields=("entry.pinfl", "entry.given_name"),
    )


def not_that_precinct() -> Finding:
    """Y68: the precinct is neither the one that was asked for nor where the address leads."""
    return simple(
        "Y68",
        en="The precinct is the one that the voter asked for, or the one that the address leads to; a correction and an"
        " objection name none. Another precinct is a request of its own",
        ru="Участок — тот, о котором просит избиратель, или тот, к которому относится адрес; при исправлении и возражении"
        " участок не указывают. Для другого участка нужно отдельное заявление",
        uz="Uchastka — saylovchi soʻragan yoki manzil tegishli boʻlgan uchastka; tuzatish va eʼtirozda uchastka"
        " koʻrsatilmaydi. Boshqa uchastka uchun alohida ariza beriladi",
        article="28, 29",
        fields=("entry.precinct",),
    )


def stays_as_it_is() -> Finding:
    """Y69: a request that changes nothing of what an entry says."""
    return simple(
        "Y69",
        en="This request does not change what the entry says: that is asked for as a correction",
        ru="По этому заявлению сведения записи не меняются: для этого есть заявление об исправлении",
        uz="Bu ariza bilan yozuvdagi maʼlumotlar oʻzgarmaydi: buning uchun tuzatish haqida ariza beriladi",
        article="29",
        fields=("entry.surname",),
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
