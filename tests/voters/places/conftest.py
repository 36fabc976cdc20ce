"""The elections of the tests of the door and of the cabinet, for tests of addresses and precincts."""

from tests.acts.conftest import door, shared_door
from tests.cabinet.conftest import bench, shared_bench

__all__ = ["bench", "door", "shared_bench", "shared_door"]
