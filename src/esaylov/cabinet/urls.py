"""The shell's own addresses, below `/<language>/cabinet/`."""

from django.urls import URLPattern, URLResolver, path

from esaylov.cabinet import views

cabinet: list[URLPattern | URLResolver] = [
    path("", views.home, name="cabinet"),
    path("switch/", views.switch, name="cabinet-switch"),
]
