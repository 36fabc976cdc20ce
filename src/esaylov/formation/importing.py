"""A file of members in the cabinet: handed in, worked on by `importer`, looked at, confirmed. No page waits for the work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_lazy

from esaylov.acts.powers import Power
from esaylov.cabinet.desk import actor_of, own_election
from esaylov.cabinet.lists import Asked, Column, Filter, ListPage
from esaylov.cabinet.views import desk_view
from esaylov.design.words import in_language
from esaylov.exchange.members import MemberProblem, template_csv, template_xlsx
from esaylov.exchange.members.texts import columns
from esaylov.formation import uploads
from esaylov.formation.forms import ConfirmForm, UploadForm
from esaylov.formation.models import FoundProblem, Upload

SHOWN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WATCHED = 5
"""Seconds after which a page that is watched is loaded again."""
KINDS = (("error", gettext_lazy("left out")), ("note", gettext_lazy("taken all the same")))
ABOUT = (("rows", gettext_lazy("rows")), ("commissions", gettext_lazy("commissions")))


@desk_view(Power.IMPORT_MEMBERS)
def upload(request: HttpRequest) -> HttpResponse:
    """Hands in a file; the answer comes at once. Nothing is recorded before the file was looked at."""
    context, actor = own_election(request), actor_of(request)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        file, decision = form.cleaned_data["file"], form.cleaned_data["decision"]
        if actor.person is None:
            raise Http404
        try:
            number = uploads.keep(
                actor, context.id, file.name, file.read(), decision=decision, language=get_language() or "en"
            )
            return HttpResponseRedirect(reverse("cabinet-members-report", args=[number]))
        except uploads.OneAtATime:
            form.add_error("file", _busy())
    values = {
        "form": form, "title": gettext("Import members"), "action": gettext("Check the file"), "multipart": True,
        "lead": gettext("Every row is checked. You see what is wrong before anything is recorded."),
        "back": {"url": reverse("cabinet-commissions"), "text": gettext("Commissions")},
        "xlsx": reverse("cabinet-members-template", args=["xlsx"]),
        "csv": reverse("cabinet-members-template", args=["csv"]),
        "latest": [(one, state_text(one), one.at.astimezone(context.timezone)) for one in uploads.latest(actor, context.id)],
    }  # fmt: skip
    return render(request, "formation/upload.html", values)


def _busy() -> str:
    return gettext("A file of your commission is being worked on: hand this one in when it is done.")


@desk_view(Power.IMPORT_MEMBERS)
def template(request: HttpRequest, form: str) -> HttpResponse:
    """An empty file of members in the page's language."""
    language = get_language() or "en"
    made = template_xlsx(language) if form == "xlsx" else template_csv(language)
    return _file(made, f"members.{form}", XLSX if form == "xlsx" else "text/csv; charset=utf-8")


@desk_view(Power.IMPORT_MEMBERS)
def report(request: HttpRequest, number: UUID) -> HttpResponse:
    """How far a file is; once it was read, what it would do and the button that has it entered; in the end, what came of it."""
    row, actor = _own(request, number), actor_of(request)
    at = row.at.astimezone(own_election(request).timezone)
    form = ConfirmForm(request.POST if request.method == "POST" else None, initial={"decision": row.decision})
    if request.method == "POST" and form.is_valid() and row.state == Upload.State.READ:
        try:
            if uploads.confirm(row.id, form.cleaned_data["decision"], actor.mandate or 0):
                return HttpResponseRedirect(request.path)
            form.add_error(None, gettext("The file was thrown away after an hour: hand it in again."))
        except uploads.OneAtATime:
            form.add_error(None, _busy())
    values: dict[str, Any] = {
        "row": row, "title": row.name, "at": at,
        "state": state_text(row), "busy": row.state in uploads.BUSY,
        "here": request.path, "watched": "watch" in request.GET, "form": form, "decision": row.decision,
        "back": {"url": reverse("cabinet-members-import"), "text": gettext("Hand in another file")},
    }  # fmt: skip
    if not values["busy"]:
        values |= _report(row)
    answer = render(request, "formation/progress.html" if values["busy"] else "formation/report.html", values)
    if values["busy"] and values["watched"]:
        answer.headers["Refresh"] = str(WATCHED)
    return answer


