"""Findings of rules by which houses belong to precincts (H01-H14); Art. 10: precincts and their borders."""

from collections.abc import Mapping, Sequence

from esaylov.acts.refusals import simple
from esaylov.law.findings import Finding

ARTICLE = "10"


def nothing_said() -> Finding:
    """H01: no rule at all."""
    return simple(
        "H01",
        en="The file names no precinct: nothing would be set",
        ru="В файле нет ни одного участка: устанавливать нечего",
        uz="Faylda birorta uchastka yoʻq: oʻrnatadigan narsa yoʻq",
        fields=("file",),
    )


def unknown_precinct(code: str) -> Finding:
    """H02: the election has no such precinct."""
    return simple(
        "H02",
        en=f"There is no precinct “{code}” in this election",
        ru=f"Участка «{code}» на этих выборах нет",
        uz=f"Bu saylovda “{code}” uchastkasi yoʻq",
        fields=("precinct",),
    )


def out_of_reach(code: str) -> Finding:
    """H03: the precinct lies in another territory."""
    return simple(
        "H03",
        en=f"The precinct “{code}” does not lie in your territory",
        ru=f"Участок «{code}» не находится на вашей территории",
        uz=f"“{code}” uchastkasi sizning hududingizda emas",
        article=ARTICLE,
        fields=("precinct",),
    )


def formed_by_others() -> Finding:
    """H04: in this election commissions of another tier form the precincts."""
    return simple(
        "H04",
        en="In this election commissions of another tier form the precincts",
        ru="На этих выборах участки образуют комиссии другого уровня",
        uz="Bu saylovda uchastkalarni boshqa darajadagi komissiyalar tuzadi",
        article=ARTICLE,
        fields=("precinct",),
    )


def unknown_mahalla(code: str) -> Finding:
    """H05: the address register has no such mahalla."""
    return simple(
        "H05",
        en=f"The address register has no mahalla “{code}”",
        ru=f"В реестре адресов нет махалли «{code}»",
        uz=f"Manzillar reyestrida “{code}” mahallasi yoʻq",
        fields=("mahalla",),
    )


def another_district(precinct: str, mahalla: str) -> Finding:
    """H06: the mahalla lies outside the district of the precinct."""
    return simple(
        "H06",
        en=f"The mahalla “{mahalla}” lies outside the district of the precinct “{precinct}”",
        ru=f"Махалля «{mahalla}» лежит вне района участка «{precinct}»",
        uz=f"“{mahalla}” mahallasi “{precinct}” uchastkasi tumanidan tashqarida",
        article=ARTICLE,
        fields=("mahalla",),
    )


def overlap(left: str, right: str, where: Mapping[str, str]) -> Finding:
    """H07: two precincts would have the same houses."""
    return simple(
        "H07",
        en=f"The precincts “{left}” and “{right}” would both have {where['en']}",
        ru=f"Участки «{left}» и «{right}» претендуют на одни дома: {where['ru']}",
        uz=f"“{left}” va “{right}” uchastkalariga bir xil uylar toʻgʻri keladi: {where['uz']}",
        article=ARTICLE,
        fields=("street",),
    )


def unknown_street(mahalla: str, street: str) -> Finding:
    """H08, a warning: the address register has no house in this street of the mahalla."""
    return simple(
        "H08",
        en=f"The address register has no street “{street}” in the mahalla “{mahalla}”",
        ru=f"В реестре адресов в махалле «{mahalla}» нет улицы «{street}»",
        uz=f"Manzillar reyestrida “{mahalla}” mahallasida “{street}” koʻchasi yoʻq",
        fields=("street",),
        severity="warning",
    )


def size(precinct: str, voters: int, least: int, most: int) -> Finding:
    """H09, a warning: the precinct would have fewer or more voters than the law has as a rule."""
    return simple(
        "H09",
        en=f"The precinct “{precinct}” would have {voters:,} voters; as a rule it has {least:,} to {most:,}",
        ru=f"В участке «{precinct}» было бы избирателей: {voters}; как правило, их от {least} до {most}",
        uz=f"“{precinct}” uchastkasida {voters} saylovchi boʻladi; odatda {least} dan {most} gacha",
        article=ARTICLE,
        fields=("precinct",),
        severity="warning",
    )


def nothing_new() -> Finding:
    """H10: the rules stand already."""
    return simple(
        "H10",
        en="These rules stand already; nothing was changed",
        ru="Эти правила уже действуют; ничего не изменено",
        uz="Bu qoidalar allaqachon amalda; hech narsa oʻzgarmadi",
        fields=("rules",),
    )


def many(found: int, codes: Sequence[str]) -> Finding:
    """H11: so many problems that only their codes are named."""
    return simple(
        "H11",
        en=f"{found:,} rows are wrong ({', '.join(codes)}); the list of problems names each",
        ru=f"Неверных строк: {found} ({', '.join(codes)}); каждая названа в списке замечаний",
        uz=f"Notoʻgʻri qatorlar: {found} ({', '.join(codes)}); har biri kamchiliklar roʻyxatida",
        fields=("rules",),
    )


def too_many(place: str, most: int) -> Finding:
    """H12: more rules of one street or mahalla than anybody reads."""
    return simple(
        "H12",
        en=f"There are more than {most} rules for “{place}”",
        ru=f"Правил о «{place}» больше {most}",
        uz=f"“{place}” uchun {most} tadan ortiq qoida bor",
        fields=("street",),
    )


def list_frozen(code: str) -> Finding:
    """H13: the precinct's list is frozen: its borders stay for this election."""
    return simple(
        "H13",
        en=f"The list of the precinct “{code}” is frozen: its borders stay, and whoever is missing comes into its supplement",
        ru=f"Список участка «{code}» закрыт: границы не меняются, а недостающие вносятся в дополнение",
        uz=f"“{code}” uchastkasi roʻyxati yopilgan: chegarasi oʻzgarmaydi, tushib qolganlar ilovaga kiritiladi",
        article="29",
        fields=("precinct",),
    )


def another_election(election: str) -> Finding:
    """H14: voters stand in the precincts of another election that is not over: nobody stands in two at once."""
    return simple(
        "H14",
        en=f"Voters stand in the precincts of the election “{election}”, which is not over: one election at a time",
        ru=f"Избиратели распределены по участкам выборов «{election}», которые не завершены: выборы идут по очереди",
        uz=f"Saylovchilar hali tugamagan “{election}” saylovi uchastkalarida turibdi: saylovlar navbat bilan boʻladi",
        article=ARTICLE,
        fields=("rules",),
    )
