"""Which entries are looked at together: pairs that agree in something a duplicate hardly loses all of.

Twenty million entries make 2·10¹⁴ pairs. Every rule below is a key; entries with the same key are candidates. A key that
very many share (no rule is one for them: an invented birth date, a hostel) is left out and counted, not searched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from esaylov.voters.linkage.engine import count
from esaylov.voters.linkage.people import TABLE

#: A key that more entries share is left out.
LARGEST = 200

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Rule:
    """`key`: an SQL expression over the table of people; without a value (NULL) an entry takes no part."""

    name: str
    key: str


_DAY = "substr(birth_date, 9, 2)"
_MONTH = "substr(birth_date, 6, 2)"
_YEAR = "substr(birth_date, 1, 4)"
#: The same for 1980-03-07 and 1980-07-03.
_MIRRORED = (_YEAR, f"least({_DAY}, {_MONTH})", f"greatest({_DAY}, {_MONTH})")


def _key(*parts: str) -> str:
    known = " AND ".join(f"{part} IS NOT NULL" for part in parts)
    return f"CASE WHEN {known} THEN hash({', '.join(parts)}) END"


EXACT = (
    Rule("pinfl", _key("pinfl")),
    Rule("document", _key("document")),
)
PROBABLE = (
    # Surname and given name in either order, day and month in either order.
    Rule(
        "names and birth date",
        _key("least(surname_key, given_key)", "greatest(surname_key, given_key)", *_MIRRORED),
    ),
    # A surname that was changed.
    Rule("given name, patronymic, birth date", _key("given_key", "patronymic_key", "birth_date")),
    Rule("surname, patronymic, birth date", _key("surname_key", "patronymic_key", "birth_date")),
    # A birth date that was written wrongly.
    Rule("names and year", _key("surname_key", "given_key", "patronymic_key", _YEAR)),
    Rule("names, day and month", _key("surname_key", "given_key", "patronymic_key", "substr(birth_date, 6)")),
    Rule("names in a mahalla", _key("surname_key", "given_key", "mahalla")),
    # A name that was written wrongly.
    Rule("house and birth date", _key("house", "birth_date")),
    Rule("mahalla, given name, birth date", _key("mahalla", "given_key", "birth_date")),
    Rule("mahalla, surname, birth date", _key("mahalla", "surname_key", "birth_date")),
    # A number that was written wrongly: one half of it is right.
    Rule("pinfl without its end", _key("pinfl // 100000", "given_key")),
    Rule("pinfl without its beginning", _key("pinfl % 10000000", "given_key")),
    Rule("document without its letters", _key("substr(document, 3)", "given_key")),
)


def pairs(
    connection: duckdb.DuckDBPyConnection, rules: tuple[Rule, ...], progress: Progress
) -> dict[str, int]:
    """Makes the table `candidates` (join_key_l < join_key_r, match_key: the first rule that found it).

    Out: how many pairs each rule brought, and under "left out" how many entries stood under a key of too many.
    """
    connection.execute(
        "CREATE OR REPLACE TABLE candidates (match_key VARCHAR, join_key_l BIGINT, join_key_r BIGINT)"
    )
    found = {"left out": 0}
    for done, rule in enumerate(rules):
        progress(rule.name, done, len(rules))
        found["left out"] += _meet(connection, rule)
        before = count(connection, "candidates")
        connection.execute(
            f"""INSERT INTO candidates
                SELECT '{done}', l, r FROM met ANTI JOIN candidates ON l = join_key_l AND r = join_key_r"""
        )
        found[rule.name] = count(connection, "candidates") - before
    connection.execute("DROP TABLE met")
    return found


def _meet(connection: duckdb.DuckDBPyConnection, rule: Rule) -> int:
    """The pairs of a rule as the table `met`; gives how many entries it left out."""
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE keyed AS SELECT {rule.key} AS key, id FROM {TABLE} WHERE key IS NOT NULL"""
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE shared AS SELECT key, count(*) AS entries FROM keyed GROUP BY key HAVING entries > 1"
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE few AS
            SELECT key, id FROM keyed SEMI JOIN (SELECT key FROM shared WHERE entries <= {LARGEST}) USING (key)"""
    )
    connection.execute("DROP TABLE keyed")
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE met AS
           SELECT one.id AS l, other.id AS r FROM few AS one JOIN few AS other ON one.key = other.key AND one.id < other.id"""
    )
    connection.execute("DROP TABLE few")
    row = connection.execute(
        f"SELECT coalesce(sum(entries), 0) FROM shared WHERE entries > {LARGEST}"
    ).fetchone()
    return int(row[0]) if row else 0
