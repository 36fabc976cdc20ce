"""What a rule found: one type for every room of the house."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that one rule found.

    `code` is stable, public. `fields` names what is concerned (lines of the form, `votes` for all options).
    `left` and `right` are the two sides of a control relation in ballots or voters, None for other rules.
    `article` and `text` come from the edition of the law; `text` is by language.
    """

    code: str
    severity: Severity
    fields: tuple[str, ...] = ()
    article: str | None = None
    text: Mapping[str, str] = field(default_factory=dict, hash=False)
    left: int | None = None
    right: int | None = None

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def to_json(self) -> dict[str, Any]:
        """The finding as plain JSON values."""
        return {
            "code": self.code,
            "severity": self.severity,
            "fields": list(self.fields),
            "article": self.article,
            "text": dict(self.text),
            "left": self.left,
            "right": self.right,
        }
