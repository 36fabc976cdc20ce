"""Components as templates write them, and the headers of pages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from esaylov.design.headers import CONTENT_SECURITY_POLICY, content_security, embeddable
from esaylov.design.styleguide import ExampleForm, styleguide


def html(text: str, path: str = "/en/", **values: Any) -> str:
    with translation.override("en"):
        template = engines["django"].from_string("{% load face %}" + text)
        return template.render(values, RequestFactory().get(path))


class State:
    def __init__(self, code: str, text: str, meaning: str = "") -> None:
        self.code, self.text, self.meaning = code, text, meaning


def test_status_says_its_state_in_words_beside_a_shape() -> None:
    found = html(
        '{% include "design/components/status.html" %}', state=State("final", "final <b>", "Certified.")
    )
    assert "state-final" in found
    assert "#check-circle-fill" in found
    assert 'title="Certified."' in found
    assert "final &lt;b&gt;" in found


def test_status_of_an_unknown_code_still_has_its_word() -> None:
    found = html('{% include "design/components/status.html" %}', state=State("unheard-of", "a word"))
    assert "a word" in found
    assert "<svg" not in found


def test_header_leaves_out_what_it_is_not_given() -> None:
    found = html('{% include "design/components/header.html" with title="T" %}')
    assert "<h1>T</h1>" in found
    assert "answer" not in found
    assert "over" not in found


def test_table_scrolls_in_a_named_region_and_offers_its_file() -> None:
    found = html(
        '{% datatable label=label export="/x.csv" sortable=True %}<tbody><tr><td>1</td></tr></tbody>{% enddatatable %}',
        label='a "name"',
    )
    assert 'role="region" tabindex="0" aria-label="a &quot;name&quot;"' in found
    assert "data-sortable" in found
    assert "sticky" in found
    assert 'href="/x.csv" download' in found
    assert "<tbody><tr><td>1</td></tr></tbody>" in found


def test_plain_table_has_neither_file_nor_buttons() -> None:
    found = html('{% datatable label="t" sticky=False %}<tbody></tbody>{% enddatatable %}')
    for absent in ("data-sortable", "sticky", "download", "<caption>"):
        assert absent not in found


@pytest.mark.parametrize(("kind", "word"), [("info", "Note"), ("warning", "Warning"), ("error", "Error")])
def test_notice_says_what_it_is(kind: str, word: str) -> None:
    found = html("{% notice kind=kind title=title %}<p>text</p>{% endnotice %}", kind=kind, title="<T>")
    assert f"{word}: " in found
    assert f"notice-{kind}" in found
    assert "&lt;T&gt;" in found
    assert "<p>text</p>" in found
    assert ('role="alert"' in found) == (kind == "error")


def test_notice_of_an_unknown_kind_is_a_note() -> None:
    assert "notice-info" in html("{% notice kind='<x' %}t{% endnotice %}")


@pytest.mark.parametrize(("share", "width"), [(0, 0), (None, 0), (5000, 5000), (10_001, 10_000), (-3, 0)])
def test_bar_starts_at_zero_and_ends_at_all(share: int | None, width: int) -> None:
    assert f'class="bar-fill" width="{width}"' in html("{% share_bar share %}", share=share)


@pytest.mark.parametrize(
    ("counted", "expected", "text"), [(11_027, 11_028, "99.99"), (0, 11_028, "0.00"), (7, 7, "100.00")]
)
def test_progress_is_complete_only_when_it_is(counted: int, expected: int, text: str) -> None:
    found = html('{% include "design/components/progress.html" %}', counted=counted, expected=expected)
    assert f"({text}\u202f%)" in found


def test_progress_of_nothing_has_no_share() -> None:
    found = html('{% include "design/components/progress.html" %}', counted=0, expected=0)
    assert "%" not in found.replace("(", "").split("</strong>")[1]


def test_timeline_marks_the_present_and_shows_moments() -> None:
    steps = [
        {"title": "A", "at": datetime(2026, 10, 25, 8, tzinfo=UTC), "until": "20:00", "status": "now"},
        {"title": "B", "at": "later", "status": "overdue"},
    ]
    found = html('{% include "design/components/timeline.html" %}', steps=steps)
    assert found.count('aria-current="step"') == 1
    assert 'datetime="2026-10-25T08:00:00+00:00"' in found
    assert "overdue" in found


def test_timeline_ticks_only_what_is_known_as_done() -> None:
    steps = [
        {"title": "A", "at": "before", "status": "past"},
        {"title": "B", "at": "before", "status": "past", "done": True},
    ]
    steps += [
        {
            "title": "C",
            "at": "before",
            "status": "past",
            "done": True,
            "on": "done on Monday",
            "behind": "2 days late",
        },
        {"title": "D", "at": "before", "status": "undone", "on": "done on Monday"},
    ]
    over, done, late, undone = html('{% include "design/components/timeline.html" %}', steps=steps).split(
        "</li>"
    )[:4]
    assert 'done on Monday, <span class="bad">2 days late</span>' in late
    assert "done once, and not any more" in undone
    assert "check-circle-fill" not in undone
    assert "check-circle-fill" not in over
    assert "over</span>" in over
    assert "visually-hidden" not in over, "the word is for everybody"
    assert "check-circle-fill" in done
    assert "timeline-done" in done


def test_form_with_errors_leads_to_each_keeps_what_was_typed_and_joins_help_and_error() -> None:
    form = ExampleForm({"name": "<Dilnoza>", "voters": "many"}, auto_id="f_%s")
    found = html('{% include "design/components/fields.html" %}', form=form)
    assert 'role="alert"' in found
    assert 'href="#f_voters"' in found
    assert 'value="many"' in found
    assert 'value="&lt;Dilnoza&gt;"' in found
    assert 'aria-describedby="f_voters_helptext f_voters_error"' in found
    for identity in ("f_voters_helptext", "f_voters_error"):
        assert found.count(f'id="{identity}"') == 1
    assert found.count("(optional)") == 2


def test_form_without_errors_has_no_summary() -> None:
    found = html('{% include "design/components/fields.html" %}', form=ExampleForm(auto_id="f_%s"))
    assert "error-summary" not in found
    assert '<label for="f_name">' in found


def test_search_box_keeps_the_question_and_stays_inert() -> None:
    found = html('{% include "design/components/searchbox.html" with value=q %}', q='"><script>')
    assert "<script>" not in found
    assert 'role="search"' in found
    assert 'action="//search/"' in found or "/search/" in found


def test_language_switch_leads_to_the_same_page_with_its_question() -> None:
    found = html("{% in_other_language 'ru' %}", path="/en/search/?q=a%22b")
    assert found == "/ru/search/?q=a%22b"
    assert html("{% in_other_language 'ru' %}", path="/manifest.json") == "/ru/"


@pytest.mark.parametrize(
    ("path", "current"),
    [("/en/", "/en/"), ("/en/elections/x/", "/en/"), ("/en/verify/", "/en/check/"), ("/en/about/", None)],
)
def test_navigation_marks_where_the_page_stands(path: str, current: str | None) -> None:
    found = html(
        "{% sections as all %}{% for one in all %}{% if one.current %}{{ one.url }} {% endif %}{% endfor %}",
        path,
    )
    assert found.strip() == (current or "")


def test_fonts_of_a_page_are_those_of_its_script() -> None:
    assert "sans-latin-" in html("{% font_files as all %}{{ all.0 }} {{ all|length }}")
    with translation.override("uz-cyrl"):
        template = engines["django"].from_string("{% load face %}{% font_files as all %}{{ all|join:' ' }}")
        found = template.render({})
    assert "cyrillic-more" in found


def test_style_guide_shows_every_state() -> None:
    request = RequestFactory().get("/en/styleguide/")
    with translation.override("en"):
        found = styleguide(request).content.decode()
    for code in (
        "preliminary",
        "annulled",
        "simulated",
        "tone-12",
        "error-summary",
        "data-sortable",
        "timeline-overdue",
    ):
        assert code in found, code


# --- headers ---


def plain(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("x")


def test_pages_run_only_the_sites_own_scripts_and_stand_in_no_frame() -> None:
    answer = content_security(plain)(RequestFactory().get("/"))
    policy = answer.headers["Content-Security-Policy"]
    assert policy == CONTENT_SECURITY_POLICY
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_embeddable_view_may_stand_in_any_frame_and_nothing_else_changes() -> None:
    from django.middleware.clickjacking import XFrameOptionsMiddleware

    view = embeddable(plain)
    answer = content_security(XFrameOptionsMiddleware(view))(RequestFactory().get("/"))
    assert "X-Frame-Options" not in answer.headers
    policy = answer.headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors *")
    assert policy.split("frame-ancestors")[0] == CONTENT_SECURITY_POLICY.split("frame-ancestors")[0]
    kept = XFrameOptionsMiddleware(plain)(RequestFactory().get("/"))
    assert kept.headers["X-Frame-Options"] == "DENY"
