"""The JSON API of the whole house: every act that has a path, and the public reads beside them."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, re_path
from ninja import NinjaAPI, Router

import esaylov
from esaylov.acts import answers
from esaylov.acts.api import Token, add_act, guarded, make_api
from esaylov.acts.catalogue import catalogue
from esaylov.acts.powers import TOKEN_PREFIX, Actor
from esaylov.elections import api as elections
from esaylov.formation import api as formation
from esaylov.polling import api as polling
from esaylov.proceedings import acts as proceedings
from esaylov.registry import acts as registry
from esaylov.registry import organisations
from esaylov.registry.accounts import programs, throttle
from esaylov.registry.tokens import actor_by_token
from esaylov.results import api as results
from esaylov.voters import api as voters

STAGES = (registry, organisations, formation, elections, proceedings, voters, polling, results)
DESCRIPTION = """Every official step is an act. A program takes it with a token (`Authorization: Bearer …`): a person's,
which holds what the person's mandate holds at that moment, or a commission's own. The act is checked (mandate, calendar,
law), recorded, and answered with a signed receipt: its entry stands in the public log within 60 seconds. Steps that settle
a result or move a date need a code of the second factor too when a person takes them (`Second-Factor`).

An `Idempotency-Key` makes a request safe to repeat: the same body under the same key gets the same
answer, another body 409. Whatever is refused says so with findings: a stable code, the fields concerned,
the article of the law. An election that does not exist is 404; a precinct or contest that does not, 422."""


def build() -> tuple[list[URLPattern], NinjaAPI]:
    """The API's addresses (below `/api/`) and the API itself."""
    api = make_api("esaylov", esaylov.__version__, DESCRIPTION)
    router = Router()
    token = Token(actor_of, programs.second_factor)
    api.add_exception_handler(throttle.TooMany, too_many)
    elections.add_routes(router)
    for listed in catalogue():
        add_act(router, listed, token)
    results.add_routes(router, token)
    api.add_router("", router)
    patterns = [pattern for pattern in api.urls[0] if isinstance(pattern, URLPattern)]
    for pattern in patterns:
        if pattern.callback is not None:
            pattern.callback = guarded(pattern.callback)
            if pattern.name == "openapi-json":
                pattern.callback = written_once(pattern.callback)
    return [*patterns, re_path(r"", nothing_here)], api


def actor_of(request: HttpRequest, token: str) -> Actor | None:
    """Who acts by a bearer token now, None when it is nobody's. Raises throttle.TooMany after many such ones."""
    found = programs.actor_of(token) if token.startswith(TOKEN_PREFIX) else actor_by_token(token)
    if found is None:
        programs.count_wrong(request)
    return found


def too_many(_request: HttpRequest, error: throttle.TooMany | type[throttle.TooMany]) -> HttpResponse:
    """429, with the seconds to wait."""
    return answers.too_many(getattr(error, "seconds", 1))


def written_once(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view whose answer to GET never changes while the process lives: writing the description takes half a second."""
    written: list[bytes] = []

    def answer(request: HttpRequest, **names: Any) -> HttpResponseBase:
        if request.method == "GET" and written:
            return HttpResponse(written[0], content_type="application/json")
        response = view(request, **names)
        if request.method == "GET" and response.status_code == 200 and isinstance(response, HttpResponse):
            written[:] = [response.content]
        return response

    answer.csrf_exempt = True  # type: ignore[attr-defined]
    return answer


def nothing_here(request: HttpRequest) -> HttpResponse:
    """Any other address below `/api/`."""
    return answers.not_found()


nothing_here.csrf_exempt = True  # type: ignore[attr-defined]
app_name = "api"
urlpatterns, api = build()
