"""The end of a single mandate in a commission, before anybody follows (Art. 24, 25)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from esaylov.acts.powers import Power
from esaylov.cabinet.desk import actor_of, own_election
from esaylov.cabinet.views import desk_view
from esaylov.formation.organisation_forms import DecidedEndingForm
from esaylov.formation.views import commission_entered, member_lines, text_of
from esaylov.registry.acts import EndMandate
from esaylov.registry.forming import forms


@desk_view(Power.END_MANDATE, tiers=frozenset({"cec", "territorial", "okrug"}))
def end(request: HttpRequest, code: str, mandate: int) -> HttpResponse:
    """The forming commission ends a member's mandate at once, whoever remains: the seat stands empty."""
    context = own_election(request)
    row, shown = commission_entered(request, context, code)
    lines = member_lines(request, context, row)
    if not forms(context, actor_of(request).tier, row.tier):
        raise Http404
    line = next((one for one in lines if one.row.id == mandate and one.row.ended is None), None)
    if line is None:
        raise Http404
    back = reverse("cabinet-commission", args=[code])
    form = DecidedEndingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        payload = {"mandate": mandate, **{name: form.cleaned_data[name] for name in ("ground", "decision")}}
        if form.perform(request, EndMandate, context.id, payload) is not None:
            messages.success(request, gettext("The mandate has ended."))
            return HttpResponseRedirect(back)
    values = {
        "form": form, "title": gettext("End a mandate"), "action": gettext("End the mandate"), "article": "24, 25",
        "what": gettext("The mandate ends now, and the seat stands empty until somebody follows by a decision."),
        "facts": [(gettext("Commission"), text_of(shown)), (gettext("Member"), line.name), (gettext("Role"), line.role)],
        "back": {"url": back, "text": gettext("Back to the commission")},
    }  # fmt: skip
    return render(request, "cabinet/confirm.html", values)
