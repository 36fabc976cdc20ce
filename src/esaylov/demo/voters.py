"""The voter list of the demonstration: invented voters from the register to the frozen lists, by the acts of real ones.

Without a number there are the voters of one district alone, so that its precincts have lists of a size that precincts have.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import orjson
from django.db.models import Sum

from esaylov.acts.door import Refused
from esaylov.acts.identity import data_folder
from esaylov.demo import special
from esaylov.demo.history import CENTRE, DISTRICT, PRECINCT, SAID, Lists, at
from esaylov.demo.sittings import Question, Unheld, done, hold, officer
from esaylov.elections.queries import set_clock
from esaylov.registry.models import Precinct
from esaylov.synthetic.voters import Wishes, write_voters
from esaylov.voters import importing, placing
from esaylov.voters.changesets import ApproveChangeset, ProposeChangeset, alerts_of
from esaylov.voters.freezing.acts import FreezeLists
from esaylov.voters.freezing.preparing import prepare
from esaylov.voters.keys import sealer
from esaylov.voters.models import Changeset, Voter
from esaylov.voters.places.acts import SetRules
from esaylov.voters.places.addresses import load
from esaylov.voters.places.given import read_given

BORDERS = at("08-22 10:00")
COMPARED = at("08-29 09:00")
APPROVED = at("08-30 11:00")
FROZEN, FROZEN_LATER = at("10-22 09:00"), at("10-24 10:00")
"""When the lists are frozen, and those of special places (Art. 29: three days before)."""
RULES = Question(
    "Saylov uchastkalarining chegaralari toʻgʻrisida / On the borders of precincts",
    SAID,
    "2013",
    articles=("10",),
)
LIST = Question(
    "Saylovchilarning yagona elektron roʻyxati toʻgʻrisida / On the single electronic voter list", SAID, "2014",
    articles=("28",),
)  # fmt: skip


def lists(
    election: str, package: Path, seed: int, announce: Callable[[str], None], count: int | None = None
) -> Lists:
    """The voter list on its way through the year. `count`: voters of the whole country; None: those of one district, as many as
    its precincts say, and none where it has no precinct.
    """
    district = "" if count else DISTRICT.removeprefix("dcec:")
    count = count or voters_of(election, district)
    if not count:
        return Lists(lambda: None, lambda: None, lambda: None)
    wishes = Wishes(count, seed, data_folder() / ".country", "parquet", package=package, only=district)
    return Lists(
        lambda: enter(election, wishes, announce), lambda: special.enter(election), lambda: freeze(election)
    )


def enter(election: str, wishes: Wishes, announce: Callable[[str], None]) -> None:
    """The addresses are read, the precincts get their houses, and the register's extract becomes the list; in August."""
    announce(f"listing {wishes.count:,} invented voters …")
    folder = wishes.out
    shutil.rmtree(folder, ignore_errors=True)
    try:
        write_voters(wishes)
        load(folder / "addresses", sealer())
        _rules(election, (folder / "rules.csv").read_bytes())
        _import(election, folder / "residence")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def voters_of(election: str, district: str) -> int:
    """How many voters the precincts of a district have in all, as the package says."""
    rows = Precinct.objects.filter(election=election, territory__soato=district)
    return int(rows.aggregate(total=Sum("voters"))["total"] or 0)


def one_of_them(election: str) -> str:
    """How to find one of the listed voters on the public page, of the precinct whose secretary may sign in where it has
    any; empty where nobody is listed.
    """
    listed = Voter.objects.exclude(precinct=None).order_by("id")
    here = Precinct.objects.filter(election=election, code=PRECINCT.removeprefix("pec:")).first()
    row = (here and listed.filter(precinct=here.id).first()) or listed.first()
    if row is None:
        return ""
    code = Precinct.objects.values_list("code", flat=True).get(id=row.precinct or 0)
    record = orjson.loads(sealer().open([row.id], [bytes(row.sealed)])[0])
    return (
        f"a voter, at /en/voter/\n  document     {record['document']}\n  birth date   {record['birth_date']}\n"
        f"  entry        {row.id}, in the list of precinct {code}\n  your work    see where you vote\n"
    )


def freeze(election: str) -> None:
    """The lists of the precincts that have one are frozen before election day, those of special places last."""
    set_clock(election, FROZEN)
    _place()
    codes = Precinct.objects.filter(election=election, id__in=Voter.objects.values("precinct").distinct())
    later = {precinct.code for _, precinct in special.handed_in(election)}
    chosen = sorted(set(codes.values_list("code", flat=True)) - later)
    for when, lists in ((FROZEN, chosen), (FROZEN_LATER, sorted(later))):
        if lists:
            set_clock(election, when)
            prepare(election, lists)
            done(FreezeLists, election, {"precincts": lists}, officer("", CENTRE))


def approve(election: str, changeset: Changeset, decision: str) -> None:
    """The Central Commission's secretary proposes a changeset, its chair approves it by a decision. Raises sittings.Unheld."""
    said = {
        "changeset": changeset.id, "sha256": bytes(changeset.sha256 or b"").hex(),
        "accepts_removals": bool(alerts_of(changeset)),
    }  # fmt: skip
    done(ProposeChangeset, election, said, officer("", CENTRE, "secretary"))
    done(ApproveChangeset, election, {**said, "decision": decision}, officer("", CENTRE))


def apply(changeset: Changeset) -> None:
    """An approved changeset goes into the list. Raises sittings.Unheld."""
    said = importing.apply_approved(Changeset.objects.get(id=changeset.id))
    if isinstance(said, Refused):
        raise Unheld(f"changeset {changeset.id}: {[finding.code for finding in said.findings]}")


def into_the_list(election: str, changeset: Changeset, decision: str) -> None:
    """Both, where nobody is to be told before."""
    approve(election, changeset, decision)
    apply(changeset)


def _rules(election: str, content: bytes) -> None:
    hold(election, CENTRE, BORDERS, [RULES], place="Toshkent")
    said = {"decision": RULES.number, "given": read_given(content)}
    done(SetRules, election, said, officer("", CENTRE))


def _import(election: str, extract: Path) -> None:
    set_clock(election, COMPARED)
    changeset = importing.import_extract(extract, election)
    said = {"changeset": changeset.id, "sha256": bytes(changeset.sha256 or b"").hex()}
    done(ProposeChangeset, election, said, officer("", CENTRE, "secretary"))
    hold(election, CENTRE, APPROVED, [LIST], place="Toshkent")
    done(ApproveChangeset, election, {**said, "decision": LIST.number}, officer("", CENTRE))
    apply(changeset)
    _place()


def _place() -> None:
    """Leads everybody who waits to a precinct."""
    while placing.place_waiting() is not None:
        pass
