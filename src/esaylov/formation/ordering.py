"""What decisions may order about commissions, in words: persons are named, so it is made on this room's own pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from esaylov.proceedings.composing import Description, describe
from esaylov.registry.acts import ChangeComposition, FormCommission

PAGE = "cabinet-commissions"


def describe_all() -> None:
    """Makes them known to those who compose decisions."""
    describe(FormCommission.code, Description(gettext_lazy("Form a commission"), page=PAGE))
    describe(ChangeComposition.code, Description(gettext_lazy("Change who sits on a commission"), page=PAGE))
