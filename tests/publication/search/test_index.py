"""The table of what can be found: made from the election's tables, and compared with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.db import connections

if TYPE_CHECKING:
    from tests.publication.ground import Site

MakeSite = Callable[..., "Site"]
CHANGES = [
    ("UPDATE publication_searchdocument SET titles = '{}' WHERE kind = 'territory' AND code = 'n'", "territory/n"),
    ("UPDATE publication_searchdocument SET address = 'x' WHERE kind = 'precinct' AND code = 'p3'", "precinct/p3"),
    ("UPDATE publication_searchdocument SET words = '''x''' WHERE kind = 'party' AND code = 'amber'", "party/list/amber"),
    ("UPDATE publication_searchdocument SET own = '''x''' WHERE kind = 'contest' AND code = 'd1'", "contest/d1"),
    ("DELETE FROM publication_searchdocument WHERE kind = 'candidate' AND within = 'd2' AND code = 'cyd'", "candidate/d2/cyd"),
    ("UPDATE publication_searchdocument SET code = 'p9' WHERE kind = 'precinct' AND code = 'p1'", "precinct/p9"),
    ("UPDATE publication_searchdocument SET election = 'other' WHERE kind = 'precinct' AND code = 'p1'", "election other"),
]  # fmt: skip


def differences() -> list[str]:
    from esaylov.operations.reconcile import reconcile

    return [str(difference) for difference in reconcile()]


def test_reconcile_names_the_row_that_was_changed(make_site: MakeSite) -> None:
    from esaylov.publication.search.index import index

    site = make_site()
    assert differences() == []
    for statement, name in CHANGES:
        with connections["admin"].cursor() as cursor:
            cursor.execute(statement)
            assert cursor.rowcount == 1
        assert any(f"publication_searchdocument {name}:" in one for one in differences()), name
        with connections["admin"].cursor() as cursor:
            cursor.execute("DELETE FROM publication_searchdocument WHERE election = 'other'")
        index(site.election)
        assert differences() == []


def test_an_election_that_was_not_indexed_is_indexed_at_the_next_start(make_site: MakeSite) -> None:
    from esaylov.publication.search.index import index_missing
    from esaylov.publication.search.models import SearchDocument

    site = make_site()
    SearchDocument.objects.all().delete()
    assert differences() == []
    assert index_missing() == [site.election]
    assert index_missing() == []
    SearchDocument.objects.filter(kind="territory", code="n").update(own="'folded' 'otherwise'")
    assert index_missing() == [site.election]
    assert differences() == []
    # Five places of the tree, two parties, four candidates, four contests, five precincts.
    assert SearchDocument.objects.count() == 5 + 2 + 4 + 4 + 5


@pytest.mark.parametrize("word", ["x", "шаҳар", "0123456789"])
def test_words_are_written_as_the_database_reads_them(db_clone: object, word: str) -> None:
    from django.db import connection

    from esaylov.design.scripts import words
    from esaylov.publication.search.index import vector

    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(%s::tsvector)", [vector(words(word))])
        assert cursor.fetchone()[0] == words(word)
