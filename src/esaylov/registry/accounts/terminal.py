"""What the command line asks of accounts."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from esaylov.registry.accounts.links import first_administrator


def administrator_link(*, another: bool = False) -> str:
    """The address by which the first administrator's account is opened; its path alone where the site does not know its
    own address. Raises LinkError.
    """
    token = first_administrator(another=another)
    with translation.override(settings.LANGUAGE_CODE):
        return f"{settings.ESAYLOV_PUBLIC_URL}{reverse('accounts-link', args=[token])}"
