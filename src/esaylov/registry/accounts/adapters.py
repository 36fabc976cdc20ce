"""Where django-allauth asks us: passwords, redirects, messages, second factors, other sites' sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows import reauthentication
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from esaylov.registry.accounts import encryption, policy, throttle, ties
from esaylov.registry.accounts.backends import account_of
from esaylov.registry.accounts.models import Account
from esaylov.registry.accounts.network import network

SITE = "esaylov"
WRONG = _("The sign-in code or e-mail address and the password do not fit together.")
SAID: Mapping[str, Any] = {
    "account/messages/password_changed.txt": _(
        "The new password holds from now on. Other devices were signed out."
    ),
    "account/messages/email_confirmation_sent.txt": _(
        "A message with a link was sent. The address counts when you follow it."
    ),
    "account/messages/email_confirmed.txt": _("The e-mail address is confirmed."),
    "account/messages/email_deleted.txt": _("The e-mail address was removed."),
    "mfa/messages/totp_activated.txt": _("The app is set up."),
    "mfa/messages/totp_deactivated.txt": _("The app was removed."),
    "mfa/messages/webauthn_added.txt": _("The passkey is set up."),
    "mfa/messages/webauthn_removed.txt": _("The passkey was removed."),
    "socialaccount/messages/account_connected.txt": _("The other site is tied to your account."),
    "socialaccount/messages/account_connected_updated.txt": _(
        "The other site was tied to your account already."
    ),
    "socialaccount/messages/account_connected_other.txt": _(
        "Who signed in there is tied to another account of this site. Nothing was changed."
    ),
    "mfa/messages/recovery_codes_generated.txt": _(
        "New recovery codes: they are shown once. Print them or write them down."
    ),
}
"""What is said after a step, by the name of django-allauth's text; the others are not said."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Signing in by code or e-mail, throttled by our own buckets; nobody opens an account alone."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": WRONG,
        "email_password_mismatch": WRONG,
        "invalid_login": WRONG,
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your present password."),
        "email_taken": _("This address cannot be used."),
    }

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Account | None:
        """Who it is; None if the password is wrong. Raises ValidationError for too many attempts."""
        login = str(credentials.get("username") or "")
        known = account_of(login)
        buckets = throttle.of_password(request, login, known)
        try:
            throttle.take(buckets)
        except throttle.TooMany as error:
            raise throttle.too_many(error) from error
        found = authenticate(request, username=login, password=credentials.get("password"), known=known)
        if not isinstance(found, Account):
            return None
        throttle.give_back(buckets)
        return found

    def reauthenticate(self, user: Account, password: str) -> bool:
        """Whether it is the password of who is signed in."""
        found = self.authenticate(context.request, username=user.code, password=password)
        return found is not None and found.pk == user.pk

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage"]

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_login"))

    def is_safe_url(self, url: str | None) -> bool:
        """Only addresses of this site, as paths: another scheme, another host, `//host` and `/\\host` lead nowhere."""
        if (
            not url
            or not url.startswith("/")
            or any(ord(letter) < 33 or ord(letter) == 127 for letter in url)
        ):
            return False
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if not getattr(request.user, "is_administrator", False):
            try:
                return reverse("cabinet")
            except NoReverseMatch:
                pass
        return reverse("accounts-home")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts-home")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        return reverse("accounts-home")

    def is_reauthentication_required(self, *, app: str, **names: Any) -> bool:
        """Ties to other sites are made only by who has shown password or factor a moment ago."""
        return app == "allauth.socialaccount" or bool(super().is_reauthentication_required(app=app, **names))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The password first, then the second factor."""
        if not user.is_authenticated:
            return []
        found = [
            {"id": "reauthenticate", "description": _("Password"), "url": reverse("account_reauthenticate")}
        ]
        if policy.has_factor(user):
            url = reverse("mfa_reauthenticate")
            found.append({"id": "mfa_reauthenticate", "description": _("Second factor"), "url": url})
        return found

    def add_message(  # noqa: PLR0917 (django-allauth calls it so)
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        text = message or SAID.get(message_template or "")
        if text:
            messages.add_message(request, level, str(text))

    def send_notification_mail(self, *_args: Any, **_kwargs: Any) -> None:
        """Signals of ours tell the holder (`notices.py`)."""

    def format_email_subject(self, subject: str) -> str:
        return f"{SITE}: {subject}"

    def get_client_ip(self, request: HttpRequest) -> str:
        return network(request)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: secrets encrypted, a code card among them."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right, or it was used already."),
        "cannot_delete_authenticator": _(
            "Your role needs a second factor. Set up another one before you remove this one."
        ),
    }

    def get_totp_issuer(self) -> str:
        return SITE

    def get_totp_label(self, user: Account) -> str:
        return user.code

    def _get_user_identifier(self, user: Account) -> str:
        return user.code

    def _get_site_name(self) -> str:
        return SITE

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        if super().is_mfa_enabled(user, types):
            return True
        # Asked for one kind, it means that kind; asked for all, whether there is any factor.
        any_kind = types is None or len(types) > 1
        return any_kind and not user.is_anonymous and policy.has_factor(user)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        account = authenticator.user
        others = Authenticator.objects.filter(user=account, type__in=policy.FACTORS).exclude(
            pk=authenticator.pk
        )
        if others.exists() or policy.usable_card(account) is not None:
            return True
        return not policy.second_factor_required(account)


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Other sites' sign-in leads to accounts that are there; none is made by it."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Providers come from the environment alone: a row in the database names none, and none is asked for."""
        found = [
            SocialApp(provider=name, **values)
            for name, given in settings.SOCIALACCOUNT_PROVIDERS.items()
            for values in given.get("APPS", ())
        ]
        return [
            app
            for app in found
            if (not provider or provider in (app.provider, app.provider_id))
            and (not client_id or app.client_id == client_id)
        ]

    def get_app(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        try:
            return super().get_app(request, provider, client_id)
        except SocialApp.DoesNotExist as error:
            raise Http404 from error

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """OneID says who somebody is, and that leads to the account of that person; no tie is kept."""
        if sociallogin.account.provider != ties.ONEID:
            return
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            raise ImmediateHttpResponse(self._open_oneid(request, sociallogin.found))
        if ties.oneid_barred(sociallogin.found):
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("socialaccount_login_error")))
        if request.user.is_authenticated:
            logout(request)
        record_authentication(request, sociallogin.found, "socialaccount", provider="oneid")
        login = Login(user=sociallogin.found, redirect_url=sociallogin.get_redirect_url(request))
        raise ImmediateHttpResponse(perform_login(request, login))

    def _open_oneid(self, request: HttpRequest, found: Account) -> HttpResponse:
        """OneID leads to the account again, once a sign-in there that leads to it was shown."""
        reauthentication.raise_if_reauthentication_required(request, app="allauth.socialaccount")
        if found == request.user:
            ties.open_oneid(found)
            messages.success(request, SAID["socialaccount/messages/account_connected.txt"])
        else:
            messages.error(request, SAID["socialaccount/messages/account_connected_other.txt"])
        return HttpResponseRedirect(reverse("socialaccount_connections"))
