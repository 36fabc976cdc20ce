"""The cabinet under attack by those who are let in: addresses, forms and uploads that are made to break or to widen a mandate."""

from __future__ import annotations

import pytest

from tests.cabinet.conftest import bench, shared_bench
from tests.cabinet.people import Bench, sign_in

__all__ = ["bench", "shared_bench"]

CABINET = "/en/cabinet/"
NUL = [
    "cabinet/applications/%00/",
    "cabinet/applications/%00/check/",
    "cabinet/applications/%00/proposal/",
    "cabinet/my-applications/%00/",
    "cabinet/commissions/of/%00/",
    "cabinet/commissions/of/%00/add/",
    "cabinet/acceptance/%00/list/",
    "cabinet/protocols/%00/",
    "account/administration/%00/",
    "account/administration/?q=%00",
    "account/recovery/?code=%00",
    "account/link/%00/",
    "cabinet/apply/?election=%00",
    "cabinet/letters/new/?answers=%00",
    "cabinet/sessions/?q=%00&page=%00",
    "cabinet/drafts/?q=%00",
    "cabinet/dates/?q=%00",
    "cabinet/commissions/?q=%00",
    "cabinet/acceptance/?q=%00",
    "cabinet/commissions/import/members.%0d%0aSet-Cookie:a=b",
    "cabinet/commissions/import/members.x%22;filename*=UTF-8''evil.exe",
    "cabinet/sessions/99999999999999999999999/",
    "cabinet/decisions/99999999999999999999999/dissent/",
    "cabinet/notices/99999999999999999999999/",
    "cabinet/commissions/of/tec:n/remove/99999999999999999999999/",
    "account/recovery/99999999999999999999999/",
    "account/second-factor/passkeys/99999999999999999999999/remove/",
]


@pytest.mark.parametrize("address", NUL)
def test_no_address_breaks_the_site(shared_bench: Bench, address: str) -> None:
    from esaylov.registry.accounts.models import Account

    admin = Account.objects.filter(is_administrator=True).first() or Account.objects.open(
        is_administrator=True
    )
    clients = [shared_bench.clients[n] for n in ("cec chair", "tec chair", "pec chair", "pec member")] + [
        sign_in(admin)
    ]
    for client in clients:
        client.raise_request_exception = False
        for answer in (client.get(f"/en/{address}"), client.post(f"/en/{address}")):
            assert answer.status_code < 500, (address, answer.status_code)
            assert "evil" not in answer.headers.get("Content-Disposition", "")


def test_a_value_that_cannot_be_sent_leaves_the_connection_usable(shared_bench: Bench) -> None:
    """Else one request would spoil those that come after it on the same connection."""
    from django.db import Error

    from esaylov.acts.statements import ask, fetch, together

    for value in ("\0", "\ud800"):
        with pytest.raises((Error, UnicodeEncodeError)):
            fetch("SELECT %s::text", [value])
        assert fetch("SELECT %s::int", [1]) == [(1,)]
        with pytest.raises((Error, UnicodeEncodeError)), together():
            ask("SELECT %s::int", [1])
            ask("SELECT %s::text", [value])
        assert fetch("SELECT %s::int", [2]) == [(2,)]


@pytest.mark.parametrize(
    "page", ["sessions/open/", "letters/new/", "switch/", "notices/", "apply/", "drafts/new/"]
)
def test_no_form_is_taken_without_the_token_of_its_session(shared_bench: Bench, page: str) -> None:
    client = sign_in(shared_bench.accounts["cec chair"], enforce_csrf_checks=True)
    assert client.post(f"{CABINET}{page}", {"x": "y"}).status_code == 403
