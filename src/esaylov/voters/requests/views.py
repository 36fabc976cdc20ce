"""The public pages of a voter who asks: `/<language>/voter/request/` and, by number and secret code, what became of it.

As at the look-up: no cookie, no session, data by POST only, nothing kept of what was typed but what the custodian sealed. The
answer is the same, after the same work, whether an entry was found or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import BoundedSemaphore
from time import sleep
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods
from pydantic import ValidationError

from esaylov.acts.context import get_context
from esaylov.acts.door import Refused, Submission, perform
from esaylov.acts.powers import SYSTEM
from esaylov.custody import client
from esaylov.custody.keyring import KeyringError
from esaylov.design.words import in_language, language
from esaylov.law.findings import Finding
from esaylov.law.voters import voter_rules
from esaylov.proceedings.applications import new_secret, secret_digest
from esaylov.proceedings.pages.common import body_name
from esaylov.registry.accounts.network import network
from esaylov.registry.accounts.throttle import TooMany, bucket, give_back, take, too_many
from esaylov.registry.models import Precinct
from esaylov.voters.access import looks
from esaylov.voters.blocks import Kind as Change
from esaylov.voters.lookup import challenges
from esaylov.voters.lookup.ahead import Ahead, ahead
from esaylov.voters.lookup.answers import marks
from esaylov.voters.lookup.finding import Found, Locked, Sought, find
from esaylov.voters.lookup.gate import (
    LOCKED_SECONDS,
    RETRY_SECONDS,
    Down,
    FormPage,
    NotNow,
    not_now,
    private,
    unproven,
    unreadable,
)
from esaylov.voters.lookup.noting import Full, notes
from esaylov.voters.lookup.questions import question
from esaylov.voters.lookup.throttling import Documents
from esaylov.voters.lookup.typed import Problem, Typed
from esaylov.voters.models import Changeset, Former, Voter
from esaylov.voters.requests import flooding, kinds, places, queries
from esaylov.voters.requests.acts import WITHDRAWN, ReceiveRequest, WithdrawRequest
from esaylov.voters.requests.carrying import MARK, carried
from esaylov.voters.requests.counts import counts as counted
from esaylov.voters.requests.forms import TERRITORY, RequestForm, StatusForm
from esaylov.voters.requests.kinds import KINDS, Kind
from esaylov.voters.requests.models import Request
from esaylov.voters.requests.said import DECISIONS, EXPLANATION, PURPOSE
from esaylov.voters.requests.staging import why_left
from esaylov.voters.requests.words import ARTICLES, LEADS, left_text, reason_text
from esaylov.voters.requests.words import KINDS as TITLES

MOST_BYTES = 48 * 1024
WITHDRAW, WITHDRAW_NOW = "withdraw", "withdraw-for-good"
FOLLOWING = (10, 30)
"""So many wrong pairs of a network (and of a number) at once, then one in so many seconds."""
WAIT_SECONDS, WAITS, WAITING = 0.1, 30, 2
"""How long, and how many in each worker, the second of two posts of one form waits for what the first one makes."""
waiting = BoundedSemaphore(WAITING)
documents = Documents(burst=5, every=3_600)
"""Requests with one document, from wherever, in each worker."""


@dataclass(frozen=True, kw_only=True)
class Page(FormPage):
    """The form as the template shows it: with the fields of what is asked for."""

    form: RequestForm

    @property
    def all(self) -> list[Problem]:
        """Everything, in the order of the page."""
        return [*self.problems, *(Problem(name if name != "__all__" else "", f"{_label(self.form, name)}{text}")
                                  for name, texts in self.form.errors.items() for text in texts)]  # fmt: skip


def _label(form: RequestForm, name: str) -> str:
    return f"{form.fields[name].label}: " if name in form.fields else ""


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
def ask(request: HttpRequest) -> HttpResponse:
    """A voter asks for something: first for what, then the form of that."""
    try:
        elections = tuple(one for one in ahead() if not one.over)
        chosen = next((one for one in elections if one.id == request.GET.get("election")), None)
        election = chosen or (elections[0] if elections else None)
        kind = KINDS.get(request.GET.get("kind", ""))
        if election is None or kind is None or not _open(election, kind):
            return _choice(request, elections, election)
        return _sent(request, election, kind) if request.method == "POST" else _form(request, election, kind)
    except NotNow as error:
        return not_now(request, error.down)
    except (DatabaseError, InterfaceError):
        return not_now(request, Down("database", 503, RETRY_SECONDS))


def _open(election: Ahead, kind: Kind) -> bool:
    """Whether such a request is taken now."""
    context = get_context(election.id)
    if kind.code == "abroad" and not places.missions(election.id):
        return False
    return kinds.closed(context, kind.received, context.now()) is None


def _choice(request: HttpRequest, elections: tuple[Ahead, ...], election: Ahead | None) -> HttpResponse:
    offered, over = [], []
    for kind in KINDS.values() if election else ():
        line = {
            "code": kind.code, "title": TITLES[kind.code], "lead": LEADS[kind.code], "article": ARTICLES[kind.code],
            "url": f"?kind={kind.code}&election={election.id}" if election else "",
        }  # fmt: skip
        if election and _open(election, kind):
            offered.append(line)
        elif kind.code != "abroad" or (election and places.missions(election.id)):
            over.append(line)
    named = [(one.id, in_language(dict(one.titles), one.id)) for one in elections]
    values = {
        "offered": offered, "over": over, "election": election, "elections": named if len(named) > 1 else [],
        "title": dict(named).get(election.id, "") if election else "", **marks((election,) if election else ()),
    }  # fmt: skip
    return render(request, "voters/requests/choice.html", values)


@sensitive_variables("fields")
def _sent(request: HttpRequest, election: Ahead, kind: Kind) -> HttpResponse:
    """A form that was filled in; or what the look-up's answer carries here, which is no submission."""
    if (refused := unreadable(request, MOST_BYTES)) is not None:
        return refused
    fields = QueryDict(request.body, encoding="utf-8")
    if MARK not in fields:
        return _asked(request, election, kind, fields)
    empty = RequestForm(None, kind=kind, election=election.id)
    return _form(request, election, kind, (carried(fields.dict()), empty, ()))


