"""Sessions in the cabinet: the list, one session, its opening, attendance, votes, dissent, closing, minutes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Actor, Power
from esaylov.cabinet.desk import actor_of, desk_of
from esaylov.cabinet.forms import kept_input
from esaylov.cabinet.lists import Column, ListPage, queryset_rows
from esaylov.cabinet.views import desk_view
from esaylov.law.deciding import Vote as LawVote
from esaylov.law.deciding import outcome, sitting_findings
from esaylov.proceedings import motions
from esaylov.proceedings.composing import description_of, order_title, title_of
from esaylov.proceedings.decisions import AdoptDecision
from esaylov.proceedings.forms import CloseForm, DecisionForm, DissentForm, OpeningForm, SittingForm
from esaylov.proceedings.models import Attendance, Decision, Dissent, Motion, Session, Vote
from esaylov.proceedings.pages.common import (
    carried,
    context_of,
    election_title,
    elections_of,
    local,
    names_of,
    own_commission,
)
from esaylov.proceedings.pages.marks import mark_of
from esaylov.proceedings.pages.orderlines import OrderLine, order_lines
from esaylov.proceedings.pages.papers import minutes_paper
from esaylov.proceedings.queries import next_number
from esaylov.proceedings.sessions import CloseSession, OpenSession, RecordAttendance, StateDissent
from esaylov.proceedings.sittings import members_at, rules_of, series_of, sitting
from esaylov.registry.matrix import COMMISSIONS

sitters = desk_view(tiers=COMMISSIONS)
officers = desk_view(Power.HOLD_SESSION)
PURPOSE = "members of a session"


def session_state(row: Session) -> dict[str, str]:
    """Open or closed, as a status tag."""
    if hasattr(row, "closing"):
        return {"code": "accepted", "text": gettext("closed")}
    return {"code": "received", "text": gettext("in session")}


def session_name(row: Session) -> str:
    """A session by number and year."""
    return gettext("Session %(number)s of %(year)s") % {"number": row.number, "year": row.year}


COLUMNS = (
    Column(
        "number",
        gettext_lazy("Session"),
        session_name,
        url=lambda row: reverse("cabinet-session", args=[row.pk]),
    ),
    Column("election", gettext_lazy("Election"), lambda row: election_title(row.election)),
    Column("opened_at", gettext_lazy("Opened"), lambda row: local(row.election, row.opened_at)),
    Column("items", gettext_lazy("Items"), lambda row: len(row.agenda), number=True),
    Column("state", gettext_lazy("State"), lambda row: session_state(row)["text"], state=session_state),
)


@sitters
def sessions(request: HttpRequest) -> HttpResponseBase:
    """All sessions of the commission."""
    rows = Session.objects.filter(commission=own_commission(request).id).select_related("closing")
    page = ListPage(
        title=gettext_lazy("Sessions"),
        columns=COLUMNS,
        rows=queryset_rows(rows.order_by("-journal"), search=("agenda", "place")),
        search=gettext_lazy("Words of the agenda"),
        export="sessions",
        empty=gettext_lazy("Your commission has held no session here yet."),
        template="proceedings/sessions.html",
    )
    return page.response(request, may=desk_of(request).may(Power.HOLD_SESSION))


@officers
def opening(request: HttpRequest) -> HttpResponse:
    """A session opens."""
    commission, elections = own_commission(request), elections_of(desk_of(request))
    context = context_of(elections[-1])
    rows = members_at(commission.id, context.now())
    names = names_of(rows, actor_of(request), PURPOSE)
    data = request.POST if request.method == "POST" else kept_input(request)
    chosen = [(code, election_title(code)) for code in reversed(elections)]
    form = OpeningForm(data, members=names, elections=chosen)
    if request.method == "POST" and form.is_valid():
        election = "" if form.cleaned_data["election"] == "-" else form.cleaned_data["election"]
        payload = {"agenda": form.items, "place": form.cleaned_data["place"], **form.sitting}
        done = form.perform(request, OpenSession, election, payload)
        if done is not None:
            messages.success(request, gettext("The session is open."))
            return HttpResponseRedirect(reverse("cabinet-session", args=[done.journal]))
    values = {
        "form": form,
        "title": gettext("Open a session"),
        "action": gettext("Open the session"),
        "back": {"text": gettext("All sessions"), "url": reverse("cabinet-sessions")},
    }
    return render(request, "cabinet/form.html", values)


def own_session(request: HttpRequest, number: int) -> Session:
    """A session of the desk's commission in an election that it works in; 404 for others."""
    rows = Session.objects.filter(pk=number, commission=own_commission(request).id)
    found = rows.select_related("closing").first() if number < 2**63 else None
    desk = desk_of(request)
    if found is None or (desk.mandate and desk.mandate.election not in ("", found.election)):
        raise Http404
    return found


