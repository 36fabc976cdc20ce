"""Who forms a commission is the edition's word (Art. 19-23): the act, its end, files, proposals and pages all say the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from esaylov.acts.context import get_context
from esaylov.acts.door import Submission, perform
from esaylov.acts.powers import Actor
from esaylov.formation.proposing import decides
from esaylov.registry.accounts.models import Account
from esaylov.registry.acts import EndMandate
from esaylov.registry.forming import entered_by, former_of
from esaylov.registry.models import Precinct
from tests.acts.election import CALENDAR, EDITION, EVENING, world
from tests.cabinet.people import sign_in
from tests.formation.people import enter, file_of, rows
from tests.registry.people import accepted, actors_of, codes, enrol, form_commission, held, members

# As for the President and in a referendum: the Central Commission forms okrug commissions, these the precinct ones.
TIER = """
[[commissions.tiers]]
commission = "{}"
formed_by = "{}"
members = [5, 21]
officers = ["chair", "deputy", "secretary"]
"""
HEAD = '\n[commissions]\nquorum = "2/3"\nmajority_of = "members"\ncasting_vote = true\n'
OKRUGS = HEAD + TIER.format("okrug", "central") + TIER.format("precinct", "okrug")


@pytest.fixture
def okrug(db_clone: object, tmp_path: Path) -> Iterator[Actor]:
    """The chair of an okrug commission of such an election."""
    with world(tmp_path, edition=EDITION + CALENDAR + OKRUGS, start=EVENING):
        accepted(enrol())
        central = actors_of("", "cec", now())["chair"]
        accepted(form_commission("door", "tec:n", central, members(9, 100)))
        accepted(form_commission("door", "dec:c1", central, members(11, 200)))
        yield actors_of("door", "dec:c1", now())["chair"]


def now() -> datetime:
    return datetime.now(UTC)


def inside() -> tuple[str, str]:
    """Commissions of a precinct in the okrug, and of one outside."""
    rows = Precinct.objects.filter(election="door").order_by("position")
    own = [f"pec:{row.code}" for row in rows.filter(constituency__code="c1")]
    return own[0], f"pec:{rows.exclude(constituency__code='c1')[0].code}"


def test_the_okrug_commission_forms_precinct_commissions(okrug: Actor) -> None:
    own, other = inside()
    region, central = (actors_of(*where, now())["chair"] for where in (("door", "tec:n"), ("", "cec")))
    assert codes(form_commission("door", own, region, members(7, 300))) == ["R02"]
    assert codes(form_commission("door", own, central, members(7, 300))) == ["R02"]
    assert codes(form_commission("door", other, okrug, members(7, 300))) == ["A01"]
    accepted(form_commission("door", own, okrug, members(7, 300)))
    last = EndMandate.Payload(mandate=held("door", own, now())[-1].id, ground="died")
    assert codes(perform(EndMandate, "door", Submission(last, region))) == ["R02"]
    accepted(perform(EndMandate, "door", Submission(last, okrug)))


def test_files_proposals_and_pages_say_the_same(okrug: Actor) -> None:
    own, other = inside()
    context = get_context("door")
    assert [former_of(context, tier) for tier in ("precinct", "okrug", "cec")] == ["okrug", "cec", "system"]
    assert decides(context, own) == "dec:c1"
    assert decides(context, "dec:c1") == "cec"
    assert entered_by(context, "territorial") == {"district"}
    region = actors_of("door", "tec:n", now())["chair"]
    assert codes(enter(file_of(rows(own, 500)), region)) == ["N07"]
    done = accepted(enter(file_of(rows(own, 500), rows(other, 520)), okrug))
    assert (done.record["commissions"], done.record["left_out"]) == (1, 1)
    client = sign_in(Account.objects.open(person=okrug.person))
    page = client.get("/en/cabinet/commissions/").content.decode()
    assert own in page
    assert other not in page
    assert client.get(f"/en/cabinet/commissions/of/{other}/").status_code == 404
    page = client.get(f"/en/cabinet/commissions/of/{own}/").content.decode()
    assert f"/en/cabinet/commissions/of/{own}/add/" in page
    looking = sign_in(Account.objects.open(person=region.person))
    assert looking.get(f"/en/cabinet/commissions/of/{own}/").status_code == 404


def test_elsewhere_an_okrug_commission_forms_nobody(door: object) -> None:
    """As usual: precinct commissions are the territorial one's, whatever the matrix would let the okrug commission ask."""
    accepted(enrol())
    central = actors_of("", "cec", now())["chair"]
    accepted(form_commission("door", "tec:n", central, members(9, 100)))
    region = actors_of("door", "tec:n", now())["chair"]
    assert entered_by(get_context("door"), "okrug") == frozenset()
    assert decides(get_context("door"), "pec:n1-1") == "tec:n"
    accepted(form_commission("door", "pec:n1-1", region, members(7, 300)))
