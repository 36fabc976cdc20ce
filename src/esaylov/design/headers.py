"""Headers that every answer carries, and methods that the public side takes."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

View = Callable[[HttpRequest], HttpResponse]
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
READING = ("GET", "HEAD")
API = "/api/"
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def content_security(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: pages load nothing from elsewhere and run no script; a view may set its own policy."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response

    return answer


def reading_only(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: outside of `/api/` there is nothing but reading, GET and HEAD.

    It stands before whatever reads a body: one that arrives slowly, or never, would hold a thread of the server.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method not in READING and not request.path_info.startswith(API):
            return HttpResponseNotAllowed(READING)
        return get_response(request)

    return answer
