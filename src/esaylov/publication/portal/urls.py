"""Addresses of this part: `pages` stand under a language, `files` do not."""

from django.urls import URLPattern, URLResolver, path, register_converter
from django.urls.converters import IntConverter

from esaylov.publication.portal import commissionlist, decisions, recoveries, sessions, views


class LaterPage(IntConverter):
    """The number of a page behind the first, which has an address without a number."""

    regex = "[2-9]|[1-9][0-9]{1,6}"


register_converter(LaterPage, "later")

ELECTION = "elections/<str:election>"

pages: list[URLPattern | URLResolver] = [
    path("", views.front, name="front"),
    path("how-the-count-works/", views.how, name="how"),
    path("glossary/", views.glossary, name="glossary"),
    path("open-data/", views.open_data, name="open-data"),
    path("verify/", views.verify, name="verify"),
    path("corrections/", views.corrections, name="corrections"),
    path("about/", views.about, name="about"),
    path("recoveries/", recoveries.recoveries, name="recoveries"),
    path(f"{ELECTION}/calendar/", views.calendar, name="calendar"),
    path(f"{ELECTION}/documents/", views.documents, name="documents"),
    path(f"{ELECTION}/documents/<later:number>/", views.documents, name="documents-page"),
    path(f"{ELECTION}/corrections/", views.election_corrections, name="election-corrections"),
    path(
        f"{ELECTION}/corrections/<later:number>/",
        views.election_corrections,
        name="election-corrections-page",
    ),
    path(f"{ELECTION}/applications/", views.applications, name="applications"),
    path(f"{ELECTION}/commissions/", views.commissions, name="commissions"),
    path(f"{ELECTION}/commissions/list/", commissionlist.listed, name="commissions-list"),
    path(f"{ELECTION}/commissions/<str:commission>/", views.commission, name="commission"),
    path(f"{ELECTION}/parties/", views.parties, name="parties"),
    path(f"{ELECTION}/parties/<str:party>/", views.party, name="party"),
    path(f"{ELECTION}/candidates/", views.candidates, name="candidates"),
    path(f"{ELECTION}/candidates/<later:number>/", views.candidates, name="candidates-page"),
    path(f"{ELECTION}/territories/", views.territories, name="territories"),
    path("decisions/", decisions.standing, name="standing-decisions"),
    path("decisions/find/", decisions.find, name="standing-decisions-find"),
    path("decisions/<later:number>/", decisions.standing, name="standing-decisions-page"),
    path("decisions/record/<int:record>/", decisions.standing_record, name="standing-decision"),
    path("decisions/record/<int:record>/<str:key>.pdf", decisions.paper, name="standing-decision-paper"),
    path("sessions/", sessions.standing, name="standing-sessions"),
    path("sessions/<later:number>/", sessions.standing, name="standing-sessions-page"),
    path("sessions/record/<int:record>/", sessions.standing_record, name="standing-session"),
    path(f"{ELECTION}/sessions/", sessions.of_election, name="sessions"),
    path(f"{ELECTION}/sessions/<later:number>/", sessions.of_election, name="sessions-page"),
    path(f"{ELECTION}/sessions/of/<str:body>/", sessions.of_body, name="sessions-of"),
    path(f"{ELECTION}/sessions/of/<str:body>/<later:number>/", sessions.of_body, name="sessions-of-page"),
    path(f"{ELECTION}/sessions/record/<int:record>/", sessions.record_of_election, name="session"),
    path(f"{ELECTION}/decisions/", decisions.of_election, name="decisions"),
    path(f"{ELECTION}/decisions/find/", decisions.find, name="decisions-find"),
    path(f"{ELECTION}/decisions/<later:number>/", decisions.of_election, name="decisions-page"),
    path(f"{ELECTION}/decisions/record/<int:record>/", decisions.record_of_election, name="decision"),
    path(f"{ELECTION}/decisions/record/<int:record>/<str:key>.pdf", decisions.paper, name="decision-paper"),
]

files: list[URLPattern | URLResolver] = [
    path(f"open/{ELECTION}/commissions.csv", commissionlist.commissions_csv, name="open-commissions"),
    path("open/recoveries.csv", recoveries.recoveries_csv, name="open-recoveries"),
]