@sensitive_variables("fields", "typed", "form", "made")
def _asked(request: HttpRequest, election: Ahead, kind: Kind, fields: QueryDict) -> HttpResponse:
    typed = Typed.read({name: str(value) for name, value in fields.items()})
    if (known := _sent_already(typed)) is not None:
        return _received(request, election, known, typed)
    form = RequestForm(fields, kind=kind, election=election.id)
    problems, sought = typed.problems(), Sought(typed.number)
    if not form.is_valid() or problems or (problems := unproven(request, typed, sought.admit)):
        if any(one.spent for one in problems) and (known := _being_made(typed)) is not None:
            return _received(request, election, known, typed)
        return _form(request, election, kind, (typed, form, problems))
    if wait := documents.wait(typed.number):
        raise NotNow(Down("throttled", 429, wait))
    made = _made_of(request, typed, form, election, sought)
    if made is None:
        return _form(request, election, kind, (typed, form, []))
    return _received(request, election, made, typed)


@sensitive_variables("typed", "form")
def _made_of(
    request: HttpRequest, typed: Typed, form: RequestForm, election: Ahead, sought: Sought
) -> Request | None:
    """The request, where not too many came from there for the place that it names; None: the form says why. Raises NotNow."""
    territory, wished = (str(form.cleaned_data.get(name) or "") for name in (TERRITORY, "wished"))
    try:
        taken = flooding.flood.take(request, election.id, territory, wished)
    except TooMany as error:
        raise NotNow(Down("throttled", 429, error.seconds)) from None
    made = None
    try:
        made = _made(typed, form, election, sought)
    finally:
        if made is None:
            flooding.give_back(taken)
    return made


