"""The pages of the check from door to door, below `/<language>/cabinet/`."""

from django.urls import URLPattern, URLResolver, path

from esaylov.voters.doors import views

cabinet: list[URLPattern | URLResolver] = [
    path("voters/doors/", views.streets, name="cabinet-doors"),
    path("voters/doors/streets/<int:number>/", views.street, name="cabinet-doors-street"),
    path("voters/doors/houses/<int:number>/", views.house, name="cabinet-door"),
    path("voters/doors/others/<int:number>/", views.strange, name="cabinet-strange-door"),
    path("voters/doors/follow-up/", views.follow_up, name="cabinet-doors-follow-up"),
    path("voters/doors/progress/", views.progress, name="cabinet-doors-progress"),
]
