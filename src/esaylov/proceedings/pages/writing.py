"""Writing a letter: a new one, or the answer to one, which is shown above it; what goes to many is asked about first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext

from esaylov.acts import vault
from esaylov.acts.context import ElectionContext
from esaylov.acts.door import Accepted
from esaylov.acts.powers import Power
from esaylov.cabinet import notices
from esaylov.cabinet.desk import actor_of, desk_of
from esaylov.cabinet.forms import kept_input, read_by
from esaylov.cabinet.views import desk_view
from esaylov.design.templatetags.face import number as marked
from esaylov.proceedings.forms import LetterForm
from esaylov.proceedings.letters import SendLetter, note_reading, resolve
from esaylov.proceedings.models import Letter
from esaylov.proceedings.pages.common import (
    addressees,
    body_name,
    carried,
    context_of,
    election_title,
    elections_of,
    own_commission,
)
from esaylov.proceedings.pages.mail import PURPOSE, number_of, overdue, own_letter
from esaylov.proceedings.pages.marks import mark_of, mode_of
from esaylov.registry.matrix import COMMISSIONS
from esaylov.registry.queries import CommissionRow

writers = desk_view(Power.SEND_LETTER)
LOOKED_OVER = 20
"""Letters to more bodies than these are asked about before they leave."""


PERSONS = """SELECT DISTINCT m.person_id FROM proceedings_letterrecipient r
LEFT JOIN registry_commission c ON c.code = r.body AND (c.election = %s OR (c.election = '' AND c.tier = 'cec'))
LEFT JOIN registry_organisation o ON o.code = r.body
JOIN registry_mandate m ON m.commission_id = c.id OR m.organisation_id = o.id
LEFT JOIN registry_mandateend e ON e.mandate_id = m.id
WHERE r.letter_id = %s AND e.mandate_id IS NULL AND (m.valid_until IS NULL OR m.valid_until > now())
AND m.role IN ('chair', 'deputy', 'secretary', 'head', 'representative')"""


def tell_recipients(found: Letter, done: Accepted) -> int:
    """Tells officers and heads of all recipients, with one statement for all: at the same moment."""
    with connection.cursor() as cursor:
        cursor.execute(PERSONS, [found.election, found.id])
        persons = [person for (person,) in cursor.fetchall()]
    return notices.tell(
        persons,
        "proceedings.letter",
        {"number": number_of(found)},
        reverse("cabinet-letter", args=[found.id]),
        mode=mode_of(context_of(found.election)),
        of=done,
    )


@writers
def write(request: HttpRequest) -> HttpResponse:
    """A new letter, or the answer to one; what goes to groups, or to many, is sent from a page of its own."""
    answered = _answered(request)
    elections = elections_of(desk_of(request))
    desk = desk_of(request)
    election = answered.election if answered else (elections[-1] or desk.election or "")
    data = request.POST if request.method == "POST" else kept_input(request)
    quoted = _quoted(request, answered) if answered else {}
    form = LetterForm(
        data,
        commissions=() if answered else addressees(election, _own(request)),
        initial={"subject": quoted["subject_of_answer"]} if answered else _proposed(request),
    )
    read_by(form, context_of(election))
    if desk.tier == "organisation" or answered:
        del form.fields["groups"]
    if answered:
        del form.fields["bodies"]
    step = request.POST.get("step")
    if request.method == "POST" and form.is_valid() and step != "edit":
        context = context_of(election)
        payload = _payload(form, context, answered)
        many = _many(request, election, payload)
        if many and step != "send":
            return _confirm(request, election, many)
        done = form.perform(request, SendLetter, election, payload)
        if done is not None:
            made = Letter.objects.get(journal=done.journal)
            tell_recipients(made, done)
            messages.success(request, gettext("Letter %(number)s is sent.") % {"number": number_of(made)})
            return HttpResponseRedirect(reverse("cabinet-letter", args=[made.id]))
    values = {
        "form": form,
        "title": gettext("Answer a letter") if answered else gettext("Write a letter"),
        "mark": mark_of(request, context_of(election)),
        "over": election_title(election),
        "action": gettext("Send the letter"),
        "answered": answered,
        "to": body_name(answered.election, answered.body) if answered else "",
        "quoted": quoted,
        "back": {"text": gettext("Letters"), "url": reverse("cabinet-letters")},
    }
    return render(request, "proceedings/write.html", values)


PROPOSED = ("commission", "subject", "text")


def _proposed(request: HttpRequest) -> dict[str, str]:
    """What another page of the cabinet proposes to write (its link says it): to be read and changed before it is sent."""
    return {name: request.GET[name] for name in PROPOSED if name in request.GET}


def _quoted(request: HttpRequest, answered: Letter) -> dict[str, Any]:
    """The letter that one answers, for the page of the answer; who sees it there has read it."""
    actor, context = actor_of(request), context_of(answered.election)
    if actor.mandate is not None:
        note_reading("read", [answered.id], actor.code, actor.mandate, context.now())
    words = vault.read([answered.id], ("subject", "text"), by=actor, purpose=PURPOSE).get(answered.id, {})
    subject = str(words.get("subject") or "")
    given = gettext("Answer to letter %(number)s: %(subject)s") % {
        "number": number_of(answered),
        "subject": subject,
    }
    return {
        "subject_of_answer": given[: LetterForm.base_fields["subject"].max_length],  # type: ignore[attr-defined]
        "number": number_of(answered),
        "subject": subject,
        "paragraphs": str(words.get("text") or "").split("\n\n"),
        "reply_by": answered.reply_by.astimezone(context.timezone) if answered.reply_by else None,
        "late": overdue(answered, actor.code, own=False, recipients_number=1),
    }


def _own(request: HttpRequest) -> CommissionRow | None:
    """The commission that the desk sits in; None for an organisation."""
    return own_commission(request) if actor_of(request).tier in COMMISSIONS else None


def _payload(form: LetterForm, context: ElectionContext, answered: Letter | None) -> dict[str, Any]:
    """The letter as the act takes it; an answer goes to whom it answers, nobody else."""
    said = form.cleaned_data
    chosen = [said["commission"]] if said.get("commission") else []
    named = [answered.body] if answered else [*chosen, *said["bodies"].replace(",", " ").split()]
    return {
        "groups": frozenset(said.get("groups", ())),
        "bodies": frozenset(named),
        "subject": said["subject"],
        "text": said["text"].replace("\r\n", "\n"),
        "reply_by": said["reply_by"].replace(tzinfo=context.timezone) if said["reply_by"] else None,
        "answers": answered.id if answered else None,
    }


def _many(request: HttpRequest, election: str, payload: Mapping[str, Any]) -> int:
    """How many bodies a letter to groups, or to more bodies than one looks over, would reach; 0 for every other letter."""
    found = set(resolve(election, sorted(payload["groups"]), sorted(payload["bodies"])))
    reached = len(found - {actor_of(request).code})
    return reached if payload["groups"] or reached > LOOKED_OVER else 0


def _confirm(request: HttpRequest, election: str, many: int) -> HttpResponse:
    values = {
        "hidden": carried(request.POST),
        "mark": mark_of(request, context_of(election)),
        "title": ngettext("Send this letter to %(n)s body?", "Send this letter to %(n)s bodies?", many)
        % {"n": marked(many)},
        "what": gettext("Whoever is chosen here receives the letter at the same moment."),
        "facts": [
            (pgettext("letter", "To"), gettext("%(n)s recipients") % {"n": marked(many)}),
            (gettext("Subject"), request.POST.get("subject", "")),
        ],
    }
    return render(request, "proceedings/send.html", values)


def _answered(request: HttpRequest) -> Letter | None:
    said = request.POST.get("answers") or request.GET.get("answers")
    if not said:
        return None
    try:
        found, own = own_letter(request, UUID(said))
    except ValueError:
        raise Http404 from None
    if own:
        raise Http404
    return found
