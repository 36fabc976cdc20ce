"""Organisations enter through pages: the Central Commission names a head, the head the others; and a mandate ends alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from esaylov.acts import vault
from esaylov.registry.accounts.models import Account
from esaylov.registry.models import Mandate, MandateEnd, Organisation
from esaylov.registry.queries import mandates_of
from tests.cabinet.people import Bench, sign_in
from tests.registry.people import held, pinfl

BASE = "/en/cabinet/organisations/"
PARTY = {"kind": "party", "code": "yangi", "uz": "Yangi partiya", "ru": "Новая партия"}


def person(number: int, role: str, **more: str) -> dict[str, str]:
    return {"role": role, "pinfl": pinfl(number), "surname": "Sinov", "given_name": "Vakil"} | more


def head_of(bench: Bench) -> Client:
    """A client of the head of a party that was entered in the pages."""
    central = bench.clients["cec chair"]
    answer = central.post(f"{BASE}new/", PARTY | {"idempotency_key": "k1"})
    assert answer.headers["Location"] == f"{BASE}of/org:yangi/people/new/"
    answer = central.post(answer.headers["Location"], person(801, "head", idempotency_key="k2"))
    assert answer.status_code == 302, answer.content.decode()
    (row,) = Mandate.objects.filter(organisation__code="org:yangi")
    return sign_in(Account.objects.open(person=row.person_id))


def test_from_nothing_to_a_representative(bench: Bench) -> None:
    head = head_of(bench)
    assert Organisation.objects.get(code="org:yangi").names == {"uz": "Yangi partiya", "ru": "Новая партия"}
    page = head.get("/en/cabinet/organisation/").content.decode()
    assert "Sinov Vakil" in page
    assert "My organisation" in head.get("/en/cabinet/").content.decode()
    form = f"{BASE}of/org:yangi/people/new/"
    answer = head.post(form, person(802, "representative", valid_until="31.12.2099", idempotency_key="k3"))
    assert answer.headers["Location"] == "/en/cabinet/organisation/"
    row = Mandate.objects.get(organisation__code="org:yangi", role="representative")
    assert row.valid_until is not None
    assert row.valid_until.isoformat() == "2099-12-31T19:00:00+00:00"  # midnight in Tashkent
    assert [one.role for one in mandates_of(row.person_id, datetime.now(UTC))] == ["representative"]
    page = bench.clients["cec chair"].get(f"{BASE}of/org:yangi/").content.decode()
    assert page.count("Sinov Vakil") >= 2
    assert vault.looks(row.person_id, 10)[0].body == "cec"
    assert "Yangi partiya" in bench.clients["cec chair"].get(BASE).content.decode()
    listed = bench.clients["cec chair"].get(f"{BASE}?q=yangi&kind=media").content.decode()
    assert "Yangi partiya" not in listed


def test_a_mandate_ends_and_stays_in_the_history(bench: Bench) -> None:
    head = head_of(bench)
    head.post(f"{BASE}of/org:yangi/people/new/", person(802, "staff", idempotency_key="k3"))
    row = Mandate.objects.get(organisation__code="org:yangi", role="staff")
    page = f"{BASE}of/org:yangi/people/{row.pk}/end/"
    assert "cannot be undone" in head.get(page).content.decode()
    assert head.post(page, {"ground": "recalled", "idempotency_key": "k4"}).status_code == 302
    assert MandateEnd.objects.get(mandate=row.pk).ground == "recalled"
    assert "Who acted for it before" in head.get("/en/cabinet/organisation/").content.decode()
    assert head.get(page).status_code == 404


def test_findings_stand_beside_the_fields(bench: Bench) -> None:
    head = head_of(bench)
    again = bench.clients["cec chair"].post(f"{BASE}new/", PARTY | {"idempotency_key": "k9"})
    assert "R08" in again.content.decode()
    wrong = bench.clients["cec chair"].post(f"{BASE}new/", PARTY | {"code": "Yangi partiya"})
    assert "lower-case Latin letters" in wrong.content.decode()
    form = f"{BASE}of/org:yangi/people/new/"
    assert "R14" in head.post(form, person(801, "head", idempotency_key="k5")).content.decode()
    late = head.post(form, person(803, "staff", valid_until="2020-01-01", idempotency_key="k6"))
    assert "R13" in late.content.decode()
    assert Mandate.objects.filter(organisation__code="org:yangi").count() == 1


def test_who_may_not(bench: Bench) -> None:
    head = head_of(bench)
    other = Organisation.objects.get(code="org:yangi")
    for who in ("tec chair", "pec chair", "cec member", "bystander"):
        for path in ("", "new/", f"of/{other.code}/", f"of/{other.code}/people/new/"):
            assert bench.clients[who].get(BASE + path).status_code == 403, (who, path)
    assert head.get(BASE).status_code == 403
    assert head.get(f"{BASE}of/org:another/people/new/").status_code == 404
    assert bench.clients["cec chair"].get("/en/cabinet/organisation/").status_code == 403


@pytest.mark.parametrize(("who", "status"), [("tec chair", 302), ("cec chair", 404), ("pec chair", 403)])
def test_a_single_mandate_ends(bench: Bench, who: str, status: int) -> None:
    """Before anybody follows: the forming commission ends it, whoever remains; nobody else has the page."""
    (*_, last) = held("door", "pec:n1-1", datetime.now(UTC))
    page = f"/en/cabinet/commissions/of/pec:n1-1/end/{last.id}/"
    answer = bench.clients[who].post(page, {"ground": "died", "decision": "12-3", "idempotency_key": "k"})
    assert answer.status_code == status
    assert MandateEnd.objects.filter(mandate=last.id).exists() is (status == 302)
    page_of = bench.clients["tec chair"].get("/en/cabinet/commissions/of/pec:n1-1/").content.decode()
    assert f'data-label="Number of the mandate">{last.id}<' in page_of or status == 302
    link = bench.clients["tec chair"].get(f"/en/cabinet/commissions/of/pec:n1-1/remove/{last.id}/")
    assert link.status_code == (404 if status == 302 else 200)
    assert status == 302 or page in link.content.decode()
