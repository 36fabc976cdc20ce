"""The translators' tool: ``python -m esaylov.design.catalogues`` in a checkout.

Finds the texts of code and templates, brings every catalogue in `esaylov/locale` to exactly these texts, makes
the Uzbek Cyrillic one out of the Latin one, and says what is not translated. Nothing is ever guessed: a text
that is new stands empty until somebody translates it. docs/translations.md tells the whole story.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from esaylov.design.transliteration import transliterate_to_cyrillic

PACKAGE = Path(__file__).resolve().parent.parent
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "_": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
SOURCE = "en"
"""The language of the texts themselves; its catalogue stays empty."""
DERIVED = {"uz_Cyrl": "uz"}
"""Catalogues that follow from another one by rule."""
PLURALS = {
    "en": "nplurals=2; plural=(n != 1);",
    "kaa": "nplurals=2; plural=(n != 1);",
    "ru": (
        "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
    ),
    "uz": "nplurals=2; plural=(n != 1);",
    "uz_Cyrl": "nplurals=2; plural=(n != 1);",
}
"""Plural forms by language, as in the CLDR; Karakalpak, which has no rules there yet, like its neighbours."""
REVIEWED: dict[str, str] = {}
"""Who read a whole catalogue as a native speaker, and when; docs/translations.md says how to get in here."""
HEADER = """\
# {comment}
msgid ""
msgstr ""
"Project-Id-Version: esaylov\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""
WIDTH = 110
MARK, END = "<!-- counts -->", "<!-- end of counts -->"

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Count:
    """How much of a catalogue there is."""

    language: str
    texts: int
    missing: int
    reviewed: str


def key(message: Message) -> Key:
    """What tells one text from all others: its context and its (singular) wording."""
    return message.context or "", str(message.id[0] if isinstance(message.id, tuple | list) else message.id)


def strings(message: Message) -> list[str]:
    """The translations of a text: one, or one for each plural form."""
    return [str(text) for text in message.string or ()] if many(message) else [str(message.string)]


def many(message: Message) -> bool:
    """Whether a text has plural forms."""
    return isinstance(message.id, tuple | list)


def is_translated(message: Message) -> bool:
    """Whether every form is there and nobody doubts it."""
    return all(strings(message)) and not message.fuzzy


