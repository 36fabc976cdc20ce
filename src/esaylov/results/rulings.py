"""The higher commission's pages: what lies in its territory, and accepting or returning a protocol."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from esaylov.acts.context import ElectionContext
from esaylov.acts.door import Accepted
from esaylov.acts.powers import Power
from esaylov.cabinet import notices
from esaylov.cabinet.desk import desk_of, own_election
from esaylov.cabinet.forms import data_of
from esaylov.cabinet.lists import Asked, Column, Filter, ListPage
from esaylov.cabinet.views import desk_view
from esaylov.design.words import in_language
from esaylov.law.protocol import evaluate
from esaylov.proceedings.pages.marks import mode_of
from esaylov.registry.queries import commission_by_code, members_of, names_of, pattern
from esaylov.results.acts import AcceptProtocol, ReturnProtocol
from esaylov.results.forms import RulingForm
from esaylov.results.places import (
    PlaceLine,
    PrecinctLine,
    above,
    contests_of,
    named_figures,
    places_of,
    precinct_by_code,
    received_by,
    rulings_of,
)
from esaylov.results.queries import fetched
from esaylov.results.statewords import state_tag
from esaylov.results.views import place_url

ROWS = """SELECT p.code, p.number, t.names, s.contest_id, s.state, s.counts, s.conflicts, count(*) OVER ()
FROM results_standing s JOIN registry_precinct p ON p.id = s.precinct_id
JOIN registry_territory t ON t.id = p.territory_id JOIN registry_cell c ON c.id = s.cell_id
WHERE s.contest_id = ANY(%(contests)s) AND (%(place)s::int IS NULL OR %(place)s = ANY(c.territories))
AND (%(state)s = '' OR s.state = %(state)s OR (%(state)s = 'conflicting' AND s.conflicts > 0))
AND (%(word)s = '' OR p.code ILIKE %(word)s OR p.number = %(exact)s OR t.names::text ILIKE %(word)s)
ORDER BY p.position, s.contest_id LIMIT %(limit)s OFFSET %(offset)s"""
AWAITED = """SELECT p.code, p.number, t.names, k.id, 'awaited', false, 0, count(*) OVER ()
FROM registry_precinct p JOIN registry_cell c ON c.id = p.cell_id CROSS JOIN LATERAL unnest(c.territories) AS u(territory)
JOIN elections_contest k ON k.territory_id = u.territory AND k.id = ANY(%(contests)s)
JOIN registry_territory t ON t.id = p.territory_id
WHERE p.election = %(election)s AND (%(place)s::int IS NULL OR %(place)s = ANY(c.territories))
AND NOT EXISTS (SELECT FROM results_standing s WHERE s.contest_id = k.id AND s.precinct_id = p.id)
AND (%(word)s = '' OR p.code ILIKE %(word)s OR p.number = %(exact)s OR t.names::text ILIKE %(word)s)
ORDER BY p.position, k.id LIMIT %(limit)s OFFSET %(offset)s"""
STATES = (
    ("awaited", pgettext_lazy("state", "awaited")),
    ("received", pgettext_lazy("state", "received")),
    ("inconsistent", pgettext_lazy("state", "received, inconsistent")),
    ("returned", pgettext_lazy("state", "returned")),
    ("accepted", pgettext_lazy("state", "accepted")),
    ("conflicting", pgettext_lazy("state", "conflicting")),
    ("annulled", pgettext_lazy("state", "annulled")),
)
ACTS = {"accept": AcceptProtocol, "return": ReturnProtocol}


@desk_view(Power.ACCEPT_PROTOCOL)
def places(request: HttpRequest) -> HttpResponseBase:
    """The places in the commission's territory with what stands there, as of the last count."""
    context = own_election(request)
    actor = desk_of(request).actor
    assert actor is not None
    contests = received_by(context.edition, actor.tier, list(context.tables.contests.values()))
    place = actor.area

    def rows(asked: Asked) -> tuple[Sequence[Any], int]:
        chosen = [c.id for c in contests if asked.filters.get("contest") in (None, c.kind)]
        found = fetched(
            AWAITED if asked.filters.get("state") == "awaited" else ROWS,
            {"contests": chosen, "place": place, "state": asked.filters.get("state", ""),
             "word": pattern(asked.search), "exact": asked.search,
             "limit": asked.limit, "offset": asked.offset, "election": context.id},
        )  # fmt: skip
        return [_decoded(row) for row in found], found[0][-1] if found else 0

    return _list(context, rows).response(request)


