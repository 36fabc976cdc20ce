"""One's own account: factors, devices, code card, recovery codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from esaylov.acts.context import STANDING_ZONE
from esaylov.acts.identity import identity
from esaylov.exchange.documents.cards import CodeCard as PrintedCard
from esaylov.exchange.documents.cards import CodeCards
from esaylov.exchange.documents.parts import Mode, Sheet
from esaylov.exchange.documents.press import pdf
from esaylov.registry.accounts import events, factors, notices, policy, programs, recovery, signin, ties
from esaylov.registry.accounts.models import Account, Session
from esaylov.registry.accounts.sessions import digest
from esaylov.registry.accounts.views.guards import shown_again


@dataclass(frozen=True, slots=True)
class Device:
    """One signed-in device, as its owner sees it."""

    number: str
    row: Session
    this: bool


def account_of(request: HttpRequest) -> Account:
    """Who is signed in. Raises Http404 for nobody."""
    if not isinstance(request.user, Account):
        raise Http404
    return request.user


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """One's own account at a glance."""
    account = account_of(request)
    values = {"devices": _devices(request, account), "ties": ties.ties(request, account)}
    return render(request, "accounts/home.html", _factors(account) | values)


@login_required
def set_up(request: HttpRequest) -> HttpResponse:
    """Where a second factor is set up, by who must have one and has none."""
    account = account_of(request)
    if policy.has_factor(account):
        return HttpResponseRedirect(reverse("accounts-home"))
    return render(request, "accounts/set_up.html", {"required": policy.second_factor_required(account)})


class ActivateAppView(ActivateTOTPView):  # type: ignore[misc]
    """Setting up an app."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        secret: str = context["form"].secret
        context["secret"] = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
        return context

    def get_success_url(self) -> str:
        return reverse("mfa_view_recovery_codes" if self.did_generate_recovery_codes else "accounts-home")


class RemoveAppView(DeactivateTOTPView):  # type: ignore[misc]
    """Removing the app, unless the account must have a second factor and would have none."""

    def get_success_url(self) -> str:
        return reverse("accounts-home")


class AddPasskeyView(AddWebAuthnView):  # type: ignore[misc]
    """Setting up a passkey, one that can sign in without a password."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["js_data"] = {"creation_options": auth.begin_registration(self.request.user, True)}
        return context

    def get_success_url(self) -> str:
        return reverse("mfa_view_recovery_codes" if self.did_generate_recovery_codes else "accounts-home")


class RemovePasskeyView(RemoveWebAuthnView):  # type: ignore[misc]
    """Removing a passkey, unless the account must have a second factor and would have none."""

    def get_success_url(self) -> str:
        return reverse("accounts-home")

    def form_valid(self, form: Any) -> HttpResponse:
        if not get_adapter().can_delete_authenticator(self.get_object()):
            messages.error(self.request, get_adapter().error_messages["cannot_delete_authenticator"])
            return HttpResponseRedirect(self.get_success_url())
        found: HttpResponse = super().form_valid(form)
        return found


@login_required
def no_first_password(_request: HttpRequest) -> HttpResponse:
    """Accounts have a password from their first sign-in on."""
    return HttpResponseRedirect(reverse("account_change_password"))


@login_required
def devices(request: HttpRequest) -> HttpResponse:
    """The devices that are signed in."""
    account = account_of(request)
    return render(request, "accounts/devices.html", {"devices": _devices(request, account)})


@login_required
@require_POST
def end_device(request: HttpRequest) -> HttpResponse:
    """Sign one device out, or all but this one, or all of them and every program with them."""
    account = account_of(request)
    which = request.POST.get("which", "").replace("\0", "")
    own = digest(request.session.session_key or "")
    sessions = Session.objects.filter(account=account)
    if which == "everywhere":
        Account.objects.filter(pk=account.pk).update(devices_epoch=account.devices_epoch + 1)
        programs.end_all(account, account)
    else:
        sessions = sessions.exclude(pk=own) if which == "others" else sessions.filter(pk=which)
    count, _rows = sessions.delete()
    events.record("devices-signed-out", account, account, devices=count)
    if which in {"everywhere", own}:
        request.session.flush()
        return HttpResponseRedirect(reverse("account_login"))
    messages.success(request, _("Signed out. What was open there is closed."))
    return HttpResponseRedirect(reverse("accounts-devices"))


@login_required
@shown_again
def card(request: HttpRequest) -> HttpResponse:
    """Issue a code card; it is shown once, to be printed."""
    account = account_of(request)
    if request.method != "POST":
        current = policy.usable_card(account)
        left = current.codes.filter(used_at=None).count() if current else 0
        return render(request, "accounts/card.html", {"card": current, "left": left})
    issued, codes = factors.issue_card(account, account)
    notices.tell(account, "changed")
    signin.factor_set_up(request, account)
    if request.POST.get("as") == "pdf":
        return _card_pdf(account, issued.serial, codes)
    context = {"card": issued, "codes": list(enumerate(codes, 1)), "account": account, "at": timezone.now()}
    return render(request, "accounts/card_print.html", context | {"mode": installation_mode()})


def installation_mode() -> Mode:
    """What papers of the installation itself, of no election, say of themselves: by what its log is."""
    known = identity()
    if known is None or not (known.simulated or known.replay):
        return "official"
    return "simulated" if known.simulated else "rehearsal"


def _card_pdf(account: Account, serial: str, codes: Sequence[str]) -> HttpResponse:
    now = timezone.now()
    sheet = Sheet(get_language() or "uz", installation_mode(), "esaylov", now)
    printed = PrintedCard(serial, account.code, tuple(codes))
    content = pdf(CodeCards(sheet, (printed,), now.astimezone(STANDING_ZONE).date()))
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="code-card.pdf"'
    return response


@login_required
@shown_again
@require_POST
def revoke_card(request: HttpRequest) -> HttpResponse:
    """Make one's own card worthless, such as when it is lost."""
    account = account_of(request)
    others = Authenticator.objects.filter(user=account, type__in=policy.FACTORS).exists()
    if not others and policy.second_factor_required(account):
        messages.error(
            request, _("Your role needs a second factor. Set up another one, or print a new card.")
        )
    else:
        factors.revoke_cards(account, account)
        if not others:
            programs.end_all(account, account)
        messages.success(request, _("The card is worthless now."))
    return HttpResponseRedirect(reverse("accounts-home"))


def _devices(request: HttpRequest, account: Account) -> Sequence[Device]:
    own = digest(request.session.session_key or "")
    rows = Session.objects.filter(account=account, expire_date__gt=timezone.now()).order_by("-seen_at")
    return [Device(row.pk, row, row.pk == own) for row in rows]


def _factors(account: Account) -> dict[str, Any]:
    found = list(Authenticator.objects.filter(user=account).order_by("created_at"))
    current = policy.usable_card(account)
    codes = next((one.wrap() for one in found if one.type == Authenticator.Type.RECOVERY_CODES), None)
    return {
        "account": account,
        "app": next((one for one in found if one.type == Authenticator.Type.TOTP), None),
        "passkeys": [(one, one.wrap().name) for one in found if one.type == Authenticator.Type.WEBAUTHN],
        "recovery_codes": None if codes is None else len(codes.get_unused_codes()),
        "card": current,
        "card_left": current.codes.filter(used_at=None).count() if current else 0,
        "required": policy.second_factor_required(account),
        "addresses": list(EmailAddress.objects.filter(user=account)),
        "recovery": recovery.running(account),
        "programs": sum(one.works for one in programs.accesses(account)),
    }
