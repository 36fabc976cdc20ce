"""Forms for the orders of a decision, made from the payload of the act.

Whether a payload can be shown follows from its types: whole numbers, dates, times, yes and no, enumerations, ids that come from
a list, and lists of such ids. Free text, persons and files cannot: their room makes such orders on a page of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy
from pydantic import AwareDatetime, ValidationError
from pydantic.fields import FieldInfo

from esaylov.acts import shape
from esaylov.acts.catalogue import Listed
from esaylov.cabinet.forms import ActForm, read_by
from esaylov.design.words import articles_text, date_text, time_text
from esaylov.proceedings.composing import Asking, Choices, Description, FieldWords, Values
from esaylov.proceedings.orders import DECISION, body_of

MANY = 300
"""Beyond so many values an id is typed and checked instead of chosen."""
SEVERAL = 5
ROWS = 24
"""So many ids of a list can be chosen."""
PICKED = "%Y-%m-%dT%H:%M"
NUMBER = "0"
"""Stands for the decision's number until it has one."""
YES_NO = (("yes", gettext_lazy("yes")), ("no", gettext_lazy("no")))


def plain(annotation: Any) -> tuple[Any, bool]:
    """A type without its bounds, and whether it may be left out (`| None`)."""
    if get_origin(annotation) is Annotated:
        return plain(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        some = [one for one in get_args(annotation) if one is not NoneType]
        if len(some) == 1:
            return plain(some[0])[0], True
    return annotation, False


def fields_of(listed: Listed) -> dict[str, FieldInfo]:
    """The members of an order that are filled in: all but the decision's number."""
    return {name: info for name, info in body_of(listed).model_fields.items() if name != DECISION}


def formable(listed: Listed, description: Description) -> bool:
    """Whether an order can be filled in as a form: each member has words and a type that a form can show."""
    known = description.fields
    return all(
        name in known and _shown(plain(info.annotation)[0], known[name].choices)
        for name, info in fields_of(listed).items()
    )


def _shown(kind: Any, choices: Choices | None) -> bool:
    if get_origin(kind) is list:
        return _shown(plain(get_args(kind)[0])[0], choices) and choices is not None
    if kind is str:
        return choices is not None
    if get_origin(kind) is Literal:
        return True
    return kind in (bool, int, date, datetime, AwareDatetime) or _is_enumeration(kind)


def _is_enumeration(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


class OrderForm(ActForm):
    """The fields of one order. Those whose list hangs on another field come once that is chosen (`complete` is False until
    then); the values chosen before stand in the form still."""

    def __init__(
        self, *args: Any, listed: Listed, description: Description, asking: Asking, **names: Any
    ) -> None:
        super().__init__(*args, **names)
        self.listed, self.description, self.asking = listed, description, asking
        self.complete = True
        infos = fields_of(listed)
        for name, words in description.fields.items():
            values = words.choices(asking) if words.choices else ()
            if values is None:
                self.complete = False
            else:
                self.fields.update(_fields(name, infos[name], words, values, asking))
        read_by(self, asking.context)

    @property
    def shown(self) -> frozenset[str]:
        """Names of the fields that can be filled in now."""
        return frozenset(self.fields) - {"idempotency_key"}

    @property
    def said(self) -> dict[str, Any]:
        """What was filled in, as JSON values by member of the payload."""
        found: dict[str, Any] = {}
        for name, info in fields_of(self.listed).items():
            kind, _ = plain(info.annotation)
            if get_origin(kind) is list:
                rows = [self.cleaned_data.get(f"{name}-{row}", "") for row in range(1, ROWS + 1)]
                if f"{name}-1" in self.fields:
                    found[name] = [row for row in rows if row]
            elif name in self.fields:
                found[name] = self._json(kind, self.cleaned_data.get(name))
        return found

    def _json(self, kind: Any, value: Any) -> Any:
        if value in (None, ""):
            return None
        if kind is bool:
            return value == "yes"
        if isinstance(value, datetime):
            return value.replace(tzinfo=self.asking.context.timezone).isoformat()
        return value.isoformat() if isinstance(value, date) else value

    def clean(self) -> dict[str, Any]:
        """Holds what was filled in against the payload's model."""
        cleaned = super().clean() or {}
        if self.complete and not self.errors:
            model = body_of(self.listed)
            number = {DECISION: NUMBER} if DECISION in model.model_fields else {}
            try:
                model.model_validate({**self.said, **number})
            except ValidationError as error:
                self.refuse(
                    shape.of_errors(
                        [{**one, "loc": ("body", "payload", *one["loc"])} for one in error.errors()]
                    )
                )
        return cleaned

    def field_of(self, name: str) -> str | None:
        """A finding about a list stands at its first row."""
        first = f"{name.partition('.')[0]}-1"
        return super().field_of(name) or (first if first in self.fields else None)


def initial_of(listed: Listed, payload: Mapping[str, Any], asking: Asking) -> dict[str, Any]:
    """An order's payload as values of its form."""
    found: dict[str, Any] = {}
    for name, info in fields_of(listed).items():
        kind, _ = plain(info.annotation)
        value = payload.get(name)
        if get_origin(kind) is list:
            found |= {f"{name}-{row}": one for row, one in enumerate(value or (), 1)}
        elif kind is bool:
            found[name] = None if value is None else ("yes" if value else "no")
        elif kind in (datetime, AwareDatetime) and value:
            found[name] = (
                datetime.fromisoformat(value).astimezone(asking.context.timezone).replace(tzinfo=None)
            )
        else:
            found[name] = value
    return found


def facts_of(listed: Listed, description: Description, asking: Asking) -> list[tuple[str, str]]:
    """An order in words: label and value of each member that is filled in (`asking.said` is its payload)."""
    found = []
    for name, words in description.fields.items():
        info = fields_of(listed).get(name)
        if info is None:
            continue
        value = asking.said.get(name)
        if value in (None, "", []):
            text = str(words.none)
        else:
            known = dict((words.choices(asking) if words.choices else None) or ())
            text = ", ".join(
                _word(one, words, known, asking) for one in (value if isinstance(value, list) else [value])
            )
        if text:
            found.append((str(words.label), text))
    return found


def _word(value: Any, words: FieldWords, known: Mapping[str, str], asking: Asking) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, str) and words.choices is None and not words.values:
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return value
        return date_text(found) if "T" not in value else time_text(found.astimezone(asking.context.timezone))
    return str(known.get(str(value)) or words.values.get(str(value)) or value)


def _fields(
    name: str, info: FieldInfo, words: FieldWords, values: Values, asking: Asking
) -> dict[str, forms.Field]:
    """The form's fields of a member: one, or a row for each id of a list."""
    kind, optional = plain(info.annotation)
    required = not optional and info.is_required()
    if get_origin(kind) is list:
        label = gettext("%(label)s, %(row)d")
        return {
            f"{name}-{row}": _dressed(
                _chosen(values, required and row == 1, ""), words, label % {"label": words.label, "row": row}
            )
            for row in range(1, min(len(values), ROWS) + 1)
        }
    return {name: _dressed(_field(kind, info, words, values, required=required), words, str(words.label))}


def _dressed(field: forms.Field, words: FieldWords, label: str) -> forms.Field:
    field.label = label
    said = [str(words.help)] if words.help else []
    if isinstance(field, KnownField):
        said.append(gettext("The list is long: type the code or the name."))
    field.help_text = " ".join(said)
    if words.article:
        field.help_text = format_html(
            '{} <span class="by-law">{}</span>', field.help_text, articles_text(words.article)
        )
    return field


def _field(kind: Any, info: FieldInfo, words: FieldWords, values: Values, *, required: bool) -> forms.Field:
    if kind is int:
        least, most = _bound(info, "ge"), _bound(info, "le")
        return forms.IntegerField(required=required, min_value=least, max_value=most)
    if kind is date:
        day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(required=required, widget=day)
    if kind in (datetime, AwareDatetime):
        moment = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=PICKED)
        formats = [PICKED, "%Y-%m-%d %H:%M"]
        return forms.DateTimeField(required=required, input_formats=formats, widget=moment)
    return _chosen(_values(kind, words) or values, required, words.none)


