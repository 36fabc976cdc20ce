"""The acts of this room: they are listed when their modules are loaded."""

from esaylov.voters import changesets
from esaylov.voters.doors import acts as doors
from esaylov.voters.freezing import acts as freezing
from esaylov.voters.freezing import marks, supplements
from esaylov.voters.linkage import acts as linkage
from esaylov.voters.notices import telling
from esaylov.voters.places import acts as places
from esaylov.voters.requests import acts as requests

__all__ = [
    "changesets",
    "doors",
    "freezing",
    "linkage",
    "marks",
    "places",
    "requests",
    "supplements",
    "telling",
]
