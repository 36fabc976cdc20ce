"""The Atom feed of decisions and corrections (RFC 4287), its older entries in an archive (RFC 5005, section 4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as XML

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, pgettext

from esaylov import __version__
from esaylov.acts.models import Journal
from esaylov.design.words import bcp47, in_language, language
from esaylov.exchange.documents.parts import Mode, marked
from esaylov.proceedings.papers import mode_of
from esaylov.publication.gate import gated
from esaylov.publication.installation import installation
from esaylov.publication.newsroom.notices import Notice, latest, part
from esaylov.publication.newsroom.serving import shared
from esaylov.publication.origin import absolute
from esaylov.publication.pages.common import contest_url, protocol_url
from esaylov.publication.pages.contests import title_of
from esaylov.publication.pages.precincts import beside_number
from esaylov.publication.reads import log_identity
from esaylov.results.queries import Snapshot

ENTRIES = 200
ATOM = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"
CONTENT_TYPE = "application/atom+xml; charset=utf-8"
DOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Channel:
    """What every entry of a feed needs: where the site is, and whose name its ids stand under."""

    request: HttpRequest
    at: Snapshot
    authority: str

    def tag(self, what: str) -> str:
        """A tag URI (RFC 4151) that never changes."""
        election = self.at.election
        return f"tag:{self.authority},{election.date.isoformat()}:{election.id}/{what}/{language()}"


@shared
def feed(request: HttpRequest, at: Snapshot) -> HttpResponse:
    """The newest decisions and corrections."""
    total, found = latest(at, ENTRIES)
    whole = total // ENTRIES
    links = {"current": _address(at)} | ({"prev-archive": _address(at, whole)} if whole else {})
    return _answer(_channel(request, at), _address(at), found, links, archive=False)


@gated
@shared
def archive(request: HttpRequest, at: Snapshot, number: int) -> HttpResponse:
    """A full part of the archive, which never changes; numbers count from the oldest."""
    total, found = part(at, number, ENTRIES)
    whole = total // ENTRIES
    if not 1 <= number <= whole:
        raise Http404
    links = {"current": _address(at)}
    if number > 1:
        links["prev-archive"] = _address(at, number - 1)
    if number < whole:
        links["next-archive"] = _address(at, number + 1)
    return _answer(_channel(request, at), _address(at, number), found, links, archive=True)


def _address(at: Snapshot, number: int | None = None) -> str:
    if number is None:
        return reverse("feed", args=[at.election.id])
    return reverse("feed-archive", args=[at.election.id, number])


def _channel(request: HttpRequest, at: Snapshot) -> Channel:
    identity = log_identity()
    host = identity.origin.split("/")[0].lower() if identity else ""
    return Channel(request, at, host if DOMAIN.fullmatch(host) else "esaylov.invalid")


def _answer(
    channel: Channel, own: str, found: list[Notice], links: dict[str, str], *, archive: bool
) -> HttpResponse:
    at, request = channel.at, channel.request
    root = XML.Element("feed", {"xmlns": ATOM, "xmlns:fh": HISTORY, "xml:lang": bcp47(language())})
    _text(root, "id", channel.tag("feed"))
    _text(root, "title", title(at))
    _text(root, "subtitle", gettext("Decisions of commissions and corrections of protocols"))
    _text(root, "updated", _time(at, found[0].at if found else _called(at)))
    author = XML.SubElement(root, "author")
    _text(author, "name", "esaylov")
    _text(root, "generator", "esaylov", version=__version__)
    if (licence := installation().licence) is not None:
        _text(root, "rights", licence.url or licence.code)
    _link(root, "self", absolute(request, own), "application/atom+xml")
    _link(root, "alternate", absolute(request, reverse("election", args=[at.election.id])), "text/html")
    _link(root, "related", absolute(request, reverse("decisions", args=[at.election.id])), "text/html")
    for relation, path in links.items():
        _link(root, relation, absolute(request, path), "application/atom+xml")
    if archive:
        XML.SubElement(root, "fh:archive")
    for notice in found:
        _entry(root, channel, notice)
    body = XML.tostring(root, encoding="unicode")
    return HttpResponse(f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n', content_type=CONTENT_TYPE)


def title(at: Snapshot) -> str:
    """The feed's title, which says what is simulated."""
    name = in_language(at.election.titles, at.election.id)
    if at.election.simulated:
        return gettext("Simulated: decisions and corrections, %(title)s") % {"title": name}
    return gettext("Decisions and corrections: %(title)s") % {"title": name}


