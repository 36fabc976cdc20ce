"""Several requests are refused at once: an act for each, late ones said to be late, whatever cannot be refused stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.http import HttpResponse

from esaylov.acts.models import Journal
from esaylov.custody.client import CustodianDown
from esaylov.elections.models import Election
from esaylov.voters.requests import acts, refusing
from esaylov.voters.requests.models import Request, RequestDecision
from tests.voters.requests.conftest import START
from tests.voters.requests.site import STATUS, Site, post, site_of, text_of

PAGE = "/en/cabinet/voters/requests/refuse/"
WORDS = "Nobody brought papers of an illness."


@pytest.fixture(scope="module")
def site(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_of(tmp_path_factory.mktemp("site")) as made:
        yield made


def refuse(
    site: Site, numbers: list[str], who: str = "pec chair", key: str = "k", **more: str
) -> HttpResponse:
    sent = {"idempotency_key": key, "reason": "not-proven", "explanation": WORDS, "number": numbers, **more}
    answer = site.bench.clients[who].post(PAGE, sent)
    assert isinstance(answer, HttpResponse)
    return answer


def verdicts(numbers: list[str]) -> list[str]:
    rows = RequestDecision.objects.filter(request__number__in=numbers)
    found = dict(rows.values_list("request__number", "verdict"))
    return [found.get(number, "") for number in numbers]


def test_each_gets_a_decision_of_its_own(site: Site) -> None:
    asked = [site.asked(voter, "home") for voter in (1, 4, 7)]
    numbers = [number for number, _ in asked]
    page = site.bench.clients["pec chair"].get(PAGE).content.decode()
    assert all(number in page for number in numbers)
    assert (
        "Refuse several requests"
        in site.bench.clients["pec chair"].get("/en/cabinet/voters/requests/").content.decode()
    )
    answer = refuse(site, numbers, key="three")
    assert answer.status_code == 200
    assert "3 requests are refused" in text_of(answer)
    assert verdicts(numbers) == ["refused"] * 3
    entries = Journal.objects.filter(
        id__in=RequestDecision.objects.filter(request__number__in=numbers).values("journal")
    )
    assert {entry.code for entry in entries} == {"voters.decide_request"}
    assert len(entries) == 3
    assert len(set(re.findall(r'<code class="long">([0-9a-f]{64})<', answer.content.decode()))) == 3
    for number, code in asked:
        assert WORDS in text_of(post(STATUS, {"number": number, "secret": code}))
    before = Journal.objects.count()
    again = refuse(site, numbers, key="three")
    assert "3 requests are refused" in text_of(again), "sent twice it is one"
    assert Journal.objects.count() == before


def test_late_ones_are_said_to_be_late(site: Site) -> None:
    old, _ = site.asked(1, "home")
    Election.objects.filter(id=site.bench.election).update(set_time=START + timedelta(hours=25))
    try:
        new, _ = site.asked(4, "home")
        page = text_of(site.bench.clients["pec chair"].get(PAGE))  # type: ignore[arg-type]
        assert "1 of them is overdue: its decision will be said to be late." in page
        answer = text_of(refuse(site, [old, new], key="late"))
        assert f"{old} : visit at home, late ." in answer
        assert f"{new} : visit at home, in time." in answer
        late = dict(
            RequestDecision.objects.filter(request__number__in=[old, new]).values_list(
                "request__number", "late"
            )
        )
        assert late == {old: True, new: False}
    finally:
        Election.objects.filter(id=site.bench.election).update(set_time=START)


def test_what_cannot_be_refused_stays_with_its_reason(site: Site) -> None:
    fine, decided, foreign = (site.asked(voter, "home")[0] for voter in (1, 4, 2))
    assert verdicts([decided]) == [""]
    refuse(site, [decided], key="before")
    answer = refuse(site, [fine, decided, foreign, "R-2222-22", "nonsense"], key="mixed")
    assert answer.status_code == 422
    page = text_of(answer)
    assert "1 request is refused" in page
    assert "3 requests are not refused" in page
    assert f"{decided}: This request was decided already" in page
    assert verdicts([fine, decided, foreign]) == ["refused", "refused", ""]
    assert Request.objects.get(number=foreign).precinct_id != Request.objects.get(number=fine).precinct_id


def test_nothing_is_lost_when_the_custodian_goes(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came before stands; the others stay selected, the text stays in the form, and the same form goes on."""
    numbers = sorted(site.asked(voter, "early")[0] for voter in (1, 4, 7))
    real, calls = acts.client.seal_rows, iter([True, False])

    def sealed(*given: object, **names: object) -> list[bytes]:
        if next(calls, False):
            return real(*given, **names)  # type: ignore[arg-type]
        raise CustodianDown("gone")

    with monkeypatch.context() as patch:
        patch.setattr(acts.client, "seal_rows", sealed)
        answer = refuse(site, numbers, key="broken")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert verdicts(numbers) == ["refused", "", ""]
    assert WORDS in page
    chosen = re.findall(r'name="number" value="(R-[^"]+)" checked', page)
    assert chosen == numbers[1:]
    assert page.count("The records cannot be opened now") >= 2
    assert refuse(site, chosen, key="broken").status_code == 200
    assert verdicts(numbers) == ["refused"] * 3


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"explanation": " "}, "This field is required"),
        ({"reason": ""}, "This field is required"),
        ({"reason": "no such"}, "Select a valid choice"),
        ({"explanation": "a\x07b"}, ""),
    ],
)
def test_a_reason_and_words_are_needed(site: Site, more: dict[str, str], said: str) -> None:
    number, _ = site.asked(1, "home")
    answer = refuse(site, [number], key=f"needs {said} {sorted(more)}", **more)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert f'value="{number}" checked' in answer.content.decode()
    assert verdicts([number]) == [""]
    refuse(site, [number], key=f"away {number}")


def test_none_selected(site: Site) -> None:
    assert "Select the requests that are to be refused." in text_of(refuse(site, []))
    said = text_of(refuse(site, [], reason=""))
    assert "Select the requests that are to be refused." in said, "beside what else is missing"
    assert "This field is required" in said


def test_of_one_kind(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    home, early = site.asked(1, "home")[0], site.asked(1, "early")[0]
    page = site.bench.clients["pec chair"].get(f"{PAGE}?kind=early").content.decode()
    assert early in page
    assert home not in page
    monkeypatch.setattr(refusing, "MOST", 1)
    assert "more request waits" in text_of(site.bench.clients["pec chair"].get(PAGE))  # type: ignore[arg-type]


@pytest.mark.parametrize("who", ["pec member", "cec chair"])
def test_whose_matter_it_is(site: Site, who: str) -> None:
    assert site.bench.clients[who].get(PAGE).status_code == 403
    other, _ = site.asked(1, "home")
    assert refuse(site, [other], "other pec chair", key="other").status_code == 422
    assert verdicts([other]) == [""]


def test_a_day_of_many(site: Site) -> None:
    """Forty equal ones."""
    numbers = [site.asked(1 + 3 * (at % 4), "home")[0] for at in range(40)]
    answer = refuse(site, numbers, key="forty")
    assert "40 requests are refused" in text_of(answer)
    assert verdicts(numbers) == ["refused"] * 40
