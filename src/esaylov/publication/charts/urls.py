"""Addresses of this part: `pages` stand under a language, `files` do not."""

from django.urls import URLPattern, URLResolver

pages: list[URLPattern | URLResolver] = []

files: list[URLPattern | URLResolver] = []
