"""The election of the tests of the door, for tests of sessions, applications and letters."""

from tests.acts.conftest import door, shared_door

__all__ = ["door", "shared_door"]
