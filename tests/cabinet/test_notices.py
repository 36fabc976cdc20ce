"""Notices in the page and by e-mail: in the reader's language, never twice, nothing personal, no header of somebody else's."""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext_lazy

from esaylov.cabinet import courier, mail, notices
from esaylov.cabinet.models import Mail, Notice
from tests.cabinet.people import Bench

notices.register("test.circular", gettext_lazy("Letter %(number)s: %(text)s"), gettext_lazy("A decision"))
CIRCULAR = {
    "number": 5,
    "text": {"en": "Come at nine", "ru": "Приходите в девять", "uz": "Soat toʻqqizda keling"},
}


def test_a_circular_is_read_by_each_in_their_language(bench: Bench) -> None:
    persons = [bench.accounts[who].person for who in ("pec chair", "tec chair")]
    with CaptureQueriesContext(connection) as asked:
        assert (
            notices.tell(
                [*persons, *(uuid4() for _ in range(500)), persons[0]],
                "test.circular",
                CIRCULAR,
                "/en/cabinet/board/",
            )
            == 502
        )
    assert len(asked) == 1, "however many are told, without a mail server"
    chair = bench.clients["pec chair"]
    assert "Letter 5: Come at nine" in chair.get("/en/cabinet/notices/").content.decode()
    assert "Приходите в девять" in chair.get("/ru/cabinet/notices/").content.decode()
    assert "Соат тўққизда келинг" in chair.get("/uz-cyrl/cabinet/notices/").content.decode()
    number = Notice.objects.get(person=persons[0]).pk
    assert chair.get(f"/ru/cabinet/notices/{number}/").headers["Location"] == "/ru/cabinet/board/"
    assert notices.unread(persons[0]) == 0
    assert notices.unread(persons[1]) == 1
    assert bench.clients["pec secretary"].get(f"/en/cabinet/notices/{number}/").status_code == 404


def test_texts_that_attack_are_shown_whole(bench: Bench) -> None:
    notices.tell(
        [bench.accounts["pec chair"].person],
        "test.circular",
        {"number": 1, "text": "<script>x</script>%(a)s"},
    )
    text = bench.clients["pec chair"].get("/en/cabinet/notices/").content.decode()
    assert "<script>x" not in text
    assert "&lt;script&gt;x&lt;/script&gt;%(a)s" in text


def test_what_tell_refuses() -> None:
    with pytest.raises(KeyError):
        notices.tell([], "no such code")
    for url in ("https://evil.example/", "//evil.example", "cabinet/", "javascript:alert(1)"):
        with pytest.raises(ValueError):
            notices.tell([], "test.circular", {}, url)


# --- e-mail ---


