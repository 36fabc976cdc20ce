"""Addresses of the own entry, below `/<language>/account/`: there alone sessions are read."""

from django.urls import URLPattern, URLResolver, path

from esaylov.voters.own import views

account: list[URLPattern | URLResolver] = [
    path("voter/", views.own, name="voter-own"),
    path("voter/oneid/", views.to_oneid, name="voter-own-oneid"),
    path("voter/leave/", views.leave, name="voter-own-leave"),
]
