"""Findings of forming commissions: why rows, commissions or a whole file are left out (N01-N17)."""

from collections.abc import Sequence
from dataclasses import replace

from esaylov.acts.refusals import simple
from esaylov.exchange.members.texts import columns
from esaylov.law.findings import Finding


def unknown_commission(code: str) -> Finding:
    """N01: the election has no such commission."""
    return simple(
        "N01",
        en=f"There is no commission “{code}” in this election",
        ru=f"Комиссии «{code}» на этих выборах нет",
        uz=f"Bu saylovda “{code}” komissiyasi yoʻq",
        fields=("commission",),
    )


def out_of_reach(code: str) -> Finding:
    """N02: the commission lies in another territory."""
    return simple(
        "N02",
        en=f"“{code}” does not lie in your territory",
        ru=f"«{code}» не находится на вашей территории",
        uz=f"“{code}” sizning hududingizda emas",
        article="19-23",
        fields=("commission",),
    )


def entered_by_another(tier: str) -> Finding:
    """N03: members of this tier are entered by another commission."""
    return simple(
        "N03",
        en=f"Your commission does not enter members of commissions of the tier “{tier}”",
        ru=f"Ваша комиссия не вносит членов комиссий уровня «{tier}»",
        uz=f"Komissiyangiz “{tier}” darajasidagi komissiyalar aʼzolarini kiritmaydi",
        article="19-23",
        fields=("commission",),
    )


def another_role(code: str) -> Finding:
    """N04: somebody stands in the commission in another role than the file says."""
    return simple(
        "N04",
        en=f"A member of “{code}” holds another role there already: change its composition instead",
        ru=f"Член комиссии «{code}» уже занимает в ней другую должность: измените её состав",
        uz=f"“{code}” aʼzosi unda boshqa lavozimda: komissiya tarkibini oʻzgartiring",
        article="24",
        fields=("role",),
    )


def unreadable() -> Finding:
    """N05: nothing of the file could be read."""
    return simple(
        "N05",
        en="Nothing of this file could be read; the problems say why",
        ru="Файл не удалось прочитать; причины названы среди замечаний",
        uz="Faylni oʻqib boʻlmadi; sabablari kamchiliklar roʻyxatida",
        fields=("file",),
    )


def nothing_new() -> Finding:
    """N06: all rows stand already."""
    return simple(
        "N06",
        en="All members of this file stand in their commissions already; nothing was changed",
        ru="Все члены из этого файла уже состоят в своих комиссиях; ничего не изменено",
        uz="Fayldagi barcha aʼzolar oʻz komissiyalarida turibdi; hech narsa oʻzgarmadi",
        fields=("file",),
    )


def nothing_taken(left_out: int) -> Finding:
    """N07: no row of the file can be taken."""
    return simple(
        "N07",
        en=f"No row of this file can be taken; commissions left out: {left_out}",
        ru=f"Ни одной строки этого файла принять нельзя; комиссий оставлено без изменений: {left_out}",
        uz=f"Bu fayldan birorta satrni qabul qilib boʻlmaydi; oʻzgarishsiz qolgan komissiyalar: {left_out}",
        article="19-25",
        fields=("file",),
    )


def real_people() -> Finding:
    """N08: a simulated election takes invented people only."""
    return simple(
        "N08",
        en="This election is simulated: its files hold invented people only (their PINFL begins with 7 or 8)",
        ru="Эти выборы – симуляция: в файлах только вымышленные люди (их ПИНФЛ начинается с 7 или 8)",
        uz="Bu saylov – simulyatsiya: fayllarda faqat oʻylab topilgan odamlar (ularning JSHSHIRi 7 yoki 8 bilan boshlanadi)",
        fields=("file",),
    )


def invented_people() -> Finding:
    """N09: an election that is not simulated takes nobody who was invented."""
    return simple(
        "N09",
        en="The file holds invented people (their PINFL begins with 7 or 8)",
        ru="В файле есть вымышленные люди (их ПИНФЛ начинается с 7 или 8)",
        uz="Faylda oʻylab topilgan odamlar bor (JSHSHIRi 7 yoki 8 bilan boshlanadi)",
        fields=("file",),
    )


