"""Addresses of requests: `pages` stand under a language, `cabinet` below `/<language>/cabinet/`."""

from django.urls import URLPattern, URLResolver, path

from esaylov.voters.requests import desk, gathering_desk, refusing, views

pages: list[URLPattern | URLResolver] = [
    path("voter/request/", views.ask, name="voter-request"),
    path("voter/request/counts/", views.counts, name="voter-request-counts"),
    path("voter/request/status/", views.status, name="voter-request-status"),
]
cabinet: list[URLPattern | URLResolver] = [
    path("voters/requests/", desk.requests, name="cabinet-requests"),
    path("voters/requests/refuse/", refusing.refuse, name="cabinet-requests-refuse"),
    path("voters/requests/visits/", desk.visits, name="cabinet-visits"),
    path("voters/changesets/requests/", gathering_desk.gather, name="cabinet-changeset-requests"),
    path("voters/requests/<str:number>/", desk.request, name="cabinet-request"),
]
