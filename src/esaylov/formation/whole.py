"""A whole commission formed on one page: out of those proposed and granted, and of people typed by hand (Art. 19-25)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from pydantic import ValidationError

from esaylov.acts import decided, vault
from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Actor, Power
from esaylov.cabinet.desk import actor_of, own_election
from esaylov.cabinet.forbidden import role_name
from esaylov.cabinet.forms import data_of, finding_text
from esaylov.cabinet.views import desk_view
from esaylov.design.templatetags.face import number as marked
from esaylov.formation.proposed import granted
from esaylov.formation.rows import Row, Sheet, first_sheet, sheet_of
from esaylov.formation.views import commission_entered, text_of
from esaylov.law.composition import Body, composition_findings
from esaylov.law.findings import Finding
from esaylov.law.routes import tier
from esaylov.registry import findings
from esaylov.registry.acts import (
    FormCommission,
    MemberPayload,
    current_members,
    law_member,
)
from esaylov.registry.forming import edition_tier, forms
from esaylov.registry.queries import CommissionRow, elsewhere

FIELDS: Mapping[str, str] = {
    "age": "birth_date", "education": "education", "excluded": "grounds", "elsewhere": "pinfl", "one-employer": "employer",
}  # fmt: skip
"""Beside which field of a row the law's rules about persons stand."""


@desk_view(Power.FORM_COMMISSION)
def form_whole(request: HttpRequest, code: str) -> HttpResponse:
    """The higher commission forms a commission that has no member yet: rows are added, checked and sent on one page."""
    context, actor = own_election(request), actor_of(request)
    commission, shown = commission_entered(request, context, code)
    if not forms(context, actor.tier, commission.tier):
        raise Http404
    back = reverse("cabinet-commission", args=[code])
    if request.method != "POST" and current_members(commission.id):
        return HttpResponseRedirect(back)
    proposed = granted(context.id, code, actor)
    data = data_of(request)
    sheet = (
        first_sheet(proposed, _usual_place(context, commission)) if data is None else sheet_of(data, proposed)
    )
    if request.method == "POST" and sheet.checked and not sheet.is_valid():
        looked_at_each(context, commission, sheet, context.now())
    elif request.method == "POST" and sheet.checked:
        looked_at(context, commission, sheet, context.now())
        _doubted(context, actor, code, sheet)
        if not sheet.wrong and request.POST.get("step") == "form" and _formed(request, context, code, sheet):
            return HttpResponseRedirect(back)
    values = {
        "sheet": sheet, "form": sheet.form, "title": gettext("Form the commission"), "over": text_of(shown),
        "back": {"url": back, "text": text_of(shown)}, "import": reverse("cabinet-members-import"),
        "standing": _standing(context, commission, sheet),
        "clear": sheet.checked and not sheet.wrong and request.method == "POST",
    }  # fmt: skip
    return render(request, "formation/whole.html", values)


def _formed(request: HttpRequest, context: ElectionContext, code: str, sheet: Sheet) -> bool:
    """Performs the act; False where it was refused: then the page says why."""
    accepted = sheet.form.perform(request, FormCommission, context.id, _payload(code, sheet))
    if accepted is None:
        return False
    number = int(accepted.record["members"])
    text = ngettext(
        "The commission is formed by decision No. %(decision)s: %(number)s member.",
        "The commission is formed by decision No. %(decision)s: %(number)s members.", number,
    )  # fmt: skip
    messages.success(request, text % {"decision": accepted.record["decision"], "number": number})
    for finding in accepted.findings:
        messages.warning(request, finding_text(finding))
    return True


def _payload(code: str, sheet: Sheet) -> dict[str, Any]:
    said = sheet.form.cleaned_data
    members = list(sheet.members().values())
    return {
        "commission": code,
        "decision": said["decision"],
        "place": said["place"] or None,
        "add": members,
    }


def _doubted(context: ElectionContext, actor: Actor, code: str, sheet: Sheet) -> None:
    """Says before what the log will say of the decision that is named: that the register has none of this number."""
    if sheet.wrong:
        return
    try:
        payload = FormCommission.Payload(**_payload(code, sheet))
    except ValidationError:
        return  # the act says it in its own words
    act, at = FormCommission, context.now()
    doubt = decided.doubt(context, actor, payload, act.code, at, orderable=act.may_be_ordered(code))
    if doubt is not None and doubt.severity == "error":
        sheet.form.add_error("decision", finding_text(doubt))
    elif doubt is not None:
        sheet.notes.append(finding_text(doubt))


