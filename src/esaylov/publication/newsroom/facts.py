"""What a page says at its head, read out of the finished page: so its social card says the same, whatever page it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
SIMULATED = frozenset({"simulated", "pilot", "replay"})


@dataclass(slots=True)
class Facts:
    """The small line over the title, title, answer, status
    tags (code, word) that stand beside the answer, tree size (None: of no election), how much
    is counted in hundredths of a per cent and in words, the short code of the one record that the page is about.
    """

    over: str = ""
    title: str = ""
    answer: str = ""
    tags: list[tuple[str, str]] = field(default_factory=list)
    size: int | None = None
    counted: str = ""
    share: int | None = None
    code: str = ""


def facts_of(html: str) -> Facts:
    """The facts of a page; what it does not say stays empty."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.facts


class _Reader(HTMLParser):
    """Collects the texts of the first element of each kind."""

    def __init__(self) -> None:
        super().__init__()
        self.facts = Facts()
        self._open: list[tuple[str, str]] = []
        self._words: dict[str, list[str]] = {}
        self._done: set[str] = set()

    def _kind(self, tag: str, classes: set[str]) -> str:
        kinds = {
            "title": tag == "h1",
            "over": "over" in classes,
            "answer": tag == "p" and "answer" in classes,
            "counted": bool(classes & {"progress-line", "counted"}),
            "code": tag == "strong" and "code" in classes,
            "tag": "state" in classes and self._within("answer"),
        }
        return next((kind for kind, holds in kinds.items() if holds), "")

    def _within(self, kind: str) -> bool:
        return any(one == kind for _, one in self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        classes = set(named.get("class", "").split())
        if tag == "main" and named.get("data-size", "").isdecimal():
            self.facts.size = int(named["data-size"])
        if tag == "rect" and "bar-fill" in classes and self._within("counted") and self.facts.share is None:
            self.facts.share = int(named["width"]) if named.get("width", "").isdecimal() else None
        if tag in VOID:
            return
        kind = self._kind(tag, classes)
        if kind == "tag":
            code = next((one.removeprefix("state-") for one in classes if one.startswith("state-")), "")
            self.facts.tags.append((code, ""))
        self._open.append((tag, "" if kind in self._done else kind))

    def handle_endtag(self, tag: str) -> None:
        if not any(one == tag for one, _ in self._open):
            return
        while self._open:
            found, kind = self._open.pop()
            if kind and kind != "tag":
                self._finish(kind)
            if found == tag:
                return

    def _finish(self, kind: str) -> None:
        self._done.add(kind)
        setattr(self.facts, kind, " ".join("".join(self._words.get(kind, [])).split()))

    def handle_data(self, data: str) -> None:
        kind = next((one for _, one in reversed(self._open) if one), "")
        if kind == "tag":
            code, text = self.facts.tags[-1]
            self.facts.tags[-1] = code, " ".join((text + data).split())
        elif kind:
            self._words.setdefault(kind, []).append(data)
