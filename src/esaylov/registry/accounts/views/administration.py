"""Pages of administrators: accounts, and nothing else. No page here sets a password or a factor of anybody."""

from __future__ import annotations

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from esaylov.registry.accounts import events, links, programs
from esaylov.registry.accounts.forms import InviteForm
from esaylov.registry.accounts.models import Account, Session
from esaylov.registry.accounts.views.guards import Given, View, shown_again
from esaylov.registry.accounts.views.letters import letter

PER_PAGE = 50
SHOWN_EVENTS = 100


def administrators_only(view: View[Given]) -> View[Given]:
    """For administrators, whoever else asks is told so."""

    @login_required
    @wraps(view)
    def answer(request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
        if not getattr(request.user, "is_administrator", False):
            return render(request, "accounts/forbidden.html", status=403)
        return view(request, *args, **kwargs)

    return answer


@administrators_only
def accounts(request: HttpRequest) -> HttpResponse:
    """The list of accounts, searched by code, label or e-mail."""
    asked = request.GET.get("q", "").replace("\0", "").strip()[:100]
    found = Account.objects.order_by("code")
    if asked:
        found = found.filter(Q(code__icontains=asked) | Q(label__icontains=asked) | Q(email__iexact=asked))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/administration/accounts.html", {"page": page, "asked": asked})


@administrators_only
def account(request: HttpRequest, code: str) -> HttpResponse:
    """One account: what may be seen of it, and what was done to it."""
    found = get_object_or_404(Account, code=code)
    context = {
        "account": found,
        "opened": found.has_usable_password(),
        "events": events.history(found, SHOWN_EVENTS),
        "itself": found.pk == request.user.pk,
    }
    return render(request, "accounts/administration/account.html", context)


@administrators_only
@shown_again
def invite(request: HttpRequest) -> HttpResponse:
    """Open an account and print the letter by which its holder chooses the password."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with_person = form.cleaned_data["person"]
        made = Account.objects.open(
            label=form.cleaned_data["label"],
            person=with_person,
            is_administrator=form.cleaned_data["administrator"],
        )
        events.record("made", made, by_whom(request), administrator=made.is_administrator)
        return _letter(request, made)
    return render(request, "accounts/administration/invite.html", {"form": form})


@administrators_only
@shown_again
@require_POST
def invite_again(request: HttpRequest, code: str) -> HttpResponse:
    """A new letter for an account that was never opened; the one before is worthless then."""
    return _letter(request, get_object_or_404(Account, code=code))


@administrators_only
@shown_again
@require_POST
def disable(request: HttpRequest, code: str) -> HttpResponse:
    """Close an account, or open it again; its sessions end, and the access of its programs."""
    found = get_object_or_404(Account, code=code)
    back = HttpResponseRedirect(reverse("accounts-administration-account", args=[found.code]))
    if found.pk == request.user.pk:
        messages.error(request, _("Nobody disables their own account."))
        return back
    found.is_active = request.POST.get("enable") == "1"
    found.disabled_at = None if found.is_active else timezone.now()
    found.save(update_fields=["is_active", "disabled_at"])
    Session.objects.filter(account=found).delete()
    if not found.is_active:
        programs.end_all(found, by_whom(request))
    events.record("enabled" if found.is_active else "disabled", found, by_whom(request))
    messages.success(request, _("Done. It is recorded."))
    return back


def by_whom(request: HttpRequest) -> Account:
    """The administrator who asks."""
    assert isinstance(request.user, Account)
    return request.user


def _letter(request: HttpRequest, made: Account) -> HttpResponse:
    try:
        token = links.invitation(made, by_whom(request))
    except links.LinkError:
        messages.error(
            request,
            _("This account was opened already. Who has lost a password or a factor asks for a recovery."),
        )
        return HttpResponseRedirect(reverse("accounts-administration-account", args=[made.code]))
    return letter(request, token, made, "invitation")
