"""Several requests refused for one reason: each by an act and with an entry of its own, whatever becomes of the others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods
from pydantic import ValidationError

from esaylov.acts.context import ElectionContext
from esaylov.acts.door import Refused, Submission, perform
from esaylov.acts.powers import Actor, Power
from esaylov.cabinet.desk import actor_of, own_election
from esaylov.cabinet.forms import ActForm, finding_text
from esaylov.cabinet.views import desk_view
from esaylov.law.voters import voter_rules
from esaylov.voters.persons import CLOSED, why_closed
from esaylov.voters.requests import queries
from esaylov.voters.requests.acts import NUMBER, DecideRequest
from esaylov.voters.requests.kinds import KINDS
from esaylov.voters.requests.models import Request
from esaylov.voters.requests.words import SHORT, left_text, reason_text

MOST = 100
"""So many stand on the page, what is due first: each is an act, and an answer waits for all of them."""


class RefusalForm(ActForm):
    """Why, for all that are selected."""

    articles: ClassVar[dict[str, str]] = {"reason": "29"}
    reason = forms.ChoiceField(label=gettext_lazy("Reason of a refusal"))
    explanation = forms.CharField(
        label=gettext_lazy("In words, for the voters"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "What was looked at and why it is decided so. Each of the voters reads it as the answer to the own request: name"
            " nobody."
        ),
    )  # fmt: skip

    def offer(self, reasons: Sequence[str]) -> None:
        """The reasons of the edition."""
        self.fields["reason"].choices = [("", ""), *((code, reason_text(code)) for code in reasons)]  # type: ignore[attr-defined]


@dataclass(slots=True)
class Outcome:
    """`done`: number, kind, whether it was late, and the hash of the entry, of each that is refused now; `kept`: why the others
    stay, by number.
    """

    done: list[tuple[str, Any, bool, str]] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(Power.DECIDE_REQUEST)
@sensitive_variables("form")
def refuse(request: HttpRequest) -> HttpResponse:
    """Those that wait, to be selected; what became of those that were."""
    context, actor = own_election(request), actor_of(request)
    reasons = voter_rules(context.edition).request_reasons
    form = RefusalForm(request.POST if request.method == "POST" else None)
    form.offer(reasons)
    numbers = _selected(request)
    outcome = Outcome()
    if request.method == "POST":
        if not numbers:
            form.add_error(None, gettext("Select the requests that are to be refused."))
        elif form.is_valid():
            outcome = refuse_all(context, actor, form, numbers)
    failed = bool(form.errors or outcome.kept)
    if outcome.done and not failed:
        form = RefusalForm()
        form.offer(reasons)
    return _page(request, form, numbers if failed else [], outcome)


def _selected(request: HttpRequest) -> list[str]:
    """The numbers that were sent, in an order that all officers have: each locks its request."""
    given = {one.strip().upper() for one in request.POST.getlist("number")[: 2 * MOST]}
    return sorted(one for one in given if re.fullmatch(NUMBER, one))[:MOST]


@sensitive_variables("form", "said")
def refuse_all(context: ElectionContext, actor: Actor, form: RefusalForm, numbers: Sequence[str]) -> Outcome:
    """Refuses one after another: what came before stands, whatever happens then. (The same form sent again gets the same answers;
    a text that no act takes leaves the form with errors that say why, and nothing is refused.)
    """
    outcome = Outcome()
    kinds = dict(
        Request.objects.filter(election=context.id, number__in=numbers).values_list("number", "kind")
    )
    said = (form.cleaned_data["reason"], form.cleaned_data["explanation"].replace("\r\n", "\n"))
    try:
        payloads = [_payload(number, *said) for number in numbers]
    except ValidationError as error:
        form.refuse_payload(error)
        return outcome
    for at, payload in enumerate(payloads):
        number = payload.number
        sent = salted_hmac("refused request", repr((number, said)), algorithm="sha256").digest()
        submission = Submission(payload, actor, key=f"{form.key[:60]} {number}", request=sent)
        try:
            result = perform(DecideRequest, context.id, submission)
        except CLOSED as error:
            outcome.kept |= dict.fromkeys(numbers[at:], why_closed(error))
            break
        if isinstance(result, Refused):
            outcome.kept[number] = " ".join(finding_text(one) for one in result.findings)
        else:
            outcome.done.append(
                (number, SHORT[kinds[number]], bool(result.record["late"]), result.leaf.hex())
            )
    return outcome


def _payload(number: str, reason: str, explanation: str) -> DecideRequest.Payload:
    return DecideRequest.Payload(number=number, verdict="refused", reason=reason, explanation=explanation)


def _page(request: HttpRequest, form: RefusalForm, chosen: Sequence[str], outcome: Outcome) -> HttpResponse:
    context, actor = own_election(request), actor_of(request)
    now = context.now()
    kind = request.GET.get("kind", "")
    found = _open(context, actor, kind)
    rows = list(found[:MOST])
    shown = {row.number for row in rows}
    values = {
        "form": form, "outcome": outcome, "kind": kind, "kinds": [(code, SHORT[code]) for code in KINDS],
        "rows": [
            {
                "number": row.number, "kind": SHORT[row.kind], "left": left_text(row.due, now), "late": row.due < now,
                "url": reverse("cabinet-request", args=[row.number]), "why": outcome.kept.get(row.number, ""),
                "chosen": row.number in chosen,
            }
            for row in rows
        ],
        "elsewhere": [(number, why) for number, why in outcome.kept.items() if number not in shown],
        "more": max(0, found.count() - len(rows)), "late": sum(row.due < now for row in rows),
    }  # fmt: skip
    return render(
        request, "voters/requests/refuse.html", values, status=422 if form.errors or outcome.kept else 200
    )


def _open(context: ElectionContext, actor: Actor, kind: str) -> QuerySet[Request]:
    """What this commission has to decide, of a kind ("": of all), the first due first."""
    found = queries.requests_for(context.id, actor).filter(decision__isnull=True)
    return (found.filter(kind=kind) if kind in KINDS else found).order_by("due", "number")
