"""Officers of precincts sign in: password, second factor, first page, as fast as 33,000 of them come within half an hour.

``python -m esaylov.bench.signin PORT`` is the client, in a process of its own: it reads accounts as JSON from standard input and
writes the seconds of each sign-in. One in ten types the password wrong first.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import json
import os
import re
import struct
import subprocess
import sys
import threading
import time
from base64 import b32decode
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from esaylov.bench.client import quantile
from esaylov.bench.report import Report
from esaylov.bench.site import Site, site

OFFICERS, WITHIN = 33_000, 1_800.0
RATE = OFFICERS / WITHIN
SECONDS = 60
WARM_UP = 40
GOAL = 2.0
WRONG_FIRST = 10
CLIENTS = 64
SIGN_IN, SECOND, LANDING = "/en/account/sign-in/", "/en/account/sign-in/second-factor/", "/en/account/"
PASSWORD = "a sentence that nobody guesses"  # noqa: S105 (of accounts that live as long as the measurement)
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def run(seconds: int = SECONDS, workers: int | None = None) -> Report:
    """Measures; see the module's text."""
    workers = workers or min(2, os.cpu_count() or 1)
    count = WARM_UP + int(RATE * seconds)
    with site(2, workers=workers, loops=("sequencer",)) as at:
        accounts = _accounts(count)
        _drive(at, accounts[:WARM_UP])
        before = _processor_seconds()
        took = _drive(at, accounts[WARM_UP:])
        spent = (_processor_seconds() - before) / len(took["whole"])
        hashing = _hash_seconds()
    whole, posts = sorted(took["whole"]), sorted(took["password"])
    p99 = quantile(whole, 0.99)
    return Report(
        "signin",
        f"p99 of a sign-in with password and second factor at {RATE:.1f} a second, against {GOAL:g} seconds",
        p99 / GOAL,
        1.0,
        False,
        (
            (
                "whole sign-in",
                f"{len(whole)}, p50 {quantile(whole, 0.5):.3f} s, p99 {p99:.3f} s, worst {whole[-1]:.3f} s",
            ),
            ("the password alone", f"p50 {quantile(posts, 0.5):.3f} s, p99 {quantile(posts, 0.99):.3f} s"),
            ("one hash", f"{1000 * hashing:.1f} ms of one core"),
            (
                "one sign-in",
                f"{1000 * spent:.0f} ms of one core in the server: {RATE * spent:.2f} cores at this rate",
            ),
            (
                "load",
                f"{os.getloadavg()[0]:.1f} processes wanted to run at the end, on {os.cpu_count()} cores",
            ),
            ("failed", str(took["failed"])),
            ("server", f"{workers} workers on {os.cpu_count()} cores, the clients on the same ones"),
        ),
    )


def _accounts(count: int) -> list[tuple[str, str]]:
    """Accounts of invented officers: sign-in codes and the secrets of their apps. One hash stands for all: checking it costs
    the same.
    """
    from uuid import uuid4

    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import generate_totp_secret
    from django.contrib.auth.hashers import make_password

    from esaylov.registry.accounts.codes import new_sign_in_code
    from esaylov.registry.accounts.encryption import encrypt
    from esaylov.registry.accounts.models import Account

    password = make_password(PASSWORD)
    made = Account.objects.bulk_create(
        Account(code=new_sign_in_code(), person=uuid4(), password=password) for _ in range(count)
    )
    secrets = [generate_totp_secret() for _ in made]
    Authenticator.objects.bulk_create(
        Authenticator(user=account, type="totp", data={"secret": encrypt(secret)})
        for account, secret in zip(made, secrets, strict=True)
    )
    return [(account.code, secret) for account, secret in zip(made, secrets, strict=True)]


def _processor_seconds() -> float:
    """What the site's processes (web server, loops, database) have computed so far."""
    import psutil

    found = 0.0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            found += times.user + times.system
    return found


def _hash_seconds() -> float:
    from django.contrib.auth.hashers import make_password

    begin = time.perf_counter()
    for _ in range(10):
        make_password(PASSWORD)
    return (time.perf_counter() - begin) / 10


def _drive(at: Site, accounts: Sequence[tuple[str, str]]) -> dict[str, Any]:
    command = [sys.executable, "-m", "esaylov.bench.signin", str(at.port)]
    done = subprocess.run(command, input=json.dumps(accounts).encode(), capture_output=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    if answer["failed"]:
        raise RuntimeError(f"{answer['failed']} sign-ins failed: {answer['why']}")
    return answer


@dataclass
class Visitor:
    """One browser: a kept connection and its cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """One request; returns status, where it leads, and the body."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            body = urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request("GET" if form is None else "POST", path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, rest = line.partition("=")
            self.cookies[name.strip()] = rest.partition(";")[0]
        return answer.status, answer.headers.get("Location", ""), text

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()


def app_code(secret: str) -> str:
    """What an app shows now (RFC 6238)."""
    digest = hmac.new(b32decode(secret), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def sign_in(port: int, code: str, secret: str, *, wrong_first: bool) -> tuple[float, float]:
    """One sign-in from the empty browser to the first page; returns its seconds, and those of the password. Raises
    RuntimeError.
    """
    visitor = Visitor(port)
    begin = time.perf_counter()
    token = _token(visitor.ask(SIGN_IN)[2])
    if wrong_first:
        token = _token(
            visitor.ask(SIGN_IN, {"csrfmiddlewaretoken": token, "login": code, "password": "wrong"})[2]
        )
    start = time.perf_counter()
    status, where, _ = visitor.ask(
        SIGN_IN, {"csrfmiddlewaretoken": token, "login": code, "password": PASSWORD}
    )
    typed = time.perf_counter() - start
    if (status, where) != (302, SECOND):
        raise RuntimeError(f"password: {status} {where}")
    token = _token(visitor.ask(SECOND)[2])
    status, where, _ = visitor.ask(SECOND, {"csrfmiddlewaretoken": token, "code": app_code(secret)})
    if status != 302:
        raise RuntimeError(f"code: {status}")
    status, _, _ = visitor.ask(LANDING)
    if status != 200:
        raise RuntimeError(f"page: {status}")
    took = time.perf_counter() - begin
    visitor.close()
    return took, typed


def _token(page: str) -> str:
    found = TOKEN.search(page)
    if found is None:
        raise RuntimeError("a page without a form")
    return found[1]


def main() -> None:
    """The client: starts sign-ins at the rate, waits for none."""
    port, accounts = int(sys.argv[1]), json.load(sys.stdin)
    whole: list[float] = []
    typed: list[float] = []
    why: list[str] = []
    lock = threading.Lock()

    def one(number: int, code: str, secret: str, due: float) -> None:
        late = time.perf_counter() - due
        try:
            took, password = sign_in(port, code, secret, wrong_first=number % WRONG_FIRST == 0)
        except (RuntimeError, OSError, http.client.HTTPException) as error:
            with lock:
                why.append(str(error))
            return
        with lock:
            whole.append(took + late)  # who had to wait for a free client waited too
            typed.append(password)

    begin = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for number, (code, secret) in enumerate(accounts):
            due = begin + number / RATE
            time.sleep(max(0.0, due - time.perf_counter()))
            pool.submit(one, number, code, secret, due)
    print(json.dumps({"whole": whole, "password": typed, "failed": len(why), "why": why[:3]}))


if __name__ == "__main__":
    main()