@sitters
def session(request: HttpRequest, number: int) -> HttpResponse:
    """One session: agenda, who is there, what was decided."""
    row = own_session(request, number)
    return render(request, "proceedings/session.html", session_values(request, row))


def session_values(request: HttpRequest, row: Session) -> dict[str, Any]:
    """What the page of a session shows."""
    desk, context = desk_of(request), context_of(row.election)
    latest = Attendance.objects.filter(session=row).order_by("-sequence")[0]
    taken = list(Decision.objects.filter(session=row).order_by("journal"))
    mandate = desk.mandate.id if desk.mandate else 0
    votes = {v.decision_id: v.choice for v in Vote.objects.filter(decision__in=taken, mandate=mandate)}
    stated = set(
        Dissent.objects.filter(decision__in=taken, mandate=mandate).values_list("decision_id", flat=True)
    )
    open_ = not hasattr(row, "closing")
    return {
        "session": row,
        "mark": mark_of(request, context),
        "name": session_name(row),
        "election": election_title(row.election),
        "state": session_state(row),
        "opened": row.opened_at.astimezone(context.timezone),
        "closed": row.closing.at.astimezone(context.timezone) if not open_ else None,
        "attendance": latest,
        "needed": latest.needed,
        "decisions": [
            {
                "row": one,
                "dissent": one.pk not in stated
                and votes.get(one.pk) not in (None, "for" if one.number is not None else "against"),
                "stated": one.pk in stated,
                "public": public_url(one),
            }
            for one in taken
        ],
        "motions": _waiting(motions.waiting(row.commission_id, row.election), actor_of(request))
        if open_
        else (),
        "may": open_ and desk.may(Power.HOLD_SESSION),
        "list": reverse("cabinet-sessions"),
    }


def public_url(row: Decision) -> str:
    """The public page of a decision, empty where it was not carried."""
    if row.number is None:
        return ""
    if row.election:
        return reverse("decision", args=[row.election, row.pk])
    return reverse("standing-decision", args=[row.pk])


@officers
def attendance(request: HttpRequest, number: int) -> HttpResponse:
    """Who is there now."""
    row = own_session(request, number)
    context = context_of(row.election)
    latest = Attendance.objects.filter(session=row).order_by("-sequence")[0]
    names = names_of(members_at(row.commission_id, context.now()), actor_of(request), PURPOSE)
    initial = {"present": [str(one) for one in latest.present], "presiding": str(latest.presiding)}
    form = SittingForm(request.POST if request.method == "POST" else None, members=names, initial=initial)
    if request.method == "POST" and form.is_valid():
        done = form.perform(request, RecordAttendance, row.election, {"session": row.pk, **form.sitting})
        if done is not None:
            messages.success(request, gettext("The attendance is recorded."))
            return HttpResponseRedirect(reverse("cabinet-session", args=[row.pk]))
    values = {
        "form": form,
        "over": session_name(row),
        "title": gettext("Attendance"),
        "action": gettext("Record the attendance"),
        "back": {"text": session_name(row), "url": reverse("cabinet-session", args=[row.pk])},
    }
    return render(request, "cabinet/form.html", values)


