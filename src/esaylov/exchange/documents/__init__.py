"""Accessible PDF documents: decisions, minutes, receipts, letters, lists of members, cards of one-time codes.

A frozen dataclass in, the bytes of a PDF out: `pdf(Decision(...))`. Every file keeps to PDF/UA-1 (tagged, for screen
readers) and PDF/A-2a (for the archive) at once; Typst refuses to write one that does not. The same input gives the same
bytes. Pure Python: no clock, no network, no file but the room's own templates.
"""

from esaylov.exchange.documents.cards import CodeCard, CodeCards
from esaylov.exchange.documents.decision import Decision, Order
from esaylov.exchange.documents.invitations import Invitation, Invitations
from esaylov.exchange.documents.letter import Letter
from esaylov.exchange.documents.members import Member, MemberList
from esaylov.exchange.documents.minutes import Attachment, Dissent, Minutes, Motion, Question
from esaylov.exchange.documents.parts import Attendance, Document, Mode, Record, Sheet, Vote
from esaylov.exchange.documents.press import PrintError, pdf, pictures
from esaylov.exchange.documents.receipt import NextStep, Receipt
from esaylov.exchange.documents.removals import RemovalLetter, RemovalLetters
from esaylov.exchange.documents.voterlist import VoterLine, VoterList
from esaylov.exchange.documents.words import LANGUAGES

__all__ = [
    "LANGUAGES",
    "Attachment",
    "Attendance",
    "CodeCard",
    "CodeCards",
    "Decision",
    "Dissent",
    "Document",
    "Invitation",
    "Invitations",
    "Letter",
    "Member",
    "MemberList",
    "Minutes",
    "Mode",
    "Motion",
    "NextStep",
    "Order",
    "PrintError",
    "Question",
    "Receipt",
    "Record",
    "RemovalLetter",
    "RemovalLetters",
    "Sheet",
    "Vote",
    "VoterLine",
    "VoterList",
    "pdf",
    "pictures",
]
