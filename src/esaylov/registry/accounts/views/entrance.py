"""Coming in and going out."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.views import LoginWebAuthnView
from allauth.socialaccount.adapter import get_adapter as get_provider_adapter
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from esaylov.registry.accounts import policy, throttle
from esaylov.registry.accounts.network import network

PASSKEY_BURST, PASSKEY_EVERY = 60, 2


class SignInView(LoginView):  # type: ignore[misc]
    """The sign-in page."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        next_page = self.get_next_url() or ""
        query = {"next": next_page} if next_page else {}
        context["providers"] = [
            (provider.name, provider.get_login_url(self.request, **query))
            for provider in get_provider_adapter().list_providers(self.request)
        ]
        context["next_page"] = next_page
        return context


class SecondFactorView(AuthenticateView):  # type: ignore[misc]
    """The second factor, after the password."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if not policy.has_passkey(self.stage.login.user):
            self.webauthn_form = None
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context


class PasskeySignInView(LoginWebAuthnView):  # type: ignore[misc]
    """Signing in with a passkey alone; a script asks for the challenge and sends the answer."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = throttle.bucket("passkey", PASSKEY_BURST, PASSKEY_EVERY, network(request))
        try:
            throttle.take([asked])
        except throttle.TooMany as error:
            response = JsonResponse({"seconds": error.seconds}, status=429)
            response.headers["Retry-After"] = str(error.seconds)
            return response
        found: HttpResponse = super().dispatch(request, *args, **kwargs)
        return found


@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out, by POST only: a link in a foreign page must not."""
    if request.method != "POST":
        return render(request, "accounts/sign_out.html")
    logout(request)
    return HttpResponseRedirect(reverse("account_login"))


@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    """Says that accounts come by invitation."""
    return render(request, "accounts/closed.html")
