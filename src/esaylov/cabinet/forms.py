"""Forms that perform an act: what the door finds stands beside the fields, a second click performs nothing twice."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, QueryDict
from django.utils.crypto import constant_time_compare
from django.utils.html import format_html
from django.utils.translation import gettext
from pydantic import BaseModel, ValidationError

from esaylov.acts import shape
from esaylov.acts.context import ElectionContext
from esaylov.acts.door import Accepted, Act, Refused, Submission, perform
from esaylov.cabinet.desk import Desk
from esaylov.design.words import articles_text, in_language, time_text
from esaylov.law.findings import Finding
from esaylov.registry.accounts.encryption import decrypt, encrypt

KEY = "idempotency_key"
MARK = "account_mark"
"""Whose form it is: what was typed before a session ended comes back to the same account only."""
UNSIGNED = frozenset({"csrfmiddlewaretoken", KEY, MARK, "step"})
KEPT = "kept"
KEPT_LIMIT = 64 * 1024
KEPT_FORMS = 3
SEAL = b"esaylov kept forms"
SIGNER = Signer(salt="esaylov.cabinet.forms")


class ActForm(forms.Form):
    """A form for one act. Subclasses name their fields, and in `articles` the article that stands beside each.

    `aliases` says which field a finding means where their names differ (`{"precinct": "place"}`; a name that leads to
    the empty string is shown above the form).
    """

    articles: ClassVar[Mapping[str, str]] = {}
    aliases: ClassVar[Mapping[str, str]] = {}

    idempotency_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)

    def __init__(self, *args: Any, **names: Any) -> None:
        super().__init__(*args, **names)
        self.fields[KEY].initial = secrets.token_urlsafe(18)
        self.findings: tuple[Finding, ...] = ()
        for name, article in self.articles.items():
            field = self.fields.get(name)
            if field is not None and article:
                field.help_text = format_html(
                    '{} <span class="by-law">{}</span>', field.help_text, articles_text(article)
                )

    @property
    def key(self) -> str:
        """The form's idempotency key: what was sent, else a fresh one."""
        sent = self.data.get(self.add_prefix(KEY), "") if self.is_bound else ""
        return str(sent) or str(self.fields[KEY].initial)

    def perform(
        self,
        request: HttpRequest,
        act: type[Act[Any]],
        election: str | None,
        payload: BaseModel | Mapping[str, Any],
    ) -> Accepted | None:
        """Performs the act under the desk's mandate. None where it was refused: then the form has errors that say why.

        `payload`: the act's own, or its members (checked here). The same form sent again gets the same answer.
        """
        desk: Desk = request.desk  # type: ignore[attr-defined]
        if desk.actor is None:
            self.add_error(None, gettext("Your mandate has ended; nothing was recorded."))
            return None
        try:
            made = payload if isinstance(payload, BaseModel) else act.Payload(**payload)
        except ValidationError as error:
            self.refuse_payload(error)
            return None
        submission = Submission(made, desk.actor, key=self.key[:80], request=self.digest(request))
        result = perform(act, election, submission)  # type: ignore[arg-type, unused-ignore]
        if isinstance(result, Refused):
            self.refuse(result.findings)
            return None
        return result

    def digest(self, request: HttpRequest) -> bytes:
        """What was sent, but the token of the session: the same key with other content is another request."""
        sent = sha256(request.path.encode())
        for name in sorted(self.data):
            if name not in UNSIGNED:
                values = self.data.getlist(name) if hasattr(self.data, "getlist") else [self.data[name]]
                sent.update(repr((name, [str(value) for value in values])).encode())
        for name in sorted(self.files):
            sent.update(repr(name).encode())
            file: Any = self.files[name]
            for chunk in file.chunks():
                sent.update(chunk)
            file.seek(0)
        return sent.digest()

    def refuse_payload(self, error: ValidationError) -> None:
        """Puts what is wrong with an act's payload beside the fields."""
        errors = [{**one, "loc": ("body", "payload", *one["loc"])} for one in error.errors()]
        self.refuse(shape.of_errors(errors))

    def refuse(self, findings: Sequence[Finding]) -> None:
        """Puts findings beside the fields that they name, the rest above the form."""
        for finding in findings:
            self.show(
                finding, list(dict.fromkeys(name for name in map(self.field_of, finding.fields) if name))
            )

    def show(self, finding: Finding, fields: Sequence[str]) -> None:
        """Puts a finding beside fields; above the form where there are none."""
        self.findings = (*self.findings, finding)
        for name in fields or (None,):
            self.add_error(name, finding_text(finding))  # type: ignore[arg-type, unused-ignore]

    def carried(self) -> list[tuple[str, str]]:
        """What a page between two steps of the form sends along: hidden fields."""
        return [(KEY, self.key), (MARK, str(self.data.get(MARK, "")))]

    def field_of(self, name: str) -> str | None:
        """The form's field that a finding's field means, None for none."""
        for known in (name, name.rpartition(".")[2]):
            found = self.aliases.get(known, known)
            if found in self.fields:
                return found
        return None


