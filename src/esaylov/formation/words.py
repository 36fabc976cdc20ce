"""Words for commissions, roles, grounds and kinds of proposers."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext, pgettext

from esaylov.cabinet.forbidden import tier_name
from esaylov.design.words import in_language
from esaylov.registry.words import numbered_tier


def commission_text(tier: str, names: Mapping[str, str], number: str = "", code: str = "") -> str:
    """A commission by its tier and place."""
    place = in_language(names, code)
    if tier == "precinct":
        text = f"{numbered_tier(tier, number or code.partition(':')[2])}, {place}"
    else:
        text = f"{tier_name(tier)}: {place}"
    return text[:1].upper() + text[1:]


def ground_text(ground: str) -> str:
    """Why a mandate ended."""
    names = {
        "resigned": gettext("resigned"), "recalled": gettext("recalled"),
        "candidate": gettext("registered as a candidate"), "proxy": gettext("registered as a proxy"),
        "died": gettext("died"), "other-commission": gettext("member of another commission"),
        "conviction": gettext("convicted of a serious crime"),
    }  # fmt: skip
    return names.get(ground, ground)


def proposer_text(kind: str) -> str:
    """What kind of body proposed somebody (Art. 23)."""
    names = {
        "mahalla": gettext("mahalla body"), "ngo": gettext("non-governmental organisation"),
        "employer": gettext("employer"), "kengash": pgettext("proposer", "Kengash (council)"),
        "self": gettext("nobody: came forward"),
    }  # fmt: skip
    return names.get(kind, kind) if kind else gettext("not said")


def field_text(name: str) -> str:
    """What is known of a person, in words."""
    names = {
        "role": gettext("role"), "pinfl": gettext("personal number (PINFL)"), "surname": gettext("surname"),
        "given_name": gettext("given name"), "patronymic": gettext("patronymic"), "birth_date": gettext("date of birth"),
        "education": gettext("education"), "employer": gettext("employer"),
        "employer_tin": gettext("employer's taxpayer number"), "position": gettext("position"),
        "proposer": gettext("proposed by"), "proposer_name": gettext("name of the proposing body"),
        "phone": gettext("telephone"), "email": gettext("e-mail"), "language": gettext("language"),
        "party_member": gettext("member of a party"), "candidate_relative": gettext("relative of a candidate"),
        "grounds": gettext("declared grounds"), "consent_date": gettext("day of consent"),
    }  # fmt: skip
    return names.get(name, name)
