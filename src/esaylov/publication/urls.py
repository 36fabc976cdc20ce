"""Addresses of the public side: `pages` stand under a language, the rest does not. Ids are the package's."""

from django.urls import URLPattern, URLResolver, path

from esaylov.design.styleguide import styleguide
from esaylov.publication import files, views
from esaylov.publication.charts import urls as charts
from esaylov.publication.codes import urls as codes
from esaylov.publication.health import healthz
from esaylov.publication.live import live
from esaylov.publication.newsroom import urls as newsroom
from esaylov.publication.portal import urls as portal
from esaylov.publication.search import urls as search
from esaylov.publication.subscription import subscription

PARTS = (portal, newsroom, codes, search, charts)
"""Parts with pages of their own; their addresses are tried before those of the results."""

pages: list[URLPattern | URLResolver] = [
    *(pattern for part in PARTS for pattern in part.pages),
    path("styleguide/", styleguide, name="styleguide"),
    path("elections/<str:election>/", views.election, name="election"),
    path("elections/<str:election>/calendar.ics", subscription, name="calendar-file"),
    path("elections/<str:election>/contests/", views.contests, name="contests"),
    path("elections/<str:election>/contests/<str:contest>/", views.contest, name="contest"),
    path("elections/<str:election>/territories/<str:territory>/", views.territory, name="territory"),
    path(
        "elections/<str:election>/territories/<str:territory>/precincts/<str:number>/",
        views.territory_precincts,
        name="territory-precincts",
    ),
    path(
        "elections/<str:election>/contests/<str:contest>/precincts/<str:number>/",
        views.contest_precincts,
        name="contest-precincts",
    ),
    path("elections/<str:election>/precincts/<str:precinct_code>/", views.precinct, name="precinct"),
    path("elections/<str:election>/outside/", views.outside, name="outside"),
    path("elections/<str:election>/outside/<str:number>/", views.outside, name="outside-page"),
    path(
        "elections/<str:election>/protocols/<str:precinct_code>/<str:contest>/",
        views.protocol,
        name="protocol",
    ),
]

files_and_health: list[URLPattern | URLResolver] = [
    *(pattern for part in PARTS for pattern in part.files),
    path("", views.choose_language, name="choose-language"),
    path("open/elections/<str:election>/live.json", live, name="live"),
    path("healthz", healthz, name="healthz"),
    path("manifest.json", files.published, {"path": "manifest.json"}, name="manifest"),
    path("verify.py", files.published, {"path": "verify.py"}, name="verifier"),
    path("data/<path:path>", lambda request, path: files.published(request, f"data/{path}"), name="data"),
    path("log/<path:path>", files.log, name="log"),
    path("static/<path:path>", files.static, name="static"),
    path("robots.txt", files.robots),
]
