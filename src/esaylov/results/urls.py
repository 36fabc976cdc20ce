"""The stage's pages in the cabinet, below `/<language>/cabinet/`."""

from django.urls import URLPattern, URLResolver, path

from esaylov.results import rulings, runoffs, views

cabinet: list[URLPattern | URLResolver] = [
    path("protocols/", views.protocols, name="cabinet-protocols"),
    path("protocols/<str:contest>/", views.protocol, name="cabinet-protocol"),
    path("protocols/<str:contest>/receipts/<str:leaf>/", views.receipt, name="cabinet-receipt"),
    path(
        "protocols/<str:contest>/receipts/<str:leaf>/receipt.txt",
        views.receipt_file,
        name="cabinet-receipt-file",
    ),
    path("run-offs/<str:contest>/", runoffs.run_off, name="cabinet-run-off"),
    path("acceptance/", rulings.places, name="cabinet-acceptance"),
    path("acceptance/<str:precinct>/<str:contest>/", rulings.place, name="cabinet-place"),
]