def read_by(form: forms.Form, context: ElectionContext) -> None:
    """Says beside each field of a day with its time by which clock it is read and what that shows now (a browser writes such a
    field in a way of its own); one that must be filled in begins with the end of today.
    """
    asked = {name: field for name, field in form.fields.items() if isinstance(field, forms.DateTimeField)}
    if not asked:
        return
    now = context.now()
    text = gettext("Read by the clock that now shows %(now)s.") % {"now": time_text(now)}
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None) + timedelta(days=1)
    for name, field in asked.items():
        field.help_text = format_html("{} {}", field.help_text, text) if field.help_text else text
        if field.required and form.initial.get(name) is None and field.initial is None:
            field.initial = midnight


def mark_of(account: Any) -> str:
    """The mark of an account on its forms."""
    return SIGNER.sign(str(account.pk))


def is_mark(mark: str) -> bool:
    """Whether one of our pages gave this mark out."""
    try:
        SIGNER.unsign(mark)
    except BadSignature:
        return False
    return True


def keep_input(request: HttpRequest) -> None:
    """Keeps what a form sent after its session had ended, until the same account comes back to the page.

    Only what one of our pages gave out to an account is kept (its mark is signed), no file, and little of it; sealed, for
    sessions lie in the database.
    """
    mark = request.POST.get(MARK, "")
    body = request.POST.urlencode()
    session = getattr(request, "session", None)
    if session is None or not is_mark(mark) or len(body) > KEPT_LIMIT:
        return
    kept = dict(list(session.get(KEPT, {}).items())[-(KEPT_FORMS - 1) :])
    session[KEPT] = {**kept, request.path: encrypt(body, SEAL)}


def kept_input(request: HttpRequest) -> QueryDict | None:
    """What was kept for this page and this account; it is given out once."""
    kept = dict(request.session.get(KEPT, {}))
    sealed = kept.pop(request.path, None)
    if sealed is None:
        return None
    request.session[KEPT] = kept
    try:
        given = QueryDict(decrypt(sealed, SEAL), mutable=True)
    except ValueError:  # of another key, or of before
        return None
    mine = constant_time_compare(str(given.get(MARK, "")), mark_of(request.user))
    return given if mine else None


def data_of(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: what was sent; on a first look what was kept from before the session ended, and the page
    says so; else nothing.
    """
    if request.method == "POST":
        return request.POST
    kept = kept_input(request)
    if kept is not None:
        messages.info(
            request, gettext("You had been signed out. What you typed is here again; nothing was sent.")
        )
    return kept


def finding_text(finding: Finding) -> str:
    """A finding in the page's language, with its article and code."""
    text = in_language(finding.text, finding.code)
    parts = [part for part in (articles_text(finding.article or ""), finding.code) if part]
    return f"{text} ({', '.join(parts)})"
