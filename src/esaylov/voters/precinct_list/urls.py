"""The pages of a precinct's list, below `/<language>/cabinet/`."""

from django.urls import URLPattern, URLResolver, path

from esaylov.voters.precinct_list import views

cabinet: list[URLPattern | URLResolver] = [
    path("voters/precinct/", views.voters, name="cabinet-precinct-voters"),
    path("voters/precinct/mark/", views.mark, name="cabinet-mark-voter"),
    path("voters/precinct/<str:form>.pdf", views.paper, name="cabinet-precinct-paper"),
    path("voters/supplement/", views.supplement, name="cabinet-supplement"),
    path("voters/freeze/", views.freeze, name="cabinet-freeze"),
]