def _decoded(row: Sequence[Any]) -> list[Any]:
    """A row whose names are an object (a raw cursor gives JSON as text)."""
    return [*row[:2], names_of(row[2]), *row[3:]]


def _list(context: ElectionContext, rows: Any) -> ListPage:
    contests = context.tables.contests_by_id
    kinds = sorted({contest.kind for contest in contests.values()})
    filters = [Filter("state", gettext_lazy("State"), STATES)]
    if len(kinds) > 1:
        filters.append(
            Filter("contest", gettext_lazy("Kind of contest"), [(kind, kind_text(kind)) for kind in kinds])
        )
    return ListPage(
        title=gettext("Protocols of your territory"),
        lead=gettext(
            "What precinct commissions sent, as of the last count. Open a protocol to accept or return it."
        ),
        columns=(
            Column(
                "precinct",
                gettext("Precinct"),
                lambda row: row[1] or row[0],
                url=lambda row: place_url(row[0], contests[row[3]].code),
            ),
            Column("district", gettext("District"), lambda row: in_language(row[2])),
            Column(
                "contest",
                gettext("Contest"),
                lambda row: in_language(contests[row[3]].titles, contests[row[3]].code),
            ),
            Column("state", gettext("State"), lambda row: row[4], state=lambda row: state_tag(row[4])),
            Column("conflicts", gettext("Conflicting protocols"), lambda row: row[6], number=True),
        ),
        rows=rows,
        filters=filters,
        search=gettext("Precinct or district"),
        export="protocols",
        empty=gettext("No protocol has come from your territory yet."),
    )


def kind_text(kind: str) -> str:
    """A kind of contest in words."""
    names = {
        "list": gettext("party lists"),
        "single-member": gettext("single-member constituencies"),
        "president": gettext("President"),
        "referendum": gettext("referendum"),
        "council": gettext("councils"),
    }
    return names.get(kind, kind)


@desk_view(Power.ACCEPT_PROTOCOL)
def place(request: HttpRequest, precinct: str, contest: str) -> HttpResponse:
    """One protocol before the higher commission: its figures, its sums, and the decision."""
    context = own_election(request)
    line, found = _place(request, context, precinct, contest)
    form = RulingForm(data_of(request), initial=_standing(found))
    values = _values(context, line, found)
    ruling = request.POST.get("ruling", "")
    if request.method != "POST" or ruling not in ACTS or not form.is_valid():
        return render(request, "results/place.html", {**values, "form": form})
    if request.POST.get("step") != "perform":
        return _confirm(request, form, ruling, values)
    payload = {
        "precinct": line.code,
        "contest": contest,
        "decision": form.cleaned_data["decision"],
        "protocol": form.cleaned_data["protocol"],
    }
    accepted = form.perform(request, ACTS[ruling], context.id, payload)
    if accepted is None:
        return render(request, "results/place.html", {**values, "form": form})
    _tell(context, line, found, ruling, accepted)
    done = (
        gettext("The protocol is accepted.") if ruling == "accept" else gettext("The protocol is returned.")
    )
    messages.success(request, done)
    return HttpResponseRedirect(reverse("cabinet-place", args=[precinct, contest]))