def _values(kind: Any, words: FieldWords) -> list[tuple[str, Any]]:
    """The values of an enumeration in words; none of an id, whose values come from a list."""
    if kind is bool:
        return list(YES_NO)
    if get_origin(kind) is Literal:
        return [(str(one), words.values.get(one, one)) for one in get_args(kind)]
    if _is_enumeration(kind):
        return [(one.value, words.values.get(one.value, one.value)) for one in kind]
    return []


def _bound(info: FieldInfo, name: str) -> int | None:
    return next((getattr(one, name) for one in info.metadata if hasattr(one, name)), None)


def _chosen(values: Sequence[tuple[str, Any]], required: bool, none: Any) -> forms.Field:
    if len(values) <= MANY:
        return forms.ChoiceField(choices=[("", none or "–"), *values], required=required)
    return KnownField(known=dict(values), required=required, max_length=100)


class KnownField(forms.CharField):
    """An id that is typed, since its list is long: its code, or the words before the first comma of what it is called. Only
    one of the list is taken."""

    def __init__(self, *, known: Mapping[str, str], **names: Any) -> None:
        super().__init__(**names)
        self.known = known

    def clean(self, value: Any) -> str:
        """The code. Refuses what the list does not have, and words that several of it have."""
        typed: str = super().clean(value)
        if not typed or typed in self.known:
            return typed
        word = typed.casefold()
        found = [
            code
            for code, text in self.known.items()
            if word in [one.casefold() for one in (text, text.partition(",")[0], text.rpartition(" (")[0])]
        ]
        if len(found) == 1:
            return found[0]
        if found:
            named = ((code, self.known[code]) for code in found[:SEVERAL])
            several = "; ".join(text if code in text else f"{code} ({text})" for code, text in named)
            raise forms.ValidationError(
                gettext("Several have this name; type the code: %(codes)s") % {"codes": several}
            )
        raise forms.ValidationError(gettext("There is no such code here: %(code)s") % {"code": typed})
