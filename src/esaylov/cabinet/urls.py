"""The shell's own addresses, below `/<language>/cabinet/`."""

from django.urls import URLPattern, URLResolver, path

from esaylov.cabinet import programs, views

cabinet: list[URLPattern | URLResolver] = [
    path("", views.home, name="cabinet"),
    path("board/", views.board, name="cabinet-board"),
    path("notices/", views.notices, name="cabinet-notices"),
    path("notices/<int:number>/", views.notice, name="cabinet-notice"),
    path("programs/", programs.board, name="cabinet-programs"),
    path("programs/new/", programs.new, name="cabinet-program-new"),
    path("programs/end/", programs.end, name="cabinet-program-end"),
    path("switch/", views.switch, name="cabinet-switch"),
]
