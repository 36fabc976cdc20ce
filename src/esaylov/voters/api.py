"""The acts of this room: they are listed when their modules are loaded."""

from esaylov.voters import changesets

__all__ = ["changesets"]
