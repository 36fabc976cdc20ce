"""Addresses of signing in, below `/<language>/account/`. Names of django-allauth stay what it looks for."""

from allauth.account import views as allauth_account
from allauth.mfa.base import views as allauth_factor
from allauth.mfa.recovery_codes import views as allauth_codes
from allauth.mfa.webauthn import views as allauth_passkey
from allauth.socialaccount import views as allauth_social
from django.urls import URLPattern, URLResolver, include, path, re_path

from esaylov.registry.accounts.oneid.views import oneid_callback, oneid_login
from esaylov.registry.accounts.views import (
    administration,
    entrance,
    officers,
    opening,
    own,
    recovering,
    tying,
)

entering: list[URLPattern | URLResolver] = [
    path("sign-in/", entrance.SignInView.as_view(), name="account_login"),
    path("sign-in/passkey/", entrance.PasskeySignInView.as_view(), name="mfa_login_webauthn"),
    path("sign-in/second-factor/", entrance.SecondFactorView.as_view(), name="mfa_authenticate"),
    path("sign-in/lost/", recovering.lost_factor, name="accounts-lost-factor"),
    path("sign-out/", entrance.sign_out, name="account_logout"),
    path("by-invitation/", entrance.closed, name="account_signup"),
    path("link/<str:token>/", opening.follow, name="accounts-link"),
    path("reauthenticate/", allauth_account.reauthenticate, name="account_reauthenticate"),
]
factors: list[URLPattern | URLResolver] = [
    path("set-up/", own.set_up, name="accounts-set-up"),
    path("second-factor/again/", allauth_factor.reauthenticate, name="mfa_reauthenticate"),
    path("second-factor/app/", own.ActivateAppView.as_view(), name="mfa_activate_totp"),
    path("second-factor/app/remove/", own.RemoveAppView.as_view(), name="mfa_deactivate_totp"),
    path("second-factor/passkeys/", own.AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path(
        "second-factor/passkeys/again/",
        allauth_passkey.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "second-factor/passkeys/<int:pk>/remove/", own.RemovePasskeyView.as_view(), name="mfa_remove_webauthn"
    ),
    path("second-factor/codes/", allauth_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "second-factor/codes/new/", allauth_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"
    ),
    path("cards/", own.card, name="accounts-card"),
    path("cards/revoke/", own.revoke_card, name="accounts-card-revoke"),
]
passwords: list[URLPattern | URLResolver] = [
    path("password/", allauth_account.password_change, name="account_change_password"),
    path("password/first/", own.no_first_password, name="account_set_password"),
    path("password/forgotten/", allauth_account.password_reset, name="account_reset_password"),
    path("password/forgotten/sent/", allauth_account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/forgotten/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        allauth_account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/forgotten/done/",
        allauth_account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("e-mail/", allauth_account.email, name="account_email"),
    path("e-mail/sent/", allauth_account.email_verification_sent, name="account_email_verification_sent"),
    re_path(
        r"^e-mail/confirm/(?P<key>[-:\w]+)/$", allauth_account.confirm_email, name="account_confirm_email"
    ),
]
providers: list[URLPattern | URLResolver] = [
    path("providers/cancelled/", allauth_social.login_cancelled, name="socialaccount_login_cancelled"),
    path("providers/failed/", allauth_social.login_error, name="socialaccount_login_error"),
    path("providers/closed/", entrance.closed, name="socialaccount_signup"),
    path("providers/", tying.providers, name="socialaccount_connections"),
    path("providers/<slug:code>/tie/", tying.tie, name="accounts-tie"),
    path("providers/<slug:code>/untie/", tying.untie, name="accounts-untie"),
    path("", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("oneid/login/", oneid_login, name="oneid_login"),
    path("oneid/login/callback/", oneid_callback, name="oneid_callback"),
]
administrators: list[URLPattern | URLResolver] = [
    path("administration/", administration.accounts, name="accounts-administration"),
    path("administration/invite/", administration.invite, name="accounts-administration-invite"),
    path("administration/officers/", officers.officers, name="accounts-administration-officers"),
    path("administration/<str:code>/", administration.account, name="accounts-administration-account"),
    path(
        "administration/<str:code>/letter/",
        administration.invite_again,
        name="accounts-administration-letter",
    ),
    path(
        "administration/<str:code>/disable/", administration.disable, name="accounts-administration-disable"
    ),
]
account: list[URLPattern | URLResolver] = [
    path("", own.home, name="accounts-home"),
    path("devices/", own.devices, name="accounts-devices"),
    path("devices/end/", own.end_device, name="accounts-devices-end"),
    path("recovery/", recovering.board, name="accounts-recoveries"),
    path("recovery/<int:number>/", recovering.step, name="accounts-recovery-step"),
    *entering,
    *factors,
    *passwords,
    *providers,
    *administrators,
]
"""All of them, for `esaylov.urls`."""