@officers
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """A question is voted on: the form with the next free number, what would come of it, the decision."""
    row = own_session(request, number)
    context = context_of(row.election)
    latest = Attendance.objects.filter(session=row).order_by("-sequence")[0]
    rows = [one for one in members_at(row.commission_id, context.now()) if one.id in set(latest.present)]
    names = names_of(rows, actor_of(request), PURPOSE)
    motion = _motion(request, row.election)
    proposed = next_number(row.commission_id, series_of(context), context.now().year)
    initial = {"number": proposed, **_from_motion(motion, row)}
    data = request.POST if request.method == "POST" else kept_input(request)
    form = DecisionForm(data, agenda=row.agenda, members=names, initial=initial)
    values = {
        "form": form,
        "mark": mark_of(request, context),
        "over": session_name(row),
        "title": gettext("Vote on a question"),
        "action": gettext("Preview the decision"),
        "motion": motion,
        "lines": order_lines(motion, actor_of(request), context) if motion else (),
        "back": {"text": session_name(row), "url": reverse("cabinet-session", args=[row.pk])},
    }
    if request.method != "POST" or not form.is_valid():
        return render(request, "proceedings/decide.html", values)
    if request.POST.get("step") != "adopt" or (motion is not None and _stale(request, motion)):
        return _preview(request, form, row, context, motion)
    payload = {"session": row.pk, **form.payload}
    if motion is not None:
        payload |= {
            "motion": motion.row.pk,
            "orders": [{"act": code, "payload": body} for code, body in motion.orders],
        }
    done = form.perform(request, AdoptDecision, row.election, payload)
    if done is None:
        return render(request, "proceedings/decide.html", values)
    adopted = done.record["adopted"]
    text = (
        gettext("Decision No. %(number)s is adopted.") % {"number": done.record["number"]}
        if adopted
        else gettext("The question was not carried; this is recorded.")
    )
    messages.success(request, text)
    return HttpResponseRedirect(reverse("cabinet-session", args=[row.pk]))


def _waiting(rows: Sequence[Motion], by: Actor) -> list[dict[str, Any]]:
    """Motions as the list names them: the acts that each orders beside its title, which may say something else. Orders are
    read only of those whose acts may go more than one way."""
    read = motions.orders_of([row for row in rows if any(_is_open(code) for code in row.acts)], by)
    found = []
    for row in rows:
        titles = [order_title(code, payload) for code, payload in read.get(row.pk) or ()]
        counted = Counter(titles or [title_of(code) for code in row.acts])
        orders = [title if number == 1 else f"{title} × {number}" for title, number in counted.items()]
        found.append({"pk": row.pk, "title": row.title, "orders": "; ".join(orders)})
    return found


def _is_open(code: str) -> bool:
    known = description_of(code)
    return known is not None and known.outcome is not None


def _stale(request: HttpRequest, motion: motions.Prepared) -> bool:
    """Whether a motion was changed since it was read over: what is voted on is what was read. It is read again then."""
    seen = request.POST.get("seen")
    changed = seen is not None and seen != motions.fingerprint(motion)
    if changed:
        messages.warning(request, gettext("The draft was changed meanwhile. Read it over again."))
    return changed


def _motion(request: HttpRequest, election: str) -> motions.Prepared | None:
    """The motion that a page was called with."""
    said = request.POST.get("motion") or request.GET.get("motion")
    if not said:
        return None
    try:
        found = motions.prepared(UUID(said), actor_of(request), election)
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


def _from_motion(motion: motions.Prepared | None, row: Session) -> dict[str, Any]:
    if motion is None:
        return {}
    return {
        "item": row.agenda.index(motion.row.title) + 1 if motion.row.title in row.agenda else "",
        "title": motion.row.title,
        "text": motion.row.text,
        "considered": "; ".join(motion.row.articles),
    }


