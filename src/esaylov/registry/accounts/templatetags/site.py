"""What the site itself is, for pages that belong to no election. `{% load site %}`."""

from __future__ import annotations

from django import template

from esaylov.acts.identity import identity

register = template.Library()


@register.simple_tag
def site_is_simulated() -> bool:
    """Whether everything in this site's log is invented; False before the first election."""
    known = identity()
    return known is not None and known.simulated
