"""sittings.json: every text has the hash that its entry names, and what the log says of sessions is all there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from esaylov.exchange.canonical import CanonicalError, dumps, loads_strict
from esaylov.exchange.verification.store import VerificationError
from esaylov.exchange.verification.tables import Files

NAME = "sittings.json"
OPEN, VOTE, DISSENT = (f"proceedings.{act}" for act in ("open_session", "adopt_decision", "state_dissent"))
PLACES = {"proceedings.record_attendance": "attendance", VOTE: "questions", DISSENT: "dissents"}
"""In which array of its session an act stands; the end of a session is its `closing`."""
_COMMON = frozenset({"v", "act", "edition", "election", "simulated", "replay"})
_OF_SESSION = frozenset({"body", "session", "year"})

Said = dict[str, Any]


def compare_sittings(files: Files, entries: Sequence[tuple[int, Said]], size: int) -> tuple[int, int]:
    """How many sessions the file holds, and how many questions. `entries`: of the election, with their indexes.

    Raises VerificationError where a text has another hash, or the file has more or less than the log below `size`.
    """
    due = [(index, entry) for index, entry in entries if index < size]
    if not due and NAME not in files:
        return 0, 0
    path = files.path(NAME)
    try:
        published = loads_strict(files.take(NAME))
    except CanonicalError as error:
        raise VerificationError(f"{path}: {error}") from error
    words = _by_entry(path, published)
    expected = _sessions(path, due, words)
    strange = words.keys() - {index for index, _ in due}
    if strange:
        raise VerificationError(f"{path}: {min(strange)} is no entry of a session below size {size}")
    if dumps(expected) != dumps(published):
        raise VerificationError(f"{path}: it says something else than the log's entries")
    return len(expected), sum(len(session["questions"]) for session in expected)


def _by_entry(path: str, published: Any) -> dict[int, Said]:
    """All that the file says, by the index of the entry that it stands for."""
    try:
        told = [
            one
            for session in published
            for one in (
                session,
                *(one for name in PLACES.values() for one in session[name]),
                session["closing"],
            )
            if one is not None
        ]
        found = {one["entry"]: one for one in told}
    except (TypeError, KeyError) as error:
        raise VerificationError(f"{path}: not an array of sessions") from error
    if len(found) != len(told) or any(type(index) is not int for index in found):
        raise VerificationError(f"{path}: an entry stands in it twice, or is none")
    return found


def _sessions(path: str, due: Sequence[tuple[int, Said]], words: Mapping[int, Said]) -> list[Said]:
    """What the file should say: the entries, with its words where they are those that an entry hashes."""
    held: dict[tuple[str, int, int], Said] = {}
    for index, entry in due:
        if index not in words:
            raise VerificationError(f"{path}: entry {index}, {entry['act']}, is missing")
        wrong = _wrong(entry, words[index])
        if wrong:
            raise VerificationError(f"{path}: entry {index}: {wrong}")
        key, opens = (entry["body"], entry["year"], entry["session"]), entry["act"] == OPEN
        hidden = _COMMON if opens else _COMMON | _OF_SESSION
        said = {name: value for name, value in entry.items() if name not in hidden}
        said |= {"entry": index} | _words(entry, words[index])
        if opens:
            held[key] = said | {"attendance": [], "questions": [], "dissents": [], "closing": None}
        elif key not in held:
            raise VerificationError(f"{path}: entry {index} is of no session of the election")
        elif entry["act"] in PLACES:
            held[key][PLACES[entry["act"]]].append(said)
        else:
            held[key]["closing"] = said
    return list(held.values())


def _wrong(entry: Said, said: Said) -> str | None:
    """Why words of the file are not those of an entry."""
    if entry["act"] == OPEN:
        agenda, place = said.get("agenda"), said.get("place")
        told = () if place is None else (place,)
        if not isinstance(agenda, list) or not all(isinstance(one, str) for one in (*agenda, *told)):
            return "agenda and place are not titles and a text"
        hashed = None if place is None else sha256(place.encode()).hexdigest()
        same = len(agenda) == entry["items"] and _digest(agenda) == entry["agenda"]
        return (
            None
            if same and hashed == entry.get("place")
            else "not the agenda and the place that the entry hashes"
        )
    if entry["act"] == VOTE:
        title, text = said.get("title"), said.get("text")
        if not isinstance(title, str) or not isinstance(text, str):
            return "title and text are not texts"
        same = _digest({"articles": entry["articles"], "text": text, "title": title}) == entry["text"]
        return None if same else "not the words that the entry hashes"
    if entry["act"] == DISSENT and entry["public"]:
        text = said.get("text")
        same = isinstance(text, str) and sha256(text.encode()).hexdigest() == entry["text"]
        return None if same else "not the dissent that the entry hashes"
    return None


def _words(entry: Said, said: Said) -> Said:
    if entry["act"] == OPEN:
        return {"agenda": said["agenda"], "place": said["place"]}
    if entry["act"] == VOTE:
        return {"title": said["title"], "text": said["text"]}
    if entry["act"] == DISSENT:
        return {"text": said["text"] if entry["public"] else None}
    return {}


def _digest(words: Said | list[str]) -> str:
    return sha256(dumps(words)).hexdigest()
