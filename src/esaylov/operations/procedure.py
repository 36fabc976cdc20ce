"""The table of acts in the docs, made from the catalogue: ``python -m esaylov.operations.procedure > docs/acts.md``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from esaylov.acts.powers import Actor, Power, Target

if TYPE_CHECKING:
    from esaylov.acts.catalogue import Listed

HEAD = """# The acts

Every official step is an act: a class that says who may take it, when, what the law demands, what it changes and what the
public log shows of it. This page is made from those classes by `python -m esaylov.operations.procedure`; a test keeps it
up to date. Members that every entry has (act, body, time, election, edition) and their formats: [formats.md](formats.md).

| act | article | who | step of the calendar | API | the log shows |
|---|---|---|---|---|---|
"""
FOOT = """
The API takes an act with `POST` at `/api/elections/<election>/` and the path above, with a bearer token:
of a person under a mandate, or of the commission; without a path it is taken in the cabinet by a person under a mandate, or
over the command line (`esaylov load`, `replay`, `demo`, `setup`). A commission acts through its chair, deputy or secretary, an
organisation through its head (`registry/matrix.py`). A step that an edition's calendar does not name is always open.
What is due by the end of a step is refused before the step opens; after it, it is recorded as late (finding C11) unless the
edition refuses that ([0074](decisions/0074-a-missing-commission-is-formed-late.md)).
"""
TIER_NAMES = {
    "precinct": "precinct commission",
    "district": "district or city commission",
    "okrug": "okrug commission",
    "territorial": "territorial commission",
    "cec": "Central Election Commission",
}
PLACE = 1
STAGES = ("registry", "formation", "elections", "proceedings", "voters", "polling", "results")


def page() -> str:
    """The page, Markdown."""
    from esaylov.acts.catalogue import catalogue

    return HEAD + "".join(map(_row, sorted(catalogue(), key=_place))) + FOOT


def _place(listed: Listed) -> tuple[int, str]:
    """Acts of one stage together, in the order of its file: whatever was imported first, the page is the same."""
    return STAGES.index(listed.code.split(".")[0]), listed.act.__module__


def _row(listed: Listed) -> str:
    cells = [
        f"{listed.summary} `{listed.code}`",
        listed.article or "",
        who(listed.act.power),
        _steps(listed),
        f"`{listed.path}`" if listed.path else "",
        ", ".join(f"`{name}`" for name in listed.publishes),
    ]
    return f"| {' | '.join(cells)} |\n"


def _steps(listed: Listed) -> str:
    """The step outside of which the act is refused, or those by whose end it is due."""
    if listed.act.step:
        return f"`{listed.act.step}`"
    due = ", ".join(f"`{step}`" for step in listed.act.due)
    return f"by the end of {due}" if due else ""


def who(power: Power) -> str:
    """Which bodies hold a power over what lies in their own territory, through their officers or heads, in words; `any
    member` where it is not the officers alone.
    """
    if power is Power.SYSTEM:
        return "the platform itself"
    always = [tier for tier in TIER_NAMES if _holds(tier, power, "list")]
    council = [tier for tier in TIER_NAMES if _holds(tier, power, "council") and tier not in always]
    members = any(_holds(tier, power, "list", "member") for tier in TIER_NAMES)
    return "; ".join(_phrases(always, council, members, _others(power)))


def _phrases(always: list[str], council: list[str], members: bool, others: list[str]) -> Iterator[str]:
    if always:
        every = len(always) == len(TIER_NAMES)
        bodies = "every commission" if every else ", ".join(TIER_NAMES[tier] for tier in always)
        yield (
            f"any member of {'a' if every else 'the'} {bodies.removeprefix('every ')}" if members else bodies
        )
    if council:
        yield f"for councils: {', '.join(TIER_NAMES[tier] for tier in council)}"
    yield from others


def _holds(tier: str, power: Power, contest_kind: str, role: str = "chair") -> bool:
    from esaylov.acts.mandates import allows

    precinct = PLACE if tier == "precinct" else None
    actor = Actor(code=tier, tier=tier, territory=PLACE, precinct=precinct, role=role)
    target = Target(precinct=PLACE, territories=frozenset({PLACE}), body=tier)
    return allows(actor, power, target, contest_kind)


def _others(power: Power) -> list[str]:
    from esaylov.acts.mandates import allows

    head = Actor(code="own", tier="organisation", role="head")
    anybody = Actor(code="own", tier="person")
    holders = {"the organisation's head, for its own": head, "any person, for themselves": anybody}
    return [words for words, one in holders.items() if allows(one, power, Target(body="own"), None)]


def main() -> None:
    """Prints the page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "esaylov.settings")
    import django

    django.setup()
    import esaylov.api  # noqa: F401 - every stage lists its acts

    print(page(), end="")


if __name__ == "__main__":
    main()
