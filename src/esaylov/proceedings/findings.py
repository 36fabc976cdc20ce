"""Findings of sessions, decisions, applications and letters: why an act is refused (D01-D18, P01-P16, W01-W08)."""

from __future__ import annotations

from datetime import datetime, timedelta

from esaylov.acts.refusals import simple
from esaylov.design.numbers import whole
from esaylov.law.findings import Finding, Severity


def no_members(body: str) -> Finding:
    """D01: the commission has no members, so it cannot sit."""
    return simple(
        "D01",
        en=f"“{body}” has no members who could sit",
        ru=f"В комиссии «{body}» нет членов, которые могли бы заседать",
        uz=f"“{body}” komissiyasida majlis oʻtkaza oladigan aʼzolar yoʻq",
        article="16, 26",
    )


def quorum_short(present: int, needed: int, members: int) -> Finding:
    """Q01 in figures: too few members are present."""
    return simple(
        "Q01",
        en=f"{present} of {members} members are present; {needed} are needed",
        ru=f"Присутствуют {present} из {members} членов; нужно {needed}",
        uz=f"{members} aʼzodan {present} nafari hozir; {needed} nafari kerak",
        article="16, 26",
        fields=("present",),
    )


def no_session(number: int) -> Finding:
    """D02: the commission has no such session."""
    return simple(
        "D02",
        en=f"Your commission has no session {number}",
        ru=f"У вашей комиссии нет заседания {number}",
        uz=f"Komissiyangizda {number}-majlis yoʻq",
        fields=("session",),
    )


def session_closed() -> Finding:
    """D03: the session is closed."""
    return simple(
        "D03",
        en="The session is closed",
        ru="Заседание закрыто",
        uz="Majlis yopilgan",
        fields=("session",),
        article="16, 26",
    )


def session_open(number: str) -> Finding:
    """D04: another session of the commission is still open."""
    return simple(
        "D04",
        en=f"Session {number} of your commission is still open: close it first",
        ru=f"Заседание {number} вашей комиссии ещё не закрыто: сначала закройте его",
        uz=f"Komissiyangizning {number}-majlisi hali ochiq: avval uni yoping",
    )


def no_item(item: int, items: int) -> Finding:
    """D05: the agenda has no such item."""
    return simple(
        "D05",
        en=f"The agenda has {items} items, none with the number {item}",
        ru=f"В повестке {items} пунктов, пункта {item} нет",
        uz=f"Kun tartibida {items} ta masala bor, {item}-masala yoʻq",
        fields=("item",),
    )


def number_missing() -> Finding:
    """D06: a decision that was carried has a number."""
    return simple(
        "D06",
        en="The decision is carried: it needs a number",
        ru="Решение принято: укажите его номер",
        uz="Qaror qabul qilindi: uning raqamini kiriting",
        fields=("number",),
    )


def number_used(number: str, year: int) -> Finding:
    """D07: the commission has a decision with this number in this year."""
    return simple(
        "D07",
        en=f"Your commission already has a decision {number} in {year}",
        ru=f"У вашей комиссии уже есть решение № {number} за {year} год",
        uz=f"Komissiyangizda {year}-yilda {number}-sonli qaror bor",
        fields=("number",),
    )


def not_orderable(code: str) -> Finding:
    """D08: a decision cannot order this act."""
    return simple(
        "D08",
        en=f"A decision cannot order the act “{code}”",
        ru=f"Решением нельзя поручить действие «{code}»",
        uz=f"Qaror bilan “{code}” harakatini buyurib boʻlmaydi",
        fields=("orders",),
    )


def decided_now() -> Finding:
    """D09: what a session does happens now; it is not dated back."""
    return simple(
        "D09",
        en="What a session does is recorded when it is done, not afterwards",
        ru="Действия заседания записываются в момент совершения, а не задним числом",
        uz="Majlis harakatlari sodir boʻlgan paytda yoziladi, keyin emas",
    )


