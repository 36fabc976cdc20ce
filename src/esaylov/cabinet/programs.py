"""Access for programs: one's own tokens of the JSON API, a new one, the end of one (`registry.accounts.programs`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from esaylov.cabinet import notices
from esaylov.cabinet.desk import desk_of
from esaylov.cabinet.elections import elections
from esaylov.cabinet.templatetags.cabinet import mandate_line
from esaylov.cabinet.views import desk_view
from esaylov.registry.accounts import policy, programs
from esaylov.registry.accounts.parameters import PARAMETERS
from esaylov.registry.accounts.views.guards import shown_before
from esaylov.registry.queries import MandateRow

ADMITTED = "cabinet.program-admitted"


def start() -> None:
    """Registers the words of the notice to whose account a program was admitted."""
    notices.register(
        ADMITTED,
        gettext_lazy("A program was given access to act for you. If it was not you, take it back at once"),
        gettext_lazy("A program was given access to act for you"),
    )


class ProgramForm(forms.Form):
    """A program that is to act for the person under one mandate."""

    name = forms.CharField(
        label=gettext_lazy("Name of the program"),
        help_text=gettext_lazy("So that you know it again in the list. Only you see it."),
        max_length=80,
    )
    mandate = forms.TypedChoiceField(
        label=gettext_lazy("Under which mandate it acts"),
        help_text=gettext_lazy("It may do what this mandate may, no more, and its access ends with it."),
        coerce=int,
        widget=forms.RadioSelect,
    )
    days = forms.IntegerField(
        label=gettext_lazy("For how many days"),
        min_value=1,
        max_value=PARAMETERS.program_days,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, mandates: Sequence[MandateRow], **names: Any) -> None:
        super().__init__(*args, **names)
        which = self.fields["mandate"]
        assert isinstance(which, forms.TypedChoiceField)
        which.choices = [(row.id, words_of(row)) for row in mandates]
        self.fields["days"].help_text = _("At most %(days)d.") % {"days": PARAMETERS.program_days}


def words_of(row: MandateRow) -> str:
    """A mandate in one line: role, body, election."""
    line = mandate_line(row, False, elections())
    return ", ".join(part for part in (line.role, line.body, line.election) if part)


@dataclass(frozen=True, slots=True)
class Line:
    """One access as its owner sees it."""

    number: int
    name: str
    mandate: str
    until: datetime
    used: datetime | None
    works: bool


def _line(one: programs.Access) -> Line:
    token = one.token
    ends = [at for at in (token.expires_at, token.ended_at, one.mandate and one.mandate.until) if at]
    return Line(
        token.pk,
        token.name,
        words_of(one.mandate) if one.mandate else "",
        min(ends),
        token.used_at,
        one.works,
    )


@desk_view(open_to_all=True)
def board(request: HttpRequest) -> HttpResponse:
    """The programs that may act for whoever is signed in, and those whose access ended lately."""
    account = desk_of(request).account
    context = {
        "lines": [_line(one) for one in programs.accesses(account)],
        "may": bool(programs.mandates_for(account)),
    }
    return render(request, "cabinet/programs.html", context)


@desk_view()
@shown_before
def new(request: HttpRequest) -> HttpResponse:
    """Admits a program under one mandate; its token is shown once. Whoever has no second factor sets one up first."""
    account = desk_of(request).account
    if not request.session.get(policy.FACTOR):
        messages.info(request, _("Who gives access to programs needs a second factor. Set one up first."))
        return HttpResponseRedirect(reverse("accounts-set-up"))
    form = ProgramForm(request.POST or None, mandates=programs.mandates_for(account))
    if request.method == "POST" and form.is_valid():
        made = _admitted(account, form)
        if made is not None:
            return render(request, "cabinet/program_made.html", {"line": made[0], "secret": made[1]})
    return render(
        request,
        "cabinet/form.html",
        {"form": form, "title": _("Access for a program"), "action": _("Make the token"), "back": _back()},
    )


def _back() -> dict[str, str]:
    return {"text": _("Access for programs"), "url": reverse("cabinet-programs")}


def _admitted(account: Any, form: ProgramForm) -> tuple[Line, str] | None:
    try:
        with transaction.atomic():
            made, secret = programs.admit(account, **form.cleaned_data)
            notices.tell([account.person], ADMITTED, url="/cabinet/programs/")
    except programs.ProgramError as error:
        form.add_error(None, str(error))
        return None
    held = next(row for row in programs.mandates_for(account) if row.id == made.mandate)
    return _line(programs.Access(made, held)), secret


@require_POST
@desk_view(open_to_all=True)
def end(request: HttpRequest) -> HttpResponse:
    """Takes the access of one program back."""
    number = request.POST.get("number", "")
    if number.isascii() and number.isdigit() and len(number) < 19:
        programs.take_back(desk_of(request).account, int(number))
    messages.success(request, _("Done. The program can do nothing for you any more."))
    return HttpResponseRedirect(reverse("cabinet-programs"))
