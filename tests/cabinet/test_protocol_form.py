"""A protocol through the precinct's cabinet: check, read over, submit, receipt; and the higher commission's answer."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

from django.test import Client

from esaylov.acts.door import Submission, perform
from esaylov.design.numbers import whole
from esaylov.registry.acts import EndMandate
from tests.acts.election import count
from tests.cabinet.people import Bench, protocol_data, sign_in
from tests.registry.people import accepted, actors_of, held

FORM = "/en/cabinet/protocols/list/"
PLACE = "/en/cabinet/acceptance/n1-1/list/"


def sent(client: Client, step: str, **more: Any) -> Any:
    return client.post(FORM, protocol_data(step=step, **more))


def submitted(bench: Bench, **more: Any) -> Any:
    return sent(bench.clients["pec chair"], "submit", **more)


def tabulated(bench: Bench) -> None:
    from esaylov.acts.models import Entry
    from esaylov.results.tabulation import Tabulator

    bench.world.sequence()
    Tabulator("door").advance(Entry.objects.filter(index__isnull=False).count())


def test_check_records_nothing(bench: Bench) -> None:
    before = count("acts_journal")
    text = sent(bench.clients["pec chair"], "check").content.decode()
    assert "All control relations hold" in text
    assert "Read over and submit" in text
    text = sent(bench.clients["pec chair"], "read").content.decode()
    assert "Submit this protocol?" in text
    assert count("acts_journal") == before


def test_a_protocol_and_its_receipt(bench: Bench) -> None:
    answer = submitted(bench)
    assert answer.status_code == 302
    page = bench.clients["pec chair"].get(answer.headers["Location"])
    assert "The protocol is recorded" in page.content.decode()
    file = bench.clients["pec chair"].get(answer.headers["Location"] + "receipt.txt")
    assert file.headers["Content-Disposition"] == 'attachment; filename="receipt-n1-1-list.txt"'
    leaf = answer.headers["Location"].rstrip("/").rpartition("/")[2]
    text = page.content.decode()
    assert leaf in text
    for name, figure in protocol_data().items():
        if name != "idempotency_key":
            assert f'<td class="number">{whole(int(figure), "en")}</td>' in text, "what was submitted"
    assert 'href="/en/cabinet/protocols/d1/">Submit the protocol: ' in text, "the one that is due next"
    assert b"\xe2\x80\x94" in file.content, "a signed note"
    assert count("results_protocol") == 1


def test_sent_twice_is_one_protocol(bench: Bench) -> None:
    first, second = submitted(bench), submitted(bench)
    assert first.headers["Location"] == second.headers["Location"]
    assert count("results_protocol") == 1
    again = submitted(bench, idempotency_key="another key")
    assert again.headers["Location"] == first.headers["Location"], "the same figures are the same act"
    assert count("results_protocol") == 1


def test_one_key_with_other_figures(bench: Bench) -> None:
    submitted(bench)
    answer = submitted(bench, seed=5)
    assert answer.status_code == 200
    assert "I01" in answer.content.decode()
    assert count("results_protocol") == 1


def test_an_error_stops_the_draft_not_the_signed_paper(bench: Bench) -> None:
    chair = bench.clients["pec chair"]
    text = sent(chair, "check", broken=True).content.decode()
    assert "The figures do not fit together" in text
    assert 'href="#id_line-4"' in text
    sides = re.findall(r"line 5: [^<(]*; votes: [^<(]* \+ line 7: [^<(]* = [^<(]*; Difference: [\d\s]+", text)
    assert len(sides) == 4, "in the summary, at the line, at the sum of the votes, among the relations"
    assert re.search(r"control relations? holds?</summary>", text), "what holds is folded"
    text = sent(chair, "submit", broken=True).content.decode()
    assert "Confirm that these figures stand on the signed paper" in text
    assert count("results_protocol") == 0
    answer = sent(chair, "submit", broken=True, paper="yes")
    assert answer.status_code == 302
    assert "received, inconsistent" in chair.get(answer.headers["Location"]).content.decode()


def test_what_is_no_number_is_kept_and_named(bench: Bench) -> None:
    chair = bench.clients["pec chair"]
    for wrong in ("", "-1", "1.5", "12a", "٣", "99999999999", "2147483648"):
        data = protocol_data(step="submit") | {"line-2": wrong}
        text = chair.post(FORM, data).content.decode()
        assert 'id="error-summary-title"' in text, wrong
        assert f'value="{wrong}"' in text or not wrong
    data = protocol_data(step="check") | {"line-0": "20\u202f000", "line-1": "20 010"}
    assert "All control relations hold" in chair.post(FORM, data).content.decode()
    assert count("results_protocol") == 0


def test_the_form_is_of_the_own_precinct_only(bench: Bench) -> None:
    """No address names a precinct, and what a form adds is not read."""
    sent(bench.clients["other pec chair"], "submit", precinct="n1-1")
    assert (
        count("results_protocol", "precinct_id = (SELECT id FROM registry_precinct WHERE code = 'n1-1')") == 0
    )
    assert count("results_protocol") == 1
    assert bench.clients["pec chair"].get("/en/cabinet/protocols/d2/").status_code == 404
    assert bench.clients["pec chair"].get("/en/cabinet/protocols/nothing/").status_code == 404


def test_a_receipt_of_another_precinct(bench: Bench) -> None:
    address = submitted(bench).headers["Location"]
    assert bench.clients["other pec chair"].get(address).status_code == 404
    assert bench.clients["other pec chair"].get(address + "receipt.txt").status_code == 404
    assert bench.clients["tec chair"].get(address).status_code == 403
    assert bench.clients["pec member"].get(address).status_code == 403


def test_a_second_protocol_needs_asking_for(bench: Bench) -> None:
    submitted(bench)
    chair = bench.clients["pec chair"]
    text = chair.get(FORM).content.decode()
    assert "A submitted protocol is not changed here" in text
    assert "kept beside it as conflicting" in chair.get(FORM + "?another=1").content.decode()


def test_who_finds_a_mistake_asks_for_the_return(bench: Bench) -> None:
    """A letter to the commission that received the protocol, with precinct and contest; whose it is not writes none."""
    submitted(bench)
    chair = bench.clients["pec chair"]
    link = re.search(
        r'<a class="action action-plain" href="([^"]*)">Ask for its return</a>',
        chair.get(FORM).content.decode(),
    )
    assert link is not None
    page = chair.get(unescape(link[1])).content.decode()
    assert '<option value="tec:n" selected>' in page
    assert 'value="Please return our protocol: precinct 1, Lists"' in page
    assert "The mistake:</textarea>" in page


def test_accepting(bench: Bench) -> None:
    submitted(bench)
    tabulated(bench)
    chair = bench.clients["tec chair"]
    assert 'href="/en/cabinet/acceptance/n1-1/list/"' in chair.get("/en/cabinet/acceptance/").content.decode()
    text = chair.get(PLACE).content.decode()
    leaf = re.search(r'name="protocol" value="([0-9a-f]{64})"', text)
    assert leaf is not None
    data = {"decision": "12/4", "protocol": leaf[1], "ruling": "accept", "idempotency_key": "r1"}
    text = chair.post(PLACE, data).content.decode()
    assert "Accept this protocol?" in text
    assert "1, North one (n1-1)" in text, "numbers begin anew in each region"
    assert count("results_ruling") == 0
    for _ in range(2):
        assert chair.post(PLACE, data | {"step": "perform"}).status_code == 302
    assert count("results_ruling", "kind = 'accept'") == 1
    text = chair.get(PLACE).content.decode()
    assert "The protocol is accepted." in text
    assert 'value="accept"' not in text, "what is done is not offered"
    assert 'value="return"' in text


def test_returning_and_correcting(bench: Bench) -> None:
    location = submitted(bench).headers["Location"]
    leaf = location.rstrip("/").rpartition("/")[2]
    data = {
        "decision": "12/5",
        "protocol": leaf,
        "ruling": "return",
        "step": "perform",
        "idempotency_key": "r2",
    }
    assert bench.clients["tec chair"].post(PLACE, data).status_code == 302
    chair = bench.clients["pec chair"]
    notices = chair.get("/en/cabinet/notices/").content.decode()
    assert "The higher commission returned your protocol, correct it: Lists" in notices
    assert "25 October 2026, 20:30" in notices.partition("correct it: Lists")[2].partition("</li>")[0], (
        "by the election's clock"
    )
    assert "A corrected version is needed" in chair.get(FORM).content.decode()
    answer = sent(chair, "submit", seed=3, idempotency_key="key-2")
    assert answer.status_code == 302
    assert count("results_protocol", "version = 2") == 1


def test_a_protocol_that_changed_meanwhile(bench: Bench) -> None:
    submitted(bench)
    data = {
        "decision": "1",
        "protocol": "0" * 64,
        "ruling": "accept",
        "step": "perform",
        "idempotency_key": "r3",
    }
    text = bench.clients["tec chair"].post(PLACE, data).content.decode()
    assert "P07" in text
    assert count("results_ruling") == 0


def test_another_territory(bench: Bench) -> None:
    """A commission sees and decides nothing outside of its territory, whatever the address says."""
    for address in (
        "/en/cabinet/acceptance/s1-1/list/",
        "/en/cabinet/acceptance/nowhere/list/",
        "/en/cabinet/acceptance/n1-1/d2/",
    ):
        assert bench.clients["tec chair"].get(address).status_code == 404
        data = {"decision": "1", "protocol": "0" * 64, "ruling": "accept", "step": "perform"}
        assert bench.clients["tec chair"].post(address, data).status_code == 404
    assert count("results_ruling") == 0


def test_csrf(bench: Bench) -> None:
    client = sign_in(bench.accounts["pec chair"], enforce_csrf_checks=True)
    answer = client.post(FORM, protocol_data(step="submit"))
    assert answer.status_code == 403
    assert "This form is out of date" in answer.content.decode()
    assert count("results_protocol") == 0
    assert "kept" not in client.session
    assert client.post("/en/cabinet/switch/", {"mandate": "1"}).status_code == 403


def test_what_was_typed_outlives_the_session(bench: Bench) -> None:
    chair = bench.clients["pec chair"]
    text = sent(chair, "check").content.decode()
    mark = re.search(r'name="account_mark" value="([^"]+)"', text)
    assert mark is not None
    chair.session.delete()
    answer = sent(chair, "submit", account_mark=mark[1])
    assert answer.headers["Location"].startswith("/en/account/sign-in/")
    assert count("results_protocol") == 0
    kept = chair.session["kept"]
    assert "20000" not in repr(kept), "sessions lie in the database: it is sealed"
    back = sign_in(bench.accounts["pec chair"])
    session = back.session
    session["kept"] = kept
    session.save()
    text = back.get(FORM).content.decode()
    assert 'value="20000"' in text
    assert "nothing was sent" in text
    assert 'value="20000"' not in back.get(FORM).content.decode(), "given out once"


def test_what_was_typed_on_a_page_from_before_sign_in_is_kept(bench: Bench) -> None:
    client = sign_in(bench.accounts["pec chair"], enforce_csrf_checks=True)
    mark = re.search(r'name="account_mark" value="([^"]+)"', client.get(FORM).content.decode())
    assert mark is not None
    assert client.post(FORM, protocol_data(step="submit", account_mark=mark[1])).status_code == 403
    assert 'value="20000"' in client.get(FORM).content.decode()
    assert count("results_protocol") == 0


def test_what_one_account_typed_is_not_shown_to_another(bench: Bench) -> None:
    text = sent(bench.clients["pec chair"], "check").content.decode()
    mark = re.search(r'name="account_mark" value="([^"]+)"', text)
    assert mark is not None
    stranger = Client()
    stranger.post(FORM, protocol_data(step="submit", account_mark=mark[1]))
    kept = stranger.session["kept"]
    other = bench.clients["pec secretary"]
    session = other.session
    session["kept"] = kept
    session.save()
    assert 'value="20000"' not in other.get(FORM).content.decode()


def test_what_no_key_opens_is_not_shown(bench: Bench) -> None:
    chair = bench.clients["pec chair"]
    session = chair.session
    session["kept"] = {FORM: "contest=of+before"}
    session.save()
    assert chair.get(FORM).status_code == 200
    assert FORM not in chair.session["kept"]


def test_nothing_is_kept_for_who_never_had_a_page(bench: Bench) -> None:
    stranger = Client()
    stranger.post(FORM, protocol_data(step="submit", account_mark="made-up:value"))
    assert "kept" not in stranger.session


def test_a_mandate_that_has_ended(bench: Bench) -> None:
    chair = bench.clients["pec chair"]
    assert chair.get(FORM).status_code == 200
    now = datetime.now(UTC)
    row = next(
        row for row in held("door", "pec:n1-1", now) if row.person == bench.accounts["pec chair"].person
    )
    payload = EndMandate.Payload(mandate=row.id, ground="resigned")
    territorial = actors_of("door", "tec:n", now)["chair"]
    accepted(perform(EndMandate, "door", Submission(payload, territorial)))
    assert chair.get(FORM).status_code == 403
    assert sent(chair, "submit").status_code == 403
    assert count("results_protocol") == 0
