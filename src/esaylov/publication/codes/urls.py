"""Addresses of this part: `pages` stand under a language, `files` do not."""

from django.urls import URLPattern, URLResolver, path

from esaylov.publication.codes import views

pages: list[URLPattern | URLResolver] = [
    path("check/", views.form, name="check"),
    path("check/tool.html", views.download, name="check-tool"),
    path("check/<str:code>/", views.record, name="check-record"),
]

files: list[URLPattern | URLResolver] = [
    path("check", views.choose_language),
    path("check/", views.choose_language),
    path("check/<str:code>", views.choose_language, name="check-code"),
    path("check/<str:code>/", views.choose_language),
    path(
        "open/elections/<str:election>/proofs/<str:precinct_code>/<str:contest>.json",
        views.proof,
        name="protocol-proof",
    ),
]
