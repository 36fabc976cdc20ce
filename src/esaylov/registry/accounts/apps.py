from allauth.account.apps import AccountConfig
from django.apps import AppConfig


class AccountsConfig(AppConfig):
    default = True
    name = "esaylov.registry.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from esaylov.registry.accounts import hooks, registered, signals

        # What somebody may do is said by mandates: there are no permissions of Django's.
        post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
        signals.connect()
        hooks.register(mandates_of=registered.mandates_of, pinfl=registered.person_with_pinfl)


class PasswordsConfig(AccountConfig):  # type: ignore[misc]
    """django-allauth's app `account`. Its middleware runs under a few addresses only (`middleware.py`), so that its own
    check, which looks for it in the list of all, would not find it.
    """

    def ready(self) -> None:
        from allauth.account import checks  # noqa: F401
