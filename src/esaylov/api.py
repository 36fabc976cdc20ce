"""The JSON API of the whole house: every act that has a path, and the public reads beside them."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, re_path
from ninja import NinjaAPI, Router

import esaylov
from esaylov.acts import answers
from esaylov.acts.api import CommissionToken, add_act, guarded, make_api
from esaylov.acts.catalogue import catalogue
from esaylov.elections import api as elections
from esaylov.formation import api as formation
from esaylov.polling import api as polling
from esaylov.proceedings import acts as proceedings
from esaylov.registry import acts as registry
from esaylov.registry import organisations
from esaylov.registry.queries import actor_by_token
from esaylov.results import api as results

STAGES = (registry, organisations, formation, elections, proceedings, polling, results)
DESCRIPTION = """Every official step is an act. A commission takes it with its token
(`Authorization: Bearer …`); the act is checked (mandate, calendar, law), recorded, and answered with a
signed receipt: its entry stands in the public log within 60 seconds.

An `Idempotency-Key` makes a request safe to repeat: the same body under the same key gets the same
answer, another body 409. Whatever is refused says so with findings: a stable code, the fields concerned,
the article of the law. An election that does not exist is 404; a precinct or contest that does not, 422."""


def build() -> tuple[list[URLPattern], NinjaAPI]:
    """The API's addresses (below `/api/`) and the API itself."""
    api = make_api("esaylov", esaylov.__version__, DESCRIPTION)
    router = Router()
    token = CommissionToken(actor_by_token)
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
