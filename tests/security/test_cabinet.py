"""The cabinet under attack by those who are let in: addresses, forms and uploads that are made to break or to widen a mandate."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from tests.cabinet.conftest import bench, shared_bench
from tests.cabinet.people import Bench, sign_in
from tests.conftest import Clone

__all__ = ["bench", "shared_bench"]

CABINET = "/en/cabinet/"
NUL = [
    "cabinet/applications/%00/",
    "cabinet/applications/%00/check/",
    "cabinet/applications/%00/proposal/",
    "cabinet/my-applications/%00/",
    "cabinet/commissions/of/%00/",
    "cabinet/commissions/of/%00/add/",
    "cabinet/acceptance/%00/list/",
    "cabinet/protocols/%00/",
    "account/administration/%00/",
    "account/administration/?q=%00",
    "account/recovery/?code=%00",
    "account/link/%00/",
    "cabinet/apply/?election=%00",
    "cabinet/letters/new/?answers=%00",
    "cabinet/sessions/?q=%00&page=%00",
    "cabinet/drafts/?q=%00",
    "cabinet/dates/?q=%00",
    "cabinet/commissions/?q=%00",
    "cabinet/acceptance/?q=%00",
    "cabinet/commissions/import/members.%0d%0aSet-Cookie:a=b",
    "cabinet/commissions/import/members.x%22;filename*=UTF-8''evil.exe",
    "cabinet/sessions/99999999999999999999999/",
    "cabinet/decisions/99999999999999999999999/dissent/",
    "cabinet/notices/99999999999999999999999/",
    "cabinet/commissions/of/tec:n/remove/99999999999999999999999/",
    "account/recovery/99999999999999999999999/",
    "account/second-factor/passkeys/99999999999999999999999/remove/",
]


@pytest.mark.parametrize("address", NUL)
def test_no_address_breaks_the_site(shared_bench: Bench, address: str) -> None:
    from esaylov.registry.accounts.models import Account

    admin = Account.objects.filter(is_administrator=True).first() or Account.objects.open(
        is_administrator=True
    )
    clients = [shared_bench.clients[n] for n in ("cec chair", "tec chair", "pec chair", "pec member")] + [
        sign_in(admin)
    ]
    for client in clients:
        client.raise_request_exception = False
        for answer in (client.get(f"/en/{address}"), client.post(f"/en/{address}")):
            assert answer.status_code < 500, (address, answer.status_code)
            assert "evil" not in answer.headers.get("Content-Disposition", "")


def ask_twice(value: str) -> None:
    from esaylov.acts.statements import ask

    ask("SELECT %s::int", [1])
    ask("SELECT %s::text", [value])


def test_a_value_that_cannot_be_sent_leaves_the_connection_usable(shared_bench: Bench) -> None:
    """Else one request would spoil those that come after it on the same connection."""
    from django.db import Error

    from esaylov.acts.statements import fetch, together

    for value in ("\0", "\ud800"):
        with pytest.raises((Error, UnicodeEncodeError)):
            fetch("SELECT %s::text", [value])
        assert fetch("SELECT %s::int", [1]) == [(1,)]
        with pytest.raises((Error, UnicodeEncodeError)), together():
            ask_twice(value)
        assert fetch("SELECT %s::int", [2]) == [(2,)]


def test_an_ended_mandate_opens_nothing_on_a_clock_that_runs_ahead(bench: Bench) -> None:
    """A rehearsal's clock may stand far before the wall's: what ended on it has ended."""
    from esaylov.acts.context import get_context
    from esaylov.elections.queries import forget, set_clock
    from esaylov.registry.acts import EndMandate
    from tests.proceedings.acting import act
    from tests.registry.people import accepted, actors_of

    set_clock("door", datetime(2031, 1, 1, tzinfo=UTC))
    forget()
    assert get_context("door").set_time == datetime(2031, 1, 1, tzinfo=UTC)
    client = bench.clients["tec chair"]
    assert client.get(f"{CABINET}commissions/").status_code == 200
    chair = actors_of("door", "tec:n", datetime.now(UTC))["chair"]
    central = actors_of("", "cec", datetime.now(UTC))["chair"]
    accepted(act(EndMandate, "door", central, {"mandate": chair.mandate, "ground": "recalled"}))
    for page in ("commissions/", "commissions/of/pec:n1-1/", "sessions/", "applications/", "letters/"):
        assert client.get(f"{CABINET}{page}").status_code == 403, page


def test_a_body_proposes_under_its_own_kind_only(bench: Bench) -> None:
    from esaylov.proceedings.models import Application
    from tests.formation.test_proposals import ADDRESS, FORM, organisation

    employer = organisation("employer")
    employer.post(ADDRESS, FORM | {"proposer": "mahalla"})
    assert [one.public["by"] for one in Application.objects.all()] in ([], ["employer"])


def test_one_person_keeps_few_files(bench: Bench) -> None:
    from esaylov.formation import uploads
    from esaylov.formation.models import Upload
    from tests.registry.people import actors_of

    chair = actors_of("door", "tec:n", datetime.now(UTC))["chair"]
    for number in range(6):
        last = uploads.keep(chair, "door", f"{number}.csv", b"x")
        Upload.objects.filter(id=last).update(state=Upload.State.READ)
    assert Upload.objects.filter(person=chair.person, sealed__isnull=False).count() <= 3
    assert uploads.content(last) == b"x"


def test_a_motion_is_decided_once_and_where_it_waits(bench: Bench) -> None:
    from esaylov.proceedings.models import Motion
    from esaylov.proceedings.motions import propose
    from tests.proceedings.acting import adopt, open_session, sitting
    from tests.registry.people import accepted, codes

    chair, _ = sitting()
    here = propose(chair, "", title="On the lamp", text="It is repaired.")
    there = propose(chair, "door", title="On the door", text="It is repaired.")
    session = accepted(open_session("")).journal
    assert codes(adopt(session, "1", motion=there)) != []
    assert Motion.objects.get(pk=there).decided is None
    accepted(adopt(session, "1", motion=here))
    assert codes(adopt(session, "2", motion=here)) != []


def test_long_keys_and_codes_break_nothing(bench: Bench) -> None:
    from esaylov.proceedings.applications import ReturnApplication
    from tests.proceedings.acting import GENERAL, act, sitting
    from tests.registry.people import accepted

    client = Client(raise_request_exception=False)
    for end in ("b", "c"):
        sent = GENERAL | {"to": "cec", "election": "", "idempotency_key": "a" * 75 + end}
        answer = client.post(f"{CABINET}apply/", sent)
        assert answer.status_code == 200
    page = answer.content.decode()
    number, secret = re.search(r"\d{4}-\d{6}", page), re.search(r"(?:[A-Z0-9]{4}-){3}[A-Z0-9]{4}", page)
    assert number is not None
    assert secret is not None
    accepted(act(ReturnApplication, "", sitting()[0], {"application": number[0], "text": "No date."}))
    long = {"number": number[0], "secret": "-" * 30 + secret[0], "step": "repair"}
    answer = client.post(f"{CABINET}status/", GENERAL | long)
    assert answer.status_code == 200, answer.status_code


def test_who_enters_a_member_renames_nobody_who_sits_elsewhere(bench: Bench) -> None:
    from esaylov.acts import vault
    from tests.formation.test_proposals import organisation
    from tests.registry.people import SYSTEM, pinfl

    organisation()
    form = {
        "role": "member", "surname": "Evil", "given_name": "Evil", "birth_date": "02.01.1980", "education": "higher",
        "employer": "X", "decision": "5", "proposer": "mahalla",
    }  # fmt: skip
    address = f"{CABINET}commissions/of/pec:n1-1/add/"
    for number in (1, 900):  # the chair of the Central Commission, the head of an organisation
        bench.clients["tec chair"].post(address, form | {"pinfl": pinfl(number)})
        who = vault.find("pinfl", [pinfl(number)])[pinfl(number)]
        record = vault.read([who], ("surname", "pinfl"), by=SYSTEM, purpose="test")[who]
        assert record == {"surname": f"Sinov{number}", "pinfl": pinfl(number)}


def test_whose_mandate_has_run_out_hears_of_no_letter(bench: Bench, db_clone: Clone) -> None:
    from datetime import timedelta

    import psycopg

    from esaylov.proceedings.letters import SendLetter
    from esaylov.proceedings.models import Letter
    from esaylov.proceedings.pages.writing import tell_recipients
    from esaylov.registry.organisations import GrantMandate
    from tests.formation.test_proposals import organisation
    from tests.proceedings.acting import act
    from tests.registry.people import accepted, actors_of, member

    organisation()
    central = actors_of("", "cec", datetime.now(UTC))["chair"]
    ended = {"organisation": "org:m", "role": "head", "member": member(901)}
    until = datetime.now(UTC) + timedelta(days=1)
    accepted(act(GrantMandate, "", central, ended | {"valid_until": until}))
    with psycopg.connect(db_clone.urls.superuser) as raw:  # a day passes
        raw.execute("SET session_replication_role = replica")
        raw.execute("UPDATE registry_mandate SET valid_until = now() WHERE valid_until IS NOT NULL")
    letter = {"bodies": frozenset({"org:m"}), "subject": "On lamps", "text": "Count them."}
    sent = accepted(act(SendLetter, "", central, letter))
    assert tell_recipients(Letter.objects.get(journal=sent.journal), sent) == 1


def test_the_log_keeps_no_secret_of_a_link(shared_bench: Bench) -> None:
    import logging

    from esaylov.registry.accounts import links

    token = links.invitation(shared_bench.accounts["bystander"], shared_bench.accounts["cec chair"])
    (handler,) = [one for one in logging.getLogger().handlers if one.name == "stderr"]
    lines: list[str] = []
    handler.emit = lambda record: lines.append(handler.format(record))  # type: ignore[method-assign]
    try:
        answer = Client(enforce_csrf_checks=True).post(f"/en/account/link/{token}/", {"password1": "x"})
    finally:
        del handler.emit
    assert answer.status_code == 403
    assert lines
    assert token not in "".join(lines)


@pytest.mark.parametrize(
    "page", ["sessions/open/", "letters/new/", "switch/", "notices/", "apply/", "drafts/new/"]
)
def test_no_form_is_taken_without_the_token_of_its_session(shared_bench: Bench, page: str) -> None:
    client = sign_in(shared_bench.accounts["cec chair"], enforce_csrf_checks=True)
    assert client.post(f"{CABINET}{page}", {"x": "y"}).status_code == 403
