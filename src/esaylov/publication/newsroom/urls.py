"""Addresses of this part: `pages` stand under a language, `files` do not."""

from django.urls import URLPattern, URLResolver, path

from esaylov.publication.newsroom import cards, embeds, feed, opendata, sitemaps
from esaylov.publication.newsroom.page import newsroom

ELECTION = "elections/<str:election>/"
OPEN = f"open/{ELECTION}"

pages: list[URLPattern | URLResolver] = [
    path("card.png", cards.card, name="front-card"),
    path("<path:page>card.png", cards.card, name="card"),
    path(f"{ELECTION}for-newsrooms/", newsroom, name="newsroom"),
    path(f"{ELECTION}embed/seats/", embeds.seats, name="embed-seats"),
    path(f"{ELECTION}embed/map/", embeds.map_of_districts, name="embed-map"),
    path(f"{ELECTION}embed/territories/<str:territory>/", embeds.territory, name="embed-territory"),
    path(f"{ELECTION}feed.atom", feed.feed, name="feed"),
    path(f"{ELECTION}feed/<int:number>.atom", feed.archive, name="feed-archive"),
]

files: list[URLPattern | URLResolver] = [
    path("embed.js", embeds.script, name="embed-script"),
    path("sitemap.xml", sitemaps.index, name="sitemap-index"),
    path("sitemaps/<str:code>.xml", sitemaps.site, name="sitemap-site"),
    path("sitemaps/<str:election>/<str:code>/<int:number>.xml", sitemaps.sitemap, name="sitemap"),
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
