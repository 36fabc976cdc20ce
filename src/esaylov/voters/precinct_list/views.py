"""The cabinet's pages of a precinct's own list: on screen, on paper, its marks and its supplement; and the freeze."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from esaylov.acts.context import ElectionContext
from esaylov.acts.door import Refused, Submission, perform
from esaylov.acts.powers import Power
from esaylov.cabinet.desk import actor_of, own_election
from esaylov.cabinet.forms import ActForm, data_of, finding_text
from esaylov.cabinet.views import desk_view
from esaylov.custody.client import Throttled
from esaylov.exchange.documents import pdf
from esaylov.exchange.documents.words import LANGUAGES
from esaylov.law.voters import voter_rules
from esaylov.proceedings.pages.common import names_of
from esaylov.registry.models import Commission, Precinct
from esaylov.registry.queries import members_of
from esaylov.voters import access
from esaylov.voters.freezing.acts import FreezeLists
from esaylov.voters.freezing.findings import not_of_this_precinct, not_open
from esaylov.voters.freezing.marks import MarkVoter, times
from esaylov.voters.freezing.models import FrozenList, Supplement
from esaylov.voters.freezing.preparing import state, waiting
from esaylov.voters.freezing.queries import shares
from esaylov.voters.freezing.supplements import AddSupplement
from esaylov.voters.persons import CLOSED, address_of, name_of
from esaylov.voters.precinct_list.printing import FORMS, document, precinct_name
from esaylov.voters.precinct_list.reading import PURPOSE, PrecinctList
from esaylov.voters.special.comparing import special_precincts

SHOWN = 50
CONFIRMED = "confirmed"
MEMBERS = "members who agree to an entry of the supplement"
MARKS = {
    "early": pgettext_lazy("mark of a voter", "voted early"),
    "home-asked": pgettext_lazy("mark of a voter", "asked for a home visit"),
    "home": pgettext_lazy("mark of a voter", "voted at home"),
    "elsewhere": pgettext_lazy("mark of a voter", "votes elsewhere"),
    "replaced": pgettext_lazy("mark of a voter", "ballot replaced"),
}
REASONS = {
    "missing": pgettext_lazy("reason of a supplement", "missing from the list"),
    "moved": pgettext_lazy("reason of a supplement", "moved to this address"),
    "adult": pgettext_lazy("reason of a supplement", "has come of age"),
    "returned": pgettext_lazy("reason of a supplement", "returned from abroad, service or prison"),
}
OWN = ("early", "home-asked", "home", "replaced")
"""Marks of voters of the own list; who votes here and is listed elsewhere is found by document."""


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(Power.MARK_VOTER)
def voters(request: HttpRequest) -> HttpResponse:
    """The own precinct's list: searched by the beginning of a surname, fifty at a time. Each record opened is recorded.

    A surname is sent, never part of an address: addresses stay in histories and in logs of proxies.
    """
    return _page_of(request)


def _page_of(request: HttpRequest) -> HttpResponse:
    found = PrecinctList(_precinct(request))
    prefix, page = request.POST.get("q", "").strip()[:60], _page(request)
    try:
        with transaction.atomic():
            first, last = found.find(prefix) if prefix else (0, len(found.voters))
            start = min(first + page * SHOWN, max(first, last - 1)) if last > first else first
            entries = found.entries(start, min(start + SHOWN, last))
            _record(request, sorted(found.opened))
    except CLOSED as silent:
        return _silent(request, silent)
    values = {
        "precinct": precinct_name(found.precinct), "frozen": found.frozen, "entries": [_shown(one) for one in entries],
        "q": prefix, "total": len(found.voters), "matches": last - first,
        "earlier": page - 1 if page else None, "later": page + 1 if start + SHOWN < last else None, "page": page,
        "added": Supplement.objects.filter(precinct=found.precinct).count(), "forms": FORMS,
    }  # fmt: skip
    return render(request, "voters/precinct/list.html", values | _offered(request, found.precinct))


def _offered(request: HttpRequest, precinct: Precinct) -> dict[str, Any]:
    """The marks that the calendar allows now, and from when it allows the others."""
    context = own_election(request)
    now = context.now()
    known = {kind: times(context, precinct, kind) for kind in MARKS}
    here = known["elsewhere"]
    shut = [
        (MARKS[kind], _local(context, known[kind].next(now))) for kind in OWN if not known[kind].contain(now)
    ]
    return {
        "marks": [(kind, MARKS[kind]) for kind in OWN if known[kind].contain(now)], "shut": shut,
        "here": here.contain(now), "here_from": _local(context, here.next(now)),
    }  # fmt: skip


def _local(context: ElectionContext, at: datetime | None) -> datetime | None:
    return at and at.astimezone(context.timezone)


def _shown(entry: Any) -> dict[str, Any]:
    record = entry.record
    return {
        "number": entry.number, "voter": entry.voter, "name": name_of(record), "born": record.get("birth_date", ""),
        "address": address_of(record), "marks": [MARKS[mark] for mark in entry.marks],
        "voted": bool({"early", "home", "elsewhere"} & set(entry.marks)),
    }  # fmt: skip


@require_POST
@desk_view(Power.MARK_VOTER)
def mark(request: HttpRequest) -> HttpResponse:
    """Marks a voter in two steps: the first shows what is about to be written, for a mark is not taken back; the second writes
    it. The journal keeps no digest of what was sent: it would say who was marked when.
    """
    precinct = _precinct(request)
    try:
        made = MarkVoter.Payload.model_validate(_sent(request, precinct))
    except ValueError:
        messages.error(request, gettext("Choose a mark, and a voter, or a document with the date of birth."))
        return _to_list(request)
    try:
        if request.POST.get("step") != CONFIRMED:
            return _asked_again(request, precinct, made)
        result = perform(MarkVoter, own_election(request).id, Submission(made, actor_of(request)))
    except CLOSED as silent:
        return _silent(request, silent)
    if isinstance(result, Refused):
        for finding in result.findings:
            messages.error(request, finding_text(finding))
    else:
        messages.success(
            request, gettext("The mark is made. The log shows that one was made, not where, how or of whom.")
        )
    return _to_list(request)


def _sent(request: HttpRequest, precinct: Precinct) -> dict[str, Any]:
    """The mark that a form asks for."""
    sent = {name: request.POST.get(name, "").strip() for name in ("kind", "voter", "document", "birth_date")}
    payload: dict[str, Any] = {"precinct": precinct.code, "kind": sent["kind"]}
    payload |= {"voter": int(sent["voter"])} if sent["voter"].isdecimal() and len(sent["voter"]) < 19 else {}
    return payload | {name: sent[name] for name in ("document", "birth_date") if sent[name]}


def _asked_again(request: HttpRequest, precinct: Precinct, made: MarkVoter.Payload) -> HttpResponse:
    """What is about to be written, if the calendar allows it now. No record is opened for it, and nobody is looked for by a
    document yet.
    """
    context = own_election(request)
    if not times(context, precinct, made.kind).contain(context.now()):
        messages.error(request, finding_text(not_open(made.kind)))
        return _to_list(request)
    numbered = _numbered(precinct, made.voter) if made.voter is not None else ""
    if made.voter is not None and not numbered:
        messages.error(request, finding_text(not_of_this_precinct()))
        return _to_list(request)
    values = {
        "precinct": precinct_name(precinct), "numbered": numbered, "made": made,
        "said": MARKS[made.kind] if numbered else gettext("votes here, stands on another list"),
        "born": made.birth_date.isoformat() if made.birth_date else "", "confirmed": CONFIRMED,
        "q": request.POST.get("q", "").strip()[:60], "page": _page(request),
    }  # fmt: skip
    return render(request, "voters/precinct/mark.html", values)


def _numbered(precinct: Precinct, voter: int) -> str:
    """The number of a voter in the precinct's list or its supplement, in words; empty where the voter is in neither."""
    found = PrecinctList(precinct).voters
    if voter in found:
        return gettext("number %(number)s of the list") % {"number": found.index(voter) + 1}
    row = Supplement.objects.filter(precinct=precinct, voter=voter).first()
    return gettext("number %(number)s of the supplement") % {"number": row.number} if row else ""


