"""A letter with a one-time link, to be printed and handed over."""

from __future__ import annotations

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from esaylov.registry.accounts.models import Account


def letter(request: HttpRequest, token: str, account: Account, kind: str) -> HttpResponse:
    """The letter's page. `kind`: "invitation" or "recovery". The link stands on it and nowhere else."""
    url = request.build_absolute_uri(reverse("accounts-link", args=[token]))
    picture = segno.make(url, error="m").svg_data_uri(scale=4, border=2)
    context = {"url": url, "picture": picture, "account": account, "kind": kind}
    return render(request, "accounts/letter.html", context)
