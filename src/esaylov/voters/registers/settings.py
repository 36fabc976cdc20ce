"""Which adapter brings which register, from the environment of the commands that fetch (no web process needs it):

- ``ESAYLOV_REGISTER_RESIDENCE``, ``ESAYLOV_REGISTER_ADDRESS``: a folder into which the register drops its extracts, or its
  address (https://…).
- ``…_TOKEN``, ``…_TOKEN_FILE``: the token that is shown to an address; ``…_CERTIFICATE``, ``…_KEY``: files of our certificate
  and its key; ``…_AUTHORITY``: file of the authorities that are believed.
- ``…_SILENT_HOURS``: after so many hours without an answer the register counts as silent, and pages say so (default 36).
- ``ESAYLOV_REGISTERS_FOLDER``: where extracts lie while they are brought and compared (default: ``registers`` in the data
  folder). They lie there in clear, and go when they are compared.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from esaylov.voters.registers.contract import REGISTERS, Register, RegisterError
from esaylov.voters.registers.dropped import DropFolder
from esaylov.voters.registers.web import Patience, WebRegister

PREFIX = "ESAYLOV_REGISTER_"
FOLDER = "ESAYLOV_REGISTERS_FOLDER"
SILENT_HOURS = 36.0
PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Configured:
    """A register's adapter, and after how many hours without an answer it counts as silent."""

    adapter: Register
    silent_hours: float


def configured(
    register: str, environment: Mapping[str, str] = os.environ, patience: Patience = PATIENCE
) -> Configured | None:
    """The adapter that the environment names for a register; None where it names none. Raises RegisterError ("settings")."""
    if register not in REGISTERS:
        raise RegisterError("settings", f"there is no register “{register}”: {', '.join(REGISTERS)}")
    name = PREFIX + register.upper()
    if not (where := environment.get(name, "").strip()):
        return None
    hours = _hours(environment, f"{name}_SILENT_HOURS")
    if "://" not in where:
        return Configured(DropFolder(register, Path(where)), hours)
    adapter = WebRegister(
        register, where, token=_token(environment, name), certificate=_certificate(environment, name),
        authority=environment.get(f"{name}_AUTHORITY", ""), patience=patience,
    )  # fmt: skip
    return Configured(adapter, hours)


def _token(environment: Mapping[str, str], name: str) -> str:
    if not (path := environment.get(f"{name}_TOKEN_FILE", "")):
        return environment.get(f"{name}_TOKEN", "").strip()
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError):
        raise RegisterError("settings", f"{name}_TOKEN_FILE cannot be read") from None


def _certificate(environment: Mapping[str, str], name: str) -> tuple[str, str] | str | None:
    certificate, key = environment.get(f"{name}_CERTIFICATE", ""), environment.get(f"{name}_KEY", "")
    if not certificate:
        return None
    return (certificate, key) if key else certificate


def _hours(environment: Mapping[str, str], name: str) -> float:
    text = environment.get(name, "").strip()
    try:
        hours = float(text) if text else SILENT_HOURS
    except ValueError:
        hours = 0
    if not 0 < hours < 10_000:
        raise RegisterError("settings", f"{name} is {text!r}: a number of hours is needed")
    return hours
