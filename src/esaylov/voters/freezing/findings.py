"""Findings of freezing lists, of supplements and of marks (J01-J29)."""

from esaylov.acts.refusals import simple
from esaylov.law.findings import Finding

MARKS = {
    "early": ("voted early", "голос подан досрочно", "muddatidan oldin ovoz berdi"),
    "home-asked": ("asked for a home visit", "просит проголосовать на дому", "uyida ovoz berishni soʻradi"),
    "home": ("voted at home", "голос подан на дому", "uyida ovoz berdi"),
    "elsewhere": ("votes elsewhere", "голосует на другом участке", "boshqa joyda ovoz beradi"),
    "replaced": ("ballot replaced", "бюллетень заменён", "byulleten almashtirildi"),
}
"""What a mark says, in English, Russian and Uzbek: nobody reads its code."""


def nothing_prepared() -> Finding:
    """J01: no list waits to be frozen."""
    return simple(
        "J01",
        en="No list is prepared: run “esaylov voters freeze” first, it orders and hashes them",
        ru="Ни один список не подготовлен: сначала выполните «esaylov voters freeze»",
        uz="Hech bir roʻyxat tayyorlanmagan: avval “esaylov voters freeze” buyrugʻini bajaring",
        article="29",
    )


def not_prepared(missing: int, first: str) -> Finding:
    """J02: lists that are to be frozen are not prepared, or the voter list changed since they were."""
    return simple(
        "J02",
        en=f"The lists of {missing} precincts (the first: {first}) are not prepared, or changed since: prepare them again",
        ru=f"Списки {missing} участков (первый: {first}) не подготовлены или изменились с тех пор: подготовьте их заново",
        uz=f"{missing} ta uchastka (birinchisi: {first}) roʻyxati tayyorlanmagan yoki keyin oʻzgargan: qayta tayyorlang",
        article="29",
        fields=("precincts",),
    )


def unknown_precinct(code: str) -> Finding:
    """J03: the election has no such precinct."""
    return simple(
        "J03",
        en=f"There is no precinct “{code}” in this election",
        ru=f"Участка «{code}» на этих выборах нет",
        uz=f"Bu saylovda “{code}” uchastkasi yoʻq",
        fields=("precinct",),
    )


def frozen_already(code: str) -> Finding:
    """J04: the list is frozen."""
    return simple(
        "J04",
        en=f"The list of precinct “{code}” is frozen already",
        ru=f"Список участка «{code}» уже закрыт",
        uz=f"“{code}” uchastkasi roʻyxati allaqachon yopilgan",
        article="29",
        fields=("precincts",),
    )


def still_placing(mahallas: int) -> Finding:
    """J05: voters wait to be placed in precincts."""
    return simple(
        "J05",
        en=f"The voters of {mahallas} mahallas wait to be placed in precincts: the lists would not be whole",
        ru=f"Избиратели {mahallas} махаллей ждут распределения по участкам: списки были бы неполными",
        uz=f"{mahallas} ta mahalla saylovchilari uchastkalarga taqsimlanishini kutmoqda: roʻyxatlar toʻliq boʻlmas edi",
        article="28",
    )


def not_frozen() -> Finding:
    """J10: before the freeze nobody is entered into a supplement."""
    return simple(
        "J10",
        en="The list of this precinct is not frozen yet: who is missing is entered by a request, not into a supplement",
        ru="Список этого участка ещё не закрыт: отсутствующих вносят по заявлению, а не в дополнение",
        uz="Bu uchastka roʻyxati hali yopilmagan: yoʻq saylovchi ilovaga emas, ariza bilan kiritiladi",
        article="29, 52",
        fields=("precinct",),
    )


def unknown_reason(known: str) -> Finding:
    """J11: the edition does not know the reason."""
    return simple(
        "J11",
        en=f"Not a reason that the law's edition names ({known})",
        ru=f"Такого основания редакция закона не называет ({known})",
        uz=f"Qonun tahriri bunday asosni koʻrsatmagan ({known})",
        article="52",
        fields=("reason",),
    )


def too_few_members(least: int) -> Finding:
    """J12: not as many members of the commission agree as the edition says."""
    return simple(
        "J12",
        en=f"At least {least} different members of this commission agree to an entry of the supplement",
        ru=f"С записью в дополнение должны согласиться не менее {least} разных членов этой комиссии",
        uz=f"Ilovaga yozuvga ushbu komissiyaning kamida {least} nafar turli aʼzosi rozi boʻlishi kerak",
        article="52",
        fields=("members",),
    )


