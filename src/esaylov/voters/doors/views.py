"""The pages of the check from door to door: streets, houses, one house; what is to follow up; progress for those above."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from esaylov.acts.powers import Power
from esaylov.cabinet.desk import actor_of, own_election
from esaylov.cabinet.views import desk_view
from esaylov.custody.client import Throttled
from esaylov.registry.matrix import HIGHER
from esaylov.registry.models import Precinct
from esaylov.voters import access
from esaylov.voters.doors.figures import by_place
from esaylov.voters.doors.forms import OUTCOMES, HouseForm, label_of
from esaylov.voters.doors.noting import FOLLOWED, window
from esaylov.voters.doors.reading import (
    PURPOSE,
    House,
    Resident,
    Street,
    houses_of,
    opened,
    progress_of,
    residents_of,
    said_at,
    streets_of,
)
from esaylov.voters.freezing.models import FrozenList
from esaylov.voters.freezing.supplements import zone_of
from esaylov.voters.models import Voter
from esaylov.voters.persons import CLOSED, address_of, name_of
from esaylov.voters.precinct_list.printing import precinct_name

PART = 24
"""Entries that a house's page shows at a time: one small form."""
HOUSES = 15
"""Houses of the work list on a page."""


@require_safe
@desk_view(Power.CHECK_HOUSEHOLD)
def streets(request: HttpRequest) -> HttpResponse:
    """The streets of the own precinct, and how far each is."""
    precinct = _precinct(request)
    houses = houses_of(precinct.id)
    values = {
        "precinct": precinct_name(precinct), "streets": streets_of(houses), "all": progress_of(houses),
        **_weeks(request, precinct),
    }  # fmt: skip
    return render(request, "voters/doors/streets.html", values)


@require_safe
@desk_view(Power.CHECK_HOUSEHOLD)
def street(request: HttpRequest, number: int) -> HttpResponse:
    """A street's houses in walking order; where to go on."""
    precinct = _precinct(request)
    found = _street(streets_of(houses_of(precinct.id)), number)
    houses = [(one, _label(one), _url(one)) for one in found.houses]
    values = {"street": found, "houses": houses, "next": _next(houses), **_weeks(request, precinct)}
    return render(request, "voters/doors/street.html", values)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(Power.CHECK_HOUSEHOLD)
def house(request: HttpRequest, number: int) -> HttpResponse:
    """A house of the address register: its entries, and what was found."""
    return _house(request, lambda one: one.address == number)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(Power.CHECK_HOUSEHOLD)
def strange(request: HttpRequest, number: int) -> HttpResponse:
    """A house that the address register has not."""
    sent = request.POST.get("door", "")
    if sent:  # (the list may have changed since: a form is about the house that it was made for)
        return _house(request, lambda one: not one.address and str(one.digest) == sent)
    return _house(request, lambda one: one.place == number)


def _house(request: HttpRequest, is_it: Any) -> HttpResponse:
    context, precinct, actor = own_election(request), _precinct(request), actor_of(request)
    every = houses_of(precinct.id)
    found = next((one for one in every if is_it(one)), None)
    if found is None:
        if request.method != "POST":
            raise Http404
        messages.error(
            request, gettext("The list changed meanwhile: nobody of it lives in this house any more.")
        )
        return HttpResponseRedirect(reverse("cabinet-doors"))
    weeks = _weeks(request, precinct)
    if not weeks["open"] and found.visit is None and request.method != "POST":
        return render(request, "voters/doors/closed.html", _of_house(every, found) | weeks)
    body = f"{context.id}/{actor.code}"
    try:
        residents = residents_of(precinct.id, found, body)
        said = said_at(precinct.id, [found.visit.number], body)[0] if found.visit else {}
        parts = [residents[at : at + PART] for at in range(0, len(residents), PART)] or [[]]
        part = min(_number(request, "part"), len(parts) - 1)
        access.record([one.voter for one in residents], body=actor.code, person=actor.person, purpose=PURPOSE)
        form = HouseForm(request.POST if request.method == "POST" else None)
        form.offer(parts[part], said, found.visit.missing if found.visit else None)
        if form.is_bound and form.is_valid():
            done = form.note(request, context, actor, form.found(precinct.code, found))
            if done is not None:
                return _onward(request, every, found, part + 1 < len(parts) and part + 1)
    except CLOSED as error:
        return _closed(request, error)
    values = _of_house(every, found) | weeks | {
        "form": form, "label": _heading(found, residents), "part": part, "parts": len(parts), "request": request,
        "frozen": FrozenList.objects.filter(precinct=precinct, journal__isnull=False).exists(), "asking": _route("voter-request"),
        "said": [(label_of(one), OUTCOMES.get(said.get(one.voter, ""), "–")) for one in parts[part] if found.visit],
    }  # fmt: skip
    page = "voters/doors/house.html" if weeks["open"] else "voters/doors/closed.html"
    return render(request, page, values, status=422 if form.errors else 200)


