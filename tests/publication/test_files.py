"""The published files on the live site, and `/healthz`."""

from __future__ import annotations

import gzip
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.test import Client, override_settings

if TYPE_CHECKING:
    from tests.publication.ground import Site


def publish(data: Path, number: int, manifest: bytes) -> None:
    """A publication as the publisher leaves it: a folder of its own, then one switch of the link."""
    folder = data / "public" / f"{number}-x"
    (folder / "data" / "e").mkdir(parents=True)
    (folder / "manifest.json").write_bytes(manifest)
    (folder / "verify.py").write_bytes(b"print(1)\n")
    (folder / "data" / "e" / "votes.csv.gz").write_bytes(b"\x1f\x8b")
    (folder / "data" / "e" / "totals.csv").write_bytes(b"contest\n")
    link = data / "public" / ".next"
    link.symlink_to(folder.name)
    os.replace(link, data / "public" / "current")


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    with override_settings(ESAYLOV_DATA=tmp_path):
        publish(tmp_path, 1, b'{"a":1}')
        (tmp_path / "log" / "tile" / "0").mkdir(parents=True)
        (tmp_path / "log" / "tile" / "0" / "000").write_bytes(bytes(8192))
        (tmp_path / "log" / "checkpoint").write_bytes(b"log\n1\n")
        (tmp_path / "log" / "key").write_bytes(b"key\n")
        (tmp_path / "log" / ".checkpoint.77").write_bytes(b"half")
        (tmp_path / "keys").mkdir()
        (tmp_path / "keys" / "log.seed").write_bytes(b"secret")
        yield tmp_path


