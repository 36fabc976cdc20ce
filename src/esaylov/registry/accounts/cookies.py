"""Cookies of signing in. Over https their names carry `__Host-`: no other host, and no plain connection, can set them."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse


def cookie_name(name: str) -> str:
    """The name of one of our cookies on this site."""
    return f"__Host-{name}" if settings.SESSION_COOKIE_SECURE else name


def set_cookie(response: HttpResponse, name: str, value: str, seconds: int) -> None:
    """Set a cookie that no script reads."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(name, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="Lax")
