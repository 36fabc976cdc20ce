"""The style guide: every component in each of its states, with invented figures, in a page of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe

from esaylov.design.palette import palette
from esaylov.design.templatetags.face import STATE_ICONS

LETTERS = (
    (
        "Oʻzbekcha",
        "uz",
        "Aa Bb Dd Ee Ff Gg Hh Ii Jj Kk Ll Mm Nn Oo Pp Qq Rr Ss Tt Uu Vv Xx Yy Zz Oʻoʻ Gʻgʻ Sh Ch ng ʼ",
    ),
    ("Oʻzbekcha, 2026", "uz", "Öö Ğğ Çç Şş ʼ"),
    (
        "Ўзбекча",
        "uz-cyrl",
        "Аа Бб Вв Гг Дд Ее Ёё Жж Зз Ии Йй Кк Лл Мм Нн Оо Пп Рр Сс Тт Уу Фф Хх Цц Чч Шш Ъъ Ээ Юю Яя Ўў Ққ Ғғ Ҳҳ",
    ),
    ("Qaraqalpaqsha", "kaa", "Áá Ǵǵ Íí ıI Ńń Óó Úú Qq Xx Ww Sh Ch"),
    ("Қарақалпақша", "kaa", "Әә Ғғ Ққ Ңң Өө Үү Ўў Ҳҳ Ыы"),
    ("Русский", "ru", "Ёё Йй Щщ Ъъ Ыы Ьь Ээ № « »"),
    ("Figures", "en", "0123456789 1,234,567.89 1\u202f234\u202f567,89 12.50\u202f% ½ × ÷ − ± ‘’ “” – — … ·"),
)
"""Letters of every language by its name; all of them are in the fonts (a test looks)."""

COLOURS = (
    "paper",
    "faint",
    "ink",
    "soft",
    "rule",
    "strong-rule",
    "accent",
    "good",
    "warn",
    "bad",
    "fill",
    "mark",
)
PICTURE = (
    '<svg viewBox="0 0 400 110" width="400" height="110" role="img" aria-label="Two bars: A 64, B 41">'
    '<g fill="currentColor" font-size="15"><text x="0" y="29">A</text><text x="0" y="79">B</text></g>'
    '<rect x="30" y="10" width="320" height="28" fill="var(--tone-1)"/>'
    '<rect x="30" y="60" width="205" height="28" fill="var(--tone-2)"/>'
    '<g fill="currentColor" font-size="15"><text x="358" y="29">64</text><text x="243" y="79">41</text></g></svg>'
)


@dataclass(frozen=True, slots=True)
class Example:
    """What a component is given: any of the members that one of them reads."""

    code: str = ""
    text: str = ""
    meaning: str = ""
    title: str = ""
    label: str = ""
    url: str = ""
    note: str = ""
    at: datetime | str = ""
    until: datetime | str = ""
    status: str = ""
    done: bool = False
    share: int = 0
    tone: int = 0


@dataclass(frozen=True, slots=True)
class ExampleChart:
    """The shape of publication.charts.Chart, with a picture drawn by hand."""

    name: str = "example"
    title: str = "Seats of two invented lists"
    sentence: str = "List A has 64 seats and list B 41. The figures are invented."
    svg: SafeString = field(default_factory=lambda: mark_safe(PICTURE))  # noqa: S308 (a constant of ours)
    head: tuple[str, ...] = ("List", "Seats")
    rows: tuple[tuple[str, str], ...] = (("A", "64"), ("B", "41"))
    urls: dict[str, str] = field(default_factory=dict)


class ExampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(
        label="Name of the observer", help_text="As it stands in the passport.", max_length=60
    )
    # A text input, not a number input: browsers drop what is no number, and what was typed must be kept.
    voters = forms.IntegerField(
        label="Voters who received a ballot",
        help_text="Line 2 of the protocol.",
        min_value=0,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    region = forms.ChoiceField(label="Region", choices=[("", "Choose"), ("n", "North"), ("s", "South")])
    kind = forms.ChoiceField(
        label="What did you see?",
        widget=forms.RadioSelect,
        choices=[("count", "The count"), ("box", "The box")],
    )
    agreed = forms.BooleanField(label="I have read the protocol", required=False)
    remark = forms.CharField(label="Remark", required=False, widget=forms.Textarea(attrs={"rows": 3}))


def _forms() -> tuple[ExampleForm, ExampleForm]:
    """An empty form, and one that came back with errors and with what was typed."""
    typed = {"name": "Dilnoza", "voters": "many", "kind": "count", "remark": "Kept as it was typed."}
    return ExampleForm(auto_id="empty_%s"), ExampleForm(typed, auto_id="wrong_%s")


def _steps() -> list[Example]:
    noon = datetime(2026, 10, 25, 12, tzinfo=ZoneInfo("Asia/Tashkent"))
    return [
        Example(
            title="Elections are called",
            at=noon.replace(month=7),
            status="past",
            text="Article 36.",
            done=True,
        ),
        Example(title="Voting", at=noon, until=noon.replace(hour=20), status="now"),
        Example(title="Copies of protocols are handed out", at="the same night", status="overdue"),
        Example(title="Results are certified", at="within ten days", status="next", url="#timeline"),
    ]


def styleguide(request: HttpRequest) -> HttpResponse:
    """`/<language>/styleguide/`: asked for anew each time, for it belongs to no election."""
    empty, wrong = _forms()
    figures = (64, 41, 26, 12, 7)
    values: dict[str, Any] = {
        "letters": LETTERS,
        "colours": COLOURS,
        "tones": palette(),
        "states": [Example(code=code, text=code, meaning=f"The state {code}.") for code in STATE_ICONS],
        "final": Example(code="final", text="final"),
        "crumbs": [
            Example(text="Election", url="#crumbs"),
            Example(text="Region", url="#crumbs"),
            Example(text="Here"),
        ],
        "bars": [
            Example(label=f"List {chr(65 + at)}", text=str(seats), share=seats * 10_000 // 64, tone=at + 1)
            for at, seats in enumerate(figures)
        ],
        "rows": [
            (f"District {at}", 1200 * at, 1200 * at - 317 * (at % 4), 8500 - 391 * (at * 3 % 7))
            for at in range(1, 13)
        ],
        "steps": _steps(),
        "chart_example": ExampleChart(),
        "action": Example(text="Look at the whole list", url="#empty"),
        "form_empty": empty,
        "form_wrong": wrong,
    }
    response = render(request, "design/styleguide.html", values)
    response.headers["Cache-Control"] = "no-cache"
    return response