def _entry(root: XML.Element, channel: Channel, notice: Notice) -> None:
    at = channel.at
    entry = XML.SubElement(root, "entry")
    _text(entry, "id", channel.tag(str(notice.index)))
    _text(entry, "title", f"{kind_words(notice.kind)}: {_about(at, notice)}")
    _text(entry, "updated", _time(at, notice.at))
    _text(entry, "published", _time(at, notice.at))
    _link(entry, "alternate", absolute(channel.request, _page(at, notice)), "text/html")
    XML.SubElement(entry, "category", {"term": notice.kind, "label": kind_words(notice.kind)})
    _text(entry, "summary", summary(at, notice))


def kind_words(kind: str) -> str:
    """What happened, in two or three words."""
    return {
        "correction": pgettext("feed", "Protocol corrected"),
        "return": pgettext("feed", "Protocol returned for correction"),
        "annulment": pgettext("feed", "Results of a precinct declared invalid"),
        "lot": pgettext("feed", "Lot drawn"),
        "determination": pgettext("feed", "Outcome supplied where the law is silent"),
        "certification": pgettext("feed", "Result certified"),
        "decision": pgettext("feed", "Decision adopted"),
        "calendar": pgettext("decision", "Dates of the calendar moved"),
    }[kind]


def _about(at: Snapshot, notice: Notice) -> str:
    if notice.kind == "decision":
        return notice.title
    if notice.kind == "calendar":
        calendar = at.tables.edition.calendar
        steps = calendar.steps if calendar else {}
        return ", ".join(
            in_language(steps[one].title, one) if one in steps else one for one in notice.outcome
        )
    contest = at.tables.contests_by_id[notice.contest] if notice.contest is not None else None
    contest_title = title_of(contest) if contest is not None else gettext("all contests")
    if notice.precinct is None or notice.territory is None:
        return contest_title
    place = beside_number(at, notice.precinct, notice.precinct_number, notice.territory)
    values = {"number": notice.precinct_number or notice.precinct, "contest": f"{place}, {contest_title}"}
    return gettext("precinct %(number)s, %(contest)s") % values


def summary(at: Snapshot, notice: Notice) -> str:
    """One or two sentences about what happened."""
    texts = {
        "correction": gettext(
            "The commission sent a corrected protocol. The version before no longer counts."
        ),
        "return": gettext(
            "A higher commission returned the protocol. It is outside the totals until it is corrected."
        ),
        "annulment": gettext("The results are outside the totals from now on."),
        "lot": gettext("Equal votes were decided by lot."),
        "determination": gettext("The commission decided where the law gives no answer."),
        "certification": gettext("The result is final."),
        "decision": gettext("A commission adopted it at a session."),
        "calendar": gettext("The Central Election Commission moved dates of the calendar by decision."),
    }
    parts = [texts[notice.kind]]
    if notice.outcome and notice.contest is not None:
        options = {one.code: one for one in at.tables.contests_by_id[notice.contest].options}
        named = [
            in_language(options[code].names, code) if code in options else code for code in notice.outcome
        ]
        parts.append(gettext("Outcome: %(names)s.") % {"names": ", ".join(named)})
    if notice.number:
        of_session = notice.kind == "decision"
        number = marked(notice.number, _mode(at)) if of_session else notice.number
        parts.append(gettext("Decision No. %(number)s.") % {"number": number})
    if at.election.simulated:
        parts.append(gettext("All of this is simulated."))
    return " ".join(parts)


def _mode(at: Snapshot) -> Mode:
    of = at.election
    return mode_of(simulated=of.simulated, pilot=of.pilot, replay=of.replay)


def _page(at: Snapshot, notice: Notice) -> str:
    if notice.kind == "decision":
        return reverse("decision", args=[at.election.id, notice.record])
    if notice.kind == "calendar":
        return reverse("calendar", args=[at.election.id])
    contest = at.tables.contests_by_id[notice.contest].code if notice.contest is not None else None
    if notice.precinct is None:
        return contest_url(at, contest or "")
    if contest is None:
        return reverse("outside", args=[at.election.id])
    return protocol_url(at, notice.precinct, contest)


def _called(at: Snapshot) -> datetime:
    """When the election was called: before anything happened, the feed is as old as that."""
    called: datetime = Journal.objects.values_list("at", flat=True).get(pk=at.election.journal)
    return called


def _time(at: Snapshot, time: datetime) -> str:
    return time.astimezone(at.zone).isoformat(timespec="seconds")


def _text(parent: XML.Element, name: str, text: str, **attributes: str) -> None:
    XML.SubElement(parent, name, attributes).text = NOT_XML.sub("", text)


def _link(parent: XML.Element, relation: str, address: str, content_type: str) -> None:
    XML.SubElement(parent, "link", {"rel": relation, "href": address, "type": content_type})