@sensitive_variables("payload")
def _made(typed: Typed, form: RequestForm, election: Ahead, sought: Sought) -> Request | None:
    """The request; None where it was refused: then the form says why. Raises NotNow."""
    try:
        payload = _payload(typed, form, election, _found(typed, sought))
        result = perform(ReceiveRequest, election.id, Submission(payload, SYSTEM))
    except ValidationError:
        form.add_error(None, gettext("Write without special characters."))
        return None
    except client.Throttled as error:
        raise NotNow(Down("throttled", 429, error.retry_after)) from None
    except Locked:
        raise NotNow(Down("renewed", 503, LOCKED_SECONDS)) from None
    except (client.CustodianDown, KeyringError):
        raise NotNow(Down("custodian", 503, RETRY_SECONDS)) from None
    except Full:
        raise NotNow(Down("database", 503, RETRY_SECONDS)) from None
    if isinstance(result, Refused):
        for finding in result.findings:
            form.add_error(None, _finding(finding))
        return None
    return Request.objects.get(journal=result.journal)


def _finding(finding: Finding) -> str:
    return str(in_language(finding.text, finding.code))


def _found(typed: Typed, sought: Sought) -> Found:
    """The entry; a look through the public pages. Raises what `find` does, and Full."""
    assert typed.born is not None
    notes.check()
    found = find(sought, typed.born)
    notes.add(found.voter)
    return found


def _payload(typed: Typed, form: RequestForm, election: Ahead, found: Found) -> ReceiveRequest.Payload:
    """What the act takes. (The same questions to the database, whatever was found.)"""
    wished = str(form.cleaned_data.get("wished", ""))
    former = Former.objects.filter(voter=found.voter, kind=Change.REMOVED).order_by("-id")
    removed = Precinct.objects.filter(election=election.id, id__in=former.values("precinct")[:1])
    before = removed.values_list("code", flat=True).first()
    place = found.precinct
    own = place.code if place is not None and place.election == election.id and found.voter else before
    code = wished if form.kind.code in ("inclusion", "abroad") else own
    precinct = (
        Precinct.objects.filter(election=election.id, code=code or "").select_related("territory").first()
    )
    territory = precinct.territory.code if precinct else str(form.cleaned_data.get(TERRITORY, ""))
    said = {"document": typed.number, "birth_date": typed.born, "language": language(), **form.said()}
    return ReceiveRequest.Payload.model_validate(
        {"kind": form.kind.code, "said": said, "secret": new_secret(typed.challenge), "territory": territory,
         "precinct": precinct.code if precinct else None, "voter": found.voter or None}
    )  # fmt: skip


def _sent_already(typed: Typed) -> Request | None:
    """The request that this very form made before: whoever sends it twice made one, and sees its number and code again."""
    if (
        challenges.judge(typed.challenge) != "good"
    ):  # (Later a page that is loaded again shows nobody the code.)
        return None
    return Request.objects.filter(code=secret_digest(new_secret(typed.challenge))).first()


def _being_made(typed: Typed) -> Request | None:
    """The request that this very form is just making, sent twice by a double click: the browser shows the second answer only.

    (Few wait at a time: whoever sends spent forms on purpose holds up nobody else.)
    """
    if not waiting.acquire(blocking=False):
        return None
    try:
        for _ in range(WAITS):
            if (known := _sent_already(typed)) is not None:
                return known
            sleep(WAIT_SECONDS)
        return _sent_already(typed)
    finally:
        waiting.release()


def _received(request: HttpRequest, election: Ahead, row: Request, typed: Typed) -> HttpResponse:
    context = get_context(row.election)
    secret = new_secret(typed.challenge)
    values = {
        "number": row.number, "secret": "-".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "kind": TITLES[row.kind], "due": row.due.astimezone(context.timezone), "hours": election.answer_hours,
        "received": row.received_at.astimezone(context.timezone), "listed": KINDS[row.kind].listed, **marks((election,)),
    }  # fmt: skip
    return render(request, "voters/requests/received.html", values)


