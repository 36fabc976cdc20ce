"""Headers that every answer carries, and methods that the public side takes."""

import re
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

Given = ParamSpec("Given")
FRAMED_BY_NOBODY = "frame-ancestors 'none'"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    f"connect-src 'self'; form-action 'self'; base-uri 'none'; {FRAMED_BY_NOBODY}"
)
EMBEDDABLE_POLICY = CONTENT_SECURITY_POLICY.replace(FRAMED_BY_NOBODY, "frame-ancestors *")
PICTURE_POLICY = f"default-src 'none'; img-src data:; sandbox; {FRAMED_BY_NOBODY}"
"""For SVG files: opened by themselves they are documents of this site, in which nothing must ever run."""
SVG = "image/svg+xml"
READING = ("GET", "HEAD")
API = "/api/"
PERSONAL = re.compile(r"^/[a-z-]{2,10}/(account|cabinet)/")
"""Addresses of those who are signed in, or about to be: forms are sent there, cookies set and read, nothing cached."""
VOTER = re.compile(r"^/[a-z-]{2,10}/voter/")
"""Addresses of voters without an account: forms are sent there, nothing is cached, no cookie is set or read."""
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def content_security(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: pages load and run nothing but the site's own files, pictures nothing at all; a view may set its own
    policy.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 304:  # what the reader has keeps the policy that it came with
            return response
        picture = response.headers.get("Content-Type", "").startswith(SVG)
        policy = PICTURE_POLICY if picture else _policy(request.path_info)
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response

    return answer


def _policy(path: str) -> str:
    """The policy of a page: forms of a sign-in lead to the sites by which one signs in (`ESAYLOV_FORMS_LEAD_TO`), no others."""
    if not settings.ESAYLOV_FORMS_LEAD_TO or not PERSONAL.match(path):
        return CONTENT_SECURITY_POLICY
    own = "form-action 'self'"
    return CONTENT_SECURITY_POLICY.replace(own, " ".join([own, *settings.ESAYLOV_FORMS_LEAD_TO]))


def embeddable(view: Callable[Given, HttpResponse]) -> Callable[Given, HttpResponse]:
    """A view whose answers may stand in a frame of any page: for embeds, which show and never ask for anything.

    Django's middleware writes no X-Frame-Options on them, which would contradict.
    """

    @wraps(view)
    def answer(*args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
        response = view(*args, **kwargs)
        response.headers["Content-Security-Policy"] = EMBEDDABLE_POLICY
        response.xframe_options_exempt = True
        return response

    return answer


def reading_only(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: outside of `/api/`, of personal addresses and of voters' there is nothing but reading, GET and HEAD.

    It stands before whatever reads a body: one that arrives slowly, or never, would hold a thread of the server.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        path = request.path_info
        taking = path.startswith(API) or PERSONAL.match(path) or VOTER.match(path)
        if request.method not in READING and not taking:
            return HttpResponseNotAllowed(READING)
        return get_response(request)

    return answer
