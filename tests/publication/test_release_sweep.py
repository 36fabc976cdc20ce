"""Before the release no address that any public page leads to, and no code of the log, betrays a figure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.test import Client

from tests.publication.test_release import early, fill, names_a_figure

if TYPE_CHECKING:
    from tests.publication.ground import Site

__all__ = ["early"]
LINK = re.compile(r"(?:href|src|data-spec-url|data-live-url)=\"(/[^\"#]*)")
STARTS = ("/en/", "/en/elections/tiny/", "/en/elections/tiny/search/", "/en/elections/tiny/for-newsrooms/")
MOST = 400


def codes(client: Client) -> list[str]:
    """The addresses of all codes of the log, as somebody would try them who has the log's files."""
    from esaylov.acts.models import Entry
    from esaylov.publication.codes.codes import code_of

    rows = Entry.objects.order_by("index").values_list("index", "leaf_hash")
    return [f"/en/check/{code_of(int(index or 0), bytes(leaf or b''))}/" for index, leaf in rows]


def test_nothing_within_reach_names_a_figure(early: Site, client: Client) -> None:
    used = fill(early)
    early.move_on()
    proofs = [
        f"/open/elections/tiny/proofs/{precinct}/{contest}.json"
        for precinct in ("p1", "p2")
        for contest in ("list", "d1", "q")
    ]
    waiting = [*STARTS, *codes(client), *proofs, *(f"/en/search/?q={number}" for number in used[:3])]
    seen: set[str] = set()
    while waiting and len(seen) < MOST:
        path = waiting.pop(0)
        if path in seen or path.startswith(("/static/", "/uz", "/ru/", "/kaa/")) or path.endswith(".png"):
            continue
        seen.add(path)
        answer = client.get(path)
        body = (answer.getvalue() if answer.streaming else answer.content).decode("utf-8", "replace")
        if "?q=" not in path:  # a search repeats what was asked
            assert not names_a_figure(body + repr(dict(answer.headers)), used), path
        else:
            assert "protocols/" not in body
        waiting += LINK.findall(body)
    assert len(seen) > 100
    sealed = [
        path for path in seen if "/check/" in path and "A sealed record" in client.get(path).content.decode()
    ]
    assert len(sealed) > len(used) / 20, "the codes of sealed entries were among them"
