"""The pages of those who are to leave the list, below `/<language>/cabinet/`."""

from django.urls import URLPattern, URLResolver, path

from esaylov.voters.notices import views

cabinet: list[URLPattern | URLResolver] = [
    path("voters/removals/", views.to_tell, name="cabinet-removals"),
    path("voters/removals/letters.pdf", views.papers, name="cabinet-removals-letters"),
]