def no_decision(number: int) -> Finding:
    """D10: your commission has taken no such vote."""
    return simple(
        "D10",
        en=f"Your commission has taken no vote with the record {number}",
        ru=f"Ваша комиссия не голосовала по записи {number}",
        uz=f"Komissiyangiz {number}-yozuv boʻyicha ovoz bermagan",
        fields=("decision",),
    )


def no_dissent_of_yours() -> Finding:
    """D11: whoever did not vote, or voted with those who prevailed, states no dissent."""
    return simple(
        "D11",
        en="A dissent is stated by a member who was present and did not vote with those who prevailed",
        ru="Особое мнение излагает присутствовавший член, который голосовал не так, как решено",
        uz="Alohida fikrni hozir boʻlgan va qarorga qoʻshilmagan aʼzo bildiradi",
        article="16, 26",
    )


def dissent_stated() -> Finding:
    """D12: the dissent is stated already."""
    return simple(
        "D12",
        en="Your dissent on this decision is recorded already",
        ru="Ваше особое мнение по этому решению уже записано",
        uz="Ushbu qaror boʻyicha alohida fikringiz allaqachon yozilgan",
    )


def not_in_a_session(kind: str) -> Finding:
    """D13: this is decided by a session, not by an officer alone."""
    return simple(
        "D13",
        en=f"An application of the kind “{kind}” is decided by a session, with the number of its decision",
        ru=f"Заявление вида «{kind}» решает заседание, с номером решения",
        uz=f"“{kind}” turidagi ariza majlisda, qaror raqami bilan hal qilinadi",
        fields=("decision",),
    )


def no_motion() -> Finding:
    """D14: what was prepared does not wait before this session's commission any more."""
    return simple(
        "D14",
        en="What was prepared for this question does not wait before your commission: it is decided already",
        ru="Подготовленный проект больше не ждёт вашей комиссии: по нему уже решено",
        uz="Tayyorlangan loyiha endi komissiyangizda kutilmayapti: u boʻyicha qaror qabul qilingan",
        fields=("motion",),
    )


def presided_by(role: str) -> Finding:
    """D15: the chair is there, or without the chair the deputy, and another would preside."""
    who = {
        "chair": ("chair", "председатель", "rais"),
        "deputy": ("deputy chair", "заместитель председателя", "rais oʻrinbosari"),
    }
    en, ru, uz = who[role]
    return simple(
        "D15",
        en=f"The {en} is present and presides: another only while neither chair nor deputy is there",
        ru=f"Присутствует {ru}, значит, и председательствует: другой член – только если нет ни председателя, ни заместителя",
        uz=f"Majlisda {uz} hozir, u raislik qiladi: boshqa aʼzo – rais ham, oʻrinbosari ham yoʻq boʻlgandagina",
        fields=("presiding",),
        article="16",
    )  # fmt: skip


def presiding_gone() -> Finding:
    """D16: the mandate of who presided has ended, others could go on."""
    return simple(
        "D16",
        en="Who presided is no member any more: record the attendance with who presides now",
        ru="Председательствовавший больше не член комиссии: запишите присутствие и того, кто председательствует теперь",
        uz="Raislik qilgan kishi endi komissiya aʼzosi emas: qatnashuv va endi kim raislik qilishini yozib qoʻying",
        fields=("session",),
        article="16, 26",
    )


def closed_by_presiding() -> Finding:
    """D17: another than who presides would close the session."""
    return simple(
        "D17",
        en="The session is closed by who presides over it; when another presides, record the attendance first",
        ru="Заседание закрывает председательствующий; если председательствует другой, сначала запишите присутствие",
        uz="Majlisni raislik qiluvchi yopadi; boshqa kishi raislik qilsa, avval qatnashuvni yozib qoʻying",
        fields=("session",),
        article="16, 26",
    )


