"""One document of each kind, in any of the five languages."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from esaylov.exchange.documents import (
    Attachment,
    Attendance,
    CodeCard,
    CodeCards,
    Decision,
    Dissent,
    Document,
    Invitation,
    Invitations,
    Letter,
    Member,
    MemberList,
    Minutes,
    Mode,
    Motion,
    NextStep,
    Order,
    Question,
    Receipt,
    Record,
    RemovalLetter,
    RemovalLetters,
    Sheet,
    Vote,
    VoterLine,
    VoterList,
    pdf,
)

AT = datetime(2026, 9, 14, 16, 20, tzinfo=ZoneInfo("Asia/Tashkent"))
LEAF = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PAGE = "https://saylov.example.uz/uz/decisions/cec/12-3/"
STATUS = "https://saylov.example.uz/uz/applications/A-2026-000123/"
SECRET = "7F3K-92MD-XQ4T"
LETTERS = {
    "uz": "Oʻzbekiston gʻoya maʼno OʻGʻ Ö Ğ Ç Ş ö ğ ç ş Shavkatxoʻja",
    "uz-cyrl": "Ўзбекистон Ғоя Қарор Ҳужжат ўғқҳ ёъэ",
    "kaa": "Á Ǵ Ń Ó Ú Í á ǵ ń ó ú í ı Ш Ә Ғ Қ Ң Ө Ү Ў Ҳ ә ғ қ ң ө ү ў ҳ",
    "ru": "Съёмка № 5 «ещё» – эхо; щука, йод",
    "en": "The quick brown fox jumps over the lazy dog – “so”",
}
TEXT = "{letters} birinchi.\n\n1. {letters} bir.\n2. Ikki.\n\nOxiri."


def sheet(language: str = "uz", mode: Mode = "official") -> Sheet:
    return Sheet(language, mode, f"Komissiya {LETTERS[language]}", AT, "Saylov 2026")


def record() -> Record:
    return Record(PAGE, LEAF, 1_234_567)


def decision(language: str = "uz", mode: Mode = "official", **more: object) -> Decision:
    values: dict[str, object] = {
        "sheet": sheet(language, mode),
        "number": "12/3",
        "day": AT.date(),
        "place": "Toshkent",
        "subject": f"Mavzu {LETTERS[language]}",
        "text": TEXT.format(letters=LETTERS[language]),
        "attendance": Attendance(
            9, 7, 6, names_present=("Ismi Bir", "Ismi Ikki"), names_absent=("Ismi Uch",)
        ),
        "vote": Vote(5, 1, 1, 5, adopted=True),
        "presiding": "Raisov R.",
        "secretary": "Kotibova K.",
        "articles": ("16", "26"),
        "orders": (Order("Muddat koʻchirildi", "elections.move_step"), Order("Eʼlon qilinsin")),
        "dissents": 1,
        "session": "5",
        "record": record(),
    }
    return Decision(**(values | more))  # type: ignore[arg-type]


def minutes(language: str = "uz", mode: Mode = "official") -> Minutes:
    text = TEXT.format(letters=LETTERS[language])
    voted = Question(
        "Birinchi masala",
        (
            Motion(text, Vote(3, 4, 0, 5, adopted=False)),
            Motion(
                text,
                Vote(4, 3, 0, 5, adopted=True, casting=True),
                "12/3",
                (Dissent(text, "Qarshiyev Q."), Dissent("Nomsiz fikr.")),
            ),
        ),
        "Maʼruzachi M.",
        AT,
        AT + timedelta(minutes=40),
    )
    return Minutes(
        sheet(language, mode),
        "5",
        AT,
        AT + timedelta(hours=2),
        "Toshkent",
        "Raisov R.",
        "Kotibova K.",
        Attendance(9, 7, 6),
        (voted, Question("Ikkinchi masala")),
        (Attachment("Ariza", 3, LEAF), Attachment("Maktub")),
        Record(PAGE, LEAF),
    )


def cards(language: str = "uz", mode: Mode = "official") -> CodeCards:
    twelve = tuple(f"{1000 + at * 37} {9000 - at * 41}" for at in range(12))
    both = (CodeCard("7KQ2-0193", "T03-0047", twelve), CodeCard("7KQ2-0194", "T03-0048", twelve[:9]))
    return CodeCards(sheet(language, mode), both, date(2026, 9, 1), date(2026, 12, 31), "+998 71 200 00 00")


def receipt(language: str = "uz", mode: Mode = "official") -> Receipt:
    steps = (NextStep("Hujjatlar tekshiriladi", date(2026, 9, 19), "44"), NextStep("Qaror qilinadi"))
    return Receipt(
        sheet(language, mode),
        "A-2026-000123",
        AT,
        LETTERS[language],
        SECRET,
        STATUS,
        steps,
        ("Ariza", "Roʻyxat"),
        accepted_by="Kotibova K.",
    )


def letter(language: str = "uz", mode: Mode = "official") -> Letter:
    return Letter(
        sheet(language, mode),
        "01-07/112",
        AT,
        ("Hududiy komissiyalar", "Partiyalar"),
        LETTERS[language],
        TEXT.format(letters=LETTERS[language]),
        ("Rais", "Raisov R."),
        AT + timedelta(days=4),
        "17-son xat",
        11_028,
        ("Ilova bir",),
        record(),
    )


def members(language: str = "uz", mode: Mode = "official") -> MemberList:
    several = tuple(
        Member(f"Familiyasi-{at} Ismi Otasining ismi", LETTERS[language][:12], "Mahalla", date(2026, 8, 1))
        for at in range(1, 61)
    )
    return MemberList(sheet(language, mode), "Hududiy komissiya", AT.date(), several, "12/3", record())


def invitations(language: str = "uz", mode: Mode = "official") -> Invitations:
    body = (("Organ", "tec:n"), ("Vazifa", LETTERS[language]))
    both = (
        Invitation(body, "https://saylov.example/uz/account/link/" + "a" * 43 + "/"),
        Invitation(body, PAGE),
    )
    return Invitations(sheet(language, mode), "Taklifnoma", "Manzil:", LETTERS[language], "Rasm", both)


def voters(language: str = "uz", mode: Mode = "official") -> VoterList:
    several = tuple(
        VoterLine(
            at,
            f"Sinov{chr(96 + at % 26)}{chr(97 + at % 23)}ov",
            "Ta" + "n" * (at % 17),
            "Testovich",
            "1980-01-02",
            LETTERS[language][at % 7 : at % 19 + 8],
            f"{at}A",
            "",
            ("early",) if at == 7 else (),
        )
        for at in range(1, 61)
    )
    return VoterList(sheet(language, mode), "Uchastka 12", AT.date(), several, "ab" * 32)


def removals(language: str = "uz", mode: Mode = "official") -> RemovalLetters:
    one = RemovalLetter((("Saylovchi", "Sinovov Test Testovich"), ("Sabab", LETTERS[language])))
    return RemovalLetters(
        sheet(language, mode),
        "Roʻyxatdan chiqarish",
        (LETTERS[language], "Eʼtiroz"),
        ("Aʼzo", "Saylovchi"),
        (one, one),
    )


KINDS = (decision, minutes, cards, receipt, letter, members, invitations, voters, removals)


@lru_cache(None)
def printed(kind: str, language: str = "uz", mode: Mode = "official") -> bytes:
    """The PDF of a sample: each is made once in a run."""
    return pdf(sample(kind, language, mode))


def sample(kind: str, language: str = "uz", mode: Mode = "official") -> Document:
    made: Document = next(one for one in KINDS if one.__name__ == kind)(language, mode)
    return made
