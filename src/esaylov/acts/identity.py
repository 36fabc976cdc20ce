"""The log's identity: its private key in the data folder, its origin and public key in the database."""

import os
import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from esaylov.acts.models import LogIdentity
from esaylov.tlog.notes import Signer

KEY_FILE = Path("keys") / "log.seed"


class IdentityError(RuntimeError):
    """The log at hand cannot take this election; the text says why and what to do."""


def data_folder() -> Path:
    """The platform's data folder."""
    return Path(settings.ESAYLOV_DATA)


def log_folder() -> Path:
    """Where the log's public files lie."""
    return data_folder() / "log"


def _seed() -> bytes:
    path = data_folder() / KEY_FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(path.read_text().strip())
    seed = secrets.token_bytes(32)
    with os.fdopen(descriptor, "w") as file:
        file.write(seed.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return seed


def default_origin(seed: bytes) -> str:
    """An origin for a log that nobody named: it says itself that it is not a public one."""
    return f"log-{Signer('unnamed', seed).verifier.key_id:08x}.esaylov.invalid"


# An identity never changes once it is there; tests lead one process to many databases.
_known: dict[tuple[str, str], LogIdentity] = {}


def identity() -> LogIdentity | None:
    """The identity of this installation's log, None before the first election."""
    place = (str(connection.settings_dict["HOST"]), str(connection.settings_dict["NAME"]))
    if place not in _known and (found := LogIdentity.objects.filter(pk=1).first()) is not None:
        if connection.in_atomic_block:
            return found  # it may be rolled back yet
        _known[place] = found
    return _known.get(place)


def establish(*, simulated: bool, replay: bool) -> LogIdentity:
    """The log's identity, made at the first election. Raises IdentityError when the log holds elections of the other
    kind, or when the configured origin does not end in `.invalid` although nothing in it is official."""
    with transaction.atomic():
        known = identity()
        if known is None:
            seed = _seed()
            origin = os.environ.get("ESAYLOV_LOG_ORIGIN") or default_origin(seed)
            if (simulated or replay) and not origin.endswith(".invalid"):
                raise IdentityError(
                    f"the log's origin {origin} does not end in .invalid: a simulated or replayed election"
                    " needs a data folder of its own without ESAYLOV_LOG_ORIGIN"
                )
            known = LogIdentity(
                origin=origin, verifier_key=Signer(origin, seed).vkey, simulated=simulated, replay=replay
            )
            known.save(force_insert=True)
    if (known.simulated, known.replay) != (simulated, replay):
        raise IdentityError(
            "this installation's log holds elections of another kind (simulated, replayed or real);"
            " use another data folder (ESAYLOV_DATA)"
        )
    return known


@lru_cache(maxsize=4)
def _signer(origin: str, folder: Path) -> Signer:
    """(The key is read once: whoever could change its file under us could change us.)"""
    return Signer(origin, _seed())


def signer() -> Signer:
    """The log's signer. Raises IdentityError before the first election, or when the key in the data folder is not the log's."""
    known = identity()
    if known is None:
        raise IdentityError("no election has been loaded yet: the log has no identity")
    found = _signer(known.origin, data_folder())
    if found.vkey != known.verifier_key:
        raise IdentityError(f"the key in {data_folder() / KEY_FILE} is not that of the log {known.origin}")
    return found
