"""Who sits on a commission, who may say so, and when a mandate ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from esaylov.acts.door import Result, Submission, perform
from esaylov.acts.vault import read
from esaylov.operations.reconcile import reconcile
from esaylov.registry.acts import (
    ChangeComposition,
    CompositionPayload,
    EndMandate,
)
from esaylov.registry.organisations import GrantMandate, RegisterOrganisation
from esaylov.registry.queries import actor_of_mandate, elsewhere, mandates_of
from tests.acts.election import World, count
from tests.registry.people import (
    SYSTEM,
    accepted,
    actors_of,
    codes,
    enrol,
    form_commission,
    held,
    member,
    members,
)


def now() -> datetime:
    return datetime.now(UTC)


def test_from_the_central_commission_to_a_precinct(door: World) -> None:
    """Enrolled by the platform, the Central Commission forms a territorial one, that one a precinct's."""
    accepted(enrol())
    central = actors_of("", "cec", now())
    assert (central["chair"].election, central["chair"].tier) == (None, "cec")
    formed = accepted(form_commission("door", "tec:n", central["secretary"], members(9, 100)))
    assert formed.record["members"] == 9
    assert formed.record["roles"] == {"chair": 1, "deputy": 1, "member": 6, "secretary": 1}
    assert formed.record["proposers"] == {"mahalla": 9}
    assert "Sinov" not in str(formed.record)
    territorial = actors_of("door", "tec:n", now())
    accepted(form_commission("door", "pec:n1-1", territorial["chair"], members(7, 200)))
    assert codes(form_commission("door", "pec:s1-1", territorial["chair"], members(7, 300))) == ["A01"]
    assert codes(form_commission("door", "tec:s", territorial["chair"], members(9, 400))) == ["A01"]
    precinct = actors_of("door", "pec:n1-1", now())
    assert codes(form_commission("door", "pec:n1-2", precinct["chair"], members(7, 500))) == ["A01"]


def test_a_plain_member_and_the_machine_form_nothing(door: World) -> None:
    accepted(enrol())
    central = actors_of("", "cec", now())
    before = count("acts_journal")
    assert codes(form_commission("door", "tec:n", central["member"], members(9, 100))) == ["A01"]
    assert codes(form_commission("door", "tec:n", door.actors["cec"], members(9, 100))) == ["A01"]
    assert count("acts_journal") == before


def test_the_central_commission_forms_no_precinct_commission(door: World) -> None:
    accepted(enrol())
    central = actors_of("", "cec", now())
    assert codes(form_commission("door", "pec:n1-1", central["chair"], members(7, 100))) == ["R02"]
    assert codes(form_commission("door", "tec:nowhere", central["chair"], members(7, 100))) == ["R01"]


def test_a_mandate_that_ended_a_second_ago(door: World) -> None:
    accepted(enrol())
    central = actors_of("", "cec", now())
    chair = replace(central["chair"], until=now() - timedelta(seconds=1))
    assert codes(form_commission("door", "tec:n", chair, members(9, 100))) == ["A02"]
    row = held("", "cec", now())[2]
    payload = EndMandate.Payload(mandate=row.id, ground="resigned")
    accepted(perform(EndMandate, "", Submission(payload, SYSTEM)))
    assert actor_of_mandate(row.id, now()) is None
    assert mandates_of(row.person, now()) == []
    again = perform(EndMandate, "", Submission(payload, SYSTEM))
    assert codes(again) == ["R11"]


def test_one_person_is_known_again_by_pinfl(door: World) -> None:
    accepted(enrol())
    central = actors_of("", "cec", now())
    accepted(form_commission("door", "tec:n", central["chair"], members(9, 100)))
    people = count("registry_person")
    accepted(form_commission("door", "tec:s", central["chair"], [*members(8, 200), member(105)]))
    assert count("registry_person") == people + 8
    person = next(
        row.person
        for row in held("door", "tec:s", now())
        if row.proposer and len(mandates_of(row.person, now())) == 2
    )
    assert {row.body for row in mandates_of(person, now())} == {"tec:n", "tec:s"}


