"""The check as one file: script and style stand in it, the log's key is pinned, and a policy by hash lets nothing else
run.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from esaylov.acts.models import LogIdentity
from esaylov.design.assets import ASSETS, manifest

STYLE = Path(__file__).with_name("tool.css")
SCRIPT = "check-tool.js"
POLICY = (
    "default-src 'none'; script-src {script}; style-src {style}; connect-src 'self' http: https:; base-uri 'none'; "
    "form-action 'none'"
)


@dataclass(frozen=True, slots=True)
class Tool:
    """What the file is made of. `site`: the address that it reads from until its reader names another one."""

    script: str
    style: str
    policy: str
    origin: str
    key: str
    simulated: bool
    replay: bool
    site: str


@cache
def _inlined() -> tuple[str, str, str]:
    """Script, style and the policy that allows these two. Raises AssetsMissing where the front end is not built."""
    script = (ASSETS / manifest()[SCRIPT]).read_text()
    style = STYLE.read_text()
    if "</script" in script.lower() or "<!--" in script or "</style" in style.lower():
        raise RuntimeError(f"{SCRIPT} or {STYLE.name} would end its own element")
    return script, style, POLICY.format(script=_source(script), style=_source(style))


def _source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def tool(log: LogIdentity, site: str) -> Tool:
    """The file for a log. Raises AssetsMissing where the front end is not built."""
    script, style, policy = _inlined()
    return Tool(script, style, policy, log.origin, log.verifier_key, log.simulated, log.replay, site)
