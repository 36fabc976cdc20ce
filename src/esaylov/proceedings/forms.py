"""Forms of sessions, applications and letters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, pgettext_lazy

from esaylov.cabinet.forms import ActForm
from esaylov.proceedings.general import SORTS
from esaylov.proceedings.kinds import Kind

VOTE = "vote-"
AS_ALL = "as-all"
NO_VOTE = "none"
CHOICES = (
    ("for", pgettext_lazy("vote", "For")),
    ("against", pgettext_lazy("vote", "Against")),
    ("abstain", pgettext_lazy("vote", "Abstained")),
)
DID_NOT_VOTE = pgettext_lazy("vote", "Did not vote")
SIXTEEN = "16, 26"
WIDE = forms.Textarea(attrs={"rows": 8})
SHORT = forms.Textarea(attrs={"rows": 4})


PUBLIC = gettext_lazy("It will be public, whether it is carried or not: name no person in it.")
PUBLIC_WORDS = format_lazy("{} {}", PUBLIC, gettext_lazy("Leave an empty line between paragraphs."))


class SittingForm(ActForm):
    """Who is there and who presides."""

    articles: ClassVar[Mapping[str, str]] = {"present": SIXTEEN}

    present = forms.MultipleChoiceField(
        label=gettext_lazy("Members present"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Two thirds of all members must be present."),
    )
    presiding = forms.ChoiceField(label=gettext_lazy("Who presides"))

    def __init__(self, *args: Any, members: Mapping[int, str], **names: Any) -> None:
        super().__init__(*args, **names)
        listed = [(str(number), name) for number, name in members.items()]
        for field in ("present", "presiding"):
            self.fields[field].choices = listed  # type: ignore[attr-defined]

    @property
    def sitting(self) -> dict[str, Any]:
        """Members of the payload."""
        return {
            "present": frozenset(map(int, self.cleaned_data["present"])),
            "presiding": int(self.cleaned_data["presiding"]),
        }


class OpeningForm(SittingForm):
    """A session that opens."""

    election = forms.ChoiceField(label=gettext_lazy("What the session is about"))
    place = forms.CharField(label=gettext_lazy("Place"), max_length=300, required=False)
    agenda = forms.CharField(
        label=gettext_lazy("Agenda"),
        widget=SHORT,
        help_text=gettext_lazy("One item in each line. Agenda and place will be public."),
        max_length=20_000,
    )
    field_order = ("election", "place", "agenda", "present", "presiding")

    def __init__(self, *args: Any, elections: Sequence[tuple[str, str]], **names: Any) -> None:
        super().__init__(*args, **names)
        self.fields["election"].choices = [(code or "-", title) for code, title in elections]  # type: ignore[attr-defined]

    @property
    def items(self) -> list[str]:
        """The agenda's items."""
        return [line.strip() for line in self.cleaned_data["agenda"].splitlines() if line.strip()]


class DecisionForm(ActForm):
    """A question with the votes on it."""

    articles: ClassVar[Mapping[str, str]] = {"number": SIXTEEN}
    aliases: ClassVar[Mapping[str, str]] = {"articles": "considered", "orders": "", "session": ""}

    item = forms.TypedChoiceField(label=gettext_lazy("Item of the agenda"), coerce=int)
    number = forms.CharField(
        label=gettext_lazy("Number of the decision"),
        help_text=gettext_lazy("Used only if the question is carried; each number once a year."),
        max_length=60,
        required=False,
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=500, help_text=PUBLIC)
    text = forms.CharField(
        label=gettext_lazy("Text"), widget=WIDE, max_length=100_000,
        help_text=PUBLIC_WORDS,
    )  # fmt: skip
    considered = forms.CharField(
        label=gettext_lazy("Articles considered"), max_length=400, required=False,
        help_text=gettext_lazy("Numbers with semicolons between them, for example 16; 26."),
    )  # fmt: skip

    def __init__(self, *args: Any, agenda: Sequence[str], members: Mapping[int, str], **names: Any) -> None:
        super().__init__(*args, **names)
        listed = [(number, f"{number}. {title}") for number, title in enumerate(agenda, 1)]
        # Under which of several items a decision stands is for ever: whoever writes it down chooses.
        self.fields["item"].choices = [("", "–"), *listed] if len(listed) > 1 else listed  # type: ignore[attr-defined]
        self.members = dict(members)
        # set here and not on the class, where the property of this name stands
        self.fields["votes"] = forms.ChoiceField(
            label=gettext_lazy("All members present voted"),
            required=False,
            choices=(("", DID_NOT_VOTE), *CHOICES),
            help_text=gettext_lazy("Then change below whoever voted otherwise."),
        )
        for number, name in members.items():
            self.fields[f"{VOTE}{number}"] = forms.ChoiceField(
                label=name,
                initial=AS_ALL,
                choices=((AS_ALL, gettext_lazy("as chosen for all")), *CHOICES, (NO_VOTE, DID_NOT_VOTE)),
            )

    def clean(self) -> dict[str, Any]:
        """A question on which nobody voted was not put to the vote."""
        said = super().clean() or self.cleaned_data
        if not any(f"{VOTE}{number}" in self.errors for number in self.members) and not self.votes:
            self.add_error("votes", gettext_lazy("No vote is marked: choose one for all, or for a member."))
        return said

    @property
    def votes(self) -> dict[int, str]:
        """The votes by mandate: a member's own choice, else the one for all."""
        everybody = self.cleaned_data.get("votes", "")
        own = {number: self.cleaned_data.get(f"{VOTE}{number}", AS_ALL) for number in self.members}
        found = {number: everybody if choice == AS_ALL else choice for number, choice in own.items()}
        return {number: choice for number, choice in found.items() if choice not in ("", NO_VOTE)}

    @property
    def named_votes(self) -> list[tuple[Any, list[str]]]:
        """Who voted how, by choice; choices that nobody made are left out."""
        votes = self.votes
        listed = [
            (title, [name for number, name in self.members.items() if votes.get(number, NO_VOTE) == choice])
            for choice, title in (*CHOICES, (NO_VOTE, DID_NOT_VOTE))
        ]
        return [(title, names) for title, names in listed if names]

    @property
    def payload(self) -> dict[str, Any]:
        """Members of the payload but session and orders."""
        said = self.cleaned_data
        return {
            "item": said["item"],
            "number": said["number"] or None,
            "title": said["title"],
            "text": said["text"].replace("\r\n", "\n"),
            "articles": article_list(said["considered"]),
            "votes": self.votes,
        }