def listed_here(number: int) -> Finding:
    """J13: the person stands in the list of this precinct."""
    return simple(
        "J13",
        en=f"This voter stands in the list of this precinct, number {number}",
        ru=f"Этот избиратель есть в списке участка под номером {number}",
        uz=f"Bu saylovchi uchastka roʻyxatida bor, raqami {number}",
        article="52",
        fields=("person",),
    )


def supplemented() -> Finding:
    """J14: the person stands in a supplement."""
    return simple(
        "J14",
        en="This voter was entered into a supplement already: one voter, one entry",
        ru="Этот избиратель уже внесён в дополнение: один избиратель — одна запись",
        uz="Bu saylovchi ilovaga allaqachon kiritilgan: bir saylovchi — bir yozuv",
        article="27, 52",
        fields=("person",),
    )


def wrong_pinfl() -> Finding:
    """J15: the check digit does not fit."""
    return simple(
        "J15",
        en="The PINFL has a wrong check digit: compare it with the document",
        ru="Контрольная цифра ПИНФЛ не сходится: сверьте с документом",
        uz="JSHSHIRning nazorat raqami notoʻgʻri: hujjat bilan solishtiring",
        fields=("person.pinfl",),
    )


def too_young(age: int) -> Finding:
    """J16: the person is not of age on election day."""
    return simple(
        "J16",
        en=f"This person is not {age} years old on election day",
        ru=f"В день выборов этому лицу ещё не исполнится {age} лет",
        uz=f"Bu shaxs saylov kuni {age} yoshga toʻlmagan boʻladi",
        article="128",
        fields=("person.birth_date",),
    )


def voted_elsewhere() -> Finding:
    """J20: the voter is marked as having voted, by another precinct."""
    return simple(
        "J20",
        en="This voter voted already, at another place",
        ru="Этот избиратель уже проголосовал в другом месте",
        uz="Bu saylovchi boshqa joyda ovoz berib boʻlgan",
        article="53, 57",
        fields=("voter",),
    )


def voted_here(kind: str, day: str) -> Finding:
    """J21: the voter is marked as having voted, by this precinct."""
    en, ru, uz = MARKS[kind]
    return simple(
        "J21",
        en=f"This voter voted already: marked here as “{en}” on {day}",
        ru=f"Этот избиратель уже проголосовал: отмечен здесь «{ru}» {day}",
        uz=f"Bu saylovchi ovoz berib boʻlgan: bu yerda “{uz}” deb {day} kuni belgilangan",
        article="53, 57",
        fields=("voter",),
    )


def marked_so() -> Finding:
    """J22: the voter has this mark."""
    return simple(
        "J22",
        en="This voter has this mark already",
        ru="Эта отметка у избирателя уже есть",
        uz="Saylovchida bu belgi allaqachon bor",
        fields=("voter",),
    )


def not_of_this_precinct() -> Finding:
    """J23: the voter stands neither in the list of this precinct nor in its supplement."""
    return simple(
        "J23",
        en="There is no such voter in the list of this precinct or in its supplement",
        ru="В списке этого участка и в дополнении к нему такого избирателя нет",
        uz="Bu uchastka roʻyxatida ham, ilovasida ham bunday saylovchi yoʻq",
        fields=("voter",),
    )


def not_open(kind: str) -> Finding:
    """J24: the calendar does not allow this mark now."""
    en, ru, uz = MARKS[kind]
    return simple(
        "J24",
        en=f"The calendar does not allow the mark “{en}” now",
        ru=f"Календарь сейчас не допускает отметку «{ru}»",
        uz=f"Taqvim hozir “{uz}” belgisiga yoʻl qoʻymaydi",
        article="53, 57",
        fields=("kind",),
    )


def unknown_voter() -> Finding:
    """J25: nobody in the list has this document and birth date; which of the two does not fit is not told."""
    return simple(
        "J25",
        en="Nobody in the voter list has this document and this date of birth",
        ru="В списке избирателей нет никого с таким документом и такой датой рождения",
        uz="Saylovchilar roʻyxatida bunday hujjatli va bunday tugʻilgan sanali shaxs yoʻq",
        fields=("document",),
    )


def too_many_tries(seconds: int) -> Finding:
    """J26: a commission asks for documents too fast."""
    return simple(
        "J26",
        en=f"Too many documents were asked for: try again in {seconds} seconds",
        ru=f"Слишком много запросов по документам: попробуйте снова через {seconds} с",
        uz=f"Hujjatlar boʻyicha soʻrovlar juda koʻp: {seconds} soniyadan keyin qayta urinib koʻring",
        fields=("document",),
    )