Filled = tuple[Typed, RequestForm, Sequence[Problem]]
"""What was typed, and what is wrong with the fields that every request has."""


def _form(request: HttpRequest, election: Ahead, kind: Kind, filled: Filled | None = None) -> HttpResponse:
    typed, form, problems = filled or (Typed(), RequestForm(None, kind=kind, election=election.id), ())
    challenge = challenges.issue()
    page = Page(
        typed=replace(typed, answer="", work="", challenge=""),
        form=form,
        problems=tuple(problems),
        challenge=challenge,
        question=question(challenges.drawn(challenge)).text,
        bits=challenges.bits(),
    )
    context = get_context(election.id)
    until = kinds.window_of(context, kind.received, context.now())
    values: dict[str, Any] = {
        "page": page, "kind": kind.code, "title": TITLES[kind.code], "lead": LEADS[kind.code], "article": ARTICLES[kind.code],
        "election": election, "election_title": in_language(dict(election.titles), election.id),
        "hours": election.answer_hours, "until": until.closes.astimezone(context.timezone) if until and until.closes else None,
        "action": f"{reverse('voter-request')}?kind={kind.code}&election={election.id}", **marks((election,)),
    }  # fmt: skip
    return render(request, "voters/requests/form.html", values)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
@sensitive_variables("form", "secret")
def status(request: HttpRequest) -> HttpResponse:
    """What became of a request, by number and code. A wrong number and a wrong code get one answer."""
    if request.method != "POST":
        return _ask_status(request, StatusForm())
    try:
        return unreadable(request) or _asked_status(request)
    except (client.CustodianDown, client.Throttled, KeyringError):
        return not_now(request, Down("custodian", 503, RETRY_SECONDS))
    except (DatabaseError, InterfaceError):
        return not_now(request, Down("database", 503, RETRY_SECONDS))


def _asked_status(request: HttpRequest) -> HttpResponse:
    form = StatusForm(QueryDict(request.body, encoding="utf-8"))
    if not form.is_valid() or (found := _opened(request, form)) is None:
        return _ask_status(request, form)
    step, secret = form.data.get("step"), form.cleaned_data["secret"]
    if step == WITHDRAW and getattr(found, "decision", None) is None:
        return _ask_withdrawal(request, found, secret)
    if step == WITHDRAW_NOW:
        _withdraw(found, form)
        found = queries.by_code(found.number, secret) or found
    return _status(request, found, secret)


def _ask_withdrawal(request: HttpRequest, row: Request, secret: str) -> HttpResponse:
    """What is withdrawn cannot be brought back: it is asked for once more."""
    context = get_context(row.election)
    known = {"simulated": context.simulated, "replay": context.replay}
    values = {"row": row, "secret": secret, "kind": TITLES[row.kind], "now": WITHDRAW_NOW, **known}
    return render(request, "voters/requests/withdraw.html", values)


def _withdraw(row: Request, form: StatusForm) -> None:
    """(What was decided meanwhile stays decided, and the page says it.)"""
    payload = WithdrawRequest.Payload(number=row.number, secret=form.cleaned_data["secret"])
    perform(WithdrawRequest, row.election, Submission(payload, SYSTEM))


def _opened(request: HttpRequest, form: StatusForm) -> Request | None:
    """The request; None where the pair is wrong, or tried too often: then the form says so."""
    number, secret = form.cleaned_data["number"], form.cleaned_data["secret"]
    tried = [
        bucket("request", *FOLLOWING, network(request)),
        bucket("request-number", *FOLLOWING, network(request), number.strip().upper()),
    ]
    try:
        take(tried)
    except TooMany as error:
        form.add_error(None, too_many(error))
        return None
    found = queries.by_code(number, secret)
    if found is not None:
        give_back(tried)
        return found
    form.add_error(None, gettext("There is no request with this number and this code."))
    return None


