"""Tokens of persons under attack: another's, an ended one, one in an address or in the log, one of another election."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.test import Client, RequestFactory

from esaylov.acts.api import outsider
from esaylov.acts.context import get_context
from esaylov.acts.powers import Power
from esaylov.cabinet.models import Notice
from esaylov.registry.accounts import factors, recovery, throttle
from esaylov.registry.accounts import programs as tokens
from esaylov.registry.accounts.models import Account, Event, ProgramToken
from esaylov.registry.accounts.parameters import PARAMETERS
from tests.acts.election import count, form, world
from tests.acts.programs import Programs
from tests.acts.test_roles import said
from tests.cabinet.people import sign_in

PROGRAMS = "/en/cabinet/programs/"
NEW, END = f"{PROGRAMS}new/", f"{PROGRAMS}end/"
TOKEN = re.compile(r"esaylov_[\w-]{43}")
SECRETARY = "PEC secretary"
CHECK = "protocols/check"


def desk(programs: Programs, who: str) -> Client:
    """The browser of a person who has just shown password and second factor."""
    client = sign_in(programs.accounts[who])
    request = RequestFactory().get("/")
    request.session = client.session
    record_authentication(request, programs.accounts[who], "password", reauthenticated=True)
    request.session.save()
    return client


def asked(programs: Programs, who: str, **more: Any) -> dict[str, Any]:
    return {"name": "Counting", "mandate": programs.actors[who].mandate, "days": 30} | more


def works(programs: Programs, who: str) -> bool:
    return bool(programs.post(CHECK, form("n1-1"), who).status_code == 200)


class TestPages:
    def test_the_whole_way(self, programs: Programs) -> None:
        client = desk(programs, SECRETARY)
        page = client.post(NEW, asked(programs, SECRETARY))
        (secret,) = set(TOKEN.findall(page.content.decode()))
        assert "no-store" in page.headers["Cache-Control"]
        assert (
            Notice.objects.get(person=programs.accounts[SECRETARY].person).code == "cabinet.program-admitted"
        )
        programs.tokens[SECRETARY] = secret
        listed = client.get(PROGRAMS).content.decode()
        assert "Counting" in listed
        assert "never" in listed
        assert secret not in listed
        assert programs.post("protocols", form("n1-1"), SECRETARY).status_code == 201
        assert "never" not in client.get(PROGRAMS).content.decode().split("Counting")[1].split("</tr>")[0]
        made = ProgramToken.objects.get(name="Counting")
        assert secret.encode() not in bytes(made.digest)
        assert client.post(END, {"number": made.pk}).status_code == 302
        assert not works(programs, SECRETARY)
        events = Event.objects.filter(account=programs.accounts[SECRETARY].pk).order_by("pk")
        assert [one.code for one in events][-2:] == ["program-admitted", "program-refused"]
        assert all("Counting" not in str(one.detail) and secret not in str(one.detail) for one in events)

    def test_who_was_not_asked_again_who_it_is_makes_none(self, programs: Programs) -> None:
        client = sign_in(programs.accounts[SECRETARY])
        before = ProgramToken.objects.count()
        for answer in (client.get(NEW), client.post(NEW, asked(programs, SECRETARY))):
            assert answer.status_code == 302
            assert "second-factor/again" in answer.url or "reauthenticate" in answer.url
        assert ProgramToken.objects.count() == before

    def test_without_a_second_factor_there_is_none(self, programs: Programs) -> None:
        who = "PEC member"
        client = desk(programs, who)
        factors.remove_factors(programs.accounts[who], None)
        session = client.session
        del session["factor"]
        session.save()
        answer = client.post(NEW, asked(programs, who))
        assert (answer.status_code, answer.url) == (302, "/en/account/set-up/")

    @pytest.mark.parametrize(
        "more", [{"days": 0}, {"days": 91}, {"days": "x"}, {"name": ""}, {"mandate": "x"}]
    )
    def test_bad_input_is_named(self, shared_programs: Programs, more: dict[str, Any]) -> None:
        before = ProgramToken.objects.count()
        answer = desk(shared_programs, SECRETARY).post(NEW, asked(shared_programs, SECRETARY, **more))
        assert answer.status_code == 200
        assert f'href="#id_{next(iter(more))}' in answer.content.decode()
        assert ProgramToken.objects.count() == before

    def test_nobody_admits_a_program_for_the_mandate_of_another(self, shared_programs: Programs) -> None:
        of_the_chair = asked(shared_programs, SECRETARY, mandate=shared_programs.actors["TEC chair"].mandate)
        answer = desk(shared_programs, SECRETARY).post(NEW, of_the_chair)
        assert not TOKEN.search(answer.content.decode())
        account = shared_programs.accounts[SECRETARY]
        with pytest.raises(tokens.ProgramError):
            tokens.admit(account, int(of_the_chair["mandate"]), "x", 1)

    def test_an_administrator_makes_none_that_acts(self, programs: Programs) -> None:
        administrator = programs.accounts["administrator"]
        client = desk(programs, "administrator")
        assert client.get(PROGRAMS).status_code == 200
        assert client.get(NEW).status_code == 403
        mandate = programs.actors["CEC secretary"].mandate
        assert client.post(NEW, {"name": "x", "mandate": mandate, "days": 1}).status_code == 403
        with pytest.raises(tokens.ProgramError):
            tokens.admit(administrator, int(mandate or 0), "x", 1)
        # Even one that was put into the table by hand is nobody's.
        token = tokens.TOKEN_PREFIX + "x" * 43
        ProgramToken.objects.filter(account=programs.accounts[SECRETARY]).update(
            account=administrator, digest=tokens.digest(token)
        )
        programs.tokens["administrator"] = token
        assert said(programs.post(CHECK, form("n1-1"), "administrator")) == (401, ["A00"])

    def test_nobody_takes_back_the_access_of_another(self, programs: Programs) -> None:
        number = ProgramToken.objects.get(account=programs.accounts[SECRETARY]).pk
        for value in (number, -1, "x", "9" * 30, "²"):
            assert desk(programs, "TEC chair").post(END, {"number": value}).status_code == 302
        assert works(programs, SECRETARY)

    def test_few_at_a_time(self, programs: Programs) -> None:
        account, mandate = programs.accounts[SECRETARY], int(programs.actors[SECRETARY].mandate or 0)
        for _ in range(PARAMETERS.program_tokens - 1):
            tokens.admit(account, mandate, "x", 1)
        with pytest.raises(tokens.ProgramError, match="as many programs"):
            tokens.admit(account, mandate, "x", 1)
        tokens.end_all(account, account)
        with pytest.raises(tokens.ProgramError, match="Too many attempts"):
            tokens.admit(account, mandate, "x", 1)


class TestEnds:
    def test_with_its_date_and_the_mandates(self, programs: Programs) -> None:
        assert works(programs, SECRETARY)
        mine = ProgramToken.objects.filter(account=programs.accounts[SECRETARY])
        assert mine.get().expires_at <= datetime.now(UTC) + timedelta(days=30)
        mine.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
        assert said(programs.post(CHECK, form("n1-1"), SECRETARY)) == (401, ["A00"])
        assert said(programs.post(CHECK, form("n1-1"), "ended mandate")) == (401, ["A00"])

    def test_an_account_that_is_opened_again_opens_no_token(self, programs: Programs) -> None:
        account = programs.accounts["disabled account"]
        Account.objects.filter(pk=account.pk).update(is_active=True, disabled_at=None)
        assert said(programs.post(CHECK, form("n1-1"), "disabled account")) == (401, ["A00"])
        assert "programs-ended" in Event.objects.filter(account=account.pk).values_list("code", flat=True)

    def test_with_a_recovery(self, programs: Programs) -> None:
        account = programs.accounts[SECRETARY]
        found = recovery.ask(account, "factor", account)
        recovery.approve(found.pk, programs.accounts["TEC chair"], "tec:n")
        recovery.approve(found.pk, programs.accounts["CEC secretary"], "cec")
        type(found).objects.update(approved_at=datetime.now(UTC) - timedelta(hours=13))
        link = recovery.link(found.pk, programs.accounts["TEC chair"])
        assert works(programs, SECRETARY)
        assert recovery.finish(link, account)
        assert not works(programs, SECRETARY)

    def test_with_the_last_second_factor_and_with_signing_out_everywhere(self, programs: Programs) -> None:
        who = "PEC member"  # whose role needs no second factor
        client = desk(programs, who)
        assert Authenticator.objects.filter(user=programs.accounts[who]).exists()
        assert client.post("/en/account/second-factor/app/remove/").status_code == 302
        assert not works(programs, who)
        assert (
            desk(programs, SECRETARY).post("/en/account/devices/end/", {"which": "everywhere"}).status_code
            == 302
        )
        assert not works(programs, SECRETARY)


class TestAttacks:
    def test_it_acts_as_the_person_does_in_the_cabinet(self, programs: Programs) -> None:
        found = tokens.actor_of(programs.tokens[SECRETARY])
        assert found == programs.actors[SECRETARY]
        assert programs.post("protocols", form("n1-1"), SECRETARY).status_code == 201
        assert count("acts_journal", "code = 'results.submit_protocol' AND body = 'pec:n1-1'") == 1

    @pytest.mark.parametrize(
        "where", ["token={}", "access_token={}", "x={}", "{}", "ACCESS_TOKEN=x", "Authorization=Bearer+{}"]
    )
    def test_a_token_in_the_address_is_refused(self, shared_programs: Programs, where: str) -> None:
        token = shared_programs.tokens[SECRETARY]
        for headers in ({}, shared_programs.headers(SECRETARY)):
            address = f"/api/elections/door/{CHECK}?{where.format(token)}"
            answer = Client().post(address, form("n1-1"), "application/json", headers=headers)
            assert said(answer) == (400, ["A06"])
            assert answer.json()["error"] == "token_in_address"
        assert said(Client().get(f"/api/elections?{where.format(token)}")) == (400, ["A06"])
        assert Client().get(f"/api/elections/{token}").status_code == 404

    def test_the_log_keeps_no_token(self, shared_programs: Programs) -> None:
        token = shared_programs.tokens[SECRETARY]
        (handler,) = [one for one in logging.getLogger().handlers if one.name == "stderr"]
        lines: list[str] = []
        handler.emit = lambda record: lines.append(handler.format(record))  # type: ignore[method-assign]
        try:
            Client().get(f"/api/{token}")
            Client().get(f"/api/elections?token={token}")
            logging.getLogger("esaylov").error("a fault with %s", f"Bearer {token}")
        finally:
            del handler.emit
        assert len(lines) >= 2
        assert token not in "".join(lines)

    def test_of_another_election(self, programs: Programs, tmp_path: Path) -> None:
        with world(tmp_path, name="other") as other:
            for who in (SECRETARY, "TEC chair", "PEC member"):
                for path in ("protocols", CHECK, "acceptances"):
                    body = (
                        form("n1-1")
                        if path != "acceptances"
                        else {"precinct": "n1-1", "contest": "k", "decision": "1"}
                    )
                    headers = programs.headers(who)
                    answer = other.client.post(
                        f"/api/elections/other/{path}", body, "application/json", headers=headers
                    )
                    assert said(answer) == (403, ["A01"]), (who, path)
            central = other.client.post(
                f"/api/elections/other/{CHECK}",
                form("n1-1"),
                "application/json",
                headers=programs.headers("CEC secretary"),
            )
            assert central.status_code == 200

    def test_another_place_than_its_own(self, shared_programs: Programs) -> None:
        assert said(shared_programs.post("protocols", form("n1-2"), SECRETARY)) == (403, ["A01"])
        far = {"precinct": "s1-1", "contest": "list", "decision": "1"}
        assert said(shared_programs.post("acceptances", far, "TEC chair")) == (403, ["A01"])

    def test_who_may_not_take_the_act_gets_no_receipt_of_it(self, programs: Programs) -> None:
        """The very figures that an officer sent are one act with one receipt: for those who may send them."""
        body, turnout = form("n1-1"), {"precinct": "n1-1", "voters": 12}
        for path, sent in (("protocols", body), ("turnout", turnout)):
            first = programs.post(path, sent, SECRETARY)
            assert first.status_code == 201
            assert programs.post(path, sent, SECRETARY).content == first.content
            for who in ("PEC member", "party head", "TEC chair"):
                assert said(programs.post(path, sent, who)) == (403, ["A01"]), (path, who)

    @pytest.mark.parametrize(
        "value",
        [
            "Bearer {}x",
            "Bearer {} ",
            "bearer  {}",
            "Basic {}",
            "{}",
            "Bearer esaylov_",
            "Bearer esaylov_\x00",
            "Bearer " + "é" * 40,
        ],
    )
    def test_what_is_not_quite_the_token(self, shared_programs: Programs, value: str) -> None:
        header = value.format(shared_programs.tokens[SECRETARY])
        answer = Client().post(
            f"/api/elections/door/{CHECK}",
            form("n1-1"),
            "application/json",
            headers={"Authorization": header},
        )
        assert answer.status_code in ({200, 401} if header.strip().lower().startswith("bearer") else {401})
        if header.strip() != header or header[-1] == "x":
            assert answer.status_code in {200, 401}

    def test_a_session_is_no_token(self, shared_programs: Programs) -> None:
        client = sign_in(shared_programs.accounts[SECRETARY])
        answer = client.post(f"/api/elections/door/{CHECK}", form("n1-1"), "application/json")
        assert said(answer) == (401, ["A00"])

    def test_many_wrong_ones_are_held_up_and_no_right_one(
        self, programs: Programs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tokens, "PARAMETERS", replace(PARAMETERS, network_every=3600))
        request = RequestFactory().post("/", REMOTE_ADDR="127.0.0.1")
        for _ in range(PARAMETERS.network_burst):
            tokens.count_wrong(request)
        wrong = programs.world.post(CHECK, form("n1-1"), "esaylov_" + "x" * 43)
        assert said(wrong) == (429, ["A05"])
        assert wrong.json()["error"] == "too_many"
        assert works(programs, SECRETARY)
        assert programs.world.post(CHECK, form("n1-1"), "cec").status_code == 200
        with pytest.raises(throttle.TooMany):
            tokens.count_wrong(request)

    def test_few_questions_to_the_database(
        self, shared_programs: Programs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked_of: list[str] = []
        whole = tokens.fetch
        monkeypatch.setattr(
            tokens,
            "fetch",
            lambda statement, values: (asked_of.append(statement), whole(statement, values))[1],
        )
        for _ in range(3):
            assert works(shared_programs, "TEC chair")
        assert asked_of.count(tokens.ACTOR) == 3
        assert asked_of.count(tokens.USED) <= 1


def test_a_rehearsals_clock_ends_it_too(shared_programs: Programs) -> None:
    """A mandate that ends on a clock ahead of the wall's has ended, for the check of a draft as for an act."""
    ahead = replace(get_context("door"), set_time=datetime(2031, 1, 1, tzinfo=UTC), clock_is_set=True)
    actor = replace(shared_programs.actors[SECRETARY], until=datetime(2030, 1, 1, tzinfo=UTC))
    refused = outsider(actor, ahead, Power.SUBMIT_PROTOCOL)
    assert refused is not None
    assert [one.code for one in refused.findings] == ["A02"]
    assert outsider(actor, get_context("door"), Power.SUBMIT_PROTOCOL) is None