def _to_list(request: HttpRequest) -> HttpResponse:
    """Back to where the mark was asked for. (A surname that was searched for goes into no address.)"""
    if request.POST.get("q"):
        return _page_of(request)
    return HttpResponseRedirect(f"{reverse('cabinet-precinct-voters')}?page={_page(request)}")


@require_safe
@desk_view(Power.MARK_VOTER)
def paper(request: HttpRequest, form: str) -> HttpResponse:
    """The list as a PDF: to sign, in large print, or the copy for inspection. All its records count as looked at."""
    if form not in FORMS:
        raise Http404
    found, context = PrecinctList(_precinct(request)), own_election(request)
    language = get_language() or "uz"
    language = language if language in LANGUAGES else "uz"
    try:
        with transaction.atomic():
            made = document(found, context, form, language, precinct_name(found.precinct))
            _record(request, found.voters, purpose="inspection" if form == "inspection" else PURPOSE)
    except CLOSED as silent:
        return _silent(request, silent)
    answer = HttpResponse(pdf(made), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="voters-{found.precinct.code}-{form}.pdf"'
    return answer


class SupplementForm(ActForm):
    """An entry of the supplement."""

    articles: ClassVar[Mapping[str, str]] = {"reason": "52", "members": "52"}
    aliases: ClassVar[Mapping[str, str]] = {"precinct": "", "person": ""}
    surname = forms.CharField(label=gettext_lazy("Surname"), max_length=100)
    given_name = forms.CharField(label=gettext_lazy("Given name"), max_length=100)
    patronymic = forms.CharField(label=gettext_lazy("Patronymic"), max_length=100, required=False)
    birth_date = forms.DateField(
        label=gettext_lazy("Date of birth"), widget=forms.DateInput(attrs={"type": "date"})
    )
    sex = forms.ChoiceField(
        label=gettext_lazy("Sex"),
        choices=(("", "–"), ("f", gettext_lazy("female")), ("m", gettext_lazy("male"))),
    )
    pinfl = forms.RegexField(r"^[0-9]{14}$", label=gettext_lazy("PINFL"), help_text=gettext_lazy("14 digits"))
    document = forms.CharField(label=gettext_lazy("Identity document"), max_length=20)
    street = forms.CharField(label=gettext_lazy("Street"), max_length=100)
    house = forms.CharField(label=gettext_lazy("House"), max_length=100)
    flat = forms.CharField(label=gettext_lazy("Flat"), max_length=100, required=False)
    reason = forms.ChoiceField(label=gettext_lazy("Reason"))
    paper = forms.CharField(label=gettext_lazy("What proves address and citizenship"), max_length=100)
    members = forms.MultipleChoiceField(
        label=gettext_lazy("Members who agreed"), widget=forms.CheckboxSelectMultiple
    )

    PERSON = (
        "surname", "given_name", "patronymic", "birth_date", "sex", "pinfl", "document", "street", "house", "flat",
    )  # fmt: skip

    def offer(self, reasons: list[str], members: list[tuple[str, str]]) -> None:
        """What can be chosen."""
        self.fields["reason"].choices = [(code, REASONS.get(code, code)) for code in reasons]  # type: ignore[attr-defined]
        self.fields["members"].choices = members  # type: ignore[attr-defined]

    def digest(self, request: HttpRequest) -> bytes:
        """What was sent, under a key that the database has not: an act's digest alone would confirm who was entered where."""
        return salted_hmac("supplement", super().digest(request), algorithm="sha256").digest()

    def payload(self, precinct: str) -> dict[str, Any]:
        """What the act takes."""
        said = self.cleaned_data
        return {
            "precinct": precinct, "reason": said["reason"], "paper": said["paper"],
            "members": [int(one) for one in said["members"]], "person": {name: said[name] for name in self.PERSON},
        }  # fmt: skip


@desk_view(Power.ADD_SUPPLEMENT)
def supplement(request: HttpRequest) -> HttpResponse:
    """Somebody who is missing is entered into the supplement; the entries that there are, by number and reason."""
    context, precinct = own_election(request), _precinct(request)
    rules = voter_rules(context.edition)
    commission = Commission.objects.get(election=context.id, precinct=precinct, tier="precinct")
    held = members_of(commission.id, context.now())
    names = names_of(held, actor_of(request), MEMBERS)
    form = SupplementForm(data_of(request))
    form.offer(list(rules.supplement_reasons), [(str(number), name) for number, name in names.items()])
    if form.is_bound and form.is_valid():
        try:
            done = form.perform(request, AddSupplement, context.id, form.payload(precinct.code))
        except CLOSED as silent:
            return _silent(request, silent)
        if done is not None:
            said = gettext("The voter stands in the supplement under number %(number)s.") % done.record
            messages.success(request, said)
            return HttpResponseRedirect(reverse("cabinet-supplement"))
    share = shares(context.id, rules.supplement_alert, precinct.code)
    values = {
        "form": form, "precinct": precinct_name(precinct), "share": share[0] if share else None,
        "least": rules.supplement_members,
        "rows": [(row.number, REASONS.get(row.reason, row.reason), row.at.astimezone(context.timezone), len(row.members))
                 for row in Supplement.objects.filter(precinct=precinct).order_by("-number")[:SHOWN]],
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "voters/precinct/supplement.html", values, status=status)


class FreezeForm(ActForm):
    """The freeze needs nothing but a decision to press the button."""

    aliases: ClassVar[Mapping[str, str]] = {"precincts": ""}
    special = forms.BooleanField(
        label=gettext_lazy("Also the lists of special places"), required=False,
        help_text=gettext_lazy("Abroad, in military units, hospitals and detention lists are shown, and closed, later."),
    )  # fmt: skip


@desk_view(Power.FREEZE_LISTS)
def freeze(request: HttpRequest) -> HttpResponse:
    """How many lists are prepared and frozen; the button that freezes them."""
    context = own_election(request)
    form = FreezeForm(request.POST if request.method == "POST" else None)
    later = _open_special(context.id)
    if not later:
        del form.fields["special"]
    if (
        form.is_bound
        and form.is_valid()
        and form.perform(request, FreezeLists, context.id, _chosen(context.id, later, form)) is not None
    ):
        messages.success(
            request, gettext("The lists are frozen. Their roots stand in the log and in frozen.csv.")
        )
        return HttpResponseRedirect(reverse("cabinet-freeze"))
    now, rows = state(context.id), FrozenList.objects.filter(election=context.id)
    rules = voter_rules(context.edition)
    found = shares(context.id, rules.supplement_alert)
    values = {
        "form": form, "election": context.id, "precincts": Precinct.objects.filter(election=context.id).count(),
        "prepared": rows.filter(journal__isnull=True, base=now.base, rules=now.rules).count(),
        "frozen": len(found), "voters": sum(one.voters for one in found), "waiting": waiting(context.id),
        "alerts": [one for one in found if one.alert][:SHOWN], "added": sum(one.added for one in found),
    }  # fmt: skip
    return render(request, "voters/precinct/freeze.html", values, status=422 if form.errors else 200)


def _open_special(election: str) -> frozenset[str]:
    """Precincts with lists of their own that are not frozen, where others are not frozen either: these may wait."""
    frozen = FrozenList.objects.filter(election=election, journal__isnull=False)
    rows = Precinct.objects.filter(election=election).exclude(id__in=frozen.values("precinct"))
    still, special = set(rows.values_list("code", flat=True)), special_precincts(election)
    return special & still if still - special else frozenset()


def _chosen(election: str, later: frozenset[str], form: FreezeForm) -> dict[str, Any]:
    """Which lists are frozen: all that are not yet, but for those of special places unless they are wanted too."""
    if not later or form.cleaned_data["special"]:
        return {}
    frozen = FrozenList.objects.filter(election=election, journal__isnull=False).values("precinct")
    rows = Precinct.objects.filter(election=election).exclude(id__in=frozen).exclude(code__in=later)
    return {"precincts": sorted(rows.values_list("code", flat=True))}


def _precinct(request: HttpRequest) -> Precinct:
    """The desk's own precinct, whatever is asked for."""
    actor = actor_of(request)
    if actor.precinct is None:
        raise Http404
    return Precinct.objects.get(id=actor.precinct)


def _page(request: HttpRequest) -> int:
    text = request.POST.get("page") or request.GET.get("page", "0")
    return int(text) if text.isdecimal() and len(text) < 5 else 0


def _record(request: HttpRequest, voters: list[int], purpose: str = PURPOSE) -> None:
    actor = actor_of(request)
    access.record(voters, body=actor.code, person=actor.person, purpose=purpose)


def _silent(request: HttpRequest, why: Exception) -> HttpResponse:
    """Names cannot be opened now: says so, and what to do."""
    soon = isinstance(why, Throttled)
    return render(request, "voters/precinct/silent.html", {"soon": soon}, status=503 if not soon else 429)
