"""What the site itself is, for pages that belong to no election. `{% load site %}`."""

from __future__ import annotations

from django import template
from django.db import InterfaceError, OperationalError

from esaylov.acts.identity import identity

register = template.Library()


@register.simple_tag
def site_is_simulated() -> bool:
    """Whether everything in this site's log is invented; False before the first election, and where the database does not
    answer: a page that says so must not fail over its mark.
    """
    try:
        known = identity()
    except (OperationalError, InterfaceError):
        return False
    return known is not None and known.simulated
