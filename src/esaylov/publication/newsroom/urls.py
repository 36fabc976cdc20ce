"""Addresses of this part: `pages` stand under a language, `files` do not."""

from django.urls import URLPattern, URLResolver, path

from esaylov.publication.newsroom import opendata

OPEN = "open/elections/<str:election>/"

pages: list[URLPattern | URLResolver] = []

files: list[URLPattern | URLResolver] = [
    path(f"{OPEN}results.json", opendata.results_json, name="open-results-json"),
    path(f"{OPEN}results.csv", opendata.results_csv, name="open-results-csv"),
    path(f"{OPEN}contests/<str:contest>.json", opendata.contest_json, name="open-contest-json"),
    path(f"{OPEN}contests/<str:contest>.csv", opendata.contest_csv, name="open-contest-csv"),
    path(f"{OPEN}territories/<str:territory>.json", opendata.territory_json, name="open-territory-json"),
    path(f"{OPEN}territories/<str:territory>.csv", opendata.territory_csv, name="open-territory-csv"),
    path(f"{OPEN}turnout.json", opendata.turnout_json, name="open-turnout-json"),
    path(f"{OPEN}turnout.csv", opendata.turnout_csv, name="open-turnout-csv"),
    path("open/schema/<str:kind>.json", opendata.schema, name="open-schema"),
]
