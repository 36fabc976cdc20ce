"""Forms of signing in: django-allauth's, with our labels, help and errors."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import AddEmailForm as AllauthAddEmail
from allauth.account.forms import ChangePasswordForm as AllauthChangePassword
from allauth.account.forms import LoginForm as AllauthLogin
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticate
from allauth.account.forms import ResetPasswordForm as AllauthResetPassword
from allauth.account.forms import ResetPasswordKeyForm as AllauthResetPasswordKey
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core import context
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from esaylov.registry.accounts import factors, policy, signin, throttle
from esaylov.registry.accounts.codes import normal_code
from esaylov.registry.accounts.models import Account, Link, Recovery
from esaylov.registry.accounts.parameters import HOUR, PARAMETERS

LONGEST_PASSWORD = 1024
PASSWORD_HELP = _(
    "At least 12 characters. A short sentence is good: long and easy to remember. No word that everybody uses, none of your "
    "names."
)
CODE_HELP = _("The code that your app shows now, a recovery code, or any unused code of your printed card.")
CODE = _("Code")
WRONG_CODE = _("This code is not right, or it was used already.")


def password_field(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    """A field for a password; blanks at its ends belong to it. Where scripts run a button shows what was typed."""
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete, "data-show": _("Show the password")})
    return forms.CharField(
        label=label, widget=widget, strip=False, max_length=LONGEST_PASSWORD, help_text=help_text
    )


def code_field(label: Any = CODE, help_text: Any = "") -> forms.CharField:
    """A field for a code of a second factor: no number field, browsers would drop what is none."""
    attributes = {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
    return forms.CharField(
        label=label, help_text=help_text, max_length=40, widget=forms.TextInput(attrs=attributes)
    )


def email_field() -> forms.EmailField:
    """A field for one's own e-mail address."""
    return forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class SignInForm(AllauthLogin):  # type: ignore[misc]
    """Sign-in code or e-mail address, and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attributes = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        own: dict[str, forms.Field] = {
            "login": forms.CharField(
                label=_("Sign-in code or e-mail address"),
                help_text=_("The code stands on your letter: M and eight letters and digits."),
                max_length=254,
                widget=forms.TextInput(attrs=attributes),
            ),
            "password": password_field(_("Password"), "current-password"),
        }
        if policy.night_open(timezone.now()):
            own["night"] = forms.BooleanField(
                label=_("Keep me signed in on this device through the night of the count"),
                help_text=_("For %(hours)d hours. Only on a device that your commission alone uses.")
                % {"hours": PARAMETERS.device_session // HOUR},
                required=False,
            )
        self.fields = own

    def user_credentials(self) -> dict[str, str]:
        return {"username": self.cleaned_data["login"], "password": self.cleaned_data["password"]}

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        if request.session.session_key:
            request.session.cycle_key()
        if self.cleaned_data.get("night"):
            request.session[signin.NIGHT_WANTED] = True
        login = Login(user=self.user, redirect_url=redirect_url)
        # Whoever typed the password a moment ago is not asked for it again.
        record_authentication(request, self.user, "password", reauthenticated=True)
        response: HttpResponse = perform_login(request, login)
        return response


class CodeForm(forms.Form):
    """The second factor by a code, after the password."""

    code = code_field(help_text=CODE_HELP)
    reauthenticated = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user: Account = kwargs.pop("user")
        self.kind = ""
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        typed = str(self.cleaned_data["code"])
        buckets = throttle.of_code(context.request, self.user)
        try:
            throttle.take(buckets)
        except throttle.TooMany as error:
            raise throttle.too_many(error) from error
        kind = factors.use_code(self.user, typed)
        if kind is None:
            raise forms.ValidationError(WRONG_CODE, code="incorrect_code")
        throttle.give_back(buckets)
        self.kind = kind
        return typed

    def save(self) -> None:
        extra = {"reauthenticated": True} if self.reauthenticated else {}
        record_authentication(context.request, self.user, "mfa", type=self.kind, **extra)


class CodeAgainForm(CodeForm):
    """The same, by who is signed in already."""

    reauthenticated = True


class PasswordAgainForm(AllauthReauthenticate):  # type: ignore[misc]
    """The password, by who is signed in already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = password_field(_("Password"), "current-password")


class ActivateAppForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app that is being set up."""

    code = code_field(_("Code that the app shows"))

    def clean_code(self) -> str:
        typed = "".join(str(self.cleaned_data["code"]).split())
        if factors.app_step(self.secret, typed) is None:
            raise forms.ValidationError(WRONG_CODE, code="incorrect_code")
        return typed


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A passkey and the name by which its owner knows it again."""

    name = forms.CharField(
        label=_("Name of the passkey"),
        help_text=_("So that you know it again, such as: my telephone"),
        required=False,
        max_length=60,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)
        self.initial.pop("name", None)

    def clean_name(self) -> str:
        return str(self.cleaned_data["name"] or _("Passkey"))


class NewPasswordForm(forms.Form):
    """A new password, typed twice; what else is asked stands in forms that extend it."""

    account: Account | None = None

    def add_passwords(self) -> None:
        """Put the two fields at the end."""
        self.fields["password1"] = password_field(_("New password"), "new-password", PASSWORD_HELP)
        self.fields["password2"] = password_field(_("The same password again"), "new-password")

    def check_passwords(self, cleaned: dict[str, Any]) -> None:
        """Add what is wrong with the new password as errors of its fields."""
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords are not the same."))
        if first:
            try:
                validate_password(first, self.account)
            except forms.ValidationError as error:
                self.add_error("password1", error)


