"""Proposals and discussions in the cabinet: an organisation proposes a member, the deciding commission records the Kengash."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from esaylov.acts import vault
from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Actor, Power
from esaylov.cabinet.desk import actor_of, own_election
from esaylov.cabinet.forms import data_of
from esaylov.cabinet.views import desk_view
from esaylov.design.words import in_language
from esaylov.formation.boards import PROPOSING
from esaylov.formation.discussions import RecordDiscussion
from esaylov.formation.forms import DiscussionForm, ProposalForm
from esaylov.formation.proposals import PROPOSAL
from esaylov.formation.queries import discussions
from esaylov.proceedings.applications import RepairApplication, SubmitApplication, new_secret
from esaylov.proceedings.pages.common import context_of
from esaylov.proceedings.pages.inbox import timeline
from esaylov.proceedings.queries import events_of, sent_by
from esaylov.registry.forming import former_of
from esaylov.registry.models import Commission, Organisation, Territory
from esaylov.registry.queries import commission_by_code


@desk_view(Power.SUBMIT_APPLICATION, tiers=frozenset({"organisation"}))
def propose(request: HttpRequest) -> HttpResponse:
    """An organisation proposes somebody for a commission; the answer is a receipt's number."""
    context, actor = own_election(request), actor_of(request)
    organisation = Organisation.objects.filter(code=actor.code).first()
    if organisation is None or organisation.kind not in PROPOSING:
        raise Http404
    form = ProposalForm(
        request.POST if request.method == "POST" else None, initial={"proposer": organisation.kind}
    )
    form.fields["proposer"].disabled = True  # a body speaks for no other kind: the counts by kind are public
    if request.method == "POST" and form.is_valid():
        to = decides(context, form.cleaned_data["commission"])
        if to is None:
            form.add_error("commission", gettext("There is no such commission in this election."))
        else:
            payload = {
                "kind": PROPOSAL.code,
                "to": to,
                "payload": form.said(),
                "secret": new_secret(form.key),
            }
            accepted = form.perform(request, SubmitApplication, context.id, payload)
            if accepted is not None:
                said = gettext("The proposal is sent; its number is %(number)s.")
                messages.success(request, said % {"number": accepted.record["number"]})
                return HttpResponseRedirect(reverse("cabinet-my-applications"))
    values = {
        "form": form, "title": gettext("Propose a member of a commission"), "action": gettext("Send the proposal"),
        "lead": gettext("The Kengash discusses whom you propose, the territorial commission decides."),
        "back": {"url": reverse("cabinet-my-applications"), "text": gettext("My applications")},
    }  # fmt: skip
    return render(request, "cabinet/form.html", values)


@desk_view(Power.SUBMIT_APPLICATION, tiers=frozenset({"organisation"}))
def repair(request: HttpRequest, number: str) -> HttpResponse:
    """An organisation repairs a proposal that was returned to it, in the form in which it was made."""
    actor = actor_of(request)
    row = sent_by(None, actor.code).filter(number=number, kind=PROPOSAL.code).first()
    if row is None:
        raise Http404
    back = reverse("cabinet-my-application", args=[number])
    found, context = events_of(row), context_of(row.election)
    # Who has begun to write is told by the form that the term is over, who has not finds no form.
    if found.latest.state != "defects" or not (request.method == "POST" or found.repairing(context.now())):
        return HttpResponseRedirect(back)
    form = ProposalForm(data_of(request), initial=_as_sent(row.pk, actor)).for_repair()
    if request.method == "POST" and form.is_valid():
        payload = {"application": number, "payload": form.said()}
        if form.perform(request, RepairApplication, context.id, payload) is not None:
            messages.success(request, gettext("The repaired proposal is sent."))
            return HttpResponseRedirect(back)
    told = timeline(found, context, actor)
    values = {
        "form": form, "title": gettext("Repair the proposal"), "action": gettext("Send the repaired proposal"),
        "over": gettext("Application %(number)s") % {"number": number}, "told": told["events"][-1],
        **{name: told[name] for name in ("until", "left", "late", "repairing", "unrepaired")},
        "back": {"url": back, "text": gettext("Back to the application")},
    }  # fmt: skip
    return render(request, "formation/repair.html", values)


def _as_sent(subject: UUID, actor: Actor) -> dict[str, Any]:
    """What the form held when the proposal was sent last; that it is read is recorded."""
    names = tuple(PROPOSAL.fields)
    said = vault.read([subject], names, by=actor, purpose="the applicant's own application").get(subject, {})
    born = said.get("birth_date")
    return said | {
        "proposer": said.get("proposed_by"),
        "birth_date": date.fromisoformat(born) if born else None,
    }


def decides(context: ElectionContext, code: str) -> str | None:
    """The commission that forms another one (its code), whose place lies in its own; the Central one where there is none."""
    row = commission_by_code(context.id, code)
    if row is None or row.tier == "cec":
        return None
    tier = former_of(context, row.tier)
    above = Commission.objects.filter(election=context.id, tier=tier, territory__in=row.lineage).first()
    return above.code if above and tier != "cec" else "cec"


@desk_view(Power.FORM_COMMISSION)
def discussed(request: HttpRequest) -> HttpResponse:
    """The commission that decides records a discussion by a Kengash."""
    context, actor = own_election(request), actor_of(request)
    form = DiscussionForm(
        request.POST if request.method == "POST" else None, territories=kengashes(context, actor)
    )
    if request.method == "POST" and form.is_valid():
        names = ("territory", "minutes", "day", "proposed", "supported")
        payload = {name: form.cleaned_data[name] for name in names}
        if form.perform(request, RecordDiscussion, context.id, payload) is not None:
            messages.success(request, gettext("The discussion is recorded."))
            return HttpResponseRedirect(reverse("cabinet-discussions"))
    values = {
        "form": form, "title": gettext("Discussions in the Kengashes"), "action": gettext("Record the discussion"),
        "lead": gettext("Who was proposed is discussed by the Kengash before the commission decides."),
        "rows": [(in_language(one.names, ""), one) for one in discussions(context.id, 200)],
        "back": {"url": reverse("cabinet-commissions"), "text": gettext("Commissions")},
    }  # fmt: skip
    return render(request, "formation/discussions.html", values)


def kengashes(context: ElectionContext, actor: Actor) -> list[tuple[str, str]]:
    """Territories with a Kengash below a commission: regions, districts, cities."""
    found = Territory.objects.filter(election=context.id).exclude(
        kind__in=("country", "constituency", "abroad")
    )
    place = actor.area
    if place is not None:
        found = found.filter(lineage__contains=[place])
    return [(row.code, in_language(row.names, row.code)) for row in found.order_by("position")]
