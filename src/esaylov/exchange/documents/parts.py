"""What several documents have in common: the sheet, the record in the log, attendance, votes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal, Protocol, get_args

from esaylov.exchange.documents.words import LANGUAGES, Words

Mode = Literal["official", "pilot", "rehearsal", "simulated"]
Content = dict[str, Any]
"""What a template lays out: texts ready to be shown, lists and tables of them."""

_HASH = re.compile(r"[0-9a-f]{64}")
_ADDRESS = re.compile(r"https?://[!-~]{1,500}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What every document says of itself.

    `issuer`: the body that issues it, in the document's language. `made`: the time that the file carries (never now),
    with its zone. `election`: the election's title, empty for what belongs to none. `said`: the language in which the
    texts were written where it is another than the document's (a Russian copy of a decision written in Uzbek), so that
    screen readers speak both right. Every mode but `official` stands on each page in words. ValueError where one of
    them cannot be.
    """

    language: str
    mode: Mode
    issuer: str
    made: datetime
    election: str = ""
    said: str = ""

    def __post_init__(self) -> None:
        for language in (self.language, self.said or self.language):
            if language not in LANGUAGES:
                raise ValueError(f"no such language of documents: {language}")
        if self.mode not in get_args(Mode):
            raise ValueError(f"no such mode: {self.mode}")
        if self.made.utcoffset() is None:
            raise ValueError("a time without its zone")


SERIES: Mapping[str, str] = {"pilot": "P", "rehearsal": "R", "simulated": "S"}


def marked(number: str, mode: Mode) -> str:
    """A decision's number as it is quoted: one that is not of the official series carries its letter."""
    return f"{number}/{SERIES[mode]}" if number and mode in SERIES else number


class Document(Protocol):
    """A kind of document: its template, its sheet, and what the template lays out."""

    template: ClassVar[str]

    @property
    def sheet(self) -> Sheet: ...

    def content(self, words: Words) -> Content:
        """The texts; `title` names the document to whoever opens the file, `heading` is its first heading."""
        ...


@dataclass(frozen=True, slots=True)
class Record:
    """Where a document can be looked up: its page (http or https), and its entry in the public log.

    `leaf`: the leaf hash in hexadecimal, empty while there is none. `index`: the entry's number, None until it has one.
    """

    page: str
    leaf: str = ""
    index: int | None = None

    def __post_init__(self) -> None:
        checked_address(self.page)
        if self.leaf and not _HASH.fullmatch(self.leaf):
            raise ValueError("a leaf hash has 64 hexadecimal digits")
        if self.index is not None and self.index < 0:
            raise ValueError("the number of an entry is not negative")

    def content(self, words: Words) -> Content:
        """Address and log lines of the box at the end."""
        box = page_box(words, self.page, "check")
        if self.leaf and self.index is None:
            box |= {"leaf": groups(self.leaf, 8), "index": words("index_later")}
        elif self.leaf and self.index is not None:
            box |= {"leaf": groups(self.leaf, 8), "index": words("index", index=words.count(self.index))}
        return box


@dataclass(frozen=True, slots=True)
class Vote:
    """The votes on one question. `needed`: votes that carry a decision. `casting`: who presides decided."""

    votes_for: int
    against: int
    abstained: int
    needed: int
    adopted: bool
    not_voting: int = 0
    casting: bool = False

    def __post_init__(self) -> None:
        if min(self.votes_for, self.against, self.abstained, self.needed, self.not_voting) < 0:
            raise ValueError("a negative number of votes")

    def content(self, words: Words) -> Content:
        """The table of the vote (head and row) and what came of it."""
        columns = (
            ("for", self.votes_for),
            ("against", self.against),
            ("abstained", self.abstained),
            ("not_voting", self.not_voting),
            ("votes_needed", self.needed),
        )
        said = [words("adopted" if self.adopted else "rejected")]
        if self.casting:
            said.append(words("casting"))
        return {
            "head": [words(label) for label, _ in columns],
            "rows": [[words.count(number) for _, number in columns]],
            "outcome": " ".join(said),
        }


@dataclass(frozen=True, slots=True)
class Attendance:
    """How many members there are, how many came, how many a quorum needs; names where they are public.

    `share`: the part of all members that the law asks for, as `2/3`.
    """

    members: int
    present: int
    needed: int
    share: str = "2/3"
    names_present: tuple[str, ...] = ()
    names_absent: tuple[str, ...] = ()
    names_invited: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.present <= self.members or self.needed < 0:
            raise ValueError("more members present than there are, or a negative number")

    @property
    def quorate(self) -> bool:
        """Whether enough members are present."""
        return self.present >= max(1, self.needed)

    def content(self, words: Words) -> Content:
        """The table of attendance, the same in words, the rule worked out, the names."""
        columns = (
            ("members_all", self.members),
            ("members_present", self.present),
            ("members_needed", self.needed),
        )
        rule = words("quorum_rule", share=self.share, needed=self.needed, members=self.members)
        names = (
            ("names_present", self.names_present),
            ("names_absent", self.names_absent),
            ("names_invited", self.names_invited),
        )
        return {
            "head": [words(label) for label, _ in columns],
            "rows": [[words.count(number) for _, number in columns]],
            "counted": " ".join(f"{words(label)}: {words.count(number)}." for label, number in columns[:2]),
            "outcome": f"{rule} {words('quorum_yes' if self.quorate else 'quorum_no')}",
            "names": [words(label, names=words.list(who)) for label, who in names if who],
        }


def page_box(words: Words, page: str, labels: str) -> Content:
    """The box with the QR code of a page; its words are the labels `<labels>_title`, `_page` and `_how`."""
    return {
        "page": page,
        "alt": words("qr_alt", address=page),
        "title": words(f"{labels}_title"),
        "lead": words(f"{labels}_page"),
        "how": words(f"{labels}_how"),
    }


def checked_address(address: str) -> str:
    """The address of a page, or ValueError: only http and https, nothing that would run."""
    if not _ADDRESS.fullmatch(address):
        raise ValueError("the address of a page begins with http:// or https:// and is written in ASCII")
    return address


def groups(code: str, size: int) -> list[str]:
    """A long code in groups, for the eye."""
    return [code[at : at + size] for at in range(0, len(code), size)]


def facts(words: Words, *pairs: tuple[str, str]) -> list[Mapping[str, str]]:
    """The lines of facts below a title: label and value, without those that are empty."""
    return [{"label": words(label), "value": value} for label, value in pairs if value]


def signatures(words: Words, *pairs: tuple[str, str]) -> list[Mapping[str, str]]:
    """Lines to sign on: role and name (which may be empty)."""
    return [{"role": words(label), "name": name} for label, name in pairs]
