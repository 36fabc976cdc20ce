"""The precinct's protocols in its cabinet: the form, its check, the receipt. (Decisions about them: `rulings.py`.)"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from esaylov.acts.context import ElectionContext
from esaylov.acts.door import stored
from esaylov.acts.powers import Power
from esaylov.acts.receipts import receipt_text
from esaylov.cabinet.desk import desk_of, own_election
from esaylov.cabinet.forms import data_of
from esaylov.cabinet.views import desk_view
from esaylov.design.words import in_language
from esaylov.results.acts import CorrectProtocol, SubmitProtocol
from esaylov.results.forms import ProtocolForm
from esaylov.results.places import (
    PlaceLine,
    PrecinctLine,
    contests_of,
    named_figures,
    owed,
    places_of,
    precinct_by_id,
    receiver_of,
    version_journal,
)
from esaylov.results.statewords import state_tag

HEX = re.compile(r"[0-9a-f]{64}")
SUBMIT_ARTICLES = "58, 94"


def place_url(precinct: str, contest: str) -> str:
    """The page of a place before the higher commission."""
    return reverse("cabinet-place", args=[precinct, contest])


def own_precinct(request: HttpRequest, context: ElectionContext) -> PrecinctLine:
    """The desk's own precinct: no address names another one."""
    actor = desk_of(request).actor
    found = precinct_by_id(context.id, actor.precinct) if actor and actor.precinct else None
    if found is None:
        raise Http404
    return found


def own_place(context: ElectionContext, precinct: PrecinctLine, contest: str) -> PlaceLine:
    """The precinct's part in a contest; 404 where it has none."""
    found = context.tables.contests.get(contest)
    if found is None or not context.tables.concerns(found, precinct.cell):
        raise Http404
    return places_of(context, precinct, [found])[0]


@desk_view(Power.SUBMIT_PROTOCOL)
def protocols(request: HttpRequest) -> HttpResponse:
    """The contests for which this precinct draws up a protocol, and what stands for each."""
    context = own_election(request)
    precinct = own_precinct(request, context)
    places = places_of(context, precinct, contests_of(context.tables, precinct.cell))
    lines = [
        {
            "place": place,
            "title": in_language(place.contest.titles, place.contest.code),
            "state": state_tag(place.state),
            "url": reverse("cabinet-protocol", args=[place.contest.code]),
        }
        for place in places
    ]
    owed = sum(place.standing is None and not place.annulled for place in places)
    return render(request, "results/protocols.html", {"lines": lines, "precinct": precinct, "owed": owed})


@desk_view(Power.SUBMIT_PROTOCOL)
def protocol(request: HttpRequest, contest: str) -> HttpResponse:
    """The form of one protocol: check, read over, submit. What already stands is shown instead of the form."""
    context = own_election(request)
    precinct = own_precinct(request, context)
    place = own_place(context, precinct, contest)
    values = {**_values(precinct, place), "figures_key": figures_key(request, context, precinct, place)}
    if request.method != "POST":
        return _first_page(request, context, precinct, place, values)
    form = ProtocolForm(context, place.contest, precinct, request.POST)
    if not form.is_valid():
        return _form_page(request, form, values)
    form.check_sums()
    step = request.POST.get("step", "check")
    if step == "submit":
        return _submit(request, context, form, place, values)
    if step == "read":
        return _read_over(request, form, values)
    form.stop()
    return _form_page(request, form, values)


def figures_key(
    request: HttpRequest, context: ElectionContext, precinct: PrecinctLine, place: PlaceLine
) -> str:
    """Under what the browser's tab keeps the figures being typed (frontend/src/figures.js): the place, and a digest of the
    account that tells nobody whose it is, so that who signs in next in the same tab does not find them.
    """
    account = salted_hmac("figures", str(desk_of(request).account.pk)).hexdigest()[:16]
    return f"{context.id}/{precinct.code}/{place.contest.code}/{account}"


def _values(precinct: PrecinctLine, place: PlaceLine) -> dict[str, Any]:
    title = in_language(place.contest.titles, place.contest.code)
    return {
        "precinct": precinct,
        "place": place,
        "contest": title,
        "state": state_tag(place.state),
        "articles": SUBMIT_ARTICLES,
        "correcting": place.correctable,
        "here": reverse("cabinet-protocol", args=[place.contest.code]),
        "list": reverse("cabinet-protocols"),
    }


def _first_page(
    request: HttpRequest,
    context: ElectionContext,
    precinct: PrecinctLine,
    place: PlaceLine,
    values: dict[str, Any],
) -> HttpResponse:
    stands = place.standing is not None and not place.correctable
    closed = place.certified or place.annulled
    if closed or (stands and "another" not in request.GET):
        values |= {"receipt": _receipt_address(place), "ask": _ask(request, context, precinct, place)}
        return render(request, "results/standing.html", values)
    form = ProtocolForm(context, place.contest, precinct, data_of(request))
    return _form_page(request, form, values)


