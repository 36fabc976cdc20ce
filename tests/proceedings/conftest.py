"""The election of the tests of the door, and people of the cabinet, for tests of sessions, applications and letters."""

from tests.acts.conftest import door, shared_door
from tests.cabinet.conftest import bench, shared_bench

__all__ = ["bench", "door", "shared_bench", "shared_door"]