def refused_without_decision(severity: Severity) -> Finding:
    """D18: an officer refuses an application, and no decision of the commission does."""
    return simple(
        "D18",
        en="An application is refused by a decision of the commission: none was named",
        ru="В удовлетворении обращения отказывает комиссия своим решением: решение не указано",
        uz="Murojaatni rad etish komissiya qarori bilan boʻladi: qaror koʻrsatilmagan",
        fields=("decision",),
        article="16, 101",
        severity=severity,
    )


def unknown_kind(kind: str) -> Finding:
    """P01: there is no such kind of application."""
    return simple(
        "P01",
        en=f"There is no application of the kind “{kind}”",
        ru=f"Заявлений вида «{kind}» нет",
        uz=f"“{kind}” turidagi ariza yoʻq",
        fields=("kind",),
    )


def wrong_tier(kind: str, tier: str) -> Finding:
    """P02: applications of this kind go to another tier."""
    return simple(
        "P02",
        en=f"Applications of the kind “{kind}” do not go to commissions of the tier “{tier}”",
        ru=f"Заявления вида «{kind}» не подаются в комиссии уровня «{tier}»",
        uz=f"“{kind}” turidagi arizalar “{tier}” darajasidagi komissiyalarga berilmaydi",
        fields=("to",),
    )


def unknown_body(code: str, field: str = "to") -> Finding:
    """P03: there is no such body here."""
    return simple(
        "P03",
        en=f"There is no body “{code}” here",
        ru=f"Органа «{code}» здесь нет",
        uz=f"Bu yerda “{code}” organi yoʻq",
        fields=(field,),
    )


def unknown_application() -> Finding:
    """P04: there is no such application here; the same answer when it is another body's."""
    return simple(
        "P04",
        en="There is no such application here",
        ru="Такого заявления здесь нет",
        uz="Bu yerda bunday ariza yoʻq",
        fields=("application",),
    )


def wrong_state(state: str) -> Finding:
    """P05: what happened before does not allow this step; also when somebody else was faster."""
    return simple(
        "P05",
        en=f"The application is in the state “{state}”: this step is not open any more",
        ru=f"Заявление в состоянии «{state}»: этот шаг больше не доступен",
        uz=f"Ariza “{state}” holatida: bu qadam endi ochiq emas",
        fields=("application",),
    )


def repair_over(until: datetime) -> Finding:
    """P06: the term to repair is over. `until`: its end, by the clock of the election."""
    last = until - timedelta(microseconds=1)
    ended = f"{last:%d.%m.%Y}, 24:00" if until.date() != last.date() else f"{until:%d.%m.%Y, %H:%M}"
    return simple(
        "P06",
        en=f"The term to repair the application ended at {ended}",
        ru=f"Срок исправления заявления истёк {ended}",
        uz=f"Arizani tuzatish muddati {ended} da tugagan",
    )


def returned_already(rounds: int) -> Finding:
    """P15: the application was returned for repair as often as its kind allows."""
    return simple(
        "P15",
        en=f"The application was returned for repair already ({rounds}): it is to be answered now",
        ru=f"Заявление уже возвращалось на исправление ({rounds}): теперь на него нужно ответить",
        uz=f"Ariza tuzatish uchun allaqachon qaytarilgan ({rounds}): endi unga javob berish kerak",
        article="101",
        fields=("application",),
    )


def not_repaired() -> Finding:
    """P16: an application whose defects were not repaired in time can be refused only."""
    return simple(
        "P16",
        en="Its defects were not repaired in time: the application can be refused only",
        ru="Недостатки не устранены в срок: в удовлетворении заявления можно только отказать",
        uz="Kamchiliklar muddatida tuzatilmagan: ariza faqat rad etilishi mumkin",
        article="26, 39",
        fields=("granted",),
    )


def reason_missing() -> Finding:
    """P07: a refusal has a reason and an article."""
    return simple(
        "P07",
        en="A refusal names its reason and the article of the law",
        ru="Отказ содержит причину и статью закона",
        uz="Rad etishda sabab va qonun moddasi koʻrsatiladi",
        fields=("text", "article"),
        article="101",
    )


