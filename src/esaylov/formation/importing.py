"""A file of members in the cabinet: handed in, looked at, confirmed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext

from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Power
from esaylov.cabinet.clock import now_of
from esaylov.cabinet.views import desk_view
from esaylov.design.words import in_language
from esaylov.exchange.members import MembersFile, problems_xlsx, read_members, template_csv, template_xlsx
from esaylov.exchange.members.texts import columns
from esaylov.formation import uploads
from esaylov.formation.examining import Examined, examine
from esaylov.formation.forms import ConfirmForm, UploadForm
from esaylov.formation.imports import ImportMembers
from esaylov.formation.views import actor_of, own_election

SHOWN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LAST = "formation_import"
KEPT_AS_KNOWN = "N15"


@desk_view(Power.IMPORT_MEMBERS)
def upload(request: HttpRequest) -> HttpResponse:
    """Hands in a file; nothing is recorded before it was looked at."""
    context = own_election(request)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        actor = actor_of(request)
        if actor.person is None:
            raise Http404
        number = uploads.keep(actor.person, context.id, file.name, file.read())
        request.session[LAST] = form.cleaned_data["decision"]
        return HttpResponseRedirect(reverse("cabinet-members-report", args=[number]))
    values = {
        "form": form, "title": gettext("Import members"), "action": gettext("Check the file"), "multipart": True,
        "lead": gettext("Every row is checked. You see what is wrong before anything is recorded."),
        "back": {"url": reverse("cabinet-commissions"), "text": gettext("Commissions")},
        "xlsx": reverse("cabinet-members-template", args=["xlsx"]),
        "csv": reverse("cabinet-members-template", args=["csv"]),
    }  # fmt: skip
    return render(request, "formation/upload.html", values)


@desk_view(Power.IMPORT_MEMBERS)
def template(request: HttpRequest, form: str) -> HttpResponse:
    """An empty file of members in the page's language."""
    language = get_language() or "en"
    made = template_xlsx(language) if form == "xlsx" else template_csv(language)
    return _file(made, f"members.{form}", XLSX if form == "xlsx" else "text/csv; charset=utf-8")


@desk_view(Power.IMPORT_MEMBERS)
def report(request: HttpRequest, number: UUID) -> HttpResponse:
    """What a file would do: its problems by line, the commissions that are left out, and the button that records it."""
    context = own_election(request)
    file = _kept(request, context, number)
    actor = actor_of(request)
    form = ConfirmForm(
        request.POST if request.method == "POST" else None,
        initial={"decision": request.session.get(LAST, "")},
    )
    if request.method == "POST" and form.is_valid():
        payload = ImportMembers.Payload(decision=form.cleaned_data["decision"], file=file)
        accepted = form.perform(request, ImportMembers, context.id, payload)
        if accepted is not None:
            uploads.forget(number)
            said = gettext("%(taken)s members of %(commissions)s commissions are entered.")
            messages.success(request, said % accepted.record)
            return HttpResponseRedirect(reverse("cabinet-commissions"))
    examined = examine(context, actor, file, now_of(context))
    values = _report(file, examined) | {
        "form": form, "title": file.name, "decision": form["decision"].value(),
        "problems_file": reverse("cabinet-members-problems", args=[number]),
        "back": {"url": reverse("cabinet-members-import"), "text": gettext("Hand in another file")},
    }  # fmt: skip
    return render(request, "formation/report.html", values)


def _title(column: str) -> str:
    """The title of a column, as templates have it."""
    known = columns().get(column)
    return in_language(known.title, column) if known else ""


def _report(file: MembersFile, examined: Examined) -> dict[str, Any]:
    language = get_language() or "en"
    problems = [
        {
            "place": one.place,
            "text": one.reason(language),
            "article": one.article or "",
            "code": one.code,
            "error": one.is_error,
            "column": _title(one.column or ""),
        }
        for one in file.problems[:SHOWN]
    ]
    out = [
        {
            "commission": code,
            "findings": [
                {
                    "text": in_language(one.text, one.code),
                    "code": one.code,
                    "article": one.article or "",
                    "rows": ", ".join(field for field in one.fields if field.rpartition("!")[2].isdigit()),
                }
                for one in found
            ],
        }
        for code, found in list(examined.left_out.items())[:SHOWN]
    ]
    kept = [
        {"code": one.code, "text": in_language(one.text, one.code)}
        for found in examined.warned.values()
        for one in found
        if one.code == KEPT_AS_KNOWN
    ]
    return {
        "file": file, "taken": examined.fresh.height, "standing": examined.standing, "problems": problems,
        "more": len(file.problems) - len(problems), "left_out": out, "left_out_count": len(examined.left_out),
        "more_out": len(examined.left_out) - len(out), "warned": len(examined.warned),
        "kept": kept[:SHOWN], "more_kept": len(kept[SHOWN:]),
        "commissions": examined.fresh["commission"].n_unique(),
        "refused": file.rows_total - examined.fresh.height - examined.standing,
    }  # fmt: skip


@desk_view(Power.IMPORT_MEMBERS)
def problems(request: HttpRequest, number: UUID) -> HttpResponse:
    """The rows with problems as a workbook: corrected, it can be handed in as it is."""
    file = _kept(request, own_election(request), number)
    return _file(problems_xlsx(file, get_language() or "en"), "problems.xlsx", XLSX)


def _kept(request: HttpRequest, context: ElectionContext, number: UUID) -> MembersFile:
    """The file that this person handed in; 404 where there is none any more."""
    person = actor_of(request).person
    found = uploads.kept(number, person, context.id) if person else None
    if found is None:
        raise Http404
    name, data = found
    return read_members(data, name)


def _file(data: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
