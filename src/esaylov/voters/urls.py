"""The room's pages in the cabinet, below `/<language>/cabinet/`."""

from django.urls import URLPattern, URLResolver, path

from esaylov.voters import reviewing
from esaylov.voters.doors import urls as doors
from esaylov.voters.linkage import urls as linkage
from esaylov.voters.notices import urls as notices
from esaylov.voters.places import urls as places
from esaylov.voters.precinct_list import urls as precinct_list
from esaylov.voters.requests import urls as requests
from esaylov.voters.special import urls as special

cabinet: list[URLPattern | URLResolver] = [
    *places.cabinet,
    *linkage.cabinet,
    *precinct_list.cabinet,
    *special.cabinet,
    *requests.cabinet,
    *doors.cabinet,
    *notices.cabinet,
    path("voters/", reviewing.changesets, name="cabinet-voter-list"),
    path("voters/changesets/<int:number>/", reviewing.changeset, name="cabinet-changeset"),
    path("voters/changesets/<int:number>/problems/", reviewing.problems, name="cabinet-changeset-problems"),
]
