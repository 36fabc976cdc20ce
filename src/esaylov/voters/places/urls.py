"""Pages of addresses and precincts, below `/<language>/cabinet/`."""

from django.urls import URLPattern, URLResolver, path

from esaylov.voters.places import changing, unplaced, views

cabinet: list[URLPattern | URLResolver] = [
    path("places/", views.precincts, name="cabinet-places"),
    path("places/mahallas/", views.mahallas, name="cabinet-place-mahallas"),
    path("places/mahallas/<int:number>/", views.mahalla, name="cabinet-place-mahalla"),
    path("places/mahallas/<int:number>/voters/", unplaced.voters, name="cabinet-place-unplaced"),
    path("places/rules/", changing.upload, name="cabinet-rules-file"),
    path("places/rules/rules.csv", views.rules_file, name="cabinet-rules-csv"),
    path("places/rules/<uuid:number>/", changing.report, name="cabinet-rules-report"),
    path("places/precincts/<str:precinct>/", views.precinct, name="cabinet-place"),
    path("places/precincts/<str:precinct>/change/", changing.change, name="cabinet-place-change"),
]
