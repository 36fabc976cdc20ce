"""A register that hands over its extracts by HTTPS: a list of them, and their files, which may be taken up where they broke off.

    GET <address>/extracts.json        {"version": 1, "register": "residence", "extracts":
                                        [{"name": "2027-06-01", "kind": "full", "as_of": "2027-06-01T06:00:00+05:00",
                                          "sha256": "<of its extract.json>"}, …]}
    GET <address>/<name>/extract.json
    GET <address>/<name>/<file>        with Range, where the server knows it

We show a token (`Authorization: Bearer`), a client's certificate, or both; the server shows a certificate that is checked. No
redirect is followed, nothing packed is taken, and every answer has a size above which it is no longer read.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from esaylov.exchange.residents.head import HEAD, MAX_HEAD
from esaylov.voters.registers import taking
from esaylov.voters.registers.contract import NAME, Offer, RegisterError

LISTING = "extracts.json"
MAX_LISTING = 1 << 20
MAX_OFFERS = 10_000
RECEIVED = 1 << 16
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_RANGE = re.compile(r"bytes (\d{1,19})-\d{1,19}/(?:\d{1,19}|\*)")


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds for a connection, seconds without a byte, and how many bytes must come in each `window` of seconds."""

    connect: float = 10.0
    silence: float = 30.0
    window: float = 60.0
    bytes: int = 1 << 16


PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class WebRegister:
    """The adapter of an address. `certificate`: file, or files of certificate and key; `authority`: file of the authorities
    that are believed (""): those of the system.
    """

    register: str
    address: str
    token: str = field(default="", repr=False)
    certificate: tuple[str, str] | str | None = None
    authority: str = ""
    patience: Patience = PATIENCE

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        near = parts.scheme == "http" and parts.hostname in LOOPBACK
        if not (parts.hostname and (parts.scheme == "https" or near)) or parts.query or parts.username:
            raise RegisterError("settings", f"{self.address!r} is no address https://…")

    @property
    def where(self) -> str:
        return self.address

    def offers(self) -> Sequence[Offer]:
        content = self._small(LISTING, MAX_LISTING)
        try:
            found = json.loads(content.decode("utf-8"))
        except (ValueError, RecursionError):
            raise RegisterError("answer", f"{LISTING} is no JSON") from None
        return _offers(found, self.register)

    def bring(self, offer: Offer, folder: Path) -> None:
        content = self._small(f"{offer.name}/{HEAD}", MAX_HEAD)
        head = taking.checked_head(content, offer, self.register)
        for part in taking.parts(head):
            with self._session() as session:
                path = f"{offer.name}/{part.name}"
                taking.take(folder, part, lambda here, s=session, p=path: self._from(s, p, here))  # type: ignore[misc]
        taking.put_head(folder, content)

    def _from(self, session: requests.Session, path: str, here: int) -> tuple[int, Iterator[bytes]]:
        """The file from a byte on; from its beginning where the server gives no parts of it."""
        headers = {"Range": f"bytes={here}-"} if here else {}
        response = self._get(session, path, headers, good=(200, 206, 416) if here else (200,))
        if response.status_code == 416:
            response.close()
            here, response = 0, self._get(session, path, {})
        if response.status_code == 200:
            return 0, self._paced(response, path)
        said = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if said is None:
            raise RegisterError("answer", f"{path}: it does not say which part it sends")
        return int(said[1]), self._paced(response, path)

    def _small(self, path: str, most: int) -> bytes:
        content = b""
        with self._session() as session:
            for piece in self._paced(self._get(session, path, {}), path):
                content += piece
                if len(content) > most:
                    raise RegisterError("large", f"{path}: more than {most:,} bytes")
        return content

    @contextmanager
    def _session(self) -> Iterator[requests.Session]:
        with requests.Session() as session:
            session.trust_env = urlsplit(self.address).hostname not in LOOPBACK  # (a proxy, where one is set)
            session.cert = self.certificate
            session.verify = self.authority or True
            yield session

    def _get(
        self,
        session: requests.Session,
        path: str,
        headers: Mapping[str, str],
        good: tuple[int, ...] = (200,),
    ) -> requests.Response:
        sent = {"Accept-Encoding": "identity", **headers}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        with _words(path):
            response = session.get(
                f"{self.address.rstrip('/')}/{path}", headers=sent, stream=True, allow_redirects=False,
                timeout=(self.patience.connect, self.patience.silence),
            )  # fmt: skip
        if response.status_code not in good:
            response.close()
            raise _refusal(path, response.status_code)
        if response.headers.get("Content-Encoding", "identity") != "identity":
            response.close()
            raise RegisterError("answer", f"{path}: it is packed, and was not to be")
        return response

    def _paced(self, response: requests.Response, path: str) -> Iterator[bytes]:
        """The body as it comes; who sends a byte now and then is not waited for."""
        length = response.headers.get("Content-Length", "")
        awaited = int(length) if length.isdecimal() and len(length) < 19 else None
        came, since, began = 0, 0, time.monotonic()
        try:
            while True:
                with _words(path, broken="cut"):
                    piece = response.raw.read1(RECEIVED, decode_content=False)
                if not piece:
                    break
                came += len(piece)
                yield piece
                if time.monotonic() - began > self.patience.window:
                    if came - since < self.patience.bytes:
                        raise RegisterError(
                            "slow", f"{path}: {came - since:,} bytes came in {self.patience.window:.0f} s"
                        )
                    since, began = came, time.monotonic()
        finally:
            response.close()
        if awaited is not None and came != awaited:
            raise RegisterError("cut", f"{path}: it broke off after {came:,} of {awaited:,} bytes")


