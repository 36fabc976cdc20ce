"""How it stands with the registers, on any page: `{% data_of %}` for voters, `{% silent_registers %}` for commissions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from esaylov.voters.lookup.ahead import Ahead
from esaylov.voters.registers import words

register = template.Library()


@register.inclusion_tag("voters/registers/_public.html", takes_context=True)
def data_of(context: Mapping[str, Any]) -> dict[str, Any]:
    """The age of the list's data in a line, by the clock of the page's `election` or of the nearest of its `elections`;
    more where the residence register is silent.
    """
    told = (context.get("election"), *(context.get("elections") or ()))
    return {"register": words.public(next((one.clock for one in told if isinstance(one, Ahead)), None))}


@register.inclusion_tag("voters/registers/_silent.html")
def silent_registers() -> dict[str, Any]:
    """What commissions must know while a register is silent; nothing else."""
    return {"registers": [one for one in words.all_shown() if one.silent_since is not None]}
