"""Who is registered as a candidate or a proxy leaves the commissions by law (Art. 25): for the stages that register them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from esaylov.acts.catalogue import Listed, register
from esaylov.acts.door import Refused, Result, Submission, perform
from esaylov.acts.powers import SYSTEM, Power
from esaylov.law.findings import Finding
from esaylov.registry import findings
from esaylov.registry.acts import EndCase, EndMandate
from esaylov.registry.models import Mandate


class LeaveByLaw(EndMandate):
    """A member of a commission who was registered as a candidate or a proxy leaves it by law (Art. 25)."""

    code = "formation.leave_by_law"
    power = Power.SYSTEM

    def check(self, case: EndCase) -> Sequence[Finding]:
        number = case.submission.payload.mandate
        if case.row is None:
            return [findings.no_mandate_here(number)]
        return [findings.ended_already(number)] if case.again else ()


def ends_on(person: UUID, ground: Literal["candidate", "proxy"], election: str) -> list[Result]:
    """Ends every mandate that a person holds in commissions of an election, one act each; none where there is none.

    Called within the transaction of the act that registers the person, it stands or falls with it. Raises RuntimeError when
    an end is refused, which undoes that act too.
    """
    held = Mandate.objects.filter(
        person=person, election=election, commission__isnull=False, mandateend__isnull=True
    ).order_by("id")
    results = [
        perform(LeaveByLaw, election, Submission(LeaveByLaw.Payload(mandate=row.pk, ground=ground), SYSTEM))
        for row in held
    ]
    refused = [result for result in results if isinstance(result, Refused)]
    if refused:
        raise RuntimeError(f"a mandate was not ended: {refused[0].findings}")
    return results


register(Listed(act=LeaveByLaw, path=None, publishes=("of", "role", "ground", "decision", "holder")))
