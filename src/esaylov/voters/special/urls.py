"""The page of a special place's list, below `/<language>/cabinet/`."""

from django.urls import URLPattern, URLResolver, path

from esaylov.voters.special import views

cabinet: list[URLPattern | URLResolver] = [path("voters/special/", views.special, name="cabinet-special")]
