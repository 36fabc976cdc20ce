"""The JSON API of the acts: one operation for every act of the catalogue that has a path.

Who knows the class of an act knows its operation: body, power, step and answer follow from it.
"""

import logging
import re
from collections.abc import Callable
from typing import Annotated, Any

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Header, NinjaAPI, Router
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.security import HttpBearer

from esaylov.acts import answers, shape
from esaylov.acts.catalogue import Listed, Unfit
from esaylov.acts.context import ElectionContext, UnknownElection, get_context
from esaylov.acts.door import Accepted, Refused, Submission, perform, request_digest
from esaylov.acts.identity import IdentityError
from esaylov.acts.mandates import holds
from esaylov.acts.powers import GRAVE, TOKEN_PREFIX, Actor, Power
from esaylov.acts.refusals import mandate_ended, no_mandate, second_factor_needed

logger = logging.getLogger(__name__)

BODY_LIMIT = 256 * 1024
ELECTION_ID = re.compile(r"[^\s\x00-\x1f\x7f/?#%]{1,100}")
KEY_PATTERN = r"^[\x21-\x7e]{1,200}$"

Key = Annotated[
    str | None,
    Header(
        default=None,
        alias="Idempotency-Key",
        pattern=KEY_PATTERN,
        description="A text of yours, new for every act. The same body under it gets the same answer.",
    ),
]
Code = Annotated[
    str | None,
    Header(
        default=None,
        alias="Second-Factor",
        max_length=40,
        description="Needed with a person's token: a fresh code of the second factor (app, card or recovery code).",
    ),
]
PROBLEMS: dict[int, type] = dict.fromkeys((400, 401, 403, 404, 413, 422, 429, 500, 503), answers.Problem)
ACT_ANSWERS: dict[int, type] = {201: answers.Recorded, 409: answers.Conflict, **PROBLEMS}


class StrictParser(Parser):
    """Reads bodies as strict JSON."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Returns the decoded body. Raises shape.NotJson."""
        return shape.loads(request.body)


class Token(HttpBearer):
    """The bearer token of a commission, or of a person under a mandate.

    `actor_of` finds who acts by it; `second_factor` says whether a code is right for that person, and uses it up.
    """

    def __init__(
        self,
        actor_of: Callable[[HttpRequest, str], Actor | None],
        second_factor: Callable[[Actor, str], bool],
    ) -> None:
        super().__init__()
        self._actor_of = actor_of
        self._second_factor = second_factor

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Who acts, None when the token is nobody's."""
        return self._actor_of(request, token) if token else None

    def missing_factor(self, actor: Actor, power: Power, code: str | None) -> Refused | None:
        """Why a person's program may not use a grave power with this request; None where nothing is missing. (Who does
        not hold the power at all hears that from the act.)
        """
        if power not in GRAVE or actor.person is None or not holds(actor, power):
            return None
        if not code:
            return Refused((second_factor_needed(wrong=False),))
        if not self._second_factor(actor, code):
            return Refused((second_factor_needed(wrong=True),))
        return None


def election_context(election: str) -> ElectionContext:
    """The context of the election of an address. Raises UnknownElection, whatever the address holds."""
    if not ELECTION_ID.fullmatch(election):
        raise UnknownElection(election)
    return get_context(election)


def outsider(actor: Actor, context: ElectionContext, power: Power) -> Refused | None:
    """Why the actor is nobody in this election: a body of another one, or a mandate that has ended by its clock."""
    if actor.election is not None and actor.election != context.id:
        return Refused((no_mandate(actor.code, power),))
    if actor.until is not None and not context.holds(actor.until):
        return Refused((mandate_ended(actor.code, context.local(actor.until)),))
    return None


def add_act(router: Router, listed: Listed, token: Token) -> None:
    """Makes the operation of one act at its path."""
    if listed.path is None:
        return

    def grave_step(
        request: HttpRequest, election: str, payload: Any, key: Key = None, code: Code = None
    ) -> HttpResponse:
        return take(listed, token, request, election, payload, key=key, code=code)

    def step(request: HttpRequest, election: str, payload: Any, key: Key = None) -> HttpResponse:
        return take(listed, token, request, election, payload, key=key)

    act = listed.act
    view = grave_step if act.power in GRAVE else step
    view.__annotations__["payload"] = listed.body or act.Payload
    router.post(
        f"/elections/{{election}}/{listed.path}",
        auth=token,
        response=ACT_ANSWERS,
        operation_id=listed.code.replace(".", "_"),
        summary=listed.summary,
        description=(
            f"{' '.join((act.__doc__ or '').split())}\n\nAct `{listed.code}`; power `{act.power}`; "
            f"step of the calendar: {f'`{act.step}`' if act.step else 'none'}."
            f"{' With a person’s token: a code of the second factor.' if act.power in GRAVE else ''}"
        ),
        tags=[listed.code.split(".")[0]],
    )(view)


