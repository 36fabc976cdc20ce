"""Which protocol stands for a place at a size of the log: the rules of docs/formats.md, section 4, as one statement.

Everything that counts protocols reads this statement: the projections, their rebuilding, reconciling, certifying.
"""

from psycopg import sql

# A fact is visible when its entry stands below the size, and, if it was sealed, its opening does too.
# Size NULL: every committed fact, sequenced or not (for certifying, under the contest's lock).
# Nothing here sorts the figures of a whole country: what is corrected, contested, ruled on or annulled is little, and
# is found by its own indexes.
STANDINGS = """
visible AS NOT MATERIALIZED (
    SELECT f.journal_id, f.contest_id, f.precinct_id, f.state, f.lines, f.votes, f.leaf, f.replaces, e.index
    FROM results_protocol f
    LEFT JOIN acts_entry e ON e.journal_id = f.journal_id
    {sealed_join}
    WHERE f.contest_id = ANY(%(contests)s) AND {places}
      AND (%(size)s::bigint IS NULL OR (e.index < %(size)s {opened}))
),
orphan (leaf) AS (
    SELECT c.leaf FROM visible c WHERE c.replaces IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM visible o WHERE o.precinct_id = c.precinct_id AND o.contest_id = c.contest_id
        AND o.state <> 'conflicting' AND o.leaf = c.replaces)
    UNION SELECT c.leaf FROM visible c JOIN orphan ON c.replaces = orphan.leaf WHERE c.replaces IS NOT NULL
),
latest AS NOT MATERIALIZED (
    SELECT v.* FROM visible v WHERE v.state <> 'conflicting'
      AND NOT EXISTS (SELECT 1 FROM visible n WHERE n.replaces IS NOT NULL AND n.replaces = v.leaf)
      AND (v.replaces IS NULL OR v.leaf NOT IN (SELECT leaf FROM orphan))
),
ruling AS MATERIALIZED (
    SELECT g.* FROM results_ruling g LEFT JOIN acts_entry e ON e.journal_id = g.journal_id
    WHERE (%(size)s::bigint IS NULL OR e.index < %(size)s) AND {ruled}
),
verdict AS (
    SELECT DISTINCT ON (protocol_id) protocol_id, kind FROM ruling WHERE kind <> 'annul'
    ORDER BY protocol_id, journal_id DESC
),
annulment AS MATERIALIZED (
    SELECT DISTINCT c.id AS contest_id, g.precinct_id
    FROM ruling g JOIN elections_contest c ON c.id = ANY(%(contests)s) AND (g.contest_id IS NULL OR g.contest_id = c.id)
    JOIN registry_precinct p ON p.id = g.precinct_id AND p.election = c.election_id
    JOIN registry_cell cell ON cell.id = p.cell_id AND c.territory_id = ANY(cell.territories)
    WHERE g.kind = 'annul'
),
conflict AS (
    SELECT precinct_id, contest_id, count(*) AS n FROM visible WHERE state = 'conflicting' GROUP BY 1, 2
),
standing AS NOT MATERIALIZED (
    SELECT l.contest_id, l.precinct_id, l.journal_id AS protocol_id, l.index, l.lines, l.votes,
           COALESCE(k.n, 0) AS conflicts,
           CASE WHEN a.precinct_id IS NOT NULL THEN 'annulled' WHEN v.kind = 'accept' THEN 'accepted'
                WHEN v.kind = 'return' THEN 'returned' ELSE l.state END AS state
    FROM latest l
    LEFT JOIN annulment a ON a.contest_id = l.contest_id AND a.precinct_id = l.precinct_id
    LEFT JOIN verdict v ON v.protocol_id = l.journal_id
    LEFT JOIN conflict k ON k.precinct_id = l.precinct_id AND k.contest_id = l.contest_id
    UNION ALL
    SELECT a.contest_id, a.precinct_id, NULL, NULL, NULL, NULL, 0, 'annulled' FROM annulment a
    WHERE NOT EXISTS (SELECT 1 FROM latest l WHERE l.precinct_id = a.precinct_id AND l.contest_id = a.contest_id)
)
"""

SEALED_JOIN = """LEFT JOIN acts_sealed s ON s.journal_id = f.journal_id
    LEFT JOIN acts_entry o ON o.journal_id = s.opened_by"""
OPENED = "AND (NOT f.sealed OR o.index < %(size)s)"


def standings(*, some_places: bool, sealed: bool) -> sql.SQL:
    """The common table expressions `visible` to `standing`, to stand behind WITH RECURSIVE. An `orphan` is a correction of
    what is not known yet, or of an orphan: it is left out.

    Parameters of the statement: `contests` (ids), `size` (or NULL), and with `some_places` the array `precincts`: only their
    places are looked at. `sealed` false leaves the vault out, for elections without a release time.
    """
    return sql.SQL(
        STANDINGS.format(
            sealed_join=SEALED_JOIN if sealed else "",
            opened=OPENED if sealed else "",
            places="f.precinct_id = ANY(%(precincts)s)" if some_places else "true",
            ruled="g.precinct_id = ANY(%(precincts)s)" if some_places else "true",
        )
    )