def _standing(context: ElectionContext, commission: CommissionRow, sheet: Sheet) -> list[str]:
    """How many people are named on the page, and what the commission still lacks."""
    kinds = frozenset(row.kind for row in context.tables.contests.values()) if context.tables else frozenset()
    rule = tier(context.edition, edition_tier(commission.tier), kinds)
    named = sheet.roles
    lines = [
        ngettext("%(n)s person is named.", "%(n)s people are named.", len(named)) % {"n": marked(len(named))}
    ]
    if rule is not None and rule.members is not None:
        least, most = map(marked, rule.members)
        lines.append(
            gettext("The law requires %(least)s to %(most)s members.") % {"least": least, "most": most}
        )
    lacking = [role_name(role) for role in (rule.officers if rule else ()) if role not in named]
    if lacking:
        lines.append(gettext("Still to be named: %(roles)s.") % {"roles": ", ".join(lacking)})
    return lines


def looked_at_each(context: ElectionContext, commission: CommissionRow, sheet: Sheet, at: datetime) -> None:
    """As `looked_at`, of a sheet that cannot be read as a whole: only what is said of single people."""
    members = sheet.readable()
    by_id = {row.id: row for row in sheet.rows}
    kinds = (
        {rule.code: rule.rule for rule in context.edition.commissions.rules}
        if context.edition.commissions
        else {}
    )
    place = sheet.form.cleaned_data.get("place", "")
    for finding in found(context, commission, members, place, at) if members else ():
        field = FIELDS.get(kinds.get(finding.code, ""), "")
        for row in (by_id[name] for name in finding.fields if name in by_id):
            if field and field not in row.form.errors:
                _beside(row, finding, field)


def looked_at(context: ElectionContext, commission: CommissionRow, sheet: Sheet, at: datetime) -> None:
    """Puts what the law finds about a sheet that can be read beside its rows: errors as such, the rest as notes."""
    members = sheet.members()
    by_id = {row.id: row for row in sheet.rows}
    if not members:
        sheet.form.add_error(None, gettext("Nobody is on this page yet."))
        return
    twice = _twice(members)
    for name in twice:
        _beside(by_id[name], findings.member_twice(), "pinfl")
    rules = context.edition.commissions
    if twice or rules is None:
        return
    kinds = {rule.code: rule.rule for rule in rules.rules}
    for finding in found(context, commission, members, sheet.form.cleaned_data["place"], at):
        rows = [by_id[name] for name in finding.fields if name in by_id]
        for row in rows:
            _beside(row, finding, FIELDS.get(kinds.get(finding.code, ""), ""))
        if not rows and finding.severity == "error":
            sheet.form.add_error(None, finding_text(finding))
        elif not rows:
            sheet.notes.append(finding_text(finding))


def found(
    context: ElectionContext, commission: CommissionRow, members: Mapping[str, MemberPayload], place: str, at: datetime
) -> tuple[Finding, ...]:  # fmt: skip
    """What the law finds about people by the names of their rows. The act itself looks again."""
    rules, tables = context.edition.commissions, context.tables
    if rules is None:
        return ()
    known = vault.find("pinfl", [one.pinfl for one in members.values() if one.pinfl])
    persons = {name: known.get(one.pinfl or "") or uuid4() for name, one in members.items()}
    others = elsewhere(context.id, list(persons.values()), at)
    people = [
        replace(law_member(persons[name], one.role, one.model_dump(), others, commission.code), id=name)
        for name, one in members.items()
    ]
    contests = frozenset(row.kind for row in tables.contests.values()) if tables else frozenset()
    body = Body(edition_tier(commission.tier), contests, place or None)
    return composition_findings(rules, body, people, at.astimezone(context.timezone).date())


def _twice(members: Mapping[str, MemberPayload]) -> list[str]:
    """Rows of people who stand on the page more than once."""
    times = Counter(one.pinfl for one in members.values() if one.pinfl)
    return [name for name, one in members.items() if one.pinfl and times[one.pinfl] > 1]


def _beside(row: Row, finding: Finding, field: str) -> None:
    text = finding_text(finding)
    if finding.severity != "error":
        row.notes.append(text)
    else:
        row.form.add_error(field if field in row.form.fields else "role", text)


def _usual_place(context: ElectionContext, commission: CommissionRow) -> str:
    """`abroad` for a commission abroad, else an ordinary place."""
    tables = context.tables
    abroad = {tables.cells[cell] for cell in tables.cells_abroad} if tables else set()
    return "abroad" if commission.lineage in abroad else ""
