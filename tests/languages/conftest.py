"""The tiny election of the pages' tests."""

from __future__ import annotations

from tests.publication.conftest import get, site

__all__ = ["get", "site"]