def unknown_territory(code: str) -> Finding:
    """N10: the election has no such territory."""
    return simple(
        "N10",
        en=f"There is no territory “{code}” in this election",
        ru=f"Территории «{code}» на этих выборах нет",
        uz=f"Bu saylovda “{code}” hududi yoʻq",
        fields=("territory",),
    )


def more_supported() -> Finding:
    """N11: more supported than proposed."""
    return simple(
        "N11",
        en="More people were supported than were proposed",
        ru="Поддержано больше людей, чем предложено",
        uz="Taklif etilganidan koʻp odam qoʻllab-quvvatlangan",
        fields=("supported",),
    )


def day_to_come() -> Finding:
    """N12: the minutes are of a day that has not come."""
    return simple(
        "N12",
        en="The day of the minutes lies ahead",
        ru="День протокола ещё не наступил",
        uz="Bayonnoma kuni hali kelmagan",
        fields=("day",),
    )


def recorded_already(minutes: str) -> Finding:
    """N13: the minutes are recorded already."""
    return simple(
        "N13",
        en=f"The discussion of minutes No. {minutes} is recorded already",
        ru=f"Обсуждение по протоколу № {minutes} уже внесено",
        uz=f"{minutes}-sonli bayonnoma boʻyicha muhokama allaqachon kiritilgan",
        fields=("minutes",),
    )


def known_otherwise(file: str, row: str, names: Sequence[str]) -> Finding:
    """N14: a row says of somebody known, in these columns (`names`), who they are otherwise than is known."""
    return simple(
        "N14",
        en=f"{file}, row {row}: differs from what is known of this person: {_titles(names, 'en')}. Check the PINFL; "
        "a file does not change who somebody is",
        ru=f"{file}, строка {row}: расходится с тем, что известно об этом лице: {_titles(names, 'ru')}. Проверьте ПИНФЛ; "
        "файл не меняет сведений о личности",
        uz=f"{file}, {row}-satr: bu shaxs haqida maʼlum boʻlganidan farq qiladi: {_titles(names, 'uz')}. JSHSHIRni "
        "tekshiring; fayl shaxsga oid maʼlumotlarni oʻzgartirmaydi",
        article="25",
        fields=(row, *names),
    )


def kept_as_known(file: str, row: str, names: Sequence[str]) -> Finding:
    """N15: a row says something else of somebody who sits in another body; what is known stays."""
    found = simple(
        "N15",
        en=f"{file}, row {row}: this person sits in another body, and what is known stays as it is: "
        f"{_titles(names, 'en')}. That body, or the person, can correct it",
        ru=f"{file}, строка {row}: это лицо состоит в другом органе, известные сведения не меняются: "
        f"{_titles(names, 'ru')}. Исправить их может тот орган или само лицо",
        uz=f"{file}, {row}-satr: bu shaxs boshqa organ tarkibida, u haqida maʼlum boʻlgani oʻzgarmaydi: "
        f"{_titles(names, 'uz')}. Uni oʻsha organ yoki shaxsning oʻzi tuzata oladi",
        fields=(row, *names),
    )
    return replace(found, severity="warning")


def _titles(names: Sequence[str], language: str) -> str:
    known = columns()
    return ", ".join(known[name].title[language] for name in names)


def file_gone() -> Finding:
    """N16: the file was thrown away before it was worked on."""
    return simple(
        "N16",
        en="The file was thrown away after an hour: hand it in again",
        ru="Файл удалён через час: сдайте его снова",
        uz="Fayl bir soatdan keyin oʻchirildi: uni qayta topshiring",
        fields=("file",),
    )


def mandate_gone() -> Finding:
    """N17: the mandate under which the file was handed in has ended."""
    return simple(
        "N17",
        en="The mandate under which the file was handed in has ended; nothing was recorded",
        ru="Полномочия, с которыми сдан файл, прекращены; ничего не записано",
        uz="Fayl topshirilgan vakolat tugagan; hech narsa yozilmadi",
        article="25",
        fields=("file",),
    )
