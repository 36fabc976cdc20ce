"""Findings of decisions about pairs of entries (Y61-Y69)."""

from esaylov.acts.refusals import simple
from esaylov.law.findings import Finding

ARTICLES = "27-30"


def unknown_pair() -> Finding:
    """Y61: there is no such pair in the queue."""
    return simple(
        "Y61",
        en="There is no pair with this number in the queue",
        ru="Пары с таким номером в очереди нет",
        uz="Navbatda bunday raqamli juftlik yoʻq",
        fields=("pair",),
    )


def settled_pair() -> Finding:
    """Y62: the pair was decided already, or one of its entries is no longer what it was."""
    return simple(
        "Y62",
        en="The pair is decided already, or one of its entries has left the list or changed",
        ru="По этой паре решение уже принято, либо одна из записей выбыла из списка или изменилась",
        uz="Bu juftlik boʻyicha qaror qabul qilingan yoki yozuvlardan biri roʻyxatdan chiqqan yoxud oʻzgargan",
        fields=("pair",),
    )


def nothing_proposed() -> Finding:
    """Y63: what is approved is not what was proposed."""
    return simple(
        "Y63",
        en="This is not what was proposed for the pair: look at it again",
        ru="По этой паре предложено другое: посмотрите её ещё раз",
        uz="Bu juftlik boʻyicha boshqa narsa taklif qilingan: uni yana koʻring",
        fields=("verdict",),
    )


def same_person() -> Finding:
    """Y64: who proposed a decision about a pair approves it too."""
    return simple(
        "Y64",
        en="Who proposed a decision about a pair does not approve it: a second person does",
        ru="Предложивший решение по паре не утверждает его сам: это делает второе лицо",
        uz="Juftlik boʻyicha qaror taklif qilgan shaxs uni oʻzi tasdiqlamaydi: buni ikkinchi shaxs qiladi",
        article=ARTICLES,
        fields=("pair",),
    )


def removes_whom() -> Finding:
    """Y65: one person, but no entry of the two is named that leaves; or two persons, and one is."""
    return simple(
        "Y65",
        en="For one and the same person say which of the two entries leaves the list; for any other answer none",
        ru="Если это одно лицо, укажите, какая из двух записей исключается; при любом другом ответе — никакая",
        uz="Agar bu bir shaxs boʻlsa, ikki yozuvdan qaysi biri chiqarilishini koʻrsating; boshqa javobda hech qaysi",
        fields=("removes",),
    )
