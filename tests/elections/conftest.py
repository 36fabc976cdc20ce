"""People in the cabinet, for tests of calling elections."""

from tests.cabinet.conftest import bench, shared_bench

__all__ = ["bench", "shared_bench"]
