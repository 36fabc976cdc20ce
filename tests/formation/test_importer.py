"""Files of members as work in the background: answered at once, one at a time for a body, not lost when a process is killed."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from esaylov.exchange.members import members_csv
from esaylov.formation import importer, uploads
from esaylov.formation.importer import resume, run_once
from esaylov.formation.models import FoundProblem, Upload
from esaylov.registry.models import MandateEnd
from tests.acts.election import count
from tests.cabinet.people import Bench
from tests.formation.people import row, rows
from tests.registry.people import held

BASE = "/en/cabinet/commissions/import/"
State = Upload.State


def handed_in(
    bench: Bench, *given: list[list[str]], who: str = "tec chair", name: str = "members.csv"
) -> Any:
    file = SimpleUploadedFile(name, members_csv([one for part in given for one in part]))
    return bench.clients[who].post(BASE, {"file": file, "decision": "7"})


def seated(code: str = "pec:n1-2") -> int:
    return len(held("door", code, datetime.now(UTC)))


def state() -> str:
    return Upload.objects.order_by("-at")[0].state


def test_the_upload_answers_and_the_page_tells(bench: Bench) -> None:
    client = bench.clients["tec chair"]
    answer = handed_in(bench, rows("pec:n1-2", 20))
    page = answer.headers["Location"]
    assert state() == State.WAITING
    first = client.get(page)
    assert "waits for its turn" in first.content.decode()
    assert "Refresh" not in first.headers
    assert client.get(f"{page}?watch").headers["Refresh"] == "5"
    assert run_once()
    assert "7 members of one commission can be entered" in client.get(page).content.decode()
    assert seated() == 0
    assert client.post(page, {"decision": "7"}).status_code == 302
    assert "wait to be entered" in client.get(page).content.decode()
    assert client.post(page, {"decision": "7"}).status_code == 200, "a second click starts nothing"
    assert run_once()
    assert not run_once()
    assert seated() == 7
    assert "7 members of one commission are entered" in client.get(page).content.decode()
    assert "members.csv" in client.get(BASE).content.decode()


def test_one_file_of_a_body_at_a_time(bench: Bench) -> None:
    assert handed_in(bench, rows("pec:n1-2", 20)).status_code == 302
    again = handed_in(bench, rows("pec:n1-2", 20))
    assert again.status_code == 200
    assert "is being worked on" in again.content.decode()
    assert handed_in(bench, rows("pec:s1-1", 40), who="cec chair").status_code == 302, "another body's"
    assert Upload.objects.count() == 2
    while run_once():
        pass
    assert handed_in(bench, rows("pec:n1-2", 20)).status_code == 302


def test_every_problem_with_its_line_and_as_csv(bench: Bench) -> None:
    client = bench.clients["tec chair"]
    bad = [row("pec:n1-2", 100 + i, surname="") for i in range(60)]
    page = handed_in(bench, rows("pec:n1-2", 20), bad, rows("pec:s1-1", 50)).headers["Location"]
    run_once()
    shown = client.get(f"{page}problems/").content.decode()
    assert "members.csv:9" in shown
    assert "page=2" in shown
    file = client.get(f"{page}problems/?format=csv")
    lines = list(csv.reader(io.StringIO(b"".join(file.streaming_content).decode().lstrip("\ufeff"))))
    assert len(lines) == 62, "a head, sixty rows, one commission"
    assert [line[0] for line in lines[1:61]] == [f"members.csv:{9 + i}" for i in range(60)]
    assert lines[61][0] == "members.csv:69-75", "where the file names the commission"
    assert lines[61][1] == "pec:s1-1"
    assert lines[61][5] == "N02"
    some = client.get(f"{page}problems/?about=commissions").content.decode()
    assert "members.csv:9" not in some
    assert client.get(f"{page}problems.xlsx").status_code == 200
    for who in ("cec chair", "pec chair"):
        for path in (page, f"{page}problems/", f"{page}problems.xlsx"):
            assert bench.clients[who].get(path).status_code in (403, 404)


def test_a_file_of_which_nothing_can_be_entered(bench: Bench) -> None:
    client = bench.clients["tec chair"]
    page = handed_in(bench, rows("pec:s1-1", 50)).headers["Location"]
    run_once()
    text = client.get(page).content.decode()
    assert "<h1>Nothing can be entered: 7 rows are left out</h1>" in text
    assert "members.csv:2-8" in text


@pytest.mark.parametrize("step", ["reading", "entering"])
def test_a_killed_process_loses_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    client = bench.clients["tec chair"]
    page = handed_in(bench, rows("pec:n1-2", 20)).headers["Location"]
    if step == "entering":
        run_once()
        client.post(page, {"decision": "7"})

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(importer, "read_members", killed)
        with pytest.raises(KeyboardInterrupt):
            run_once()
    assert state() == step
    assert not run_once(), "what another process may be doing is not begun"
    resume()
    assert run_once()
    if step == "reading":
        client.post(page, {"decision": "7"})
        run_once()
    assert (state(), seated()) == (State.ENTERED, 7)


def test_killed_after_the_act(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The act stands, the loop did not come to write it down: nobody is entered twice."""
    page = handed_in(bench, rows("pec:n1-2", 20)).headers["Location"]
    run_once()
    bench.clients["tec chair"].post(page, {"decision": "7"})
    with monkeypatch.context() as patched:
        patched.setattr(importer, "_end", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run_once()
    entries = count("acts_journal")
    resume()
    assert run_once()
    assert (state(), seated(), count("acts_journal")) == (State.ENTERED, 7, entries)


def test_a_file_that_kills_the_process_each_time(bench: Bench) -> None:
    page = handed_in(bench, rows("pec:n1-2", 20)).headers["Location"]
    Upload.objects.update(state=State.READING, attempts=3)
    resume()
    assert run_once()
    assert state() == State.FAILED
    assert "could not be worked on" in bench.clients["tec chair"].get(page).content.decode()


def test_an_error_stops_no_other_file(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    handed_in(bench, rows("pec:n1-2", 20))
    with monkeypatch.context() as patched:
        patched.setattr(importer, "examine", lambda *_: 1 / 0)
        assert run_once()
    assert state() == State.FAILED
    assert Upload.objects.get().sealed is None
    assert handed_in(bench, rows("pec:n1-2", 20)).status_code == 302
    run_once()
    assert state() == State.READ


def test_a_mandate_that_ended_enters_nobody(bench: Bench) -> None:
    page = handed_in(bench, rows("pec:n1-2", 20)).headers["Location"]
    run_once()
    bench.clients["tec chair"].post(page, {"decision": "7"})
    mandate = Upload.objects.get().mandate
    MandateEnd.objects.create(
        mandate_id=mandate, at=datetime.now(UTC) - timedelta(hours=1), ground="recalled", journal=0
    )
    run_once()
    assert (state(), seated()) == (State.REFUSED, 0)
    assert Upload.objects.get().result["refused_by"][0]["code"] == "N17"


def test_what_is_too_old_goes(bench: Bench) -> None:
    page = handed_in(bench, rows("pec:n1-2", 20), [row("pec:n1-2", 90, surname="")]).headers["Location"]
    run_once()
    Upload.objects.update(changed_at=datetime.now(UTC) - timedelta(hours=2))
    uploads.tidy()
    client = bench.clients["tec chair"]
    assert client.get(f"{page}problems.xlsx").status_code == 404
    answer = client.post(page, {"decision": "7"})
    assert "thrown away" in answer.content.decode()
    assert "members.csv:9" in client.get(page).content.decode(), "what was found is still told"
    Upload.objects.update(at=datetime.now(UTC) - timedelta(days=8))
    uploads.tidy()
    assert client.get(page).status_code == 404
    assert not FoundProblem.objects.exists()


def test_no_name_is_kept_in_clear(bench: Bench) -> None:
    handed_in(bench, rows("pec:n1-2", 20), [row("pec:n1-2", 30, surname="Maxfiyova 7")])
    run_once()
    kept = str([one.__dict__ for one in FoundProblem.objects.all()]) + str(Upload.objects.get().result)
    assert "Maxfiyova" not in kept
    assert "Sinovov" not in kept
