"""The pages around the results. Those that show the time (phases, steps of the calendar, files of the latest
publication) are valid for a minute; all others are a function of build and tree size alone.
"""

from __future__ import annotations

from functools import partial

from esaylov.publication.portal.applications import applications_page
from esaylov.publication.portal.calendar import calendar_page
from esaylov.publication.portal.candidates import candidates_page
from esaylov.publication.portal.commission import commission_page
from esaylov.publication.portal.commissions import commissions_page
from esaylov.publication.portal.corrections import all_corrections_page, corrections_page
from esaylov.publication.portal.data import open_data_page
from esaylov.publication.portal.documents import documents_page
from esaylov.publication.portal.front import front_page
from esaylov.publication.portal.glossary import glossary_page
from esaylov.publication.portal.parties import parties_page, party_page
from esaylov.publication.portal.site import how_page, site_page, verify_page
from esaylov.publication.portal.territories import territories_page
from esaylov.publication.views import election_view, site_view
from esaylov.results.queries import Snapshot

dated_site_view = partial(site_view, dated=True)
dated_election_view = partial(election_view, dated=True)


@dated_site_view
def front(known: dict[str, int]) -> tuple[str, object]:
    """The front page."""
    return "portal/front", front_page(known)


@site_view
def how(_known: dict[str, int]) -> tuple[str, object]:
    """How the count works."""
    return "portal/how", how_page()


@site_view
def glossary(_known: dict[str, int]) -> tuple[str, object]:
    """The glossary."""
    return "portal/glossary", glossary_page()


@dated_site_view
def open_data(known: dict[str, int]) -> tuple[str, object]:
    """Open data."""
    return "portal/opendata", open_data_page(known)


@site_view
def verify(known: dict[str, int]) -> tuple[str, object]:
    """What the log is and how to check it."""
    return "portal/verify", verify_page(known)


@site_view
def corrections(known: dict[str, int]) -> tuple[str, object]:
    """Corrections of all elections by number."""
    return "portal/corrections", all_corrections_page(known)


@site_view
def about(_known: dict[str, int]) -> tuple[str, object]:
    """What this is and who runs it."""
    return "portal/about", site_page()


@dated_election_view
def commissions(at: Snapshot) -> tuple[str, object]:
    """Commissions in numbers."""
    return "portal/commissions", commissions_page(at)


@dated_election_view
def applications(at: Snapshot) -> tuple[str, object]:
    """Applications to commissions in numbers."""
    return "portal/applications", applications_page(at)


@election_view
def commission(at: Snapshot, commission: str) -> tuple[str, object]:
    """One commission in numbers."""
    return "portal/commission", commission_page(at, commission)


@dated_election_view
def calendar(at: Snapshot) -> tuple[str, object]:
    """The calendar."""
    return "portal/calendar", calendar_page(at)


@election_view
def documents(at: Snapshot, number: int = 1) -> tuple[str, object]:
    """What has been published."""
    return "portal/documents", documents_page(at, number)


@election_view
def election_corrections(at: Snapshot, number: int = 1) -> tuple[str, object]:
    """Corrections of one election."""
    return "portal/electioncorrections", corrections_page(at, number)


@election_view
def parties(at: Snapshot) -> tuple[str, object]:
    """All parties."""
    return "portal/parties", parties_page(at)


@election_view
def party(at: Snapshot, party: str) -> tuple[str, object]:
    """One party."""
    return "portal/party", party_page(at, party)


@election_view
def candidates(at: Snapshot, number: int = 1) -> tuple[str, object]:
    """Candidates by contest."""
    return "portal/candidates", candidates_page(at, number)


@election_view
def territories(at: Snapshot) -> tuple[str, object]:
    """All territories."""
    return "portal/territories", territories_page(at)