class DraftForm(ActForm):
    """The words of a draft decision; `elections` where it begins: in which one it is to stand."""

    articles: ClassVar[Mapping[str, str]] = {"title": SIXTEEN}

    election = forms.ChoiceField(label=gettext_lazy("What the decision is about"))
    title = forms.CharField(label=gettext_lazy("Title"), max_length=500, help_text=PUBLIC)
    text = forms.CharField(
        label=gettext_lazy("Text"), widget=WIDE, max_length=100_000,
        help_text=PUBLIC_WORDS,
    )  # fmt: skip
    considered = forms.CharField(
        label=gettext_lazy("Articles considered"), max_length=400, required=False,
        help_text=gettext_lazy("Numbers with semicolons between them, for example 16; 26."),
    )  # fmt: skip

    def __init__(self, *args: Any, elections: Sequence[tuple[str, str]] = (), **names: Any) -> None:
        super().__init__(*args, **names)
        if elections:
            self.fields["election"].choices = [(code or "-", title) for code, title in elections]  # type: ignore[attr-defined]
        else:
            del self.fields["election"]

    @property
    def election_code(self) -> str:
        """The election, empty outside of any."""
        chosen: str = self.cleaned_data["election"]
        return "" if chosen == "-" else chosen

    @property
    def words(self) -> dict[str, Any]:
        """Title, text and articles."""
        return {
            "title": self.cleaned_data["title"],
            "text": self.cleaned_data["text"].replace("\r\n", "\n"),
            "articles": article_list(self.cleaned_data["considered"]),
        }


def article_list(text: str) -> list[str]:
    """Articles written with semicolons between them."""
    return [part.strip() for part in text.split(";") if part.strip()]


class DissentForm(ActForm):
    """A dissent in writing."""

    articles: ClassVar[Mapping[str, str]] = {"text": SIXTEEN}
    text = forms.CharField(label=gettext_lazy("Your dissent"), widget=WIDE, max_length=20_000)
    public = forms.BooleanField(
        label=gettext_lazy("Publish the text with the decision"),
        required=False,
        help_text=gettext_lazy("Otherwise only the fact and a hash are public. Your name is not published."),
    )


class CloseForm(ActForm):
    """Nothing to fill in."""


class KindForm(ActForm):
    """A payload of a kind that has an open form."""

    articles: ClassVar[Mapping[str, str]] = {"text": "26, 101"}

    to = forms.CharField(label=gettext_lazy("To which commission"), max_length=100)
    sort = forms.ChoiceField(choices=tuple(SORTS.items()))
    name = forms.CharField(max_length=200)
    contact = forms.CharField(max_length=200, help_text=gettext_lazy("Telephone, e-mail or address."))
    subject = forms.CharField(max_length=200)
    text = forms.CharField(widget=WIDE, max_length=20_000)

    def __init__(
        self, *args: Any, kind: Kind, commissions: Sequence[tuple[str, str]] | None, **names: Any
    ) -> None:
        super().__init__(*args, **names)
        for name, label in kind.fields.items():
            self.fields[name].label = label
        if commissions is None:
            del self.fields["to"]
        else:
            self.fields["to"] = forms.ChoiceField(
                label=gettext_lazy("To which commission"), choices=list(commissions)
            )
            self.order_fields(["to", *kind.fields])

    @property
    def said(self) -> dict[str, Any]:
        """The payload of the kind."""
        return {
            name: self.cleaned_data[name].replace("\r\n", "\n")
            for name in ("sort", "name", "contact", "subject", "text")
        }


