"""The site's addresses."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from esaylov.publication.urls import files_and_health, pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("esaylov.api")),
    *files_and_health,
    *i18n_patterns(*pages),
]
handler404 = "esaylov.publication.views.not_found"
handler500 = "esaylov.publication.views.failed"
