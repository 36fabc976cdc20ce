"""The queue's pages in the cabinet, below `/<language>/cabinet/`."""

from django.urls import URLPattern, URLResolver, path

from esaylov.voters.linkage import views

cabinet: list[URLPattern | URLResolver] = [
    path("voters/pairs/", views.pairs, name="cabinet-pairs"),
    path("voters/pairs/remove/", views.remove, name="cabinet-pairs-remove"),
    path("voters/pairs/<int:number>/", views.pair, name="cabinet-pair"),
]