@pytest.mark.parametrize(
    ("path", "content", "content_type", "caching"),
    [
        ("/manifest.json", b'{"a":1}', "application/json", "no-cache"),
        ("/verify.py", b"print(1)\n", "text/x-python; charset=utf-8", "no-cache"),
        ("/data/e/votes.csv.gz", b"\x1f\x8b", "application/gzip", "no-cache"),
        ("/data/e/totals.csv", b"contest\n", "text/csv; charset=utf-8; header=present", "no-cache"),
        ("/log/tile/0/000", bytes(8192), "application/octet-stream", "immutable"),
        ("/log/checkpoint", b"log\n1\n", "text/plain; charset=utf-8", "max-age=1,"),
        ("/log/key", b"key\n", "text/plain; charset=utf-8", "max-age=1,"),
    ],
)
def test_file(client: Client, data: Path, path: str, content: bytes, content_type: str, caching: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == content
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["Content-Length"] == str(len(content))
    assert caching in answer.headers["Cache-Control"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Encoding" not in answer.headers
    again = client.get(path, headers={"if-none-match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head(path)
    assert (head.status_code, head.headers["ETag"]) == (200, answer.headers["ETag"])
    assert client.post(path).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/data/../../keys/log.seed",
        "/data/%2e%2e/%2e%2e/keys/log.seed",
        "/log/../keys/log.seed",
        "/log/..%2fkeys/log.seed",
        "/log/.checkpoint.77",
        "/log/tile/",
        "/log/tile",
        "/log//checkpoint",
        "/log/checkpoint%00",
        "/log/" + "x" * 5000,
        "/data/e/link",
        "/data/e",
        "/data/none/votes.csv",
        "/static/../assets.py",
    ],
)
def test_nothing_else_is_served(client: Client, data: Path, path: str) -> None:
    (data / "public" / "1-x" / "data" / "e" / "link").symlink_to(data / "keys" / "log.seed")
    answer = client.get(path)
    assert answer.status_code in (301, 404)
    assert b"secret" not in answer.getvalue()


def test_next_publication_takes_the_place_of_the_one_before(client: Client, data: Path) -> None:
    before = client.get("/manifest.json")
    publish(data, 2, b'{"a":2}')
    after = client.get("/manifest.json", headers={"if-none-match": before.headers["ETag"]})
    assert after.status_code == 200
    assert b"".join(after.streaming_content) == b'{"a":2}'


def test_nothing_is_published_yet(client: Client, tmp_path: Path) -> None:
    with override_settings(ESAYLOV_DATA=tmp_path):
        for path in ("/manifest.json", "/verify.py", "/data/e/x.csv", "/log/checkpoint"):
            assert client.get(path).status_code == 404


def test_style_sheet_is_kept_for_ever_and_comes_compressed(client: Client) -> None:
    from esaylov.design import assets

    answer = client.get(assets.url("main.css"))
    assert answer.headers["Content-Type"].startswith("text/css")
    assert "immutable" in answer.headers["Cache-Control"]
    css = b"".join(answer.streaming_content)
    assert b"@media print" in css
    assert b"prefers-color-scheme:dark" in css
    assert b"url(http" not in css, "no fonts or pictures from elsewhere"
    packed = client.get(assets.url("main.css"), headers={"accept-encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert packed.headers["ETag"] != answer.headers["ETag"]
    assert gzip.decompress(b"".join(packed.streaming_content)) == css


def _health(client: Client) -> tuple[int, dict[str, str]]:
    answer = client.get("/healthz")
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.json()["checks"]


def _is_late(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    from esaylov.publication import health

    monkeypatch.setattr(health, what, -1)


def test_health_of_a_site_that_keeps_up(
    make_site: Callable[..., Site], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from esaylov.publication.publisher import publish_site

    make_site()
    assert _health(client) == (
        200,
        {
            "database": "ok",
            "sequencer": "ok",
            "publication": "ok",
            "custodian": "unused",
            "registers": "unused",
        },
    )
    _is_late(monkeypatch, "SEQUENCER_SECONDS")
    _is_late(monkeypatch, "PUBLICATION_SECONDS")
    assert _health(client) == (
        503,
        {
            "database": "ok",
            "sequencer": "ok",
            "publication": "behind",
            "custodian": "unused",
            "registers": "unused",
        },
    )
    publish_site()
    assert _health(client) == (
        200,
        {
            "database": "ok",
            "sequencer": "ok",
            "publication": "ok",
            "custodian": "unused",
            "registers": "unused",
        },
    )


def test_health_of_the_custodian(
    make_site: Callable[..., Site], client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Missed only where the database knows keys; one with other keys is worse than none, because it finds nobody."""
    from esaylov.custody import client as custody
    from esaylov.custody.keyring import Keyring
    from esaylov.custody.place import socket_of
    from esaylov.voters.models import KeyCheck
    from tests.custody.conftest import working

    make_site()
    monkeypatch.setattr(custody.custody, "_place", lambda: socket_of(tmp_path / "data"))
    with working(tmp_path / "data") as running:
        assert _health(client)[1]["custodian"] == "ok"
        known = KeyCheck.objects.create(generation=1, value=running.custody.checks()[1])
        assert _health(client)[1]["custodian"] == "ok"
        kept = running.keys.read_bytes()
        running.keys.write_bytes(b"damaged")
        assert _until(
            lambda: _health(client) == (503, _health(client)[1] | {"custodian": "keys cannot be read"})
        )
        running.keys.write_bytes(kept)
        known.value = Keyring.make(tmp_path / "other.json").check()[1]
        known.save()
        assert _until(lambda: _health(client) == (503, _health(client)[1] | {"custodian": "other keys"}))
    assert _health(client)[1]["custodian"] == "unreachable"
    KeyCheck.objects.all().delete()
    assert _health(client)[1]["custodian"] == "unused"


def _until(condition: Callable[[], bool], seconds: float = 60) -> bool:
    limit = time.monotonic() + seconds
    while not condition() and time.monotonic() < limit:
        time.sleep(0.1)
    return condition()


def test_a_publisher_that_is_stopped_anywhere_leaves_the_last_publication_whole(
    make_site: Callable[..., Site],
) -> None:
    from esaylov.publication import publisher
    from tests.exchange.packages import lines_of
    from tests.publication.ground import EVENING

    site = make_site(start=EVENING)
    publisher.publish_site()
    base = publisher.public_folder()
    before, folders = _whole(base / "current"), sorted(path.name for path in base.iterdir())
    site.submit("p1", "list", lines_of("p1", "list"), (30, 40))
    site.move_on()
    asked = 0

    def stops(after: int) -> bool:
        nonlocal asked
        asked = 0

        def stop() -> bool:
            nonlocal asked
            asked += 1
            return asked > after

        try:
            publisher.publish_site(stop)
        except publisher.Stopped:
            assert _whole(base / "current") == before
            assert sorted(path.name for path in base.iterdir()) == folders
            return True
        return False

    after = 0
    while stops(after):
        after += 1
    assert after > 20, "it looks between any two files"
    assert _whole(base / "current") != before
    assert publisher.publish_site().new is False, "stopped or not, the log holds it once"


def _whole(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_publisher_ends_at_once_when_asked(
    make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    from esaylov.publication import publisher

    make_site()
    monkeypatch.setattr(publisher, "PAUSE", 3600)
    began = time.monotonic()
    asked = threading.Event()
    threading.Timer(0.5, asked.set).start()
    publisher.run_forever(asked.is_set)
    assert time.monotonic() - began < 60


def test_health_without_a_sequencer(
    make_site: Callable[..., Site], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from esaylov.acts.sequencer import append_log_entry, log_members

    make_site()
    append_log_entry("log.journal_head", log_members("log.journal_head") | {"rows": 1, "chain": "00" * 32})
    assert _health(client)[0] == 200, "it has ten seconds"
    _is_late(monkeypatch, "SEQUENCER_SECONDS")
    assert _health(client) == (
        503,
        {
            "database": "ok",
            "sequencer": "behind",
            "publication": "ok",
            "custodian": "unused",
            "registers": "unused",
        },
    )


def test_health_without_a_database(client: Client) -> None:
    assert _health(client) == (
        503,
        dict.fromkeys(("sequencer", "publication", "custodian", "registers"), "unknown")
        | {"database": "unreachable"},
    )


def test_health_before_the_first_election(db_clone: object, client: Client) -> None:
    assert _health(client)[0] == 200