class Handler(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs. `server.plan` says of each e-mail in turn: take, later, never, break."""

    server: Post

    def handle(self) -> None:
        self.say("220 test")
        for line in iter(self.rfile.readline, b""):
            word = line.decode("latin-1").split(" ")[0].strip().upper()
            if word == "DATA":
                if not self.data():
                    return
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def data(self) -> bool:
        plan = self.server.plan.pop(0) if self.server.plan else "take"
        if plan in ("later", "never"):
            self.say("451 later" if plan == "later" else "554 never")
            return True
        self.say("354 go on")
        body = b"".join(iter(self.rfile.readline, b".\r\n"))
        self.server.taken.append(body)
        if plan == "break":
            return False
        self.say("250 taken")
        return True

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class Post(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.plan: list[str] = []
        self.taken: list[bytes] = []


@dataclass
class Office:
    """The server, and what came to it."""

    server: Post
    sent: list[Any] = field(default_factory=list)

    @property
    def letters(self) -> list[Any]:
        return [message_from_bytes(body, policy=default) for body in self.server.taken]


@contextlib.contextmanager
def post() -> Iterator[Post]:
    with Post() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with post() as server:
        port = server.server_address[1]
        monkeypatch.setenv("ESAYLOV_EMAIL_URL", f"smtp://127.0.0.1:{port}?from=noreply@cec.example&tls=none")
        yield Office(server)


def addressed(bench: Bench, who: str, address: str, language: str = "") -> Any:
    from allauth.account.models import EmailAddress

    account = bench.accounts[who]
    type(account).objects.filter(pk=account.pk).update(language=language)
    EmailAddress.objects.create(user=account, email=address, verified=True, primary=True)
    return account.person


def later() -> None:
    """Everything that waits is due."""
    Mail.objects.filter(state=Mail.State.WAITING).update(due_at=datetime.now(UTC) - timedelta(seconds=1))


def states() -> list[str]:
    return sorted(Mail.objects.values_list("state", flat=True))


def test_an_email_says_that_there_is_news_and_no_more(bench: Bench, office: Office) -> None:
    one = addressed(bench, "pec chair", "chair@x.example", "ru")
    two = addressed(bench, "tec chair", "tec@x.example")
    notices.tell(
        [one, two, bench.accounts["pec secretary"].person], "test.circular", CIRCULAR, "/cabinet/board/"
    )
    courier.run_once()
    assert states() == ["no-address", "sent", "sent"]
    russian, five = sorted(office.letters, key=lambda letter: letter["To"])
    assert (russian["To"], five["To"]) == ("chair@x.example", "tec@x.example")
    assert "/ru/cabinet/notices/" in russian.get_content()
    assert "Приходите" not in russian.get_content(), "what it says stays in the cabinet"
    for code in ("uz", "uz-cyrl", "kaa", "ru", "en"):
        assert f"/{code}/cabinet/notices/" in five.get_content()
    assert russian["Auto-Submitted"] == "auto-generated"
    assert courier.run_once() == 0
    assert len(office.letters) == 2


def test_a_refusal_for_now_is_tried_again_and_one_for_ever_is_not(bench: Bench, office: Office) -> None:
    person = addressed(bench, "pec chair", "chair@x.example")
    office.server.plan[:] = ["later", "later", "take"]
    notices.tell([person], "test.circular", CIRCULAR)
    courier.run_once()
    row = Mail.objects.get()
    assert row.state == "waiting"
    assert row.due_at > datetime.now(UTC) + timedelta(seconds=20)
    assert courier.run_once() == 0, "not before its time"
    later()
    courier.run_once()
    later()
    courier.run_once()
    assert states() == ["sent"]
    assert len(office.letters) == 1
    office.server.plan[:] = ["never"]
    notices.tell([person], "test.circular", CIRCULAR)
    courier.run_once()
    assert states() == ["refused", "sent"]


def test_what_may_have_arrived_is_not_sent_again(bench: Bench, office: Office) -> None:
    person = addressed(bench, "pec chair", "chair@x.example")
    office.server.plan[:] = ["break"]
    notices.tell([person], "test.circular", CIRCULAR)
    courier.run_once()
    assert states() == ["uncertain"]
    later()
    assert courier.run_once() == 0
    assert len(office.letters) == 1


def test_a_killed_courier_sends_nothing_twice(bench: Bench, office: Office) -> None:
    person = addressed(bench, "pec chair", "chair@x.example")
    notices.tell([person], "test.circular", CIRCULAR)
    assert courier.claim(10) == [Mail.objects.get().pk]
    assert courier.run_once() == 0, "another process has it in hand"
    Mail.objects.update(changed_at=datetime.now(UTC) - timedelta(hours=1))
    courier.run_once()
    assert states() == ["uncertain"]
    assert office.letters == []


def test_a_server_that_is_away(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESAYLOV_EMAIL_URL", "smtp://127.0.0.1:9?from=a@b.example&tls=none")
    notices.tell([addressed(bench, "pec chair", "chair@x.example")], "test.circular", CIRCULAR)
    courier.run_once()
    assert states() == ["waiting"]
    assert Mail.objects.get().attempts == 1


def test_without_a_server_nothing_waits(bench: Bench) -> None:
    notices.tell([bench.accounts["pec chair"].person], "test.circular", CIRCULAR)
    assert Mail.objects.count() == 0
    assert courier.run_once() == 0
    assert "No e-mail is set up" in bench.clients["pec chair"].get("/en/cabinet/notices/").content.decode()


def test_no_header_can_be_added() -> None:
    for evil in (
        "a@b.example\r\nBcc: all@x.example",
        "a@b.example\nX: y",
        "a@b@c",
        "none",
        "a@b.example\u2028X: y",
        "a b@c.example, d@e.example",
    ):
        with pytest.raises(ValueError):
            mail.address_header(evil)
    notices.register("test.breaks", "x", "A\r\nBcc: all@x.example\n\nbody")
    made = mail.message(
        Notice(pk=7, code="test.breaks", params={}), "a@b.example", "en", "noreply@cec.example"
    )
    assert made["Bcc"] is None
    assert "\n" not in made["Subject"]
    assert made["Message-ID"] == "<notice-7@cec.example>"


@pytest.mark.parametrize(
    "url",
    [
        "http://x.example",
        "smtp://?from=a@b.example",
        "smtp://h",
        "smtp://h?from=nobody",
        "smtp://h?from=a@b.example&tls=maybe",
    ],
)
def test_a_server_that_cannot_be_one(url: str) -> None:
    with pytest.raises(mail.MailError):
        mail.parse(url)


def test_addresses_of_servers() -> None:
    found = mail.parse("smtp://u%40x:p%2F1@mail.example:2525?from=no@x.example")
    assert (found.host, found.port, found.user, found.password, found.tls) == (
        "mail.example",
        2525,
        "u@x",
        "p/1",
        "starttls",
    )
    assert mail.parse("smtps://mail.example?from=no@x.example").port == 465
