"""Codes of the calendar in words: events that steps hang on, and whose duty a step is."""

from __future__ import annotations

from datetime import datetime, time

from django.utils.translation import gettext

from esaylov.design.words import date_text
from esaylov.elections.models import Election


def event_text(code: str) -> str:
    """An event by the name that an edition gives it, in words."""
    names = {
        "election-day": gettext("election day"),
        "term-end": gettext("the end of the term"),
        "announcement": gettext("the announcement of the campaign"),
        "papers-received": gettext("receipt of the papers"),
        "precinct-commission-formed": gettext("the forming of the precinct commission"),
        "deputies-registered": gettext("the registration of the deputies"),
        "results-published": gettext("the publication of the results"),
        "kengashes-elected": gettext("the election of the Kengashes (local councils)"),
        "call": gettext("the decision that calls the election"),
        "decision-published": gettext("the publication of the decision on the referendum"),
        "permission-granted": gettext("the permission to take part"),
        "candidate-papers-received": gettext("receipt of the candidate's papers"),
        "vacancy": gettext("the day on which the seat became vacant"),
        "first-election": gettext("the election that this one follows"),
        "chamber-dissolved": gettext("the dissolution of the Chamber"),
        "chamber-self-dissolved": gettext("the Chamber's decision to dissolve itself"),
        "president-called": gettext("the President's decision on an early election"),
        "president-unable": gettext("the day on which the President could no longer hold office"),
        "unit-formed": gettext("the formation of the new district or city"),
    }
    return names.get(code, code.replace("-", " "))


def body_text(code: str) -> str:
    """Who takes a step (`who` of the calendar), in words."""
    names = {
        "central": gettext("Central Election Commission"),
        "territorial": gettext("territorial commissions"),
        "district": gettext("district and city commissions"),
        "okrug": gettext("constituency (okrug) commissions"),
        "precinct": gettext("precinct commissions"),
        "party": gettext("parties"),
        "candidate": gettext("candidates"),
        "voter": gettext("voters"),
        "mahalla": gettext("mahallas"),
        "initiative-group": gettext("initiative groups of citizens"),
        "foreign-body": gettext("foreign states and international bodies"),
        "media": gettext("media"),
        "state-body": gettext("state bodies"),
    }
    return names.get(code, code.replace("-", " "))


def duty_text(step: str) -> str:
    """What is counted of a step whose completion the platform follows, in words."""
    names = {
        "announcement": gettext("The election is called"),
        "constituencies": gettext("Constituencies published"),
        "precincts": gettext("Precincts published"),
        "territorial-commissions": gettext("Territorial commissions formed"),
        "district-commissions": gettext("District and city commissions formed"),
        "okrug-commissions": gettext("Constituency (okrug) commissions formed"),
        "precinct-commissions": gettext("Precinct commissions formed"),
        "registration": gettext("Contests with candidates or lists"),
        "candidates-published": gettext("Contests with candidates or lists"),
        "turnout": gettext("Precincts that reported turnout"),
        "counting": gettext("Protocols that have come"),
        "acceptance": gettext("Protocols decided about"),
        "certification": gettext("Contests with a certified result"),
    }
    return names.get(step, step.replace("-", " "))


def events_of(row: Election) -> list[tuple[str, str]]:
    """The events of a called election with their days, both in words, by day."""
    days = sorted(row.days.items(), key=lambda item: (item[1], item[0]))
    return [(event_text(name), date_text(datetime.combine(day, time()))) for name, day in days]
