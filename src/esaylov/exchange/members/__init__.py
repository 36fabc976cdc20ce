"""Members of commissions as a file: read, checked, written (docs/members.md)."""

from esaylov.exchange.members.problems import MemberProblem
from esaylov.exchange.members.reading import SCHEMA, MemberRow, MembersFile, read_members

__all__ = ["SCHEMA", "MemberProblem", "MemberRow", "MembersFile", "read_members"]
