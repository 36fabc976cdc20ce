"""Addresses of this part: `pages` stand under a language, `files` do not."""

from django.urls import URLPattern, URLResolver, path

from esaylov.publication.portal import views

pages: list[URLPattern | URLResolver] = [
    path("", views.front, name="front"),
    path("verify/", views.verify, name="verify"),
]

files: list[URLPattern | URLResolver] = []