def take(
    listed: Listed,
    token: Token,
    request: HttpRequest,
    election: str,
    body: Any,
    *,
    key: str | None,
    code: str | None = None,
) -> HttpResponse:
    """Performs the act that a request asks for, and answers."""
    context = election_context(election)
    actor: Actor = request.auth  # type: ignore[attr-defined]
    if (refused := outsider(actor, context, listed.act.power)) is not None:
        return answers.refused(refused)
    payload = listed.convert(context, body)
    if (refused := token.missing_factor(actor, listed.act.power, code)) is not None:
        return answers.refused(refused)
    submission = Submission(payload, actor, key=key, request=_digest(request) if key else None)
    result = perform(listed.act, election, submission, context)
    if isinstance(result, Accepted):
        return answers.recorded(listed, context, result)
    if any(finding.code == "A01" for finding in result.findings):
        unknown = listed.unknown(context, payload)
        result = Refused(tuple(unknown)) if unknown else result
    return answers.refused(result)


def _digest(request: HttpRequest) -> bytes:
    """The whole request but its key: a key that comes again at another address is another request."""
    return request_digest(request.path.encode() + b"\0" + request.body)


def make_api(title: str, version: str, description: str) -> NinjaAPI:
    """An API whose errors all have one shape."""
    api = NinjaAPI(
        title=title, version=version, description=description, openapi_url="/openapi.json", docs_url=None,
        parser=StrictParser(), urls_namespace="api",
    )  # fmt: skip
    handlers: list[tuple[type[Exception], Callable[[HttpRequest, Any], HttpResponse]]] = [
        (Exception, _internal),
        (HttpError, _http_error),
        (AuthenticationError, lambda _request, _error: answers.unauthorised()),
        (ValidationError, _validation_error),
        (Unfit, lambda _request, error: answers.problem(422, "invalid", error.findings)),
        (Http404, lambda _request, _error: answers.not_found()),
        (UnknownElection, lambda _request, _error: answers.unknown_election()),
        (RequestDataTooBig, lambda _request, _error: answers.too_large(BODY_LIMIT)),
        (DatabaseError, _unavailable),
        (InterfaceError, _unavailable),
        (IdentityError, _unavailable),
    ]
    for error, handler in handlers:
        api.add_exception_handler(error, handler)
    return api


def _http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    reason = str(error.__cause__ or error)
    return answers.problem(error.status_code, "malformed", [shape.not_json(reason)])


def _validation_error(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    return answers.problem(422, "invalid", shape.of_errors(error.errors))


def _unavailable(_request: HttpRequest, error: Exception) -> HttpResponse:
    logger.warning("the database does not answer: %s", error)
    return answers.unavailable()


def _internal(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("%s %s: %s", request.method, request.path, error, exc_info=error)
    return answers.internal()


View = Callable[..., HttpResponseBase]
TOKENS = frozenset({"token", "access_token", "authorization", "api_key"})
"""Parameters by which programs would hand over a token in an address."""


def guarded(view: View) -> View:
    """A view of the API with what must hold around it: the limit of the body, no token in the address, errors of one shape."""

    def answer(request: HttpRequest, **names: Any) -> HttpResponseBase:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if length > BODY_LIMIT:
            return answers.too_large(BODY_LIMIT)
        if TOKEN_PREFIX in request.META.get("QUERY_STRING", "") or TOKENS.intersection(
            map(str.lower, request.GET)
        ):
            return answers.token_in_address()
        try:
            response = view(request, **names)
        except Http404:
            return answers.not_found()
        if response.status_code == 405:
            return answers.wrong_method(response.headers.get("Allow", ""))
        return response

    answer.csrf_exempt = True  # type: ignore[attr-defined]
    return answer
