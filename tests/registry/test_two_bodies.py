"""One person in two bodies: neither changes what the other knows, and who acts for a party sits on no commission."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from esaylov.acts.door import Result, Submission, perform
from esaylov.acts.powers import Actor
from esaylov.acts.vault import find, read
from esaylov.registry.acts import CompositionPayload, MemberPayload
from esaylov.registry.organisations import GrantMandate, RegisterOrganisation
from tests.acts.election import EDITION, World, world
from tests.registry.people import accepted, actors_of, codes, enrol, form_commission, member, members, pinfl


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def real(db_clone: object, tmp_path: Path) -> Iterator[World]:
    """The tests' election under the rules of composition of uz-lc-2024, with its Central Commission."""
    from esaylov.law.editions import uz_edition_toml

    text = uz_edition_toml("uz-lc-2024").decode()
    rules = text[text.index("\n[commissions]\n") : text.index("\n[values.precinct]\n")]
    with world(tmp_path, edition=EDITION + rules) as made:
        accepted(enrol())
        yield made


def central() -> Actor:
    return actors_of("", "cec", now())["chair"]


def party() -> None:
    payload = RegisterOrganisation.Payload(organisation="org:p", kind="party", names={"uz": "P"})
    accepted(perform(RegisterOrganisation, "", Submission(payload, central())))


def grant(who: MemberPayload, **more: Any) -> Result:
    payload = GrantMandate.Payload(organisation="org:p", role="head", member=who, **more)
    return perform(GrantMandate, "", Submission(payload, central()))


def test_a_party_changes_nothing_of_a_members_record(real: World) -> None:
    party()
    accepted(
        form_commission("door", "tec:n", central(), [*members(8, 100), member(150, email="own@x.example")])
    )
    person = find("pinfl", [pinfl(150)])[pinfl(150)]
    fields = ("surname", "email", "employer", "education", "phone")
    before = read([person], fields, by=central(), purpose="test")[person]
    for other in ({"surname": "Boshqa"}, {"given_name": "Boshqa"}, {"birth_date": "1981-01-02"}):
        assert codes(grant(member(150, **other))) == ["R16"], "a number alone tells nothing and gives nothing"
        added = [*members(8, 200), member(150, **other)]
        assert codes(form_commission("door", "tec:s", central(), added)) == ["R16"]
    spoiled = member(
        150, surname="СИНОВ150", email="thief@x.example", employer="Evil", education="basic", phone="1"
    )
    warned = accepted(grant(spoiled))
    assert [finding.code for finding in warned.findings] == ["R15"]
    after = read([person], fields, by=central(), purpose="test")[person]
    assert after == before | {"phone": "1"}


def test_who_acts_for_a_party_is_kept_out_of_commissions(real: World) -> None:
    party()
    accepted(grant(member(150)))
    assert codes(form_commission("door", "tec:n", central(), [*members(8, 100), member(150)])) == ["M05"]


def test_a_mandate_begins_before_it_ends_and_is_given_once(real: World) -> None:
    party()
    assert codes(grant(member(150), valid_until=now() - timedelta(days=1))) == ["R13"]
    with pytest.raises(ValidationError):
        grant(member(150), valid_until=datetime(2030, 1, 1))
    accepted(grant(member(150)))
    assert codes(grant(member(150))) == ["R14"]


@pytest.mark.parametrize("number", ["Karimov Aziz, tel. 99 123", "no digit", "", "1\n2"])
def test_no_sentence_is_a_decisions_number(number: str) -> None:
    with pytest.raises(ValidationError):
        CompositionPayload(commission="tec:n", decision=number)
    assert CompositionPayload(commission="tec:n", decision="OM-12/3").decision == "OM-12/3"


def test_proposers_are_of_a_known_kind() -> None:
    with pytest.raises(ValidationError):
        member(1, proposer="Karimov Aziz, tel. 99 123")
