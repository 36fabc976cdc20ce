"""Calling an election in the cabinet of the Central Election Commission: drafts, preview, and the act."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from pydantic import ValidationError

from esaylov.acts.context import STANDING_ZONE, get_context
from esaylov.acts.identity import IdentityError
from esaylov.acts.powers import Power
from esaylov.cabinet.desk import desk_of
from esaylov.cabinet.forms import read_by
from esaylov.cabinet.lists import Asked, Column, ListPage
from esaylov.cabinet.views import desk_view
from esaylov.design.words import in_language
from esaylov.elections import drafts
from esaylov.elections.calling import CallRefused, call
from esaylov.elections.forms import (
    FORMS,
    KINDS,
    MODE_WORDS,
    CallForm,
    ClockForm,
    ContestsForm,
    DraftForm,
    TableForm,
    on_the_wall,
)
from esaylov.elections.models import Contest, Draft, Election
from esaylov.elections.queries import forget, set_clock
from esaylov.elections.words import body_text, event_text

calls_elections = desk_view(Power.CALL_ELECTION, tiers={"cec"})
FILE_LIMIT = 64 << 20
SHOWN = 200


@calls_elections
def index(request: HttpRequest) -> HttpResponseBase:
    """All drafts, those called too."""

    def rows(asked: Asked) -> tuple[list[Draft], int]:
        found = Draft.objects.filter(id__icontains=asked.search).order_by("-date", "id")
        return list(found[asked.offset : asked.offset + asked.limit]), found.count()

    page = ListPage(
        title=gettext("Elections in preparation"),
        lead=gettext(
            "A draft becomes an election by a decision of the Central Election Commission (Art. 36, 74, 93)."
        ),
        columns=(
            Column(
                "draft",
                gettext("Code"),
                lambda row: row.id,
                url=lambda row: reverse("cabinet-draft", args=[row.pk]),
            ),
            Column("title", gettext("Title"), lambda row: in_language(row.titles, row.id)),
            Column("date", gettext("Election day"), lambda row: row.date.isoformat()),
            Column("mode", gettext("Mode"), lambda row: MODE_WORDS[row.mode]),
            Column("called", gettext("Called"), lambda row: gettext("yes") if row.called else gettext("no")),
        ),
        rows=rows,
        search=gettext("Code"),
        empty=gettext("No election is being prepared."),
        template="elections/drafts.html",
    )
    return page.response(request)


def draft_url(draft: Draft) -> str:
    """The page of a draft."""
    return reverse("cabinet-draft", args=[draft.pk])


@calls_elections
def new(request: HttpRequest) -> HttpResponse:
    """Begins a draft."""
    form = DraftForm(request.POST or None, initial={"edition": "uz-lc-2024", "mode": "rehearsal"})
    if request.method == "POST" and form.is_valid():
        return HttpResponseRedirect(draft_url(_save(form, Draft(pk=form.cleaned_data["draft"]))))
    values = {"form": form, "title": gettext("Prepare an election"), "action": gettext("Begin the draft")}
    return render(request, "cabinet/form.html", values)


@calls_elections
def change(request: HttpRequest, draft: str) -> HttpResponse:
    """Changes what election it is; its tables stay."""
    row = _open(draft)
    titles = {f"title_{code}": row.titles.get(code, "") for code in ("uz", "ru", "en")}
    first = {
        "draft": row.pk, "edition": row.edition, "kinds": row.kinds, "form": row.form, "mode": row.mode,
        "date": row.date, "basis": row.basis, **titles,
        "start": row.start.astimezone(STANDING_ZONE).replace(tzinfo=None) if row.start else None,
        "events": "\n".join(f"{name} {day}" for name, day in row.events.items()),
    }  # fmt: skip
    form = DraftForm(request.POST or None, initial=first, known=True)
    if request.method == "POST" and form.is_valid():
        return HttpResponseRedirect(draft_url(_save(form, row)))
    back = {"text": row.pk, "url": draft_url(row)}
    values = {"form": form, "title": gettext("Change the draft"), "action": gettext("Save"), "back": back}
    return render(request, "cabinet/form.html", values)


def _save(form: DraftForm, row: Draft) -> Draft:
    given = form.cleaned_data
    row.titles, row.kinds, row.events = form.titles(), given["kinds"], given["events"]
    for name in ("form", "mode", "edition", "date", "basis"):
        setattr(row, name, given[name])
    row.start = on_the_wall(given["start"]) if given["start"] else None
    row.timezone = str(STANDING_ZONE)
    row.save()
    return row


def _open(draft: str) -> Draft:
    """A draft that has not been called yet. Raises Http404."""
    return get_object_or_404(Draft, pk=draft, called=None)


@calls_elections
def draft(request: HttpRequest, draft: str) -> HttpResponse:
    """The draft with what the law says of it: findings, all its steps, constituencies and precincts."""
    row = get_object_or_404(Draft, pk=draft)
    judged = drafts.judge(row, _call_day(row))
    errors = sum(found.severity == "error" for found in judged.findings)
    values = {
        "draft": row,
        "title": in_language(row.titles, row.pk),
        "facts": _facts(row),
        "judged": judged,
        "findings": [_told(found) for found in judged.findings[:SHOWN]],
        "problems": judged.problems[:SHOWN],
        "errors": errors,
        "steps": [_step(step) for step in judged.steps],
        "deviations": [_deviation(one) for one in judged.deviations[:SHOWN]],
        "tables": [name for name in drafts.TABLES if row.tables.filter(name=name).exists()],
        "missing": [name for name in drafts.REQUIRED if not row.tables.filter(name=name).exists()],
    }
    return render(request, "elections/draft.html", values)


def _call_day(row: Draft) -> date:
    """The day on which it would be called now, by the clock of a rehearsal or the wall's."""
    return (row.start or datetime.now(UTC)).astimezone(STANDING_ZONE).date()


