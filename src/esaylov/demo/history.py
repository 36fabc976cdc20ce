"""What the simulated commissions did before election day, act by act on the election's own clock: sessions with votes and
dissents, commissions entered as decided, a moved date, applications, letters, a discussion of a Kengash.

All of it is invented; each text says so. The numbers of the Central Commission's decisions lie above 2000, which no real one of
2024 reaches, and below those of the night (`protocols.CENTRAL_NUMBER`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from esaylov.acts.powers import Actor
from esaylov.demo.sittings import Question, done, hold, officer
from esaylov.elections.queries import set_clock
from esaylov.formation.discussions import RecordDiscussion
from esaylov.formation.simulated import MARK, enter_central, enter_file
from esaylov.proceedings.applications import (
    CheckApplication,
    ReturnApplication,
    SubmitApplication,
    new_secret,
)
from esaylov.proceedings.letters import SendLetter
from esaylov.proceedings.models import Session
from esaylov.registry.acts import MemberPayload
from esaylov.registry.models import Mandate
from esaylov.registry.organisations import GrantMandate, RegisterOrganisation

CENTRE, REGION, DISTRICT, PRECINCT = "cec", "tec:1735", "dcec:1735204", "pec:1735-0001"
"""The Central Commission, and the precinct whose secretary may sign in with the commissions above it."""
PARTIES = {
    "ufq": ("«Ufq» partiyasi", "Horizon Party"),
    "chinor": ("«Chinor» partiyasi", "Plane Tree Party"),
    "koprik": ("«Koʻprik» partiyasi", "Bridge Party"),
    "karvon": ("«Karvon» partiyasi", "Caravan Party"),
    "turna": ("«Turna» partiyasi", "Crane Party"),
}
HEADED = "org:ufq"
"""The party whose head may sign in."""
SAID = f"{MARK}: oʻylab topilgan qaror. / SIMULATED: an invented decision."
WRITTEN = f"{MARK}: oʻylab topilgan xat. / SIMULATED: an invented letter."
ASKED = f"{MARK}: oʻylab topilgan murojaat. / SIMULATED: an invented application."
ANYBODY = Actor("person", "person")


def at(text: str) -> datetime:
    """A time of 2024 in Tashkent, written `MM-DD HH:MM`."""
    day, _, hour = text.partition(" ")
    return datetime.fromisoformat(f"2024-{day}T{hour}:00+05:00")


CALLED = at("07-24 11:00")
"""When the simulated election is called: the campaign is announced two days later."""
ENTERED = at("07-24 12:00")
"""When the Central Commission and the parties are entered: the log goes through the year in its order."""


WITH_DEFECTS = "10-26 10:00"
"""When the application arrived that went back with its defects."""


@dataclass(frozen=True, slots=True)
class Lists:
    """What becomes of the voter list on the way: entered in August, lists of special places and the freeze in October."""

    enter: Callable[[], None]
    special: Callable[[], None]
    freeze: Callable[[], None]


def tell(election: str, members: Path, seed: int, lists: Lists) -> None:
    """Performs everything that came before election day, in the order of time; nothing where it was done already.

    `members`: a file of members of all commissions. Raises sittings.Unheld or RuntimeError when an act is refused.
    """
    if Session.objects.filter(election=election).exists():
        return
    enter_central(seed, ENTERED)
    enter_parties(ENTERED)
    _the_campaign_begins(election, members)
    _districts(election, members)
    lists.enter()
    _commissions_below(election, members)
    _autumn(election)
    lists.special()
    _last_applications(election)
    lists.freeze()
    _last_days(election)


def enter_parties(when: datetime | None = None) -> None:
    """The Central Commission's chair enters the simulated parties and the head of one of them; outside of elections, where
    the clock is the wall's, the acts say when they were taken: `when`, or now.
    """
    chair = officer("", CENTRE)
    for code, (uzbek, english) in PARTIES.items():
        names = {"uz": f"{uzbek} ({MARK})", "en": f"{english} (simulated)"}
        done(
            RegisterOrganisation,
            "",
            {"organisation": f"org:{code}", "kind": "party", "names": names},
            chair,
            when,
        )
    member = MemberPayload(surname=f"{MARK}-R", given_name=MARK)
    done(GrantMandate, "", {"organisation": HEADED, "role": "head", "member": member}, chair, when)


def head_of(organisation: str) -> UUID:
    """The person who heads an organisation."""
    person: UUID = Mandate.objects.get(organisation__code=organisation, role="head").person_id
    return person


def enter(election: str, members: Path, commissions: Sequence[str], number: str) -> None:
    """Enters the members of commissions whose codes begin with one of these, from a file with those of all."""
    part = members.with_name(".members-part.csv")
    chosen = tuple(f"{code}{'' if code.endswith(':') else ','}".encode() for code in commissions)
    with members.open("rb") as source, os.fdopen(_private(part), "wb") as file:
        file.write(next(source))
        file.writelines(line for line in source if line.startswith(chosen))
    try:
        enter_file(election, part, number)
    finally:
        part.unlink()


def _private(path: Path) -> int:
    """A fresh file that only its owner can read."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)


