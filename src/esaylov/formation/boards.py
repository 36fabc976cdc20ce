"""What of forming commissions the cabinet's shell shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy, pgettext_lazy

from esaylov.acts.context import get_context
from esaylov.acts.powers import Power
from esaylov.cabinet import board, menu
from esaylov.cabinet.desk import Desk
from esaylov.elections import duties
from esaylov.formation.duties import TIER_OF, formed
from esaylov.registry.forming import entered_by
from esaylov.registry.models import Organisation

PROPOSING = ("mahalla", "ngo", "employer", "kengash")


def forming(desk: Desk) -> bool:
    """Whoever forms commissions of the election at hand."""
    return desk.may(Power.IMPORT_MEMBERS) and _forms_some(desk)


def deciding(desk: Desk) -> bool:
    """Whoever decides about members."""
    return desk.may(Power.FORM_COMMISSION) and _forms_some(desk)


def _forms_some(desk: Desk) -> bool:
    """Whether the commission forms others, or enters their members, in the election at hand."""
    return bool(desk.election) and bool(entered_by(get_context(str(desk.election)), desk.tier))


def proposing(desk: Desk) -> bool:
    """Whoever speaks for an organisation that proposes members."""
    if desk.tier != "organisation" or desk.actor is None or not desk.election:
        return False
    return Organisation.objects.filter(code=desk.actor.code, kind__in=PROPOSING).exists()


def discussing(desk: Desk) -> bool:
    """Whoever speaks for a Kengash."""
    if desk.tier != "organisation" or desk.actor is None or not desk.election:
        return False
    return Organisation.objects.filter(code=desk.actor.code, kind="kengash").exists()


def entering(desk: Desk) -> bool:
    """Whoever enters organisations."""
    return desk.may(Power.REGISTER_ORGANISATION)


def heading(desk: Desk) -> bool:
    """Whoever heads an organisation."""
    return desk.tier == "organisation" and desk.may(Power.GRANT_MANDATE)


def known(desk: Desk) -> bool:
    """Whoever is a person with data here."""
    return desk.person is not None


def start() -> None:
    """Makes the pages known to the shell, and how far the forming of commissions is."""
    duties.register(formed)
    for step in TIER_OF:
        board.register_page(step, "cabinet-commissions", forming)
    menu.register(
        menu.Item("commissions", pgettext_lazy("cabinet", "Commissions"), "cabinet-commissions", forming, 60)
    )
    menu.register(
        menu.Item(
            "discussions", gettext_lazy("Discussions in the Kengashes"), "cabinet-discussions", deciding, 61
        )
    )
    menu.register(
        menu.Item(
            "propose", gettext_lazy("Propose a member of a commission"), "cabinet-propose", proposing, 62
        )
    )
    menu.register(
        menu.Item("kengash", gettext_lazy("Discussion of proposals"), "cabinet-kengash", discussing, 61)
    )
    menu.register(
        menu.Item("organisations", gettext_lazy("Organisations"), "cabinet-organisations", entering, 64)
    )
    menu.register(
        menu.Item("organisation", gettext_lazy("My organisation"), "cabinet-organisation", heading, 64)
    )
    menu.register(menu.Item("me", gettext_lazy("My mandates and data"), "cabinet-me", known, 900))
