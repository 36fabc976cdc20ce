"""The stage's pages in the cabinet, below `/<language>/cabinet/`."""

from django.urls import URLPattern, URLResolver, path

from esaylov.elections import dividing, moving, views

cabinet: list[URLPattern | URLResolver] = [
    path("dates/", moving.index, name="cabinet-moves"),
    path("dates/<slug:step>/", moving.move, name="cabinet-move"),
    path("drafts/", views.index, name="cabinet-drafts"),
    path("drafts/new/", views.new, name="cabinet-draft-new"),
    path("drafts/<slug:draft>/", views.draft, name="cabinet-draft"),
    path("drafts/<slug:draft>/change/", views.change, name="cabinet-draft-change"),
    path("drafts/<slug:draft>/contests/", views.contests, name="cabinet-draft-contests"),
    path("drafts/<slug:draft>/table/", views.table, name="cabinet-draft-table"),
    path("drafts/<slug:draft>/tables/<slug:name>.csv", views.table_file, name="cabinet-draft-file"),
    path("drafts/<slug:draft>/constituencies/", dividing.index, name="cabinet-draft-divisions"),
    path("drafts/<slug:draft>/constituencies/<str:body>/", dividing.division, name="cabinet-draft-division"),
    path("drafts/<slug:draft>/call/", views.confirm, name="cabinet-draft-call"),
    path("drafts/<slug:draft>/clock/", views.clock, name="cabinet-draft-clock"),
]