def _preview(
    request: HttpRequest,
    form: DecisionForm,
    row: Session,
    context: ElectionContext,
    motion: motions.Prepared | None,
) -> HttpResponse:
    latest = Attendance.objects.filter(session=row).order_by("-sequence")[0]
    members = [one.id for one in members_at(row.commission_id, context.now())]
    seats = sitting(members, sorted(set(members) & set(latest.present)), latest.presiding)
    votes = [LawVote(str(number), choice) for number, choice in form.votes.items()]  # type: ignore[arg-type]
    rules = rules_of(context)
    short = sitting_findings(rules, seats)
    found = None if short else outcome(rules, seats, votes)
    said = form.payload
    lines = _tried(request, context, motion, said["number"] if found and found.adopted else None)
    values = {
        "form_key": [(name, value) for name, value in carried(request.POST) if name != "seen"],
        "seen": motions.fingerprint(motion) if motion else "",
        "mark": mark_of(request, context),
        "over": session_name(row),
        "title": gettext("Record this vote?"),
        "found": found,
        "named": form.named_votes,
        "short": short,
        "said": said,
        "paragraphs": [part for part in said["text"].split("\n\n") if part.strip()],
        "articles": ", ".join(said["articles"]),
        "lines": lines,
        "refused": any(line.refused for line in lines),
        "session": row,
        "present": len(seats.present),
        "members": len(members),
        "needed": latest.needed,
        "numberless": bool(found and found.adopted and not said["number"]),
    }
    return render(request, "proceedings/preview.html", values)


def _tried(
    request: HttpRequest, context: ElectionContext, motion: motions.Prepared | None, number: str | None
) -> list[OrderLine]:
    """The orders of a motion; of one that is carried and has its number with what performing them would give."""
    return order_lines(motion, actor_of(request), context, number=number or "") if motion else []


@officers
def close(request: HttpRequest, number: int) -> HttpResponse:
    """The session ends."""
    row = own_session(request, number)
    form = CloseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done = form.perform(request, CloseSession, row.election, {"session": row.pk})
        if done is not None:
            messages.success(request, gettext("The session is closed; its minutes are fixed by their hash."))
            return HttpResponseRedirect(reverse("cabinet-session", args=[row.pk]))
    values = {
        "title": gettext("Close this session?"),
        "what": gettext(
            "No vote can be taken in it afterwards; the hash of its minutes goes into the public log."
        ),
        "facts": [(gettext("Session"), session_name(row))],
        "action": gettext("Close the session"),
        "article": "16, 26",
        "form": form,
        "back": {"text": gettext("Back to the session"), "url": reverse("cabinet-session", args=[row.pk])},
    }
    return render(request, "cabinet/confirm.html", values)


@desk_view(Power.STATE_DISSENT)
def dissent(request: HttpRequest, number: int) -> HttpResponse:
    """A member dissents in writing."""
    row = Decision.objects.filter(pk=number).select_related("session").first() if number < 2**63 else None
    if row is None:
        raise Http404
    own_session(request, row.session_id)
    form = DissentForm(request.POST if request.method == "POST" else kept_input(request))
    if request.method == "POST" and form.is_valid():
        payload = {
            "decision": row.pk,
            "text": form.cleaned_data["text"].replace("\r\n", "\n"),
            "public": form.cleaned_data["public"],
        }
        if form.perform(request, StateDissent, row.election, payload) is not None:
            messages.success(request, gettext("Your dissent is recorded."))
            return HttpResponseRedirect(reverse("cabinet-session", args=[row.session_id]))
    values = {
        "form": form,
        "over": row.title,
        "title": gettext("Dissent in writing"),
        "action": gettext("Record the dissent"),
        "back": {
            "text": session_name(row.session),
            "url": reverse("cabinet-session", args=[row.session_id]),
        },
    }
    return render(request, "cabinet/form.html", values)


@sitters
def minutes(request: HttpRequest, number: int) -> HttpResponse:
    """The minutes of a session as PDF, for its members: with names."""
    row = own_session(request, number)
    content = minutes_paper(row, actor_of(request), context_of(row.election))
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="minutes-{row.year}-{row.number}.pdf"'
    return response