def same_body() -> Finding:
    """P08: an application is forwarded to somebody else."""
    return simple(
        "P08",
        en="The application is with your commission already",
        ru="Заявление уже у вашей комиссии",
        uz="Ariza allaqachon komissiyangizda",
        fields=("to",),
    )


def nobody_to_write_to() -> Finding:
    """W01: the letter has no recipient."""
    return simple(
        "W01",
        en="Nobody is chosen to receive the letter",
        ru="Не выбран ни один получатель письма",
        uz="Xatni oluvchi tanlanmagan",
        fields=("to",),
    )


def no_letter() -> Finding:
    """W02: there is no such letter to answer."""
    return simple(
        "W02",
        en="There is no such letter to your body",
        ru="Такого письма вашему органу нет",
        uz="Organingizga bunday xat yoʻq",
        fields=("answers",),
    )


def reply_in_the_past() -> Finding:
    """W03: the time for the reply lies before the letter."""
    return simple(
        "W03",
        en="The time for the reply lies before the letter leaves",
        ru="Срок ответа раньше отправки письма",
        uz="Javob muddati xat joʻnatilishidan oldin",
        fields=("reply_by",),
    )


def circular_by_commissions() -> Finding:
    """W04: an organisation answers letters and writes to commissions; circulars are the commissions'."""
    return simple(
        "W04",
        en="Your body writes to one commission at a time",
        ru="Ваш орган пишет одной комиссии",
        uz="Organingiz bir vaqtda bitta komissiyaga yozadi",
        fields=("to",),
    )


def letter_too_long(length: int, most: int) -> Finding:
    """W05: the letter is too long; letters carry no files."""
    return simple(
        "W05",
        en=f"The letter has {length:,} characters; at most {most:,} are taken",
        ru=f"Знаков в письме: {whole(length, 'ru')}; принимается не более {whole(most, 'ru')}",
        uz=f"Xatda {whole(length, 'uz')} ta belgi bor; koʻpi bilan {whole(most, 'uz')} ta qabul qilinadi",
        fields=("text",),
    )


def letters_of_the_day(most: int) -> Finding:
    """W06: the body has sent as many letters as it may in a day."""
    return simple(
        "W06",
        en=f"Your body has sent {most:,} letters today, as many as it may in a day: go on tomorrow",
        ru=f"Ваш орган уже отправил сегодня столько писем, сколько можно за день ({whole(most, 'ru')}): продолжите завтра",
        uz=f"Organingiz bugun {whole(most, 'uz')} ta xat joʻnatdi, bir kunda shuncha mumkin: ertaga davom eting",
        fields=("to",),
    )


def circulars_of_the_day(most: int) -> Finding:
    """W07: the body has sent as many circulars as it may in a day."""
    return simple(
        "W07",
        en=f"Your body has sent {most:,} circulars today, as many as it may in a day: go on tomorrow",
        ru=f"Ваш орган уже отправил сегодня столько циркуляров, сколько можно за день ({whole(most, 'ru')}): продолжите завтра",
        uz=f"Organingiz bugun {whole(most, 'uz')} ta sirkulyar joʻnatdi, bir kunda shuncha mumkin: ertaga davom eting",
        fields=("to",),
    )


def recipients_of_the_day(sent: int, now: int, most: int) -> Finding:
    """W08: the day's letters would have more recipients than a body may write to."""
    return simple(
        "W08",
        en=f"Your letters of today have {sent:,} recipients, this one {now:,} more; at most {most:,} in a day",
        ru=f"Получателей у ваших сегодняшних писем: {whole(sent, 'ru')}, у этого ещё {whole(now, 'ru')}; "
        f"за день не более {whole(most, 'ru')}",
        uz=f"Bugungi xatlaringizni oluvchilar: {whole(sent, 'uz')} ta, bu xatda yana {whole(now, 'uz')} ta; "
        f"bir kunda koʻpi bilan {whole(most, 'uz')} ta",
        fields=("to",),
    )
