"""The acts of the room, listed for the catalogue."""

from esaylov.acts.catalogue import Listed, register
from esaylov.proceedings import general  # noqa: F401 - the kind of application that every commission takes
from esaylov.proceedings.applications import (
    CheckApplication,
    DecideApplication,
    ForwardApplication,
    NoteAppeal,
    RepairApplication,
    ReturnApplication,
    SubmitApplication,
)
from esaylov.proceedings.decisions import AdoptDecision
from esaylov.proceedings.letters import SendLetter
from esaylov.proceedings.sessions import CloseSession, OpenSession, RecordAttendance, StateDissent

SITTING = ("members", "present", "needed")
STEP = ("number", "kind", "state", "until", "words")

register(
    Listed(act=OpenSession, path=None, publishes=("session", "year", "items", "agenda", "place", *SITTING)),
    Listed(act=RecordAttendance, path=None, publishes=("session", "year", *SITTING)),
    Listed(
        act=AdoptDecision,
        path=None,
        publishes=(
            "session", "year", "item", "number", "adopted", "members", "present", "votes", "casting", "text", "articles",
            "orders", "carried",
        ),
    ),
    Listed(act=StateDissent, path=None, publishes=("session", "year", "item", "number", "text", "public")),
    Listed(act=CloseSession, path=None, publishes=("session", "year", "decisions", "rejected", "minutes")),
    Listed(act=SubmitApplication, path=None, publishes=("number", "kind", "to", "until", "holder")),
    Listed(act=CheckApplication, path=None, publishes=STEP),
    Listed(act=ReturnApplication, path=None, publishes=STEP),
    Listed(act=RepairApplication, path=None, publishes=STEP),
    Listed(
        act=DecideApplication,
        path=None,
        publishes=(*STEP, "decision", "reason", "article"),
        sometimes=("findings",),
        orderable=True,
    ),
    Listed(act=ForwardApplication, path=None, publishes=(*STEP, "to")),
    Listed(act=NoteAppeal, path=None, publishes=(*STEP, "court")),
    Listed(
        act=SendLetter,
        path=None,
        publishes=("number", "year", "circular", "recipients", "to", "words", "until"),
    ),
)  # fmt: skip