def _facts(row: Draft) -> list[tuple[str, str]]:
    kinds = ", ".join(str(KINDS.get(kind, kind)) for kind in row.kinds)
    return [
        (gettext("Code"), row.pk),
        (gettext("What is elected"), kinds),
        (gettext("Form of the election"), str(FORMS.get(row.form, row.form))),
        (gettext("Mode"), str(MODE_WORDS[row.mode])),
        (gettext("Election day"), row.date.isoformat()),
        (gettext("Edition of the law"), row.edition),
        *((event_text(name), day) for name, day in sorted(row.events.items())),
    ]


def _told(found: Any) -> dict[str, Any]:
    fields = ", ".join(found.fields[:5]) + (" …" if len(found.fields) > 5 else "")
    return {"finding": found, "text": in_language(found.text, found.code), "fields": fields}


def _step(step: Any) -> dict[str, Any]:
    local = {
        name: moment.astimezone(STANDING_ZONE) if moment else None
        for name, moment in (("opens", step.window.opens), ("closes", step.window.closes))
    }
    return {
        "step": step,
        "title": in_language(step.title, step.code),
        "who": ", ".join(map(body_text, step.who)),
        "waits_for": [event_text(name) for name in step.waits_for],
        **local,
    }


def _deviation(one: Any) -> dict[str, Any]:
    """The share in hundredths of a per cent, signed."""
    return {"one": one, "mean": round(one.mean), "percent": f"{float(one.share) * 100:+.1f} %"}


@calls_elections
def contests(request: HttpRequest, draft: str) -> HttpResponse:
    """Takes contests, precincts and territories from the earlier election."""
    row = _open(draft)
    basis = Election.objects.filter(pk=row.basis).first()
    if basis is None:
        raise Http404
    form = ContestsForm(request.POST or None)
    known = Contest.objects.filter(election=basis, kind__in=row.kinds).order_by("position")
    form.fields["contests"].choices = [(c.code, in_language(c.titles, c.code)) for c in known]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        drafts.take_tables(row, basis, form.cleaned_data["contests"])
        messages.success(request, gettext("Territories, contests and precincts were taken over."))
        return HttpResponseRedirect(draft_url(row))
    back = {"text": row.pk, "url": draft_url(row)}
    values = {"form": form, "title": gettext("Choose contests"), "action": gettext("Take over"), "back": back}
    return render(request, "cabinet/form.html", values)


