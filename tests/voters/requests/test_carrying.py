"""From the look-up's answer to the form of a request: document and birth date go along, and nothing else happens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from esaylov.voters.lookup import challenges
from esaylov.voters.models import Access
from esaylov.voters.requests.carrying import born_of
from esaylov.voters.requests.models import Request
from tests.voters.listed import person
from tests.voters.requests.site import ASK, STRANGER, Site, post, site_of, text_of

LANGUAGES = ("uz", "uz-cyrl", "kaa", "ru", "en")


@pytest.fixture(scope="module")
def site(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_of(tmp_path_factory.mktemp("site")) as made:
        yield made


def looked_up(site: Site, number: int, language: str) -> str:
    """The look-up's answer."""
    names = ("document", "birth_day", "birth_month", "birth_year", "challenge", "work", "answer")
    form = site.form(number)
    answer = post("voter/", {name: form[name] for name in names}, language)
    assert answer.status_code == 200
    return answer.content.decode()


def sent_along(page: str) -> dict[str, str]:
    """The fields of the form that its buttons send."""
    (form,) = re.findall(r'<form id="to-request" method="post".*?</form>', page, re.DOTALL)
    return {name: unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form)}


def typed_in(answer: HttpResponse) -> dict[str, str]:
    page = answer.content.decode()
    names = ("document", "birth_day", "birth_month", "birth_year")
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', page)[0] for name in names}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", [1, STRANGER])
def test_nobody_types_it_twice(site: Site, language: str, number: int) -> None:
    page = looked_up(site, number, language)
    targets = re.findall(rf'form="to-request" formaction="/{language}/voter/request/\?kind=([a-z]+)"', page)
    assert targets == (["correction", "early", "home"] if number == 1 else ["inclusion"])
    record = person(number)
    year, month, day = record["birth_date"].split("-")
    for kind in targets:
        answer = post(f"{ASK}?kind={kind}", sent_along(page), language)
        assert answer.status_code == 200
        assert "error-summary" not in answer.content.decode(), "nothing is wrong yet"
        assert typed_in(answer) == {
            "document": record["document"], "birth_day": str(int(day)), "birth_month": str(int(month)), "birth_year": year,
        }  # fmt: skip
        assert not answer.cookies
        assert "no-store" in answer.headers["Cache-Control"]
    assert record["document"] not in " ".join(re.findall(r'(?:href|action)="([^"]*)"', page)), "in no address"


@pytest.mark.parametrize(
    "text", ["", "1985", "27.03.1985", "1985-02-31", "0000-00-00", "1985-03-27\n", "9" * 400]
)
def test_what_is_no_day_is_not_read(text: str) -> None:
    assert born_of("1985-03-27") == date(1985, 3, 27)
    assert born_of(text) is None


def test_it_is_no_submission(site: Site) -> None:
    """Also with a whole form and its work in it: nothing is looked for, nobody's look is counted, nothing is received."""
    before = (Request.objects.count(), Access.objects.count())
    form = site.form(1, "home", carried="1", birth_date="1985-03-27")
    with CaptureQueriesContext(connection) as seen:
        answer = post(f"{ASK}?kind=home", form)
    assert "request-number" not in answer.content.decode()
    assert not [one for one in seen if "voters_voter" in one["sql"] or "voters_find" in one["sql"]]
    assert (Request.objects.count(), Access.objects.count()) == before
    fresh = re.findall(r'name="challenge" value="([^"]*)"', answer.content.decode())[0]
    assert fresh != form["challenge"]
    del form["carried"]
    assert "request-number" in post(f"{ASK}?kind=home", form).content.decode(), (
        "its work was not spent by that"
    )


def test_the_own_proof_of_work_stands_before_the_submission(site: Site) -> None:
    page = post(f"{ASK}?kind=home", sent_along(looked_up(site, 1, "en")))
    fields = typed_in(page) | {"territory": "n1", "street": "Navoiy koʻchasi", "house": "7", "reason": "Ill"}
    challenge = re.findall(r'name="challenge" value="([^"]*)"', page.content.decode())[0]
    before = Request.objects.count()
    without = post(f"{ASK}?kind=home", fields | {"challenge": challenge, "work": "", "answer": ""})
    assert "There is a problem" in text_of(without)
    assert Request.objects.count() == before
    done = post(
        f"{ASK}?kind=home",
        fields | {"challenge": challenge, "work": challenges.solve(challenge), "answer": ""},
    )
    assert "request-number" in done.content.decode()


def test_it_tells_nothing_of_anybody(site: Site) -> None:
    """The page for somebody of the list and for a stranger are one page, after the same questions to the database."""
    pages, asked = [], []
    for number in (1, STRANGER):
        sent = {"carried": "1", "document": person(number)["document"], "birth_date": "1985-03-27"}
        with CaptureQueriesContext(connection) as seen:
            page = post(f"{ASK}?kind=inclusion", sent).content.decode()
        main = page.split("<main", 1)[1]
        main = re.sub(r'(name="challenge" value=")[^"]*|(for="answer">)[^<]*', "", main)
        pages.append(main.replace(person(number)["document"], ""))
        asked.append(len(seen))
    assert pages[0] == pages[1]
    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    "more", [{}, {"document": "<b>", "birth_date": "x"}, {"document": "A" * 9_000, "birth_date": "é" * 500}]
)
def test_odd_posts_fill_nothing_wrong_in(site: Site, more: dict[str, str]) -> None:
    answer = post(f"{ASK}?kind=correction", {"carried": "1", **more})
    assert answer.status_code == 200
    assert "<b>" not in answer.content.decode()
    assert typed_in(answer)["birth_day"] == ""
    assert len(typed_in(answer)["document"]) <= 70


def test_pages_of_other_sites_carry_nothing(site: Site) -> None:
    answer = post(f"{ASK}?kind=home", {"carried": "1"}, HTTP_SEC_FETCH_SITE="cross-site")
    assert answer.status_code == 403
    address = Client().get(f"/en/{ASK}?kind=home&carried=1&document=AD0000001")
    assert typed_in(address)["document"] == "", "nor does an address"  # type: ignore[arg-type]


def test_one_size_for_all(site: Site) -> None:
    for language in LANGUAGES:
        assert len({len(looked_up(site, number, language).encode()) for number in (1, 3, STRANGER)}) == 1
