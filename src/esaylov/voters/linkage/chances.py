"""What chance alone brings about in a list of this size: counted in the list itself, exactly.

How often two people share a house hangs on how many entries there are: such chances are no parameters of a model. And what a
family shares (house, surname, patronymic, with twins the birth date) is one piece of evidence, not four: `Chances.family` says by
how much too much the fields count together there.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from esaylov.voters.linkage.engine import count, number
from esaylov.voters.linkage.people import TABLE

#: One entry in so many bears a number that is somebody else's.
WRONG_NUMBERS = 1000
_FAMILY = "house, stem"
_SIBLINGS = f"{_FAMILY}, patronymic"
_TWINS = f"{_SIBLINGS}, birth_date"


@dataclass(frozen=True, slots=True)
class Chances:
    """How often two entries drawn at random share something. `relatives`, `siblings`, `twins`: a house and all that these share,
    with another given name (twins).
    """

    entries: int
    house: float
    street: float
    mahalla: float
    surname: float
    patronymic: float
    birth_date: float
    relatives: float
    siblings: float
    twins: float

    @property
    def number(self) -> float:
        """Two people with one PINFL or document."""
        return 1 / (WRONG_NUMBERS * max(self.entries, 1))

    def family(self) -> dict[str, float]:
        """By how much the fields weigh too much together (a factor of at most 1), where all of them agree."""
        alone = self.house * self.surname
        siblings = alone * self.patronymic
        return {
            "twins": _factor(siblings * self.birth_date, self.twins),
            "siblings": _factor(siblings, self.siblings),
            "relatives": _factor(alone, self.relatives),
        }


def _factor(independent: float, found: float) -> float:
    return min(1.0, independent / found) if found > 0 and independent > 0 else 1.0


def measure(connection: duckdb.DuckDBPyConnection) -> Chances:
    """Counts the table of people."""
    entries = count(connection, TABLE)
    everybody = max(1.0, entries * (entries - 1) / 2)
    house, street, mahalla = (_pairs(connection, column) for column in ("house", "street", "mahalla"))
    relatives, siblings, born = (_pairs(connection, columns) for columns in (_FAMILY, _SIBLINGS, _TWINS))
    namesakes = _pairs(connection, f"{_TWINS}, given_key")
    return Chances(
        entries=entries,
        house=house / everybody,
        street=(street - house) / everybody,
        mahalla=(mahalla - street) / everybody,
        surname=_pairs(connection, "stem") / everybody,
        patronymic=_pairs(connection, "patronymic") / everybody,
        birth_date=_pairs(connection, "birth_date") / everybody,
        relatives=(relatives - siblings) / everybody,
        siblings=(siblings - born) / everybody,
        twins=(born - namesakes) / everybody,
    )


def _pairs(connection: duckdb.DuckDBPyConnection, columns: str) -> float:
    """How many pairs of entries share what all the columns say."""
    known = " AND ".join(f"{column} IS NOT NULL" for column in columns.split(", "))
    return float(
        number(
            connection,
            f"""SELECT coalesce(sum(entries * (entries - 1)) // 2, 0)
                FROM (SELECT count(*) AS entries FROM {TABLE} WHERE {known} GROUP BY {columns} HAVING entries > 1)""",
        )
    )