def _refusal(path: str, status: int) -> RegisterError:
    if status in (401, 403):
        return RegisterError("refused", f"{path}: the register does not know us ({status})")
    if status == 429 or status >= 500:
        return RegisterError("unreachable", f"{path}: the register answers {status}")
    return RegisterError("answer", f"{path}: the register answers {status}")


@contextmanager
def _words(path: str, broken: str = "unreachable") -> Iterator[None]:
    """What the network says, by what it means. (Texts of exceptions hold addresses; they stay out.)"""
    try:
        yield
    except (requests.exceptions.SSLError, requests.exceptions.InvalidURL) as error:
        raise RegisterError("refused", f"{path}: {type(error).__name__}") from None
    except Exception as error:
        if (
            not isinstance(error, OSError | ValueError)
            and type(error).__module__.partition(".")[0] != "urllib3"
        ):
            raise
        if type(error) is OSError:  # (so requests says that a file of a certificate is not there)
            raise RegisterError(
                "settings", "a certificate, its key or the authorities cannot be read"
            ) from None
        slow = "Timeout" in type(error).__name__ or isinstance(error, TimeoutError)
        raise RegisterError("slow" if slow else broken, f"{path}: {type(error).__name__}") from None


def _offers(found: Any, register: str) -> list[Offer]:
    """The list of extracts, read strictly."""
    good = isinstance(found, dict) and found.keys() == {"version", "register", "extracts"}
    if not good or found["version"] != 1 or not isinstance(found["extracts"], list):
        raise RegisterError("answer", f"{LISTING} is no list of extracts of version 1")
    if found["register"] != register:
        raise RegisterError("answer", f"{LISTING} is of another register")
    if len(found["extracts"]) > MAX_OFFERS:
        raise RegisterError("large", f"{LISTING} names more than {MAX_OFFERS:,} extracts")
    return [_offer(one) for one in found["extracts"]]


def _offer(one: Any) -> Offer:
    if not isinstance(one, dict) or one.keys() != {"name", "kind", "as_of", "sha256"}:
        raise RegisterError("answer", f"{LISTING}: an extract has name, kind, as_of and sha256, nothing else")
    name, kind, sha256 = one["name"], one["kind"], one["sha256"]
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise RegisterError(
            "name", f"{LISTING}: an extract's name has letters, digits, '.', '_' and '-' only"
        )
    if kind not in ("full", "delta") or not isinstance(sha256, str) or not _DIGEST.fullmatch(sha256):
        raise RegisterError("answer", f"{LISTING}: {name}: kind or sha256 is none")
    try:
        as_of = datetime.fromisoformat(one["as_of"])
    except (TypeError, ValueError):
        as_of = None
    if as_of is None or as_of.utcoffset() is None:
        raise RegisterError("answer", f"{LISTING}: {name}: as_of is no time with its offset")
    return Offer(name, kind, as_of, sha256)
