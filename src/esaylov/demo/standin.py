"""A stand-in for OneID, for the demonstration alone: whoever comes chooses which invented person to be. It is marked as one.

It speaks OneID's dialect as `registry.accounts.oneid` does: one address leads a browser there and back with a code, and takes the
questions of the site. It listens where the site does, knows the people of one file, and leads back to the site alone.
"""

from __future__ import annotations

import html
import json
import os
import secrets
import signal
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

PATH, CHOSEN = "/sso/oauth/Authorization.do", "/chosen"
CLIENT = "esaylov-demo"
URL, NAME, SECRET = "ESAYLOV_ONEID_URL", "ESAYLOV_ONEID_CLIENT", "ESAYLOV_ONEID_SECRET"
BACK = "/account/oneid/login/callback/"
MOST = 1_000
"""Codes that are remembered."""
MOST_BYTES = 10_000
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Stand-in for OneID</title>
<style>
body{{font:1.0625rem/1.5 system-ui,sans-serif;margin:0;color:#14202b;background:#f4f6f8}}
main{{max-width:34rem;margin:0 auto;padding:1.5rem 1.25rem}}
h1{{font-size:1.5rem;line-height:1.25;margin:0 0 .75rem}}
.mark{{background:#7a2f00;color:#fff;padding:.6rem 1.25rem;font-weight:600;text-align:center}}
ul{{list-style:none;margin:1.25rem 0;padding:0}}
li{{margin:0 0 .75rem}}
a{{display:block;padding:.85rem 1rem;background:#fff;border:1px solid #8496a6;border-radius:.4rem;color:#0b4a8f;
text-decoration:none}}
a:hover,a:focus-visible{{border-color:#0b4a8f;outline:2px solid #0b4a8f}}
small{{color:#4a5a68;display:block;font-size:.9375rem}}
@media(prefers-color-scheme:dark){{body{{color:#e6edf3;background:#10171d}}a{{background:#1a242d;color:#9cc7ff}}small{{color:#a9b8c5}}}}
</style></head><body>
<header class="mark">SIMULYATSIYA · SIMULATED</header>
<main><h1>This is not OneID. It is a stand-in for it.</h1>
<p>Bu OneID emas, uning oʻrnini bosuvchi sahifa. OneID was not asked, and learns nothing of this. Choose which invented person
you are; the site then gets that person's invented PINFL, as it would from OneID.</p>
<ul>{people}</ul></main></body></html>
"""
ROW = '<li><a href="{address}">{what}<small>PINFL {pinfl}</small></a></li>'
ANSWERS = {
    "listed": "Roʻyxatda bor / on the voter list",
    "to be removed": "Roʻyxatdan chiqariladi / to be removed from the list",
    "removed": "Roʻyxatdan chiqarilgan / removed from the list",
}


class StandIn:
    """What it knows. `people`: the file that names them; `site`: the ports at which a browser may be led back."""

    def __init__(self, people: Path, secret: str, hosts: frozenset[str], port: int) -> None:
        self.people, self.secret, self.hosts, self.port = people, secret, hosts, port
        self._codes: dict[str, str] = {}
        self._lock = threading.Lock()

    def known(self) -> list[dict[str, str]]:
        """Whom one can choose."""
        with suppress(OSError, ValueError):
            found: list[dict[str, str]] = json.loads(self.people.read_text(encoding="utf-8"))
            return found
        return []

    def leads_back(self, address: str) -> bool:
        """Whether an address is the page of the site to which OneID leads."""
        with suppress(ValueError):
            found = urlsplit(address)
            here = (
                found.scheme in ("http", "https") and found.port == self.port and found.hostname in self.hosts
            )
            return here and found.path.endswith(BACK) and not found.query and "@" not in found.netloc
        return False

    def page(self, asked: Mapping[str, str]) -> str:
        """The people to choose from."""
        back = {name: asked.get(name, "") for name in ("redirect_uri", "state")}
        rows = [
            ROW.format(
                address=html.escape(f"{CHOSEN}?{urlencode({**back, 'person': number})}"),
                what=html.escape(ANSWERS.get(one["what"], one["what"])),
                pinfl=html.escape(one["pinfl"]),
            )
            for number, one in enumerate(self.known())
        ]
        nobody = "<li>Nobody yet: the demonstration is still writing its list. Come again in a minute.</li>"
        return PAGE.format(people="".join(rows) or nobody)

    def code_for(self, number: str) -> str | None:
        """A code, good once, for somebody who was chosen; None for nobody."""
        known = self.known()
        if not (number.isascii() and number.isdecimal()) or int(number) >= len(known):
            return None
        with self._lock:
            while len(self._codes) >= MOST:
                self._codes.pop(next(iter(self._codes)))
            return self._given(known[int(number)]["pinfl"])

    def _given(self, pinfl: str) -> str:
        code = secrets.token_urlsafe(24)
        self._codes[code] = pinfl
        return code

    def answer(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """What the site is told: status and content."""
        who = secrets.compare_digest(form.get("client_secret", ""), self.secret)
        if not who or form.get("client_id") != CLIENT:
            return 401, {}
        match form.get("grant_type"):
            case "one_authorization_code":
                return self._token(form.get("code", ""))
            case "one_access_token_identify":
                return self._profile(form.get("access_token", ""))
            case "one_log_out":
                with self._lock:
                    self._codes.pop(form.get("access_token", ""), None)
                return 200, {}
        return 400, {}

    def _token(self, code: str) -> tuple[int, dict[str, Any]]:
        with self._lock:
            pinfl = self._codes.pop(code, None)
            if pinfl is None:
                return 400, {}
            return 200, {"access_token": self._given(pinfl), "expires_in": "600", "scope": CLIENT}

    def _profile(self, token: str) -> tuple[int, dict[str, Any]]:
        pinfl = self._codes.get(token)
        if pinfl is None:
            return 400, {}
        return 200, {
            "valid": "true", "ret_cd": "0", "user_type": "I", "pin": pinfl, "full_name": "SIMULATED STAND-IN",
        }  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    """The pages of a stand-in."""

    standin: ClassVar[StandIn]
    timeout = 15.0

    def do_GET(self) -> None:
        """The choice, and the way back from it."""
        found = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(found.query).items()}
        if found.path not in (PATH, CHOSEN) or not self.standin.leads_back(asked.get("redirect_uri", "")):
            self._say(404, "text/plain", "404\n")
        elif found.path == PATH:
            self._say(200, "text/html", self.standin.page(asked))
        elif (code := self.standin.code_for(asked.get("person", ""))) is None:
            self._say(404, "text/plain", "404\n")
        else:
            back = urlencode({"code": code, "state": asked.get("state", "")})
            self._say(302, "text/plain", "", Location=f"{asked['redirect_uri']}?{back}")

    def do_POST(self) -> None:
        """A question of the site."""
        length = self.headers.get("Content-Length", "")
        if self.path != PATH or not length.isdecimal() or int(length) > MOST_BYTES:
            self._say(404, "text/plain", "404\n")
            return
        form = parse_qs(self.rfile.read(int(length)).decode("utf-8", "replace"))
        status, content = self.standin.answer({name: values[0] for name, values in form.items()})
        self._say(status, "application/json", json.dumps(content))

    def _say(self, status: int, kind: str, content: str, **headers: str) -> None:
        body = content.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header(
            "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
        )
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Silent: addresses hold codes."""


def server(host: str, port: int, standin: StandIn) -> ThreadingHTTPServer:
    """Listens there for a stand-in. Raises OSError."""
    handler = type("Bound", (Handler,), {"standin": standin})
    return ThreadingHTTPServer((host, port), handler)


def main(host: str, port: str, site: str, people: str) -> None:
    """The process of the stand-in. Its secret stands in the environment."""
    from esaylov.server.guard import guard_service

    guard_service()
    hosts = frozenset({"localhost", "127.0.0.1", "::1", host})
    listening = server(host, int(port), StandIn(Path(people), os.environ[SECRET], hosts, int(site)))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    listening.serve_forever(0.2)


if __name__ == "__main__":
    main(*sys.argv[1:])
