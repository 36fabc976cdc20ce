"""Findings of the voter list's acts: why a changeset is not proposed, not approved, not applied (Y01-Y19)."""

from datetime import datetime

from esaylov.acts.refusals import simple
from esaylov.law.findings import Finding

ARTICLES = "27-30"
STATES = {
    "comparing": ("being compared", "сравнивается", "taqqoslanmoqda"),
    "compared": ("compared", "сравнён", "taqqoslangan"),
    "failed": ("not readable", "не прочитан", "oʻqib boʻlmagan"),
    "proposed": ("proposed", "предложен", "taklif etilgan"),
    "approved": ("approved", "утверждён", "tasdiqlangan"),
    "applied": ("in the list", "внесён в список", "roʻyxatga kiritilgan"),
    "reversed": ("taken back", "отменён", "bekor qilingan"),
    "discarded": ("given up", "снят с рассмотрения", "koʻrib chiqishdan olingan"),
}
"""What a changeset's state is called, in English, Russian and Uzbek."""


def unknown_changeset() -> Finding:
    """Y01: there is no changeset with this number in this election."""
    return simple(
        "Y01",
        en="There is no changeset with this number in this election",
        ru="Пакета изменений с таким номером на этих выборах нет",
        uz="Bu saylovda bunday raqamli oʻzgarishlar toʻplami yoʻq",
        fields=("changeset",),
    )


def wrong_state(state: str) -> Finding:
    """Y02: the changeset is in a state in which this is not done with it."""
    en, ru, uz = STATES[state]
    return simple(
        "Y02",
        en=f"The changeset’s state is “{en}”: this step is not open",
        ru=f"Пакет изменений в состоянии «{ru}»: это действие сейчас невозможно",
        uz=f"Oʻzgarishlar toʻplami “{uz}” holatida: bu amal hozir mumkin emas",
        fields=("changeset",),
    )


def same_person() -> Finding:
    """Y03: who proposed a changeset approves it too."""
    return simple(
        "Y03",
        en="Who proposed a changeset does not approve it: a second person does",
        ru="Предложивший пакет изменений не утверждает его сам: это делает второе лицо",
        uz="Oʻzgarishlar toʻplamini taklif qilgan shaxs uni oʻzi tasdiqlamaydi: buni ikkinchi shaxs qiladi",
        article=ARTICLES,
        fields=("changeset",),
    )


def compared_with_an_older_list(base: int, head: int) -> Finding:
    """Y04: another changeset went into the list since this one was compared."""
    return simple(
        "Y04",
        en=f"The list changed since the comparison (changeset {head} came after {base}): compare the extract again",
        ru=f"После сравнения список изменился (пакет {head} применён после {base}): сравните выписку заново",
        uz=f"Taqqoslashdan keyin roʻyxat oʻzgardi ({base} dan keyin {head} kiritilgan): koʻchirmani qayta taqqoslang",
        fields=("changeset",),
    )


def not_what_was_approved() -> Finding:
    """Y05: the changes that wait are not those that the hash names."""
    return simple(
        "Y05",
        en="The changes that wait are not those that were proposed (their SHA-256 is another): import the extract again",
        ru="Подготовленные изменения не те, что были предложены (другая SHA-256): загрузите выписку заново",
        uz="Tayyor oʻzgarishlar taklif qilinganlardan boshqa (SHA-256 mos emas): koʻchirmani qaytadan yuklang",
        fields=("sha256",),
    )


def no_changes() -> Finding:
    """Y06: the changeset changes nothing."""
    return simple(
        "Y06",
        en="The extract says what the list says: there is nothing to propose",
        ru="Выписка совпадает со списком: предлагать нечего",
        uz="Koʻchirma roʻyxat bilan bir xil: taklif qiladigan narsa yoʻq",
        fields=("changeset",),
    )


def touched(entries: int) -> Finding:
    """Y07: entries of a changeset that is to be taken back were changed since."""
    return simple(
        "Y07",
        en=f"{entries:,} of its entries were changed by a later changeset: take that one back first",
        ru=f"Записей, изменённых более поздним пакетом: {entries:,}. Сначала отмените его",
        uz=f"{entries:,} ta yozuvi keyingi toʻplam bilan oʻzgargan: avval oʻshani bekor qiling",
        fields=("changeset",),
    )


def frozen() -> Finding:
    """Y08: the lists of this election are frozen; from then on there are only numbered supplements."""
    return simple(
        "Y08",
        en="The lists of this election are frozen: from now on there are only numbered entries of the supplement",
        ru="Списки этих выборов закрыты: теперь возможны только пронумерованные записи дополнения",
        uz="Bu saylov roʻyxatlari yopilgan: endi faqat ilovaning raqamlangan yozuvlari mumkin",
        article="29",
        fields=("changeset",),
    )


def another_register(register: str) -> Finding:
    """Y09: the extract is of a register that the list is not made of."""
    return simple(
        "Y09",
        en=f"This is an extract of the register “{register}”: the list is made of the residence register",
        ru=f"Это выписка из реестра «{register}»: список составляется по реестру проживания",
        uz=f"Bu “{register}” reyestri koʻchirmasi: roʻyxat yashash joyi reyestri asosida tuziladi",
        article="28",
        fields=("register",),
    )