@calls_elections
def table(request: HttpRequest, draft: str) -> HttpResponse:
    """Sets one table of the draft from a file."""
    row = _open(draft)
    form = TableForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        if file.size > FILE_LIMIT:
            form.add_error("file", gettext("The file is larger than 64 MB."))
        else:
            drafts.put_table(row, form.cleaned_data["table"], file.read())
            return HttpResponseRedirect(draft_url(row))
    back = {"text": row.pk, "url": draft_url(row)}
    values = {
        "form": form, "title": gettext("Set a table from a file"), "action": gettext("Set the table"), "back": back,
        "multipart": True,
    }  # fmt: skip
    return render(request, "cabinet/form.html", values)


@calls_elections
def table_file(request: HttpRequest, draft: str, name: str) -> HttpResponse:
    """A table of the draft as CSV."""
    content = drafts.table(get_object_or_404(Draft, pk=draft), name)
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{draft}-{name}.csv"'
    return response


@calls_elections
def confirm(request: HttpRequest, draft: str) -> HttpResponse:
    """Calls the election: a page of its own, because it cannot be undone."""
    row = _open(draft)
    judged = drafts.judge(row, _call_day(row))
    if not judged.ready:
        return HttpResponseRedirect(draft_url(row))
    form = CallForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _call(request, form, row, judged):
        messages.success(request, gettext("The election is called."))
        return HttpResponseRedirect(draft_url(row))
    values = {
        "form": form,
        "title": gettext("Call the election"),
        "what": gettext(
            "The election, its calendar, territories, contests and precincts stand from then on in the public log."
        ),
        "action": gettext("Call the election"),
        "article": "36",
        "facts": _facts(row),
        "back": {"text": gettext("Back to the draft"), "url": draft_url(row)},
    }
    return render(request, "cabinet/confirm.html", values)


@calls_elections
def clock(request: HttpRequest, draft: str) -> HttpResponse:
    """Moves the clock of a rehearsal forward; that of any other election goes by itself."""
    row = get_object_or_404(Draft, pk=draft, mode="rehearsal", called__isnull=False)
    context = get_context(row.pk)
    form = ClockForm(request.POST or None, initial={"time": context.now().replace(tzinfo=None)})
    read_by(form, context)
    if request.method == "POST" and form.is_valid():
        if set_clock(row.pk, form.cleaned_data["time"]):
            return HttpResponseRedirect(draft_url(row))
        form.add_error(
            "time", gettext("The clock shows this time already, or a later one: it never goes back.")
        )
    back = {"text": row.pk, "url": draft_url(row)}
    values = {
        "form": form, "title": gettext("Move the rehearsal's clock"), "action": gettext("Move forward"), "back": back,
        "lead": gettext("The clock never goes back: what was done stays done."),
    }  # fmt: skip
    return render(request, "cabinet/form.html", values)


def _call(request: HttpRequest, form: CallForm, row: Draft, judged: drafts.Judged) -> bool:
    actor = desk_of(request).actor
    assert actor is not None
    assert judged.package is not None
    try:
        # A rehearsal has a clock of its own: it is moved by hand through the steps.
        start = (row.start or datetime.now(UTC)) if row.mode == "rehearsal" else None
        package = drafts.with_call(judged.package, _call_day(row))
        with transaction.atomic():
            done = call(package, actor, decision=form.cleaned_data["decision"], replay=False, start=start)
            Draft.objects.filter(pk=row.pk).update(called=done.journal)
    except CallRefused as refused:
        form.refuse(refused.findings)
    except ValidationError as error:
        form.refuse_payload(error)
    except IdentityError as error:
        form.add_error(None, str(error))
    else:
        forget()
        return True
    return False
