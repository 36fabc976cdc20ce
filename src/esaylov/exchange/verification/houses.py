"""rules/ENTRY.csv: which houses precincts have, by the act that said so (docs/formats.md, section 6)."""

from __future__ import annotations

from collections.abc import Mapping

from esaylov.exchange.verification.manifest import RULES, Manifest
from esaylov.exchange.verification.store import VerificationError


def compare_rules(manifest: Manifest, election: str, tables: Mapping[int, str]) -> int:
    """Compares the hashes of the tables of rules with those that entries pin; returns how many there are.

    `tables`: by index of the entry the SHA-256 that it names. Publications of before had none of these files. Raises
    VerificationError.
    """
    prefix = f"data/{election}/"
    mine = {
        path.removeprefix(prefix): pin for path, (_, pin) in manifest.files.items() if path.startswith(prefix)
    }
    named = {int(match[1]): pin for path, pin in mine.items() if (match := RULES.fullmatch(path))}
    if not named and not {"rules.csv", "mahallas.csv"} & mine.keys():
        return 0
    due = {index: pin for index, pin in tables.items() if index < manifest.size}
    if named != due or not {"rules.csv", "mahallas.csv"} <= mine.keys() or not due:
        raise VerificationError(
            f"{prefix}rules: not the tables that entries pin, one of them is missing, or rules.csv is"
        )
    return len(named)
