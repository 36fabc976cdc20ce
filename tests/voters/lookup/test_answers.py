"""Who is on the list learns where to vote, everybody else what to do; nobody learns a name."""

from __future__ import annotations

from tests.voters.lookup.asking import LISTED, NOBODY, REMOVED, UNPLACED, Asked


def test_first(shared_asked: Asked) -> None:
    for person in (LISTED, UNPLACED, REMOVED, NOBODY):
        answer = shared_asked.ask(person)
        print(answer.status_code, len(answer.content), dict(answer.headers))
        import re

        print(
            re.sub(
                r"\s+",
                " ",
                re.sub("<[^>]*>", " ", answer.content.decode().split("<main")[1].split("</main")[0]),
            )
        )