def state_text(row: Upload) -> str:
    """How far a file is, in words."""
    if row.state in (Upload.State.READING, Upload.State.ENTERING) and row.stage:
        stages = {
            "file": gettext("Every row of the file is read."),
            "law": gettext("The commissions are held against the law."),
            "problems": gettext("What was found is written down."),
            "entering": gettext("The members are entered."),
        }
        return stages.get(row.stage, row.stage)
    states = {
        "waiting": gettext("The file waits for its turn."), "reading": gettext("The file is being read."),
        "read": gettext("The file was checked: look at it and have it entered."),
        "confirmed": gettext("The members wait to be entered."), "entering": gettext("The members are entered."),
        "entered": gettext("The members are entered."), "refused": gettext("Nothing was entered."),
        "failed": gettext("The file could not be worked on. Nothing was entered."),
    }  # fmt: skip
    if row.state == Upload.State.ENTERED:
        return gettext("The members of this file are entered.")
    return states.get(row.state, row.state)


def _report(row: Upload) -> dict[str, Any]:
    """What the page of a file that is not being worked on shows."""
    found = row.problems.order_by("position")
    everything, total = list(found[:SHOWN]), found.count()
    refused = row.result.get("refused_by", [])
    return {
        "problems": [_shown(one, row.name) for one in everything], "more": total - len(everything), "total": total,
        "refused_by": [(in_language(one["text"], one["code"]), one["code"], one["article"]) for one in refused],
        "counts": row.result, "can_enter": row.state == Upload.State.READ and bool(row.result.get("taken")),
        "list": reverse("cabinet-members-list", args=[row.id]), "returned": bool(row.result.get("returned")),
        "problems_file": reverse("cabinet-members-problems", args=[row.id]),
    }  # fmt: skip


def _shown(one: FoundProblem, file: str) -> dict[str, Any]:
    return {
        "place": one.place, "commission": one.commission, "column": _title(one.column), "text": text_of(one, file),
        "article": one.article, "code": one.code, "error": one.is_error,
    }  # fmt: skip


def text_of(one: FoundProblem, file: str) -> str:
    """What is wrong, in the page's language."""
    if one.commission:
        return in_language(one.said, one.code)
    values = tuple((str(name), str(value)) for name, value in one.said.items())
    return MemberProblem(file, None, None, one.column or None, one.code, values).reason(
        get_language() or "en"
    )


def _title(column: str) -> str:
    """The title of a column, as templates have it."""
    known = columns().get(column)
    return in_language(known.title, column) if known else ""


@desk_view(Power.IMPORT_MEMBERS)
def problem_list(request: HttpRequest, number: UUID) -> HttpResponseBase:
    """Every problem of a file with its line, in pages and as a file."""
    row = _own(request, number)

    def rows(asked: Asked) -> tuple[Sequence[FoundProblem], int]:
        found = row.problems.order_by("position")
        if kind := asked.filters.get("kind"):
            found = found.filter(is_error=kind == "error")
        if about := asked.filters.get("about"):
            found = found.filter(commission="") if about == "rows" else found.exclude(commission="")
        if asked.search:
            found = found.filter(place__icontains=asked.search) | found.filter(
                commission__icontains=asked.search
            )
        return list(found[asked.offset : asked.offset + asked.limit]), found.count()

    page = ListPage(
        title=gettext("Problems of the file"),
        lead=row.name,
        columns=(
            Column("place", gettext("File and line"), lambda one: one.place),
            Column("commission", gettext("Commission"), lambda one: one.commission),
            Column("column", gettext("Column"), lambda one: _title(one.column)),
            Column("text", gettext("What is wrong"), lambda one: text_of(one, row.name)),
            Column("article", gettext("Article"), lambda one: one.article),
            Column("code", gettext("Code"), lambda one: one.code),
            Column("kind", gettext("Consequence"), lambda one: str(KINDS[0 if one.is_error else 1][1])),
        ),
        rows=rows,
        filters=(Filter("kind", gettext("Consequence"), KINDS), Filter("about", gettext("About"), ABOUT)),
        search=gettext("Line or commission"),
        export="problems",
        empty=gettext("Nothing was found in this file."),
    )
    return page.response(request)


@desk_view(Power.IMPORT_MEMBERS)
def problems(request: HttpRequest, number: UUID) -> HttpResponse:
    """The rows with problems as a workbook: corrected, it can be handed in as it is."""
    made = uploads.returned(_own(request, number).id)
    if made is None:
        raise Http404
    return _file(made, "problems.xlsx", XLSX)


def _own(request: HttpRequest, number: UUID) -> Upload:
    """The file that this person handed in; 404 where there is none any more."""
    found = uploads.own(number, actor_of(request).person, own_election(request).id)
    if found is None:
        raise Http404
    return found


def _file(data: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