def _ask(request: HttpRequest, context: ElectionContext, precinct: PrecinctLine, place: PlaceLine) -> str:
    """The page of a letter to the commission that received the protocol, asking for its return; empty where nobody here may
    write one.
    """
    if not desk_of(request).may(Power.SEND_LETTER):
        return ""
    said = {
        "precinct": precinct.number or precinct.code,
        "contest": in_language(place.contest.titles, place.contest.code),
    }
    words = {
        "commission": receiver_of(context, place.contest, precinct.cell),
        "subject": gettext("Please return our protocol: precinct %(precinct)s, %(contest)s") % said,
        "text": gettext(
            "We found a mistake in the protocol that we submitted for precinct %(precinct)s, %(contest)s. Please return it,"
            " so that we can submit the corrected one. The mistake:"
        )
        % said,
    }
    return f"{reverse('cabinet-letter-write')}?{urlencode(words)}"


def _receipt_address(place: PlaceLine) -> str:
    if place.standing is None:
        return ""
    return reverse("cabinet-receipt", args=[place.contest.code, place.standing.leaf.hex()])


def _form_page(request: HttpRequest, form: ProtocolForm, values: dict[str, Any]) -> HttpResponse:
    checked = form.is_bound and bool(form.sums)
    return render(request, "results/protocol_form.html", {**values, "form": form, "checked": checked})


def _read_over(request: HttpRequest, form: ProtocolForm, values: dict[str, Any]) -> HttpResponse:
    """The figures once more on a page of their own, before they go where nothing is taken back."""
    return render(request, "results/protocol_confirm.html", {**values, "form": form})


def _submit(
    request: HttpRequest,
    context: ElectionContext,
    form: ProtocolForm,
    place: PlaceLine,
    values: dict[str, Any],
) -> HttpResponse:
    if form.has_errors and request.POST.get("paper") != "yes":
        return render(request, "results/protocol_confirm.html", {**values, "form": form, "unconfirmed": True})
    act = CorrectProtocol if place.correctable else SubmitProtocol
    if request.POST.get("act") == SubmitProtocol.code:
        act = SubmitProtocol
    accepted = form.perform(request, act, context.id, form.payload)
    if accepted is None:
        return _form_page(request, form, values)
    return HttpResponseRedirect(reverse("cabinet-receipt", args=[place.contest.code, accepted.leaf.hex()]))


@desk_view(Power.SUBMIT_PROTOCOL)
def receipt(request: HttpRequest, contest: str, leaf: str) -> HttpResponse:
    """The receipt of a protocol of this precinct."""
    context, precinct, place, text, accepted = _receipt(request, contest, leaf)
    record = accepted.record
    lines, votes = named_figures(context.edition, place.contest, record["lines"], record["votes"])
    values = {
        "lines": lines,
        "votes": votes,
        "sum_of_votes": sum(record["votes"]),
        "next": _next(context, precinct, place),
        "figures_key": figures_key(request, context, precinct, place),
        "precinct": precinct,
        "contest": in_language(place.contest.titles, place.contest.code),
        "state": state_tag(record["state"]),
        # By the election's clock, as everywhere else in the cabinet; the receipt's text has the log's own time.
        "at": datetime.fromisoformat(record["at"]),
        "leaf": leaf,
        "receipt": text,
        "file": reverse("cabinet-receipt-file", args=[contest, leaf]),
        "public": reverse("protocol", args=[context.id, precinct.code, contest]),
        "list": reverse("cabinet-protocols"),
        "here": reverse("cabinet-protocol", args=[contest]),
        "release": context.release.astimezone(context.timezone) if _sealed(context) else None,
    }
    return render(request, "results/receipt.html", values)


def _next(context: ElectionContext, precinct: PrecinctLine, place: PlaceLine) -> dict[str, str] | None:
    """The first other protocol that this precinct still owes."""
    others = [one for one in contests_of(context.tables, precinct.cell) if one.id != place.contest.id]
    for other, text in owed(places_of(context, precinct, others)):
        return {"title": text, "url": reverse("cabinet-protocol", args=[other.contest.code])}
    return None


def _sealed(context: ElectionContext) -> bool:
    return context.release is not None and context.now() < context.release


@desk_view(Power.SUBMIT_PROTOCOL)
def receipt_file(request: HttpRequest, contest: str, leaf: str) -> HttpResponse:
    """The receipt as a file: a signed note."""
    _, precinct, _, text, _ = _receipt(request, contest, leaf)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", f"receipt-{precinct.code}-{contest}")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.txt"'
    return response


def _receipt(request: HttpRequest, contest: str, leaf: str) -> tuple[Any, ...]:
    context = own_election(request)
    precinct = own_precinct(request, context)
    place = own_place(context, precinct, contest)
    if not HEX.fullmatch(leaf):
        raise Http404
    journal = version_journal(precinct.id, place.contest.id, bytes.fromhex(leaf))
    if journal is None:
        raise Http404
    accepted = stored(journal)
    return context, precinct, place, receipt_text(accepted.leaf, accepted.recorded_at), accepted
