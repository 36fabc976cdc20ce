"""What the pages of sessions, applications and letters share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import gettext, pgettext

from esaylov.acts import vault
from esaylov.acts.context import STANDING, ElectionContext, UnknownElection, get_context
from esaylov.acts.identity import IdentityError
from esaylov.acts.powers import Actor
from esaylov.cabinet.desk import Desk, actor_of
from esaylov.cabinet.elections import election_line
from esaylov.cabinet.forbidden import role_name, tier_name
from esaylov.cabinet.forms import UNSIGNED
from esaylov.design.words import in_language
from esaylov.proceedings.sittings import CENTRAL, commission_of
from esaylov.registry.matrix import COMMISSIONS
from esaylov.registry.models import Commission, Organisation
from esaylov.registry.queries import CommissionRow, MandateRow
from esaylov.registry.words import numbered_tier


def context_of(election: str) -> ElectionContext:
    """The context of an election or of none; 404 where it is not there."""
    try:
        return get_context(election)
    except (UnknownElection, IdentityError):
        raise Http404 from None


def elections_of(desk: Desk) -> list[str]:
    """In which elections the desk's body works: its own; under a standing mandate none, and the one chosen."""
    if desk.mandate is None:
        return []
    if desk.mandate.election:
        return [desk.mandate.election]
    return [STANDING, *([desk.election] if desk.election else [])]


def own_commission(request: HttpRequest) -> CommissionRow:
    """The commission that the desk sits in; 404 for others."""
    actor = actor_of(request)
    found = commission_of(actor.election or STANDING, actor.code) if actor.tier in COMMISSIONS else None
    if found is None:
        raise Http404
    return found


def election_title(election: str) -> str:
    """An election's title, or that it is none."""
    if not election:
        return gettext("Outside of elections")
    line = election_line(election)
    return in_language(line.titles, election) if line else election


def body_name(election: str, code: str) -> str:
    """A body in words: a commission by tier and place, an organisation by its name."""
    return body_names(election, [code])[code]


def body_names(election: str, codes: Collection[str]) -> dict[str, str]:
    """Many bodies in words, by code, with two reads."""
    found = {code: gettext("Anybody") if code == "person" else code for code in codes}
    if CENTRAL in found:
        found[CENTRAL] = tier_name("cec")
    for organisation in Organisation.objects.filter(code__in=[c for c in codes if c.startswith("org:")]):
        found[organisation.code] = in_language(organisation.names, organisation.code)
    wanted = [code for code in codes if code != CENTRAL and not code.startswith("org:")]
    rows = Commission.objects.filter(election=election, code__in=wanted)
    for row in rows.select_related("territory", "precinct"):
        found[row.code] = commission_name(row)
    return found


def names_of_bodies(bodies: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Bodies in words by election and code, with two reads an election: for a page of them."""
    codes: dict[str, set[str]] = {}
    for election, code in bodies:
        codes.setdefault(election, set()).add(code)
    return {
        (election, code): name
        for election, wanted in codes.items()
        for code, name in body_names(election, wanted).items()
    }


def commission_name(row: Commission) -> str:
    """A commission in words: its tier, the precinct's number, its place."""
    kind = numbered_tier(row.tier, row.precinct.number if row.precinct is not None else "")
    place = in_language(row.territory.names, "") if row.territory is not None else ""
    text = f"{kind}, {place}" if place else kind
    return text[:1].upper() + text[1:]


def addressees(election: str, own: CommissionRow | None = None) -> list[tuple[str, str]]:
    """Commissions to choose from, code and name: those of the place of `own`, those above it, the Central one, all others;
    precincts only of the same place, and for a precinct after those above. `own` itself is left out."""
    code, place, above = (own.code, own.territory, own.lineage) if own else ("", None, frozenset())
    own_tier = own.tier if own else ""
    rows: list[Commission] = []
    if election:
        found = Commission.objects.filter(
            Q(tier__in=("territorial", "district", "okrug")) | Q(tier="precinct", territory_id=place),
            election=election,
        ).exclude(code=code)
        rows = list(found.select_related("territory", "precinct").order_by("id")[:1_000])
    rank = {
        row.code: 3 if row.tier == "precinct" == own_tier else 0 if place and row.territory_id == place
        else 1 if row.territory_id in above else 4
        for row in rows
    }  # fmt: skip
    named = [(row.code, commission_name(row)) for row in rows]
    if code != CENTRAL:
        named.insert(0, (CENTRAL, body_name("", CENTRAL)))
    # the sort is stable: within each of them the order stays
    return sorted(named, key=lambda pair: rank.get(pair[0], 2))


def names_of(members: Sequence[MandateRow], by: Actor, purpose: str) -> dict[int, str]:
    """Names by mandate; each read stands in the list that the person concerned can see."""
    records = vault.read([row.person for row in members], ("surname", "given_name"), by=by, purpose=purpose)
    found = {}
    for row in members:
        record = records.get(row.person, {})
        name = " ".join(part for part in (record.get("surname"), record.get("given_name")) if part)
        found[row.id] = f"{name or row.id} ({role_name(row.role)})"
    return found


def words_at(subject: UUID | None, by: Actor, purpose: str) -> str:
    """A text in the vault, empty where there is none."""
    if subject is None:
        return ""
    return str(vault.read([subject], ("text",), by=by, purpose=purpose).get(subject, {}).get("text") or "")


def carried(data: QueryDict) -> list[tuple[str, str]]:
    """What was sent, for the page between two steps of a form."""
    return [
        (name, value)
        for name in data
        if name not in UNSIGNED - {"idempotency_key", "account_mark"}
        for value in data.getlist(name)
    ]


def local(election: str, time: datetime | None) -> datetime | None:
    """A time in the zone of an election, or in that of acts outside of elections."""
    return time.astimezone(context_of(election).timezone) if time else None


STATES = ("submitted", "checked", "defects", "repaired", "granted", "refused", "forwarded", "appealed")


def state_text(state: str) -> str:
    """The state of an application in words."""
    names = {
        "submitted": pgettext("application", "submitted"),
        "checked": pgettext("application", "checked"),
        "defects": pgettext("application", "defects to repair"),
        "repaired": pgettext("application", "repaired"),
        "granted": pgettext("application", "granted"),
        "refused": pgettext("application", "refused"),
        "forwarded": pgettext("application", "forwarded"),
        "appealed": pgettext("application", "appeal noted"),
    }
    return names.get(state, state)


TAGS = {
    "submitted": "received", "checked": "received", "defects": "returned", "repaired": "received",
    "granted": "accepted", "refused": "annulled", "forwarded": "awaited", "appealed": "conflicting",
}  # fmt: skip


def state_tag(state: str) -> dict[str, Any]:
    """The state as a status tag."""
    return {"code": TAGS.get(state, "received"), "text": state_text(state)}
