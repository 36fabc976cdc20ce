"""Letters for officers and members of many bodies, chosen from a list and printed as one file."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from esaylov.design.words import in_language
from esaylov.exchange.documents.invitations import Invitation, Invitations
from esaylov.exchange.documents.parts import Sheet
from esaylov.exchange.documents.press import pdf
from esaylov.registry.accounts.officers import MOST, Choice, Letter, TooMany, bodies, letters
from esaylov.registry.accounts.views.administration import administrators_only, by_whom
from esaylov.registry.accounts.views.guards import shown_again
from esaylov.registry.accounts.views.own import installation_mode
from esaylov.registry.matrix import COMMISSIONS
from esaylov.registry.models import Commission, Territory
from esaylov.registry.words import numbered_tier, role_name, tier_name

PER_PAGE = 50
CHOSEN = ("election", "place", "tier", "q")
SENT = (*CHOSEN, "who", "again")
TIERS = (*COMMISSIONS, "organisation")


class ChoiceForm(forms.Form):
    """Which bodies are shown."""

    election = forms.ChoiceField(label=_("Election"), required=False)
    place = forms.ChoiceField(label=_("Territory"), required=False)
    tier = forms.ChoiceField(label=_("Kind of body"), required=False)
    q = forms.CharField(label=_("Name, number or code"), required=False, max_length=100)

    def __init__(self, data: Any) -> None:
        found = Commission.objects.exclude(election="").values_list("election", flat=True).distinct()
        elections = sorted(found, reverse=True)
        given = data.copy()
        given.setdefault("election", elections[0] if elections else "")
        super().__init__(given)
        self.fields["election"].choices = [  # type: ignore[attr-defined]
            *((one, one) for one in elections), ("", gettext("outside of elections")),
        ]  # fmt: skip
        places = (
            Territory.objects.filter(election=given["election"])
            .exclude(kind="constituency")
            .order_by("position")
        )
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            ("", gettext("everywhere")), *((str(row.pk), in_language(row.names, row.code)) for row in places),
        ]  # fmt: skip
        self.fields["tier"].choices = [("", gettext("all")), *((tier, tier_name(tier)) for tier in TIERS)]  # type: ignore[attr-defined]

    def choice(self) -> Choice:
        """What was chosen; what cannot be is left out."""
        self.full_clean()
        given = self.cleaned_data
        place = given.get("place", "")
        search = given.get("q", "").replace("\0", "")
        return Choice(given.get("election", ""), int(place) if place else None, given.get("tier", ""), search)


@administrators_only
@shown_again
def officers(request: HttpRequest) -> HttpResponse:
    """The bodies, and who has no account in them; POST prints the letters for all of them that the list shows; for several bodies
    it asks first.
    """
    form = ChoiceForm(request.POST if request.method == "POST" else request.GET)
    choice = form.choice()
    if request.method == "POST":
        _, total = bodies(choice, 1, 0)
        if total > 1 and request.POST.get("confirmed") != "1":
            return _asked_again(request, total)
        return _printed(request, choice)
    asked = request.GET.get("page", "1")
    page = int(asked) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 6 and int(asked) else 1
    rows, total = bodies(choice, PER_PAGE, (page - 1) * PER_PAGE)
    chosen = {name: str(form[name].value() or "") for name in form.fields}
    values = {
        "form": form, "chosen": chosen.items(), "total": total, "most": MOST,
        "rows": [(row, _body(row.tier, row.names, row.number, row.code), _only(chosen, row.code)) for row in rows],
        "before": f"?{urlencode(chosen | {'page': page - 1})}" if page > 1 else "",
        "after": f"?{urlencode(chosen | {'page': page + 1})}" if page * PER_PAGE < total else "",
    }  # fmt: skip
    return render(request, "accounts/administration/officers.html", values)


def _asked_again(request: HttpRequest, total: int) -> HttpResponse:
    """Before accounts of several bodies are made at one press: how many bodies they are."""
    sent = [(name, request.POST[name]) for name in SENT if name in request.POST]
    back = f"{reverse('accounts-administration-officers')}?{_query(request)}"
    values = {"total": total, "most": MOST, "sent": sent, "back": back}
    return render(request, "accounts/administration/officers_confirm.html", values)


def _only(chosen: dict[str, str], code: str) -> str:
    return f"?{urlencode({'election': chosen['election'], 'q': code})}"


def _body(tier: str, names: Any, number: str, code: str) -> str:
    place = in_language(names, code)
    said = numbered_tier(tier, number)
    return place if tier == "organisation" else f"{said[:1].upper()}{said[1:]}: {place}"


def _printed(request: HttpRequest, choice: Choice) -> HttpResponse:
    back = HttpResponseRedirect(f"{reverse('accounts-administration-officers')}?{_query(request)}")
    every, again = request.POST.get("who") == "all", request.POST.get("again") == "1"
    try:
        made = letters(choice, by_whom(request), every=every, again=again)
    except TooMany:
        said = gettext("There would be more than %(most)s letters: choose a territory or a kind of body.")
        messages.error(request, said % {"most": MOST})
        return back
    if not made:
        messages.error(request, gettext("Nobody here needs a letter."))
        return back
    response = HttpResponse(_pdf(request, made), content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="letters.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _query(request: HttpRequest) -> str:
    return urlencode({name: request.POST.get(name, "") for name in CHOSEN})


def _pdf(request: HttpRequest, made: list[Letter]) -> bytes:
    """The letters as one file, one a page."""
    sheet = Sheet(get_language() or "uz", installation_mode(), "esaylov", timezone.now())
    said = (
        gettext(
            "There you choose a password. Nobody else knows it, and nobody will ever ask you for it. "
            "The address is good for 14 days."
        ),
        gettext("Have your passport or identity card at hand: you type its PINFL."),
    )  # fmt: skip
    return pdf(
        Invitations(
            sheet, gettext("Invitation"), gettext("Address to open:"), " ".join(said),
            gettext("The address as a picture, for a telephone to read"),
            tuple(_invitation(request, one) for one in made),
        )
    )  # fmt: skip


def _invitation(request: HttpRequest, one: Letter) -> Invitation:
    facts = (
        (gettext("Body"), f"{_body(one.tier, one.names, one.number, one.body)} ({one.body})"),
        (gettext("Role"), role_name(one.role)),
        (gettext("Number of the mandate"), str(one.mandate)),
        (gettext("Sign-in code"), one.code),
    )
    return Invitation(facts, request.build_absolute_uri(reverse("accounts-link", args=[one.token])))
