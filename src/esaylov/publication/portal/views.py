"""The pages around the results."""

from __future__ import annotations

from functools import partial

from esaylov.publication.portal.site import front_page, verify_page
from esaylov.publication.views import election_view, site_view

dated_site_view = partial(site_view, dated=True)
dated_election_view = partial(election_view, dated=True)


@dated_site_view
def front(known: dict[str, int]) -> tuple[str, object]:
    """The front page."""
    return "portal/front", front_page(known)


@site_view
def verify(known: dict[str, int]) -> tuple[str, object]:
    """What the log is and how to check it."""
    return "portal/verify", verify_page(known)
