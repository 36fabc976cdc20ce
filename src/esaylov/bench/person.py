"""A small act by a person over HTTP: a secretary's program submits one protocol (token, account and mandate read, all checks,
journal, receipt), against a bare insert behind the same server. `intake` measures the same by a commission's own token.

Each precinct has a secretary of its own with a token of their own, which sends two protocols: so every other request also
notes the token's last use.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

from esaylov.bench.election import NAME
from esaylov.bench.intake import SLICES, Tokens, measure
from esaylov.bench.report import Report
from esaylov.bench.site import Site


def run(slices: int = SLICES, workers: int | None = None) -> Report:
    """Measures; see the module's text."""
    what = "small acts per second by authorised members over HTTP (all checks, receipt) against one autocommit insert"
    return measure("person", what, secretaries, slices, workers)


def secretaries(_site: Site) -> Tokens:
    """Invented secretaries of all precinct commissions, with accounts, mandates and tokens; the tokens by commission."""
    from esaylov.registry.accounts.codes import new_sign_in_code
    from esaylov.registry.accounts.models import Account, ProgramToken
    from esaylov.registry.accounts.programs import digest, new_token
    from esaylov.registry.models import Commission, Mandate, Person

    now = datetime.now(UTC)
    commissions = list(Commission.objects.filter(election=NAME, tier="precinct"))
    people = Person.objects.bulk_create(Person(id=uuid4(), journal=0) for _ in commissions)
    mandates = Mandate.objects.bulk_create(
        Mandate(
            person=person, commission=commission, role="secretary", election=NAME, journal=0,
            commitment=sha256(person.id.bytes).digest(),
        )
        for person, commission in zip(people, commissions, strict=True)
    )  # fmt: skip
    accounts = Account.objects.bulk_create(
        Account(code=new_sign_in_code(), person=person.id) for person in people
    )
    tokens = {commission.code: new_token() for commission in commissions}
    ProgramToken.objects.bulk_create(
        ProgramToken(
            account=account, mandate=mandate.pk, name="bench", digest=digest(token), made_at=now,
            expires_at=now + timedelta(days=1),
        )
        for account, mandate, token in zip(accounts, mandates, tokens.values(), strict=True)
    )  # fmt: skip
    return tokens
