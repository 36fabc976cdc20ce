"""Pages on organisations and on single mandates, below `/<language>/cabinet/`."""

from django.urls import URLPattern, URLResolver, path

from esaylov.formation import ending, organisations

cabinet: list[URLPattern | URLResolver] = [
    path("organisations/", organisations.organisations, name="cabinet-organisations"),
    path("organisations/new/", organisations.enter, name="cabinet-organisation-enter"),
    path("organisations/of/<str:code>/", organisations.organisation, name="cabinet-organisation-of"),
    path("organisations/of/<str:code>/people/new/", organisations.add, name="cabinet-organisation-person"),
    path(
        "organisations/of/<str:code>/people/<int:mandate>/end/",
        organisations.end,
        name="cabinet-organisation-end",
    ),
    path("organisation/", organisations.mine, name="cabinet-organisation"),
    path("commissions/of/<str:code>/end/<int:mandate>/", ending.end, name="cabinet-mandate-end"),
]
