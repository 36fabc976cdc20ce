"""Papers that only the desk sees: minutes with names."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language

from esaylov.acts import vault
from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Actor
from esaylov.exchange import documents
from esaylov.proceedings.models import Attendance, Decision, Dissent, Session
from esaylov.proceedings.pages.common import body_name, election_title
from esaylov.proceedings.pages.marks import mode_of
from esaylov.registry.models import Mandate

PURPOSE = "minutes of a session"


def minutes_paper(row: Session, by: Actor, context: ElectionContext) -> bytes:
    """The minutes of a session."""
    language = get_language() or "uz"
    zone = context.timezone
    closed = row.closing.at.astimezone(zone) if hasattr(row, "closing") else None
    sheets = list(Attendance.objects.filter(session=row).order_by("sequence"))
    first = sheets[0]
    seats = {one for sheet in sheets for one in (*sheet.members, sheet.presiding)}
    held = list(Mandate.objects.filter(pk__in=seats).values_list("id", "person_id", "role"))
    persons = {number: person for number, person, _ in held}
    roles = {number: role for number, _, role in held}
    records = vault.read(list(persons.values()), ("surname", "given_name"), by=by, purpose=PURPOSE)
    names = {
        number: " ".join(
            filter(None, (records.get(person, {}).get(part) for part in ("surname", "given_name")))
        )
        or str(number)
        for number, person in persons.items()
    }
    present = set(first.present)
    return documents.pdf(
        documents.Minutes(
            sheet=documents.Sheet(
                language, mode_of(context), body_name(row.election, row.body), closed or context.now().astimezone(zone),
                election_title(row.election) if row.election else "",
            ),
            number=f"{row.number} / {row.year}",
            opened=row.opened_at.astimezone(zone),
            closed=closed,
            place=row.place,
            presiding=names.get(sheets[-1].presiding, ""),
            secretary=names.get(_secretary(sheets[-1], roles), ""),
            attendance=documents.Attendance(
                len(first.members), len(present), first.needed,
                names_present=tuple(names.get(one, str(one)) for one in first.members if one in present),
                names_absent=tuple(names.get(one, str(one)) for one in first.members if one not in present),
            ),
            questions=tuple(_questions(row)),
        )
    )  # fmt: skip


def _secretary(sheet: Attendance, roles: Mapping[int, str]) -> int:
    """The mandate of the commission's secretary who was there at the end; 0 where none was, and the line stays free."""
    return next((one for one in sheet.present if roles.get(one) == "secretary"), 0)


def _questions(row: Session) -> list[documents.Question]:
    """The items of the agenda, each with the votes taken on it: what the session's page and the hashed minutes have."""
    taken: dict[int, list[Decision]] = {}
    for one in Decision.objects.filter(session=row).order_by("journal"):
        taken.setdefault(one.item, []).append(one)
    return [
        documents.Question(title, tuple(_motion(one) for one in taken.get(item, ())))
        for item, title in enumerate(row.agenda, 1)
    ]


def _motion(row: Decision) -> documents.Motion:
    texts = [one.text for one in Dissent.objects.filter(decision=row).order_by("journal") if one.text]
    vote = documents.Vote(
        row.votes_for,
        row.against,
        row.abstained,
        row.needed,
        row.number is not None,
        row.not_voting,
        row.casting,
    )
    return documents.Motion(
        f"{row.title}\n\n{row.text}",
        vote,
        decision=row.number or "",
        dissents=tuple(documents.Dissent(text) for text in texts),
    )
