"""The keys as a command at the terminal takes them: whoever imports a register sees everything in clear anyway.

The web's processes never come here; they ask the custodian (`custody.client`).
"""

from __future__ import annotations

from collections.abc import Iterable

from esaylov.acts.identity import data_folder
from esaylov.custody.keyring import Keyring, KeyringError
from esaylov.custody.place import keys_file
from esaylov.custody.sealer import Sealer, generation_of
from esaylov.voters.models import KeyCheck


def keyring() -> Keyring:
    """The keys of this installation, made at first use; the database keeps by what they are recognised.

    Raises KeyringError where they are missing, damaged or others: then nothing may be written.
    """
    known = {row.generation: bytes(row.value) for row in KeyCheck.objects.all()}
    ring = Keyring.read_or_make(keys_file(data_folder()), known)
    new = [
        KeyCheck(generation=number, value=value)
        for number, value in ring.check().items()
        if number not in known
    ]
    KeyCheck.objects.bulk_create(new, ignore_conflicts=True)
    return ring


def changing() -> bool:
    """Whether the list is on its way from one generation of keys to the next."""
    return KeyCheck.objects.count() > 1


def steady() -> int | None:
    """The generation of keys under which the whole list lies (None: nothing was ever sealed). Raises KeyringError while it is on
    its way to the next one: nothing is staged then.
    """
    known = list(KeyCheck.objects.values_list("generation", flat=True))
    if len(known) > 1:
        raise KeyringError("the keys of the voter list are being changed: wait for its end")
    return known[0] if known else None


def under_one_key(sealed: Iterable[bytes]) -> None:
    """Raises KeyringError where a change of keys began between digests and these values: they are separate questions to the
    custodian, and a row whose digests lie under other keys than its sealed value is one that no rotation looks at again. (Ask
    for digests first, seal last, and call this before anything is written.)
    """
    lies = steady()
    if lies is not None and any(generation_of(value) != lies for value in sealed):
        raise KeyringError("the keys of the voter list are being changed: wait for its end")


def sealer() -> Sealer:
    """Seals, opens and finds entries of the list. Raises KeyringError, also while the keys are being changed: registers cannot
    be compared with a list of which a part lies under other keys.
    """
    ring = keyring()
    if len(ring.generations) > 1:
        raise KeyringError(
            "the keys of the voter list are being changed: esaylov keys rotate brings it to its end"
        )
    return Sealer(ring)