def _question(uzbek: str, english: str, text: Iterable[str], number: str = "", **more: Any) -> Question:
    """A question with its texts in Uzbek and English."""
    return Question(f"{uzbek} / {english}", "\n\n".join([*text, SAID]), number, **more)


def _the_campaign_begins(election: str, members: Path) -> None:
    hold(election, CENTRE, at("07-25 10:00"), [
        _question(
            "Hududiy saylov komissiyalari tarkibini tasdiqlash toʻgʻrisida", "On the composition of territorial commissions",
            ["Hududiy saylov komissiyalarining tarkibi ilovadagi roʻyxat boʻyicha tasdiqlansin.",
             "The members of the fourteen territorial commissions are confirmed as the attached file has them."],
            "2003", articles=("19",),
        ),
        _question(
            "Saylov kampaniyasi boshlanganligini eʼlon qilish toʻgʻrisida", "On announcing the campaign",
            ["Qonunchilik palatasi saylovi boʻyicha kampaniya 2024-yil 26-iyuldan boshlangan deb eʼlon qilinsin.",
             "The campaign for the election of the Legislative Chamber is announced as begun on 26 July 2024."],
            "2004", articles=("36",),
        ),
    ], place="Toshkent")  # fmt: skip
    enter(election, members, ["tec:"], "2003")


def _districts(election: str, members: Path) -> None:
    hold(election, CENTRE, at("08-08 15:00"), [
        _question(
            "Tuman va shahar saylov komissiyalari tarkibini kiritish toʻgʻrisida",
            "On entering the district and city commissions",
            ["Hududiy komissiyalar tuzgan tuman va shahar saylov komissiyalarining aʼzolari kiritilsin.",
             "The members of the district and city commissions, as the territorial commissions formed them, are entered."],
            "2011", articles=("19",), against=1,
        ),
    ], absent=1, place="Toshkent")  # fmt: skip
    enter(election, members, ["dcec:"], "2011")


def _commissions_below(election: str, members: Path) -> None:
    set_clock(election, at("09-09 16:00"))
    discussion = {
        "territory": "1735204",
        "minutes": "4",
        "day": "2024-09-06",
        "proposed": 498,
        "supported": 491,
    }
    done(RecordDiscussion, election, discussion, officer(election, REGION))
    hold(election, REGION, at("09-11 10:00"), [
        _question(
            "Uchastka saylov komissiyalarini tuzish toʻgʻrisida", "On forming the precinct commissions",
            ["Kengashlar muhokama qilgan nomzodlardan uchastka saylov komissiyalari tuzilsin.",
             "The precinct commissions are formed from those whom the Kengashes discussed."],
            "7", articles=("23",), against=2, dissents=(
                ("Ikki qishloqda nomzodlar kamlik qildi; takliflar muddati uzaytirilishi kerak edi. / In two villages too few"
                 f" were proposed; the time for proposals should have been prolonged. ({MARK})", True),
            ),
        ),
        _question(
            "Komissiya majlislarini onlayn oʻtkazish toʻgʻrisida", "On holding the commission's sessions online",
            ["Komissiya majlislari onlayn oʻtkazilsin.", "The commission's sessions are held online."],
            articles=("26",), against=8, abstain=1,
        ),
    ], absent=1, place="Nukus")  # fmt: skip
    hold(election, CENTRE, at("09-13 11:00"), [
        _question(
            "Uchastka saylov komissiyalari tarkibini kiritish toʻgʻrisida", "On entering the precinct commissions",
            ["Hududiy komissiyalar tuzgan uchastka saylov komissiyalarining aʼzolari kiritilsin.",
             "The members of the precinct commissions, as the territorial commissions formed them, are entered."],
            "2024", articles=("23",),
        ),
    ], place="Toshkent")  # fmt: skip
    enter(election, members, ["pec:"], "2024")


