"""Addresses that a sign-in with OneID passes."""

from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView

from esaylov.registry.accounts.oneid.provider import OneIDAdapter

oneid_login = OAuth2LoginView.adapter_view(OneIDAdapter)
oneid_callback = OAuth2CallbackView.adapter_view(OneIDAdapter)
