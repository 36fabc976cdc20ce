"""The room's pages in the cabinet, below `/<language>/cabinet/`."""

from django.urls import URLPattern, URLResolver, path

from esaylov.proceedings.pages import inbox, mail, mine, sessions

cabinet: list[URLPattern | URLResolver] = [
    path("sessions/", sessions.sessions, name="cabinet-sessions"),
    path("sessions/open/", sessions.opening, name="cabinet-session-open"),
    path("sessions/<int:number>/", sessions.session, name="cabinet-session"),
    path("sessions/<int:number>/attendance/", sessions.attendance, name="cabinet-session-attendance"),
    path("sessions/<int:number>/decide/", sessions.decide, name="cabinet-session-decide"),
    path("sessions/<int:number>/close/", sessions.close, name="cabinet-session-close"),
    path("sessions/<int:number>/minutes.pdf", sessions.minutes, name="cabinet-session-minutes"),
    path("decisions/<int:number>/dissent/", sessions.dissent, name="cabinet-dissent"),
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
    path("letters/new/", mail.write, name="cabinet-letter-write"),
    path("letters/<uuid:key>/", mail.letter, name="cabinet-letter"),
]