def test_composition_changes(door: World) -> None:
    accepted(enrol())
    central = actors_of("", "cec", now())
    change = CompositionPayload(commission="tec:n", decision="2", add=[member(1)])
    assert codes(perform(ChangeComposition, "door", Submission(change, central["chair"]))) == ["R06"]
    formed = accepted(form_commission("door", "tec:n", central["chair"], members(9, 100)))
    assert codes(form_commission("door", "tec:n", central["chair"], members(9, 100))) == ["R05"]
    leaving = held("door", "tec:n", now())[-1].id
    change = CompositionPayload(
        commission="tec:n", decision="2", add=[member(300)], remove={leaving: "resigned"}
    )
    changed = accepted(perform(ChangeComposition, "door", Submission(change, central["chair"])))
    assert (changed.record["added"], changed.record["removed"], changed.record["members"]) == (1, 1, 9)
    assert changed.record["roster"] != formed.record["roster"]
    assert leaving not in {row.id for row in held("door", "tec:n", now())}
    strange = CompositionPayload(commission="tec:n", decision="3", remove={leaving: "resigned"})
    assert codes(perform(ChangeComposition, "door", Submission(strange, central["chair"]))) == ["R03"]


def test_party(door: World) -> None:
    """The Central Commission enters a party and its head; the head names representatives, of the own party only."""
    accepted(enrol())
    central = actors_of("", "cec", now())
    for name in ("org:adolat-sinov", "org:other"):
        payload = RegisterOrganisation.Payload(organisation=name, kind="party", names={"uz": name})
        accepted(perform(RegisterOrganisation, "", Submission(payload, central["chair"])))
        assert codes(perform(RegisterOrganisation, "", Submission(payload, central["chair"]))) == ["R08"]
    grant = GrantMandate.Payload(organisation="org:adolat-sinov", role="head", member=member(700))
    head = accepted(perform(GrantMandate, "", Submission(grant, central["chair"])))
    assert "surname" not in str(head.record)
    people = count("registry_mandate")
    row = next(
        r for number in range(1, people + 1) if (r := actor_of_mandate(number, now())) and r.role == "head"
    )
    own = grant.model_copy(update={"role": "representative", "member": member(701)})
    accepted(perform(GrantMandate, "", Submission(own, row)))
    other = own.model_copy(update={"organisation": "org:other"})
    assert codes(perform(GrantMandate, "", Submission(other, row))) == ["A01"]


def test_reads_of_personal_data_are_recorded(door: World) -> None:
    accepted(enrol())
    chair = actors_of("", "cec", now())["chair"]
    row = held("", "cec", now())[3]
    before = count("acts_access")
    found = read([row.person], ("surname", "pinfl", "phone"), by=chair, purpose="test")
    assert found[row.person]["surname"].startswith("Sinov")
    assert found[row.person]["phone"] is None
    assert count("acts_access") == before + 1
    read([chair.person], ("surname",), by=chair, purpose="own record") if chair.person else None
    assert count("acts_access") == before + 1


def test_nothing_personal_outside_the_vault(door: World) -> None:
    accepted(enrol())
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s', ["%Sinov1%"])
            assert cursor.fetchone() == (0,), table
    assert list(reconcile()) == []


def test_a_seat_in_another_election_is_no_seat_elsewhere(door: World) -> None:
    """Whoever sat on a commission of another election may sit on one of this (Art. 25 speaks of other commissions)."""
    accepted(enrol())
    central = actors_of("", "cec", now())
    accepted(form_commission("door", "tec:n", central["chair"], members(9, 100)))
    person = held("door", "tec:n", now())[0].person
    assert elsewhere("door", [person], now()) == {person: ["tec:n"]}
    assert elsewhere("another", [person], now()) == {}
    own = held("", "cec", now())[0].person
    assert elsewhere("another", [own], now()) == {own: ["cec"]}


def test_a_members_mandate_ends_by_a_decision(door: World) -> None:
    accepted(enrol())
    central = actors_of("", "cec", now())
    accepted(form_commission("door", "tec:n", central["chair"], members(9, 100)))
    first, second = (row.id for row in held("door", "tec:n", now())[-2:])

    def end(mandate: int, decision: str | None) -> Result:
        payload = EndMandate.Payload(mandate=mandate, ground="recalled", decision=decision)
        return perform(EndMandate, "door", Submission(payload, central["chair"]))

    silent = accepted(end(first, None))
    assert (codes(silent), silent.record["decision"]) == (["R17"], None), "the log says that none was named"
    told = accepted(end(second, "12-3"))
    assert (codes(told), told.record["decision"]) == (["A04"], "12-3"), "on paper"