def _autumn(election: str) -> None:
    set_clock(election, at("09-20 10:00"))
    _write(
        election, CENTRE, "Tashviqot qoidalari / Rules for campaigning",
        "Tashviqot 22-sentabrdan boshlanadi. / Campaigning begins on 22 September.", groups=["party"],
    )  # fmt: skip
    hold(election, CENTRE, at("10-08 10:00"), [
        _question(
            "Ommaviy axborot vositalarini akkreditatsiya qilish muddati toʻgʻrisida", "On the term for accrediting media",
            ["Akkreditatsiya 2024-yil 20-oktabr soat 18:00 gacha uzaytirilsin.",
             "Media may be accredited until 18:00 on 20 October 2024: four days longer than the calendar says."],
            "2031", articles=("35",), against=2,
            orders=(("elections.move_step", {"step": "media", "opens": None, "closes": "2024-10-20T18:00:00+05:00"}),),
            dissents=(
                ("Muddat hamma uchun oldindan maʼlum edi. Oxirgi kunda uni oʻzgartirish tartibni buzadi. / Everybody knew the"
                 f" term. To change it shortly before its end is unfair to those who kept it. ({MARK})", True),
                (f"Qaror oldindan kelishilmagan. / The decision was not prepared. ({MARK})", False),
            ),
        ),
        _question(
            "Ishonchli vakillar xarajatlarini qoplash toʻgʻrisida", "On paying the expenses of proxies",
            ["Ishonchli vakillarning yoʻl xarajatlari byudjetdan qoplansin.",
             "The travel expenses of candidates' proxies are paid from the budget."],
            articles=("100",), against=5, abstain=1,
        ),
    ], place="Toshkent")  # fmt: skip


def _last_applications(election: str) -> None:
    granted = _apply(election, CENTRE, "10-14 09:30", sort="statement", subject="Rampa / A ramp",
                     text="Maktabdagi uchastkaga rampa kerak. / The polling station in the school needs a ramp.")  # fmt: skip
    done(CheckApplication, election, {"application": granted}, officer(election, CENTRE, "secretary"))
    hold(election, CENTRE, at("10-16 10:00"), [
        _question(
            "Uchastkalarga rampalar oʻrnatish toʻgʻrisida", "On ramps at polling stations",
            ["Murojaat qanoatlantirilsin; rampalar 25-oktabrgacha oʻrnatilsin.",
             "The application is granted; ramps stand by 25 October."],
            "2036", articles=("50", "101"),
            orders=(("proceedings.decide_application",
                     {"application": granted, "granted": True, "text": f"Qanoatlantirildi. / Granted. ({MARK})"}),),
        ),
    ], place="Toshkent")  # fmt: skip
    refused = _apply(election, DISTRICT, "10-18 14:00", sort="complaint", subject="Plakat / A poster",
                     text="Qoʻshnim darvozasidagi plakatni oling. / Remove the poster from my neighbour's gate.")  # fmt: skip
    answer = "Xususiy mulkda ega roziligi bilan plakat mumkin. / On private property it is allowed with the owner's consent."
    hold(election, DISTRICT, at("10-19 16:00"), [
        _question(
            "Plakat toʻgʻrisidagi murojaat haqida", "On an application about a poster",
            ["Murojaat rad etilsin.", "The application is refused."], "1/6", articles=("44", "101"), abstain=1,
            orders=(("proceedings.decide_application",
                     {"application": refused, "granted": False, "article": "44", "text": f"{answer} ({MARK})"}),),
        ),
    ], absent=2, place="Mangʻit")  # fmt: skip


def _last_days(election: str) -> None:
    set_clock(election, at("10-25 09:00"))
    _write(election, CENTRE, "Saylov kechasi aloqa / Reaching you on the night",
           "Saylov kechasi kim javob berishini yozing. / Write who answers on election night.",
           bodies=[REGION], reply_by=at("10-30 18:00"))  # fmt: skip
    _write(election, DISTRICT, "Zaxira elektr manbai / Spare electricity",
           "Uchastkada zaxira elektr manbai bormi? / Is there spare electricity at the polling station?",
           bodies=[PRECINCT], reply_by=at("10-30 18:00"))  # fmt: skip
    returned = _apply(election, REGION, WITH_DEFECTS, sort="enquiry", subject="Uchastka / My polling station",
                      text="Uchastkam qayerda? / Where do I vote?")  # fmt: skip
    text = f"Manzilingizni yozing. / Write your address. ({MARK})"
    done(ReturnApplication, election, {"application": returned, "text": text}, officer(election, REGION))
    _apply(election, REGION, "10-26 17:00", sort="complaint", subject="Chiroq / A lamp",
           text="Uchastka eshigidagi chiroq yonmaydi. / The lamp at the polling station's door does not work.")  # fmt: skip


def _apply(election: str, to: str, when: str, **said: str) -> str:
    """Somebody without an account turns to a commission; the application's number."""
    set_clock(election, at(when))
    said |= {
        "name": f"{MARK} {said['sort']}", "contact": "+998000000000", "text": f"{said['text']}\n\n{ASKED}",
    }  # fmt: skip
    payload = {"kind": "general", "to": to, "payload": said, "secret": new_secret(f"demonstration {when}")}
    number: str = done(SubmitApplication, election, payload, ANYBODY).record["number"]
    return number


def _write(election: str, body: str, subject: str, text: str, **to: Any) -> None:
    """The secretary of a commission writes a letter, or a circular."""
    said = {"subject": subject, "text": f"{text}\n\n{WRITTEN}", **to}
    done(SendLetter, election, said, officer(election, body, "secretary"))
