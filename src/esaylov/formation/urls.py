"""The room's pages in the cabinet, below `/<language>/cabinet/`."""

from django.urls import URLPattern, URLResolver, path

from esaylov.formation import importing, kengash, own, proposing, views, whole

cabinet: list[URLPattern | URLResolver] = [
    path("commissions/", views.formed, name="cabinet-commissions"),
    path("commissions/import/", importing.upload, name="cabinet-members-import"),
    path("commissions/import/members.<slug:form>", importing.template, name="cabinet-members-template"),
    path("commissions/import/<uuid:number>/", importing.report, name="cabinet-members-report"),
    path(
        "commissions/import/<uuid:number>/problems.xlsx", importing.problems, name="cabinet-members-problems"
    ),
    path("commissions/import/<uuid:number>/problems/", importing.problem_list, name="cabinet-members-list"),
    path("commissions/of/<str:code>/", views.commission, name="cabinet-commission"),
    path("commissions/of/<str:code>/form/", whole.form_whole, name="cabinet-commission-form"),
    path("commissions/of/<str:code>/add/", views.add, name="cabinet-commission-add"),
    path("commissions/of/<str:code>/remove/<int:mandate>/", views.remove, name="cabinet-commission-remove"),
    path("discussions/", proposing.discussed, name="cabinet-discussions"),
    path("discussions/kengash/", kengash.name, name="cabinet-kengash-name"),
    path("kengash/", kengash.discuss, name="cabinet-kengash"),
    path("proposals/new/", proposing.propose, name="cabinet-propose"),
    path("proposals/<str:number>/repair/", proposing.repair, name="cabinet-proposal-repair"),
    path("me/", own.me, name="cabinet-me"),
]
