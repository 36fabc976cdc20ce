"""Pages of a recovery: asking, approving, stopping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from esaylov.registry.accounts import policy, recovery
from esaylov.registry.accounts.forms import ReportForm
from esaylov.registry.accounts.models import Account, Recovery
from esaylov.registry.accounts.views.guards import password_shown
from esaylov.registry.accounts.views.letters import letter
from esaylov.registry.accounts.views.own import account_of


@password_shown
def lost_factor(request: HttpRequest) -> HttpResponse:
    """Asks for a recovery, by who has typed the password and cannot show the second factor."""
    account: Account = request._login_stage.login.user  # type: ignore[attr-defined]
    if request.method == "POST":
        problem = _tried(lambda: recovery.ask(account, Recovery.What.FACTOR, account))
        if problem is None:
            return HttpResponseRedirect(reverse("accounts-lost-factor"))
    else:
        problem = None
    context = {
        "standing": recovery.running(account),
        "problem": problem,
        "election_day": policy.is_election_day(),
    }
    return render(request, "accounts/lost_factor.html", context)


@login_required
def board(request: HttpRequest) -> HttpResponse:
    """Recoveries: one's own, those that wait for approval, and a form by which an officer reports one."""
    account = account_of(request)
    officer = recovery.officer_mandates(account)
    if not officer:
        return render(
            request, "accounts/recoveries.html", {"own": recovery.running(account), "officer": False}
        )
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        member, what = form.account, form.cleaned_data["what"]
        problem = _tried(lambda: recovery.ask(member, what, account)) if member else form.UNKNOWN
        if problem is None:
            messages.success(
                request, _("The recovery is asked for. Two officers of two commissions must approve it.")
            )
            return HttpResponseRedirect(reverse("accounts-recoveries"))
        form.add_error("code", problem)
    code = request.GET.get("code", "")
    found = recovery.of_code(code) if code else None
    context = {
        "own": recovery.running(account),
        "officer": True,
        "form": form,
        "bodies": sorted({mandate.body for mandate in officer}),
        "asked_code": code,
        "found": found,
        "approved_by_me": found is not None and any(one.account_id == account.pk for one in found.approvals),
        "mine": recovery.approved_by(account),
    }
    return render(request, "accounts/recoveries.html", context)


@login_required
@require_POST
def step(request: HttpRequest, number: int) -> HttpResponse:
    """Approve or stop a recovery, or print its link."""
    account = account_of(request)
    what = request.POST.get("step", "")
    if not Recovery.objects.filter(pk=number).exists():
        raise Http404
    if what == "link":
        return _link(request, number, account)
    problem = _tried(lambda: _take(number, what, account, request.POST.get("body", "")))
    if problem:
        messages.error(request, problem)
    else:
        messages.success(request, _("Done. It is recorded."))
    back = "accounts-recoveries" if recovery.officer_mandates(account) else "accounts-home"
    return HttpResponseRedirect(reverse(back))


def _take(number: int, what: str, account: Account, body: str) -> Any:
    if what == "approve":
        return recovery.approve(number, account, body)
    if what == "stop":
        return recovery.stop(number, account)
    raise Http404


def _link(request: HttpRequest, number: int, account: Account) -> HttpResponse:
    try:
        token = recovery.link(number, account)
    except recovery.RecoveryError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("accounts-recoveries"))
    member = Recovery.objects.select_related("account").get(pk=number).account
    return letter(request, token, member, "recovery")


def _tried(step_: Callable[[], Any]) -> str | None:
    """Take a step; the reason why not, None if it was taken."""
    try:
        step_()
    except recovery.RecoveryError as error:
        return str(error)
    return None