class StatusForm(forms.Form):
    """Number and code of an application."""

    number = forms.CharField(label=gettext_lazy("Number of the application"), max_length=40)
    secret = forms.CharField(
        label=gettext_lazy("Secret code"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("It stands on the receipt: 16 letters and digits."),
    )


class ReturnForm(ActForm):
    """Defects of an application."""

    articles: ClassVar[Mapping[str, str]] = {"text": "26, 39, 101"}
    text = forms.CharField(
        label=gettext_lazy("Defects"), widget=SHORT, max_length=20_000,
        help_text=gettext_lazy("The applicant reads this, nobody else."),
    )  # fmt: skip


class AnswerForm(ActForm):
    """The answer to an application."""

    articles: ClassVar[Mapping[str, str]] = {"text": "101"}
    granted = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        # Nothing is chosen before somebody chooses it.
        choices=(("", "–"), ("yes", gettext_lazy("granted or answered")), ("no", gettext_lazy("refused"))),
    )
    text = forms.CharField(
        label=gettext_lazy("Words of the answer"), widget=SHORT, max_length=20_000, required=False,
        help_text=gettext_lazy("The applicant reads this, nobody else. A refusal names its reason."),
    )  # fmt: skip
    article = forms.CharField(
        label=gettext_lazy("Article of the law"), max_length=40, required=False,
        help_text=gettext_lazy("A refusal names the article: its number, for example 26."),
    )  # fmt: skip

    def clean_article(self) -> str:
        """The number alone: whoever writes “Article 26” or “26-modda” means it."""
        return re.sub(r"^[^0-9]+|[^0-9¹²³]*$", "", str(self.cleaned_data["article"]))


class ProposalForm(AnswerForm):
    """An answer that a session is to decide on."""

    title = forms.CharField(label=gettext_lazy("Title of the decision"), max_length=500, help_text=PUBLIC)
    public = forms.CharField(
        label=gettext_lazy("Text of the decision"), widget=SHORT, max_length=20_000,
        help_text=PUBLIC_WORDS,
    )  # fmt: skip


class ForwardForm(ActForm):
    """The commission that an application belongs to."""

    articles: ClassVar[Mapping[str, str]] = {"to": "101"}
    to = forms.ChoiceField(label=gettext_lazy("Forward to"))

    def offer(self, commissions: Sequence[tuple[str, str]]) -> None:
        """The commissions to choose from: code and name."""
        self.fields["to"].choices = commissions  # type: ignore[attr-defined]


class AppealForm(ActForm):
    """Where an answer was appealed against."""

    articles: ClassVar[Mapping[str, str]] = {"court": "102"}
    court = forms.ChoiceField(
        label=gettext_lazy("Appeal to"),
        choices=(
            ("district-court", gettext_lazy("a district or city court")),
            ("regional-court", gettext_lazy("a regional court")),
            ("supreme-court", gettext_lazy("the Supreme Court")),
            ("commission", gettext_lazy("the higher commission")),
        ),
    )


class LetterForm(ActForm):
    """A letter or a circular."""

    articles: ClassVar[Mapping[str, str]] = {"groups": SIXTEEN}
    aliases: ClassVar[Mapping[str, str]] = {"to": "bodies", "answers": ""}
    commission = forms.ChoiceField(label=gettext_lazy("To which commission"), required=False)
    bodies = forms.CharField(
        label=pgettext_lazy("letter", "To"), required=False, max_length=20_000,
        help_text=gettext_lazy("Codes of bodies with spaces between them, for example cec tec:03 org:party-1."),
    )  # fmt: skip
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=300)
    text = forms.CharField(label=gettext_lazy("Text"), widget=WIDE, max_length=50_000)
    reply_by = forms.DateTimeField(
        label=gettext_lazy("Answer wanted by"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )  # fmt: skip
    groups = forms.MultipleChoiceField(
        label=gettext_lazy("To all"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=(
            ("territorial", gettext_lazy("territorial commissions")),
            ("district", gettext_lazy("district and city commissions")),
            ("okrug", gettext_lazy("constituency (okrug) commissions")),
            ("precinct", gettext_lazy("precinct commissions")),
            ("party", gettext_lazy("parties")),
            ("media", gettext_lazy("media")),
            ("mahalla", gettext_lazy("mahalla bodies")),
            ("state", gettext_lazy("state bodies")),
        ),
        help_text=gettext_lazy("Whoever is chosen here receives the letter at the same moment."),
    )

    def __init__(self, *args: Any, commissions: Sequence[tuple[str, str]] = (), **names: Any) -> None:
        super().__init__(*args, **names)
        if commissions:
            self.fields["commission"].choices = [("", "–"), *commissions]  # type: ignore[attr-defined]
        else:
            del self.fields["commission"]
