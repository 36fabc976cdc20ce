"""The room's pages in the cabinet, below `/<language>/cabinet/`."""

from django.urls import URLPattern, URLResolver, path

from esaylov.proceedings.pages import drafts, inbox, mail, mine, sessions, writing

cabinet: list[URLPattern | URLResolver] = [
    path("sessions/", sessions.sessions, name="cabinet-sessions"),
    path("sessions/open/", sessions.opening, name="cabinet-session-open"),
    path("sessions/<int:number>/", sessions.session, name="cabinet-session"),
    path("sessions/<int:number>/attendance/", sessions.attendance, name="cabinet-session-attendance"),
    path("sessions/<int:number>/decide/", sessions.decide, name="cabinet-session-decide"),
    path("sessions/<int:number>/close/", sessions.close, name="cabinet-session-close"),
    path("sessions/<int:number>/minutes.pdf", sessions.minutes, name="cabinet-session-minutes"),
    path("decisions/<int:number>/dissent/", sessions.dissent, name="cabinet-dissent"),
    path("decision-drafts/", drafts.drafts, name="cabinet-decision-drafts"),
    path("decision-drafts/new/", drafts.new, name="cabinet-decision-draft-new"),
    path("decision-drafts/<uuid:key>/", drafts.draft, name="cabinet-decision-draft"),
    path("decision-drafts/<uuid:key>/words/", drafts.words, name="cabinet-decision-draft-words"),
    path("decision-drafts/<uuid:key>/withdraw/", drafts.withdraw, name="cabinet-decision-draft-withdraw"),
    path("decision-drafts/<uuid:key>/orders/add/", drafts.add, name="cabinet-decision-draft-add"),
    path(
        "decision-drafts/<uuid:key>/orders/<int:place>/", drafts.change, name="cabinet-decision-draft-order"
    ),
    path(
        "decision-drafts/<uuid:key>/orders/<int:place>/remove/",
        drafts.remove,
        name="cabinet-decision-draft-order-remove",
    ),
    path("applications/", inbox.applications, name="cabinet-applications"),
    path("applications/<str:number>/", inbox.application, name="cabinet-application"),
    path("applications/<str:number>/proposal/", inbox.proposal, name="cabinet-application-proposal"),
    path("applications/<str:number>/<slug:code>/", inbox.step, name="cabinet-application-step"),
    path("my-applications/", mine.my_applications, name="cabinet-my-applications"),
    path("my-applications/<str:number>/", mine.my_application, name="cabinet-my-application"),
    path("apply/", mine.apply, name="cabinet-apply"),
    path("status/", mine.status, name="cabinet-status"),
    path("letters/", mail.letters, name="cabinet-letters"),
    path("letters/sent/", mail.sent_letters, name="cabinet-letters-sent"),
    path("letters/new/", writing.write, name="cabinet-letter-write"),
    path("letters/<uuid:key>/", mail.letter, name="cabinet-letter"),
]
