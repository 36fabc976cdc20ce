"""The site's addresses."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from esaylov.cabinet import urls as shell
from esaylov.elections import urls as elections
from esaylov.formation import organisation_urls as organisations
from esaylov.formation import urls as formation
from esaylov.proceedings import urls as proceedings
from esaylov.publication.urls import files_and_health, pages
from esaylov.registry.accounts import urls as accounts
from esaylov.results import urls as results
from esaylov.voters import urls as voters
from esaylov.voters.lookup import urls as lookup
from esaylov.voters.own import urls as own
from esaylov.voters.requests import urls as requests

CABINET: list[URLPattern | URLResolver] = [
    *shell.cabinet,
    *elections.cabinet,
    *proceedings.cabinet,
    *results.cabinet,
    *formation.cabinet,
    *organisations.cabinet,
    *voters.cabinet,
]
"""Pages of the cabinet, below `/<language>/cabinet/`: the shell's and each stage's own (`cabinet` of its `urls.py`)."""

urlpatterns: list[URLPattern | URLResolver] = [
    *i18n_patterns(*lookup.pages),  # first: before elections nothing is asked for as often
    path("api/", include("esaylov.api")),
    *files_and_health,
    *i18n_patterns(
        path("account/", include([*accounts.account, *own.account])),
        path("cabinet/", include(CABINET)),
        *requests.pages,
        *pages,
    ),
]
handler404 = "esaylov.publication.views.not_found"
handler500 = "esaylov.publication.views.failed"
