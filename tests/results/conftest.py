"""The elections of the door's tests."""

from __future__ import annotations

from tests.acts.conftest import door, shared_door

__all__ = ["door", "shared_door"]