def _weeks(request: HttpRequest, precinct: Precinct) -> dict[str, Any]:
    """When members go from door to door, and whether that is now: outside of these weeks no form is shown."""
    context = own_election(request)
    abroad, zone = zone_of(context, precinct)
    allowed = window(context, abroad=abroad, zone=zone)
    return {"opens": allowed.opens, "closes": allowed.closes, "open": allowed.contains(context.now())}


def _of_house(every: Sequence[House], found: House) -> dict[str, Any]:
    """A house with nobody's record opened."""
    home = _street(streets_of(every), _street_number(every, found))
    return {"house": found, "label": _plain_heading(found), "street": home, "url": _url(found)}


def _onward(request: HttpRequest, every: Sequence[House], found: House, part: int | bool) -> HttpResponse:
    """To the rest of the same house, else to its street."""
    messages.success(
        request,
        gettext("Noted. When the day is over the log says how many visits there were, and nothing else."),
    )
    if part:
        return HttpResponseRedirect(f"{_url(found)}?part={part}")
    return HttpResponseRedirect(reverse("cabinet-doors-street", args=[_street_number(every, found)]))


@require_safe
@desk_view(Power.CHECK_HOUSEHOLD)
def follow_up(request: HttpRequest) -> HttpResponse:
    """Entries that were said to be gone, dead or wrong and still stand in the list; houses where somebody is missing."""
    precinct, actor, page = _precinct(request), actor_of(request), _number(request, "page")
    every = houses_of(precinct.id)
    wanted = [one for one in every if one.visit and one.visit.follow]
    shown = wanted[page * HOUSES : (page + 1) * HOUSES]
    body = f"{own_election(request).id}/{actor.code}"
    try:
        said = said_at(precinct.id, [one.visit.number for one in shown if one.visit], body)
        open_ones = {voter: outcome for one in said for voter, outcome in one.items() if outcome in FOLLOWED}
        rows = Voter.objects.filter(id__in=open_ones, precinct=precinct.id).values_list("id", "sealed")
        residents = opened(rows, body)
    except CLOSED as error:
        return _closed(request, error)
    access.record([one.voter for one in residents], body=actor.code, person=actor.person, purpose=PURPOSE)
    values = {
        "precinct": precinct_name(precinct), "asking": _route("voter-request"),
        "entries": [(name_of(one.record), one.record.get("birth_date", "")[:4], address_of(one.record),
                     OUTCOMES[open_ones[one.voter]]) for one in residents],
        "missing": [(_label(one), one.street, one.visit.missing) for one in every if one.visit and one.visit.missing],
        "earlier": page - 1 if page else None, "later": page + 1 if (page + 1) * HOUSES < len(wanted) else None,
        "frozen": FrozenList.objects.filter(precinct=precinct, journal__isnull=False).exists(),
    }  # fmt: skip
    return render(request, "voters/doors/follow_up.html", values)


@require_safe
@desk_view(tiers=("cec", *HIGHER))
def progress(request: HttpRequest) -> HttpResponse:
    """How far the precincts of the own territory are, by district: shares, no street, no house, no person."""
    rows = by_place(own_election(request).id, actor_of(request).area)
    return render(request, "voters/doors/progress.html", {"rows": rows})


def _precinct(request: HttpRequest) -> Precinct:
    """The desk's own precinct, whatever is asked for."""
    actor = actor_of(request)
    if actor.precinct is None:
        raise Http404
    return Precinct.objects.get(id=actor.precinct)


def _next(houses: Sequence[tuple[House, str, str]]) -> tuple[House, str, str] | None:
    """Where to go on: the first house where nobody was yet, then the first of which something is open."""
    unseen = (row for row in houses if row[0].visit is None)
    return next(unseen, None) or next((row for row in houses if not row[0].done), None)


def _street(known: Sequence[Street], number: int) -> Street:
    found = next((one for one in known if one.number == number), None)
    if found is None:
        raise Http404
    return found


def _street_number(every: Sequence[House], found: House) -> int:
    if not found.address:
        return 0
    same = (found.mahalla, found.street_key)
    return min(one.address for one in every if one.address and (one.mahalla, one.street_key) == same)


def _url(one: House) -> str:
    name, number = ("cabinet-door", one.address) if one.address else ("cabinet-strange-door", one.place)
    return reverse(name, args=[number])


def _label(one: House) -> str:
    if one.address:
        return one.house
    return gettext("house %(number)s without an address") % {"number": one.place}


def _heading(one: House, residents: Sequence[Resident]) -> str:
    """Street and number; of a house that the register of addresses has not, as its entries say."""
    if one.address or not residents:
        return _plain_heading(one)
    return address_of({**residents[0].record, "flat": ""})


def _plain_heading(one: House) -> str:
    return f"{one.street}, {one.house}" if one.address else _label(one)


def _route(name: str) -> str:
    """The address of a page, empty as long as there is none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name) or request.GET.get(name, "0")
    return int(text) if text.isdecimal() and len(text) < 5 else 0


def _closed(request: HttpRequest, error: Exception) -> HttpResponse:
    soon = isinstance(error, Throttled)
    return render(request, "voters/precinct/silent.html", {"soon": soon}, status=429 if soon else 503)
