"""Rules of precincts as everybody may load them: those in force, and the table of each act as its entry pins it.

They say which streets and house numbers belong to a precinct (Electoral Code, Art. 10), and nothing of who lives there.
"""

from __future__ import annotations

from esaylov.acts.statements import fetch
from esaylov.exchange.published import PrecinctRules
from esaylov.exchange.residents.head import MAHALLA_COLUMNS
from esaylov.exchange.residents.rules import Rule
from esaylov.exchange.tables import csv_row
from esaylov.registry.queries import names_of
from esaylov.voters.places.checking import table_of
from esaylov.voters.places.given import Given

ACTS = """SELECT e.index, s.journal FROM voters_ruleset s JOIN acts_entry e ON e.journal_id = s.journal
WHERE s.election = %s AND e.index < %s ORDER BY e.index"""
IN_FORCE = """SELECT p.code, m.code, r.street, r.street_key, r.first, r.last, r.parity FROM voters_rule r
JOIN registry_precinct p ON p.id = r.precinct_id JOIN voters_mahalla m ON m.id = r.mahalla_id
JOIN acts_entry e ON e.journal_id = r.journal LEFT JOIN acts_entry g ON g.journal_id = r.ended
WHERE r.election = %s AND e.index < %s AND (r.ended IS NULL OR g.index IS NULL OR g.index >= %s)"""
NAMES = "SELECT code, district, names FROM voters_mahalla WHERE code = ANY(%s) ORDER BY code"
LANGUAGES = ("uz", "uz-cyrl", "ru", "en")


def precinct_rules(election: str, size: int) -> PrecinctRules | None:
    """The rules of an election at a size of the log, None where none were set."""
    acts = {int(index): table_of(journal) for index, journal in fetch(ACTS, [election, size])}
    if not acts:
        return None
    found = fetch(IN_FORCE, [election, size, size])
    rules = tuple(Rule(line, *row) for line, row in enumerate(found, 2))
    return PrecinctRules(
        in_force=Given(rules, ()).content(),
        mahallas=_mahallas(sorted({rule.mahalla for rule in rules})),
        acts={index: given.content() for index, given in acts.items()},
    )


def _mahallas(codes: list[str]) -> bytes:
    """A table as the address register's own (docs/extracts.md)."""
    rows = (
        csv_row((code, f"{district:07d}", *(names_of(names).get(language, "") for language in LANGUAGES)))
        for code, district, names in fetch(NAMES, [codes])
    )
    return "".join([csv_row(MAHALLA_COLUMNS), *rows]).encode()
