"""OneID's dialect of OAuth 2, and how a OneID sign-in finds its account.

One endpoint takes everything: `response_type=one_code` leads the person there and back with a code; the code is changed
for a token by `grant_type=one_authorization_code`; the profile is asked for by `one_access_token_identify`; the token is
given back by `one_log_out`. Of the profile only `pin` (the PINFL) is used, to find the person's account, or the voter's own
entry in the list (`hooks.shown_by_oneid`); nothing of it is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base import ProviderAccount, ProviderException
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation

from esaylov.registry.accounts import hooks
from esaylov.registry.accounts.models import Account

logger = logging.getLogger(__name__)
DONE = "0"
NATURAL_PERSON = "I"
TIMEOUT = 10
PIN_DIGITS = 14


class OneIDClient(OAuth2Client):  # type: ignore[misc]
    """The conversation with OneID."""

    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: Mapping[str, str]) -> str:
        url: str = super().get_redirect_url(
            authorization_url, scope, {"response_type": "one_code", **extra_params}
        )
        return url

    def get_access_token(self, code: str, **_: Any) -> Mapping[str, Any]:
        found = self.say("one_authorization_code", code=code, redirect_uri=self.callback_url)
        if "access_token" not in found:
            raise OAuth2Error("OneID gave no token")
        return found

    def identify(self, token: str, scope: str) -> Mapping[str, Any]:
        """The profile of whoever the token is of."""
        return self.say("one_access_token_identify", access_token=token, scope=scope)

    def sign_out(self, token: str, scope: str) -> None:
        """Give the token back; we need it no longer. That it fails does no harm here."""
        try:
            self.say("one_log_out", access_token=token, scope=scope)
        except OAuth2Error as error:
            logger.warning("OneID did not take a token back: %s", error)

    def say(self, grant_type: str, **values: str) -> Mapping[str, Any]:
        """One question and its answer. Raises OAuth2Error."""
        import requests

        data = {
            "grant_type": grant_type,
            "client_id": self.consumer_key,
            "client_secret": self.consumer_secret,
            **values,
        }
        try:
            answer = requests.post(self.access_token_url, data=data, timeout=TIMEOUT, allow_redirects=False)
            answer.raise_for_status()
            found = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise OAuth2Error(f"{grant_type}: {type(error).__name__}") from error
        if not isinstance(found, dict):
            raise OAuth2Error(f"{grant_type}: no object")
        return found


class OneIDAdapter(OAuth2Adapter):  # type: ignore[misc]
    """The steps of a sign-in with OneID."""

    provider_id = "oneid"
    client_class = OneIDClient

    @property
    def access_token_url(self) -> str:
        return str(self.get_provider().app.settings["url"])

    authorize_url = access_token_url

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """One address whatever the language: OneID knows only those that are registered with it."""
        with translation.override(settings.LANGUAGE_CODE):
            return request.build_absolute_uri(reverse("oneid_callback"))

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **_: Any) -> Any:
        client, scope = self.get_client(request, app), " ".join(app.settings.get("scope", ()))
        profile = client.identify(token.token, scope)
        client.sign_out(token.token, scope)
        return self.get_provider().sociallogin_from_response(request, profile)


class OneIDAccount(ProviderAccount):  # type: ignore[misc]
    """Nothing of a OneID profile is kept, so that there is nothing to show."""


class OneIDProvider(OAuth2Provider):  # type: ignore[misc]
    """OneID as a provider of django-allauth."""

    id = "oneid"
    name = "OneID"
    account_class = OneIDAccount
    oauth2_adapter_class = OneIDAdapter

    def sociallogin_from_response(self, request: HttpRequest, response: Mapping[str, Any]) -> Any:
        from allauth.socialaccount.models import SocialLogin

        pin = pin_of(response)
        if pin and (answer := hooks.shown_by_oneid(request, pin)) is not None:
            raise ImmediateHttpResponse(answer)
        account = account_of_profile(response)
        if account is None:
            raise ProviderException("no account of this site belongs to who signed in")
        row = SocialAccount(provider=self.id, uid=str(account.pk), extra_data={})
        # django-allauth ties accounts by rows of its own, which we do not keep: the adapter takes the one found here.
        login = SocialLogin(user=Account(), account=row, provider=self)
        login.found = account
        return login


def pin_of(profile: Mapping[str, Any]) -> str:
    """The PINFL that a profile holds; "" if OneID refused, or for a legal person."""
    pin = str(profile.get("pin", ""))
    refused = str(profile.get("ret_cd", "")) != DONE or profile.get("user_type") != NATURAL_PERSON
    return "" if refused or len(pin) != PIN_DIGITS or not (pin.isascii() and pin.isdigit()) else pin


def account_of_profile(profile: Mapping[str, Any]) -> Account | None:
    """The account of the person whose PINFL the profile holds, None where there is none."""
    pin = pin_of(profile)
    person = hooks.person_with_pinfl(pin) if pin else None
    return Account.objects.filter(person=person, is_active=True).first() if person else None


provider_classes = [OneIDProvider]
