"""Addresses of the look-up: `pages` stand under a language."""

from django.urls import URLPattern, URLResolver, path

from esaylov.voters.lookup import views

pages: list[URLPattern | URLResolver] = [path("voter/", views.look_up, name="voter-lookup")]
