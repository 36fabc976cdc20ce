"""Django's settings for signing in, taken into `esaylov.settings` as they stand.

- ``ESAYLOV_PROXIES``: how many reverse proxies of one's own stand before the site and write ``X-Forwarded-For`` (default
  0: the header is not believed).
- ``ESAYLOV_HTTPS=1``: the site is reached over https although it does not say so by ``ESAYLOV_PUBLIC_URL``.
- ``ESAYLOV_OIDC_<ID>_URL``, ``…_CLIENT``, ``…_SECRET``, ``…_NAME``: a provider of OpenID Connect.
- ``ESAYLOV_ONEID_URL``, ``…_CLIENT``, ``…_SECRET``, ``…_SCOPE``: OneID.
- ``ESAYLOV_SIGN_IN_…``: times and limits (`parameters.py`).
"""

from __future__ import annotations

import os
import re
from typing import Any
from urllib.parse import urlsplit

PUBLIC = os.environ.get("ESAYLOV_PUBLIC_URL", "").strip()
HTTPS = PUBLIC.startswith("https://") or os.environ.get("ESAYLOV_HTTPS") == "1"
PREFIX = "__Host-" if HTTPS else ""


def _openid_providers() -> list[dict[str, Any]]:
    """The providers that the environment names, as django-allauth wants them."""
    names = (re.fullmatch(r"ESAYLOV_OIDC_([A-Z0-9]+)_URL", name) for name in os.environ)
    return [
        {
            "provider_id": one.lower(),
            "name": os.environ.get(f"ESAYLOV_OIDC_{one}_NAME", one.title()),
            "client_id": os.environ.get(f"ESAYLOV_OIDC_{one}_CLIENT", ""),
            "secret": os.environ.get(f"ESAYLOV_OIDC_{one}_SECRET", ""),
            "settings": {"server_url": os.environ[f"ESAYLOV_OIDC_{one}_URL"], "oauth_pkce_enabled": True},
        }
        for one in sorted(match[1] for match in names if match)
    ]


def _oneid() -> list[dict[str, Any]]:
    if not (url := os.environ.get("ESAYLOV_ONEID_URL", "").strip()):
        return []
    return [
        {
            "client_id": os.environ.get("ESAYLOV_ONEID_CLIENT", ""),
            "secret": os.environ.get("ESAYLOV_ONEID_SECRET", ""),
            "settings": {"url": url, "scope": os.environ.get("ESAYLOV_ONEID_SCOPE", "").split()},
        }
    ]


def _origins() -> list[str]:
    """Where forms of a sign-in may lead to: browsers hold that against `form-action` of the page's policy."""
    named = [
        one for name, one in os.environ.items() if re.fullmatch(r"ESAYLOV_(OIDC_[A-Z0-9]+|ONEID)_URL", name)
    ]
    parts = [urlsplit(one.strip()) for one in named]
    return sorted({f"{one.scheme}://{one.netloc}" for one in parts if one.scheme and one.netloc})


ESAYLOV_FORMS_LEAD_TO = _origins()
SIGN_IN_APPS = [
    # Before django-allauth's own: our templates stand in front of theirs.
    "esaylov.registry.accounts",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "allauth",
    "esaylov.registry.accounts.apps.PasswordsConfig",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "esaylov.registry.accounts.oneid",
]
SIGN_IN_MIDDLEWARE = "esaylov.registry.accounts.middleware.PersonalPages"

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["esaylov.registry.accounts.backends.PasswordBackend"]
PASSWORD_HASHERS = ["esaylov.registry.accounts.hashers.Argon2"]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("code", "email", "label")},
    },
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": "esaylov.registry.accounts.validators.EasilyGuessedValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts-home"

SESSION_ENGINE = "esaylov.registry.accounts.sessions"
SESSION_COOKIE_NAME = f"{PREFIX}session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = f"{PREFIX}csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_AGE = None
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
ESAYLOV_PROXIES = int(os.environ.get("ESAYLOV_PROXIES", "0"))

_OURS = "esaylov.registry.accounts"
ACCOUNT_ADAPTER = f"{_OURS}.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "code"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_RATE_LIMITS = False  # they live in one process's memory; ours in the database (throttle.py)
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGIN_TIMEOUT = 900
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # whose address it is can set the password anew
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_FORMS = {
    "login": f"{_OURS}.forms.SignInForm",
    "reauthenticate": f"{_OURS}.forms.PasswordAgainForm",
    "change_password": f"{_OURS}.forms.ChangePasswordForm",
    "reset_password": f"{_OURS}.forms.ResetPasswordForm",
    "reset_password_from_key": f"{_OURS}.forms.ResetPasswordKeyForm",
    "add_email": f"{_OURS}.forms.EmailForm",
    "change_email": f"{_OURS}.forms.EmailForm",
}
MFA_ADAPTER = f"{_OURS}.adapters.FactorAdapter"
MFA_RATE_LIMITS = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_USER_VERIFICATION = "preferred"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": f"{_OURS}.forms.CodeForm",
    "reauthenticate": f"{_OURS}.forms.CodeAgainForm",
    "activate_totp": f"{_OURS}.forms.ActivateAppForm",
    "add_webauthn": f"{_OURS}.forms.AddPasskeyForm",
}
SOCIALACCOUNT_ADAPTER = f"{_OURS}.adapters.ProviderAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_QUERY_EMAIL = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"APPS": _openid_providers()},
    "oneid": {"APPS": _oneid()},
}
