"""The acts of this room (they are listed when their modules are loaded) and the kind of application that it adds."""

from esaylov.formation import discussions, imports, leaving, proposals

__all__ = ["discussions", "imports", "leaving", "proposals"]
