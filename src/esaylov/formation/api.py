"""The acts of this room (they are listed when their modules are loaded) and the kind of application that it adds."""

from esaylov.formation import discussions, imports, leaving, opinions, proposals

__all__ = ["discussions", "imports", "leaving", "opinions", "proposals"]
