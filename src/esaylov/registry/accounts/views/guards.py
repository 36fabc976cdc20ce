"""Guards of views, with types: django-allauth's have none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, cast

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.decorators import login_stage_required
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest, HttpResponse

Given = ParamSpec("Given")
View = Callable[Concatenate[HttpRequest, Given], HttpResponse]


def shown_again(view: View[Given]) -> View[Given]:
    """Looking is free; the step itself needs a password or second factor that was shown a moment ago."""
    guarded: Any = reauthentication_required(app="allauth.mfa", allow_get=True)(view)
    return cast("View[Given]", guarded)


def shown_before(view: View[Given]) -> View[Given]:
    """Even looking needs a password or second factor that was shown a moment ago: what is typed then is not asked for twice."""
    guarded: Any = reauthentication_required(app="allauth.mfa")(view)
    return cast("View[Given]", guarded)


def password_shown(view: View[Given]) -> View[Given]:
    """For who has typed the password and not yet shown the second factor."""
    stage = login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")
    return cast("View[Given]", stage(view))
