"""Addresses of the search; it has none outside of a language."""

from django.urls import URLPattern, URLResolver, path

from esaylov.publication.search import views

pages: list[URLPattern | URLResolver] = [
    path("search/", views.site, name="search"),
    path("elections/<str:election>/search/", views.of_election, name="election-search"),
]

files: list[URLPattern | URLResolver] = []