def real_and_simulated() -> Finding:
    """Y10: invented people for a real list, or real ones for a simulated election."""
    return simple(
        "Y10",
        en="Invented people never enter a real list, nor real people a simulated one",
        ru="Вымышленные люди не вносятся в настоящий список, а настоящие — в учебный",
        uz="Oʻylab topilgan shaxslar haqiqiy roʻyxatga, haqiqiy shaxslar sinov roʻyxatiga kiritilmaydi",
        fields=("simulated",),
    )


def same_extract() -> Finding:
    """Y11: the very same extract went into the list already."""
    return simple(
        "Y11",
        en="This very extract is in the list already",
        ru="Именно эта выписка уже внесена в список",
        uz="Aynan shu koʻchirma roʻyxatga kiritilgan",
        fields=("sha256",),
    )


def older_extract(as_of: datetime, last: datetime) -> Finding:
    """Y12: the extract shows an older state than the list."""
    return simple(
        "Y12",
        en=f"The extract shows the state of {as_of:%d.%m.%Y %H:%M}, the list has that of {last:%d.%m.%Y %H:%M} already",
        ru=f"Выписка показывает состояние на {as_of:%d.%m.%Y %H:%M}, а в списке уже состояние на {last:%d.%m.%Y %H:%M}",
        uz=f"Koʻchirma {as_of:%d.%m.%Y %H:%M} holatini koʻrsatadi, roʻyxatda esa {last:%d.%m.%Y %H:%M} holati bor",
        fields=("as_of",),
    )


def extract_of_the_future(as_of: datetime, now: datetime) -> Finding:
    """Y15: the extract shows a state that is still to come; it would be newer than every true one."""
    return simple(
        "Y15",
        en=f"The extract shows the state of {as_of:%d.%m.%Y %H:%M}; it is {now:%d.%m.%Y %H:%M}",
        ru=f"Выписка показывает состояние на {as_of:%d.%m.%Y %H:%M}, а сейчас {now:%d.%m.%Y %H:%M}",
        uz=f"Koʻchirma {as_of:%d.%m.%Y %H:%M} holatini koʻrsatadi, hozir esa {now:%d.%m.%Y %H:%M}",
        fields=("as_of",),
    )


def delta_without_list() -> Finding:
    """Y13: daily changes come to a list that has never seen a full extract."""
    return simple(
        "Y13",
        en="Changes of a day need a list: import a full extract first",
        ru="Изменения за день вносятся в готовый список: сначала загрузите полную выписку",
        uz="Kunlik oʻzgarishlar uchun roʻyxat kerak: avval toʻliq koʻchirmani yuklang",
        fields=("kind",),
    )


def delta_after_a_missing_one(after: datetime, last: datetime) -> Finding:
    """Y16: the changes follow an extract whose state the list does not have: a delta before them is missing."""
    wanted, known = f"{after:%d.%m.%Y %H:%M}", f"{last.astimezone(after.tzinfo):%d.%m.%Y %H:%M}"
    return simple(
        "Y16",
        en=f"extract.json, after: these changes follow the extract of {wanted}; the last one in the list is of {known}."
        " Bring what lies between first, or a full extract",
        ru=f"extract.json, after: эти изменения следуют за выпиской от {wanted}; последняя в списке — от {known}."
        " Сначала внесите недостающие или полную выписку",
        uz=f"extract.json, after: bu oʻzgarishlar {wanted} koʻchirmasidan keyingi; roʻyxatdagi oxirgisi — {known}."
        " Avval oradagilarni yoki toʻliq koʻchirmani kiriting",
        article="28",
        fields=("after",),
    )


def another_import() -> Finding:
    """Y14: another extract is being compared at this moment."""
    return simple(
        "Y14",
        en="Another extract is being compared at this moment: wait for its end",
        ru="Сейчас сравнивается другая выписка: дождитесь окончания",
        uz="Hozir boshqa koʻchirma taqqoslanmoqda: tugashini kuting",
        fields=("extract",),
    )


def listed_already() -> Finding:
    """Y100: somebody is to be entered who is on the list."""
    return simple(
        "Y100",
        en="Somebody who is to be entered is on the list already: look at the case again",
        ru="Вносимый избиратель уже есть в списке: рассмотрите дело заново",
        uz="Kiritilayotgan saylovchi roʻyxatda bor: ishni qayta koʻring",
        article="27",
        fields=("voter",),
    )


def no_entry() -> Finding:
    """Y101: an entry that is to change is not in the list any more."""
    return simple(
        "Y101",
        en="An entry that is to change has left the list: look at the case again",
        ru="Изменяемой записи больше нет в списке: рассмотрите дело заново",
        uz="Oʻzgartiriladigan yozuv roʻyxatda yoʻq: ishni qayta koʻring",
        article="27",
        fields=("voter",),
    )


def named_twice() -> Finding:
    """Y102: one changeset would change an entry twice."""
    return simple(
        "Y102",
        en="Two decisions are about one entry: put the first into the list before the second",
        ru="Два решения касаются одной записи: сначала внесите в список первое",
        uz="Ikki qaror bitta yozuv haqida: avval birinchisini roʻyxatga kiriting",
        article="27",
        fields=("voter",),
    )


def changes_again_and_again() -> Finding:
    """Y103: changesets go into the list faster than this one is prepared."""
    return simple(
        "Y103",
        en="The list is changing at this moment: try again in a minute",
        ru="Список сейчас меняется: повторите через минуту",
        uz="Roʻyxat hozir oʻzgarmoqda: bir daqiqadan soʻng takrorlang",
        fields=("changeset",),
    )
