"""Small elections of every kind of contest: one contest in the whole country, protocols as a test gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.exchange.packages import EDITION, LINES, VOTERS

MAJORITY = """\
method = "majority"
majority = 0.5
majority_op = ">"
majority_base = "participants"
"""
RUN_OFF = """\
[contests.{kind}.run_off]
candidates = 2
"""
QUESTION = MAJORITY.replace('"majority"', '"question"')
INVALID = 2


def package(
    kind: str,
    options: Mapping[str, str],
    votes: Mapping[str, Sequence[int]],
    *,
    rule: str = 'method = "plurality"\n',
    seats: int | None = 1,
    decisions: str = "",
) -> dict[str, str]:
    """The tables of an election with one contest `c`: options (id to kind), votes by precinct, the edition's rule
    for the kind. Every protocol has two invalid ballots.
    """
    number = "" if seats is None else seats
    found = {
        "edition": EDITION.split("[contests.list]")[0] + f"[contests.{kind}]\n" + rule.format(kind=kind),
        "contests": f"id,kind,territory,seats,edition,title_en\nc,{kind},uz,{number},tiny-1,The contest\n",
        "options": "id,contest,kind,name_en,ballot_order\n"
        + "".join(
            f"{code},c,{what},{code.title()},{n}\n" for n, (code, what) in enumerate(options.items(), 1)
        ),
        "protocols": f"precinct,contest,{','.join(LINES)},submitted_at,state,version\n"
        + "".join(_protocol(precinct, sum(given)) for precinct, given in votes.items()),
        "votes": "precinct,contest,option,votes\n"
        + "".join(
            f"{precinct},c,{code},{count}\n"
            for precinct, given in votes.items()
            for code, count in zip(options, given, strict=True)
        ),
    }
    if decisions:
        found["decisions"] = f"kind,number,at,precinct,contest,outcome\n{decisions}"
    return found


def _protocol(precinct: str, votes: int) -> str:
    voters, taken = VOTERS[precinct], votes + INVALID
    lines = (voters, voters + 10, taken, 1, taken, voters + 10 - taken, INVALID)
    return f"{precinct},c,{','.join(map(str, lines))},2026-10-25T21:30:00+05:00,received,1\n"