def _ask_status(request: HttpRequest, form: StatusForm) -> HttpResponse:
    return render(
        request, "voters/requests/ask_status.html", {"form": form}, status=422 if form.errors else 200
    )


def _status(request: HttpRequest, row: Request, secret: str) -> HttpResponse:
    context = get_context(row.election)
    now, zone = context.now(), context.timezone
    decision = getattr(row, "decision", None)
    known = {"simulated": context.simulated, "replay": context.replay}
    values = {
        "row": row, "secret": secret, "kind": TITLES[row.kind], "article": ARTICLES[row.kind], "listed": KINDS[row.kind].listed,
        "received": row.received_at.astimezone(zone), "due": row.due.astimezone(zone), "left": left_text(row.due, now),
        "overdue": decision is None and row.due < now, "decision": decision, "looks": sum(one.times for one in looks(row.id)),
        **known, **(_decided(row, decision, zone) if decision is not None else {}),
    }  # fmt: skip
    return render(request, "voters/requests/status.html", values)


def _decided(row: Request, decision: Any, zone: Any) -> Mapping[str, Any]:
    (said,) = client.open_rows([(row.id, bytes(decision.sealed))], purpose=PURPOSE, table=DECISIONS)
    changeset = queries.carried(row) if decision.verdict == "granted" else None
    return {
        "placed": _placed(row), "explanation": said.get(EXPLANATION, ""),
        "reason": reason_text(decision.reason) if decision.reason else "",
        "decided_at": decision.at.astimezone(zone), **_by(row, decision), "changeset": changeset,
        "in_list": _in_list(changeset, zone), "left_why": why_left(row) if changeset is None else "",
    }  # fmt: skip


def _placed(row: Request) -> bool:
    """Whether a precinct has it on its worklist."""
    here = Voter.objects.filter(id=row.voter or 0).values("precinct")
    return row.precinct_id is not None or Precinct.objects.filter(id__in=here, election=row.election).exists()


def _by(row: Request, decision: Any) -> dict[str, str]:
    if decision.verdict == WITHDRAWN:
        return {"body": "", "body_url": ""}
    return {
        "body": body_name(row.election, decision.body),
        "body_url": _url("commission", row.election, decision.body),
    }


def _in_list(changeset: Changeset | None, zone: Any) -> datetime | None:
    """When the changeset went into the list."""
    if changeset is None or not queries.in_list(changeset):
        return None
    step = changeset.steps.filter(step=Changeset.State.APPLIED).first()
    return step.at.astimezone(zone) if step else None


def _url(name: str, *parts: str) -> str:
    try:
        return reverse(name, args=parts)
    except NoReverseMatch:
        return ""


@require_http_methods(["GET", "HEAD"])
@private
def counts(request: HttpRequest) -> HttpResponse:
    """How many came and were answered in time by the last midnight, by territory; no figure about fewer people than the edition
    says.
    """
    try:
        elections = ahead()
    except (DatabaseError, InterfaceError):
        return not_now(request, Down("database", 503, RETRY_SECONDS))
    election = next(
        (one for one in elections if one.id == request.GET.get("election")),
        elections[0] if elections else None,
    )
    values: dict[str, Any] = {"election": election, **marks((election,) if election else ())}
    if election is not None:
        context = get_context(election.id)
        least = voter_rules(context.edition).least_cell
        at = context.now().astimezone(context.timezone).replace(hour=0, minute=0, second=0, microsecond=0)
        found = counted(election.id, at, least)
        values |= {
            "lines": [(in_language(line.names, ""), line.depth, line.figures) for line in found], "least": least,
            "title": in_language(dict(election.titles), election.id), "at": at, "hours": election.answer_hours,
        }  # fmt: skip
    return render(request, "voters/requests/counts.html", values)