class FirstPasswordForm(NewPasswordForm):
    """The password that the holder of a one-time link chooses."""

    WRONG_NUMBER = _("This is not the number of the person whose account this is.")

    def __init__(self, *args: Any, account: Account, identify: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        if identify:
            self.fields["pinfl"] = forms.CharField(
                label=_("Your personal identification number (PINFL)"),
                help_text=_(
                    "14 digits in your passport or identity card. So nobody else can open your account."
                ),
                max_length=20,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            )
        self.add_passwords()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.check_passwords(cleaned)
        return cleaned


class RecoveryForm(NewPasswordForm):
    """The end of a recovery: what was not lost is shown, and, where the password was lost, a new one chosen."""

    def __init__(self, *args: Any, request: HttpRequest, link: Link, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assert link.recovery is not None
        self.account, self.request = link.account, request
        self.lost_password = link.recovery.what == Recovery.What.PASSWORD
        if self.lost_password:
            self.fields["code"] = code_field(help_text=CODE_HELP)
            self.add_passwords()
        else:
            self.fields["password"] = password_field(_("Password"), "current-password")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.lost_password:
            self.check_passwords(cleaned)
        if not self.errors:
            self._check_what_is_left(cleaned)
        return cleaned

    def _check_what_is_left(self, cleaned: dict[str, Any]) -> None:
        assert self.account is not None
        field = "code" if self.lost_password else "password"
        if self.lost_password:
            buckets = throttle.of_code(self.request, self.account)
        else:
            buckets = throttle.of_password(self.request, self.account.code, self.account)
        try:
            throttle.take(buckets)
        except throttle.TooMany as error:
            self.add_error(field, throttle.too_many(error))
            return
        if self.lost_password:
            right = factors.use_code(self.account, cleaned["code"]) is not None
        else:
            right = self.account.check_password(cleaned["password"])
        if right:
            throttle.give_back(buckets)
        else:
            self.add_error(field, WRONG_CODE if self.lost_password else _("This is not your password."))


class ChangePasswordForm(AllauthChangePassword):  # type: ignore[misc]
    """The present password and a new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"] = password_field(_("Present password"), "current-password")
        self.fields["password1"] = password_field(_("New password"), "new-password", PASSWORD_HELP)
        self.fields["password2"] = password_field(_("The same password again"), "new-password")


class ResetPasswordForm(AllauthResetPassword):  # type: ignore[misc]
    """The e-mail address to which a link is sent, if an account has confirmed it. Whether one has, no answer tells."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = email_field()

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        asked = throttle.bucket("mail", PARAMETERS.mail_burst, PARAMETERS.mail_every, email)
        try:
            throttle.take([asked])
        except throttle.TooMany as error:
            raise throttle.too_many(error) from error
        confirmed = Account.objects.filter(emailaddress__email=email, emailaddress__verified=True)
        self.users = [one for one in confirmed.filter(is_active=True)[:1] if one.has_usable_password()]
        return email


class ResetPasswordKeyForm(AllauthResetPasswordKey):  # type: ignore[misc]
    """A new password, by who followed the link in the e-mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"] = password_field(_("New password"), "new-password", PASSWORD_HELP)
        self.fields["password2"] = password_field(_("The same password again"), "new-password")


class EmailForm(AllauthAddEmail):  # type: ignore[misc]
    """An e-mail address of one's own; it counts when a link sent to it was followed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = email_field()


class ReportForm(forms.Form):
    """By which an officer says that a member of the own commission lost a factor."""

    UNKNOWN = _("No account of your commission has this sign-in code.")

    code = forms.CharField(label=_("Sign-in code of the member"), max_length=40)
    what = forms.ChoiceField(
        label=_("What was lost"), choices=Recovery.What.choices, widget=forms.RadioSelect
    )

    @property
    def account(self) -> Account | None:
        """The member's account, None if there is none."""
        return Account.objects.filter(code=normal_code(self.cleaned_data["code"]), is_active=True).first()


class InviteForm(forms.Form):
    """A new account."""

    label = forms.CharField(
        label=_("For whom"),
        help_text=_(
            "So that you know the letter again, such as a name and a commission. Administrators see it, and it stands on the "
            "letter."
        ),
        max_length=200,
    )
    person = forms.UUIDField(
        label=_("Number of the person in the registry"),
        help_text=_(
            "Whose mandates the account is to use. The person types the PINFL when the account is opened, and so proves to be "
            "the one."
        ),
        required=False,
    )
    administrator = forms.BooleanField(
        label=_("An administrator of accounts"),
        help_text=_("Administrators hold no mandate and take no part in any step of an election."),
        required=False,
    )

    def clean_person(self) -> Any:
        person = self.cleaned_data["person"]
        if person and Account.objects.filter(person=person).exists():
            raise forms.ValidationError(_("This person has an account already."))
        return person

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("person") and cleaned.get("administrator"):
            problem = _("An administrator's account belongs to no person of the registry.")
            self.add_error("administrator", problem)
        return cleaned
