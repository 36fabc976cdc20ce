"""Members of commissions as a file: read, checked, written (docs/members.md)."""

from esaylov.exchange.members.checks import GROUNDS
from esaylov.exchange.members.composing import (
    Composition,
    check_composition,
    declared_grounds,
    sits,
    workplace,
)
from esaylov.exchange.members.problems import MemberProblem
from esaylov.exchange.members.reading import SCHEMA, MemberRow, MembersFile, read_members
from esaylov.exchange.members.writing import (
    members_csv,
    members_xlsx,
    problems_xlsx,
    row_cells,
    template_csv,
    template_xlsx,
)

__all__ = [
    "GROUNDS", "SCHEMA", "Composition", "MemberProblem", "MemberRow", "MembersFile", "check_composition",
    "declared_grounds", "members_csv", "members_xlsx", "problems_xlsx", "read_members", "row_cells", "sits",
    "template_csv", "template_xlsx", "workplace",
]  # fmt: skip
