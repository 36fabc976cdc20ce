"""Findings of what a Kengash discusses (N20-N25)."""

from esaylov.acts.refusals import simple
from esaylov.law.findings import Finding


def no_kengash(code: str) -> Finding:
    """N20: no Kengash is known under this code."""
    return simple(
        "N20",
        en=f"“{code}” is not entered as a Kengash of people's deputies",
        ru=f"«{code}» не внесён как Кенгаш народных депутатов",
        uz=f"“{code}” xalq deputatlari Kengashi sifatida kiritilmagan",
        article="19, 23",
        fields=("organisation",),
    )


def named_already(code: str) -> Finding:
    """N21: the Kengash is named already."""
    return simple(
        "N21",
        en=f"“{code}” is named as the Kengash of this territory already",
        ru=f"«{code}» уже назван Кенгашем этой территории",
        uz=f"“{code}” allaqachon shu hudud Kengashi deb koʻrsatilgan",
        fields=("organisation",),
    )


def no_proposal(number: str) -> Finding:
    """N22: no proposal of this number is for a commission in the Kengash's territory."""
    return simple(
        "N22",
        en=f"No proposal of a member for a commission in this territory has the number {number}",
        ru=f"Предложения члена комиссии на этой территории под номером {number} нет",
        uz=f"Shu hududdagi komissiya aʼzoligiga {number} raqamli taklif yoʻq",
        article="19, 23",
        fields=("opinions",),
    )


def decided_already(number: str) -> Finding:
    """N23: the commission has decided about the proposal."""
    return simple(
        "N23",
        en=f"The commission has decided about the proposal {number} already",
        ru=f"Комиссия уже решила по предложению {number}",
        uz=f"Komissiya {number} raqamli taklif boʻyicha qaror qabul qilgan",
        article="19, 23",
        fields=("opinions",),
    )


def nothing_discussed() -> Finding:
    """N24: no proposal has a result."""
    return simple(
        "N24",
        en="No proposal has a result: say of at least one whether the Kengash supports it",
        ru="Ни по одному предложению нет результата: укажите хотя бы по одному, поддержал ли его Кенгаш",
        uz="Birorta taklif boʻyicha natija yoʻq: kamida bittasi boʻyicha Kengash qoʻllab-quvvatlaganini koʻrsating",
        fields=("opinions",),
    )