def _tell(
    context: ElectionContext, line: PrecinctLine, found: PlaceLine, ruling: str, done: Accepted
) -> None:
    """Tells the members of the precinct's commission what was decided about their protocol."""
    commission = commission_by_code(context.id, f"pec:{line.code}")
    if commission is None:
        return
    persons = [row.person for row in members_of(commission.id, datetime.now(UTC))]
    title = dict(found.contest.titles) or {"en": found.contest.code}
    notices.tell(
        persons,
        f"results.{ruling}",
        {"contest": title},
        reverse("cabinet-protocol", args=[found.contest.code]),
        mode=mode_of(context),
        of=done,
    )


def _place(
    request: HttpRequest, context: ElectionContext, precinct: str, contest: str
) -> tuple[PrecinctLine, PlaceLine]:
    """The place, if it lies in the commission's territory: else there is nothing here."""
    line = precinct_by_code(context.id, precinct)
    actor = desk_of(request).actor
    if line is None or actor is None or not above(actor, context.tables, line.cell):
        raise Http404
    chosen = [one for one in contests_of(context.tables, line.cell) if one.code == contest]
    if not chosen:
        raise Http404
    return line, places_of(context, line, chosen)[0]


def _standing(found: PlaceLine) -> dict[str, str]:
    return {"protocol": found.standing.leaf.hex()} if found.standing else {}


def _values(context: ElectionContext, line: PrecinctLine, found: PlaceLine) -> dict[str, Any]:
    edition, standing = context.edition, found.standing
    lines: list[tuple[str, int]] = []
    votes: list[tuple[str, int]] = []
    findings = []
    if standing is not None:
        lines, votes = named_figures(edition, found.contest, standing.lines, standing.votes)
        findings = [
            {"code": one.code, "text": in_language(one.text, one.code), "article": one.article or ""}
            for one in evaluate(edition, standing.lines, standing.votes)
        ]
    return {
        "precinct": line,
        "district": in_language(line.district),
        "place": found,
        "contest": in_language(found.contest.titles, found.contest.code),
        "state": state_tag(found.state),
        "lines": lines,
        "votes": votes,
        "findings": findings,
        "rulings": [
            {"text": ruling_text(one.kind), "number": one.number, "at": one.at.astimezone(context.timezone)}
            for one in rulings_of(line.id, found.contest.id)
        ],
        "open": standing is not None and not found.annulled and not found.certified,
        "at": standing.at.astimezone(context.timezone) if standing else None,
        "list": reverse("cabinet-acceptance"),
        "here": place_url(line.code, found.contest.code),
    }


def _in_full(line: PrecinctLine) -> str:
    """A precinct by number, district and code: numbers begin anew in each region."""
    words = f"{line.number or line.code}, {in_language(line.district)}"
    return f"{words} ({line.code})" if line.number else words


def ruling_text(kind: str) -> str:
    """What a ruling did."""
    names = {
        "accept": gettext("accepted"),
        "return": gettext("returned"),
        "annul": gettext("declared invalid"),
    }
    return names.get(kind, kind)


def _confirm(request: HttpRequest, form: RulingForm, ruling: str, values: dict[str, Any]) -> HttpResponse:
    accepting = ruling == "accept"
    title = gettext("Accept this protocol?") if accepting else gettext("Return this protocol?")
    what = (
        gettext("The figures of this protocol then count as accepted by your commission.")
        if accepting
        else gettext(
            "The protocol then stays outside the totals until the precinct commission corrects it at a sitting."
        )
    )
    facts = [
        (gettext("Precinct"), _in_full(values["precinct"])),
        (gettext("Contest"), values["contest"]),
        (gettext("Decision"), form.cleaned_data["decision"]),
    ]
    hidden = [
        ("ruling", ruling),
        ("step", "perform"),
        ("decision", form.cleaned_data["decision"]),
        ("protocol", form.cleaned_data["protocol"]),
        *form.carried(),
    ]
    return render(
        request,
        "cabinet/confirm.html",
        {
            "title": title,
            "what": what,
            "facts": facts,
            "hidden": hidden,
            "article": "95",
            "action": gettext("Accept the protocol") if accepting else gettext("Return the protocol"),
            "back": {"text": gettext("Back without deciding"), "url": values["here"]},
        },
    )
