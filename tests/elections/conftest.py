"""People in the cabinet, for tests of calling elections."""

from tests.cabinet.conftest import bench

__all__ = ["bench"]
