"""Roles and tiers of bodies in words."""

from __future__ import annotations

from django.utils.translation import pgettext


def role_name(role: str) -> str:
    """A role in words."""
    names = {
        "chair": pgettext("role", "chair"),
        "deputy": pgettext("role", "deputy chair"),
        "secretary": pgettext("role", "secretary"),
        "member": pgettext("role", "member"),
        "head": pgettext("role", "head"),
        "representative": pgettext("role", "authorised representative"),
        "staff": pgettext("role", "staff"),
    }
    return names.get(role, role)


def tier_name(tier: str) -> str:
    """A tier of bodies in words."""
    names = {
        "cec": pgettext("tier", "Central Election Commission"),
        "territorial": pgettext("tier", "territorial commission"),
        "district": pgettext("tier", "district or city commission"),
        "okrug": pgettext("tier", "constituency (okrug) commission"),
        "precinct": pgettext("tier", "precinct commission"),
        "organisation": pgettext("tier", "organisation"),
        "person": pgettext("tier", "person"),
    }
    return names.get(tier, tier)


def numbered_tier(tier: str, number: str = "") -> str:
    """A tier of bodies in words; a precinct's commission with the precinct's number."""
    if tier == "precinct" and number:
        return pgettext("tier", "precinct commission No. %(number)s") % {"number": number}
    return tier_name(tier)