def template(package: Path = PACKAGE) -> Catalog:
    """Every text of the interface. Raises OSError outside of a checkout, where there is no babel.cfg."""
    with (package.parents[1] / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = Catalog(charset="utf-8")
    for _file, _line, text, _comments, context in extract_from_dir(package, methods, options, KEYWORDS):
        found.add(text, None, context=context)
    return found


def file_of(language: str, package: Path = PACKAGE) -> Path:
    """The catalogue of a language; the name is that of its folder (`uz_Cyrl`)."""
    return package / "locale" / language / "LC_MESSAGES" / "django.po"


def load(language: str, package: Path = PACKAGE) -> Catalog:
    """A catalogue as it stands; empty when there is none yet. Raises `babel.messages.pofile.PoFileError`."""
    path = file_of(language, package)
    content = path.read_bytes() if path.exists() else head(language).encode()
    return read_po(BytesIO(content), abort_invalid=True)


def head(language: str) -> str:
    """How the catalogue of a language begins."""
    reviewed = REVIEWED.get(language)
    comment = f"Reviewed by {reviewed}." if reviewed else "No native speaker has reviewed this catalogue yet."
    if language == SOURCE:
        comment = "The texts stand in English in the code; this catalogue is empty."
    return HEADER.format(comment=comment, language=language, plurals=PLURALS[language])


def blank(language: str) -> Catalog:
    """A catalogue without texts, with the plural forms of its language."""
    return read_po(BytesIO(head(language).encode()))


def save(language: str, catalogue: Catalog, package: Path = PACKAGE) -> bool:
    """Write a catalogue, sorted and without anything that changes by itself; whether the file changed."""
    body = BytesIO()
    write_po(
        body, catalogue, WIDTH, omit_header=True, sort_output=True, no_location=True, ignore_obsolete=True
    )
    content = head(language).encode() + body.getvalue()
    path = file_of(language, package)
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def updated(language: str, texts: Catalog, package: Path = PACKAGE) -> Catalog:
    """The catalogue of a language with exactly these texts: known translations kept, new ones empty."""
    known = {key(message): message for message in load(language, package) if message.id}
    made = blank(language)
    for message in texts:
        if not message.id:
            continue
        old = known.get(key(message))
        forms = strings(old) if old and many(old) == many(message) else [""]
        string = tuple((forms + [""] * made.num_plurals)[: made.num_plurals]) if many(message) else forms[0]
        made.add(message.id, string, flags=old.flags if old else (), context=message.context)
    return made


def derived(language: str, latin: Catalog, package: Path = PACKAGE) -> Catalog:
    """The Uzbek Cyrillic catalogue out of the Latin one: by rule, but for the words and texts that
    `exceptions.toml` beside it names.
    """
    with (package / "locale" / language / "exceptions.toml").open("rb") as file:
        exceptions = tomllib.load(file)
    whole = {(text.get("context", ""), text["id"]): text["text"] for text in exceptions.get("texts", ())}
    made = blank(language)
    for message in latin:
        if message.id:
            forms = whole.get(key(message)) or [_cyrillic(text, exceptions) for text in strings(message)]
            string = tuple(forms) if many(message) else forms[0]
            made.add(message.id, string, flags=message.flags, context=message.context)
    return made


def _cyrillic(text: str, exceptions: Mapping[str, Any]) -> str:
    made = transliterate_to_cyrillic(text, exceptions["keep"])
    for wrong, right in exceptions["words"].items():
        made = re.sub(rf"\b{wrong}", right, made)
        made = re.sub(rf"\b{wrong[:1].upper()}{wrong[1:]}", right[:1].upper() + right[1:], made)
    return made


def update(package: Path = PACKAGE) -> list[Count]:
    """Bring all catalogues up to date; their counts."""
    texts = template(package)
    counts, made = [], dict[str, Catalog]()
    for language in sorted(PLURALS, key=lambda code: code in DERIVED):
        source = DERIVED.get(language)
        made[language] = (
            derived(language, made[source], package) if source else updated(language, texts, package)
        )
        save(language, made[language], package)
        counts.append(count(language, made[language]))
    return counts


def count(language: str, catalogue: Catalog) -> Count:
    """How many texts a catalogue has and how many of them wait for a translation."""
    messages = [message for message in catalogue if message.id]
    missing = 0 if language == SOURCE else sum(not is_translated(message) for message in messages)
    return Count(language, len(messages), missing, REVIEWED.get(language, ""))


def untranslated(language: str, package: Path = PACKAGE) -> list[Message]:
    """The texts of a catalogue that wait for a translation."""
    return [message for message in load(language, package) if message.id and not is_translated(message)]


def table(counts: Iterable[Count]) -> str:
    """The counts as the table of docs/translations.md."""
    rows = ["| catalogue | texts | not translated | read by a native speaker |", "|---|---|---|---|"]
    for one in sorted(counts, key=lambda count: count.language):
        if one.language != SOURCE:
            rows.append(
                f"| `{one.language}` | {one.texts} | {one.missing} | {one.reviewed or 'nobody yet'} |"
            )
    return "\n".join(rows)


def documentation(package: Path = PACKAGE) -> Path:
    """The page that holds the counts."""
    return package.parents[1] / "docs" / "translations.md"


def document(counts: Iterable[Count], package: Path = PACKAGE) -> None:
    """Put the counts into the documentation, between its two marks."""
    path = documentation(package)
    before, mark, rest = path.read_text(encoding="utf-8").partition(MARK)
    _, end, after = rest.partition(END)
    path.write_text(f"{before}{mark}\n{table(counts)}\n{end}{after}", encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """The command; 1 when a text waits for a translation."""
    parser = argparse.ArgumentParser(prog="python -m esaylov.design.catalogues", description=__doc__)
    parser.add_argument(
        "--missing", metavar="LANGUAGE", help="also print the texts that wait, by folder name"
    )
    chosen = parser.parse_args(arguments)
    counts = update()
    document(counts)
    print(table(counts))
    for message in untranslated(chosen.missing) if chosen.missing else ():
        print(f"- {message.context or ''} {message.id!r}")
    return 1 if any(one.missing for one in counts) else 0


if __name__ == "__main__":
    sys.exit(main())
