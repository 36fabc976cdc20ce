"""Addresses of this part: `pages` stand under a language, `files` do not."""

from django.urls import URLPattern, URLResolver, path, register_converter

from esaylov.publication.charts import views


class Kind:
    """The ending of a picture's address."""

    regex = "svg|png|csv|page\\.json|json"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


register_converter(Kind, "picture")

ELECTION = "elections/<str:election>/"
PICTURE = "pictures/<slug:chart>.<picture:kind>"

pages: list[URLPattern | URLResolver] = [
    path(ELECTION + PICTURE, views.of_election, name="picture"),
    path(ELECTION + "contests/<str:contest>/" + PICTURE, views.of_contest, name="contest-picture"),
    path(ELECTION + "territories/<str:territory>/" + PICTURE, views.of_territory, name="territory-picture"),
]

files: list[URLPattern | URLResolver] = []
