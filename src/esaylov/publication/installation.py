"""What the operator says about an installation: who runs it, how to reach them, under which licence the data stand.

Nothing of it has a default, because nobody may be named who did not say so. Environment: `ESAYLOV_OPERATOR`,
`ESAYLOV_CONTACT` (an e-mail or web address, shown as text), `ESAYLOV_LICENCE` (an SPDX identifier, such as `CC-BY-4.0`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass

LICENCES = {
    "CC-BY-4.0": ("Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC0-1.0": ("Creative Commons Zero 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "ODC-By-1.0": ("Open Data Commons Attribution 1.0", "https://opendatacommons.org/licenses/by/1-0/"),
}


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence by its SPDX identifier; name and address where they are known."""

    code: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Installation:
    """The operator's own words; what was not said is empty."""

    operator: str
    contact: str
    licence: Licence | None


def installation() -> Installation:
    """What the environment says."""
    code = os.environ.get("ESAYLOV_LICENCE", "").strip()
    name, url = LICENCES.get(code, (code, ""))
    return Installation(
        operator=os.environ.get("ESAYLOV_OPERATOR", "").strip(),
        contact=os.environ.get("ESAYLOV_CONTACT", "").strip(),
        licence=Licence(code, name, url) if code else None,
    )
