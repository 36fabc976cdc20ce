"""The site's own address, for everything that is read elsewhere: feeds, cards, lines to embed, open data."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def origin(request: HttpRequest) -> str:
    """Scheme and host without a slash: `ESAYLOV_PUBLIC_URL`, else those of the request, whose host Django has
    compared with `ESAYLOV_HOSTS`.
    """
    configured: str = settings.ESAYLOV_PUBLIC_URL
    return configured or f"{request.scheme}://{request.get_host()}"


def absolute(request: HttpRequest, path: str) -> str:
    """A path of this site as a whole address."""
    return origin(request) + path
