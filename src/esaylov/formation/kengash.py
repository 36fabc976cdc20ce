"""The Kengash of people's deputies in the cabinet: its representative records what it discussed; the commission names it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from esaylov.acts.powers import Power
from esaylov.cabinet.desk import actor_of, own_election
from esaylov.cabinet.forms import ActForm, data_of
from esaylov.cabinet.views import desk_view
from esaylov.design.words import in_language
from esaylov.formation.forms import day_field
from esaylov.formation.opinions import DiscussProposals, NameKengash, territories_of
from esaylov.formation.proposed import ProposedRow, to_discuss
from esaylov.formation.proposing import kengashes
from esaylov.formation.queries import discussions
from esaylov.registry.models import Organisation, Territory

RESULTS = (
    ("", pgettext_lazy("result of a discussion", "not discussed")),
    ("yes", pgettext_lazy("result of a discussion", "supported")),
    ("no", pgettext_lazy("result of a discussion", "not supported")),
)


class OpinionsForm(ActForm):
    """The minutes of a Kengash with a result for each proposal; the fields of proposals are `opinion-<number>`."""

    articles: ClassVar[Mapping[str, str]] = {"day": "19, 23"}
    aliases: ClassVar[Mapping[str, str]] = {"territory": "", "opinions": ""}

    minutes = forms.CharField(label=gettext_lazy("Number of the minutes"), max_length=60)
    day = day_field()
    present = forms.IntegerField(
        label=gettext_lazy("How many deputies were present"), min_value=1, max_value=10_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip

    def __init__(self, *args: Any, proposed: Sequence[ProposedRow], **names: Any) -> None:
        super().__init__(*args, **names)
        self.proposed = proposed
        for one in proposed:
            self.fields[f"opinion-{one.number}"] = forms.ChoiceField(
                label=gettext_lazy("Result"), choices=RESULTS, required=False
            )

    @property
    def head(self) -> list[forms.BoundField]:
        """The fields of the minutes themselves."""
        return [self["minutes"], self["day"], self["present"]]

    @property
    def rows(self) -> list[tuple[ProposedRow, forms.BoundField]]:
        """Each proposal with its field."""
        return [(one, self[f"opinion-{one.number}"]) for one in self.proposed]

    def said(self, territory: str) -> dict[str, Any]:
        """What the act takes."""
        given = {one.number: self.cleaned_data[f"opinion-{one.number}"] for one in self.proposed}
        return {
            "territory": territory, "opinions": {number: one == "yes" for number, one in given.items() if one},
            **{name: self.cleaned_data[name] for name in ("minutes", "day", "present")},
        }  # fmt: skip


class KengashForm(ActForm):
    """Which organisation is the Kengash of a territory."""

    articles: ClassVar[Mapping[str, str]] = {"territory": "19, 23"}

    territory = forms.ChoiceField(label=gettext_lazy("Kengash of which territory"))
    organisation = forms.ChoiceField(
        label=gettext_lazy("Organisation"),
        help_text=gettext_lazy(
            "Kengashes are entered by the Central Commission. The latest named records the discussions."
        ),
    )

    def __init__(self, *args: Any, territories: Sequence[tuple[str, str]], **names: Any) -> None:
        super().__init__(*args, **names)
        known = [
            (row.code, in_language(row.names, row.code))
            for row in Organisation.objects.filter(kind="kengash")
        ]
        self.fields["territory"].choices = list(territories)  # type: ignore[attr-defined]
        self.fields["organisation"].choices = sorted(known, key=lambda one: one[1])  # type: ignore[attr-defined]


@desk_view(Power.DISCUSS_PROPOSALS, tiers=frozenset({"organisation"}))
def discuss(request: HttpRequest) -> HttpResponse:
    """A Kengash's representative records a discussion: date, number present, a result for each proposal."""
    context, actor = own_election(request), actor_of(request)
    if not Organisation.objects.filter(code=actor.code, kind="kengash").exists():
        raise Http404
    places = territories_of(context.id, actor.code)
    place = _chosen(places, request.GET.get("territory", ""))
    values: dict[str, Any] = {
        "title": gettext("Discussion of those who were proposed"),
        "places": _linked(places, place),
    }
    if place is None:
        return render(request, "formation/kengash.html", values)
    form = OpinionsForm(data_of(request), proposed=to_discuss(context.id, place.id, actor))
    if request.method == "POST" and form.is_valid():
        payload = form.said(place.code)
        if form.perform(request, DiscussProposals, context.id, payload) is not None:
            messages.success(request, gettext("The discussion is recorded."))
            return HttpResponseRedirect(f"{reverse('cabinet-kengash')}?territory={place.code}")
    values |= {
        "form": form, "over": in_language(place.names, place.code),
        "recorded": [one for one in discussions(context.id) if one.names == place.names],
    }  # fmt: skip
    return render(request, "formation/kengash.html", values)


def _chosen(places: Sequence[Territory], code: str) -> Territory | None:
    """The territory that the address names; the first where it names none; 404 for another's."""
    if not code:
        return places[0] if places else None
    found = next((row for row in places if row.code == code), None)
    if found is None:
        raise Http404
    return found


def _linked(places: Sequence[Territory], chosen: Territory | None) -> list[tuple[str, str]]:
    """The other territories of the same Kengash: text and address."""
    return [
        (in_language(row.names, row.code), f"?territory={row.code}") for row in places if row is not chosen
    ]


@desk_view(Power.FORM_COMMISSION)
def name(request: HttpRequest) -> HttpResponse:
    """The commission that forms others says which organisation is the Kengash of a territory."""
    context, actor = own_election(request), actor_of(request)
    territories = kengashes(context, actor)
    form = KengashForm(request.POST if request.method == "POST" else None, territories=territories)
    if request.method == "POST" and form.is_valid():
        payload = {key: form.cleaned_data[key] for key in ("territory", "organisation")}
        if form.perform(request, NameKengash, context.id, payload) is not None:
            messages.success(
                request, gettext("The Kengash is named; its representative can record discussions.")
            )
            return HttpResponseRedirect(reverse("cabinet-discussions"))
    values = {
        "form": form, "title": gettext("Name the Kengash of a territory"), "action": gettext("Name the Kengash"),
        "lead": gettext("From then on its head and representatives see who was proposed there, and record the discussion."),
        "back": {"url": reverse("cabinet-discussions"), "text": gettext("Discussions in the Kengashes")},
    }  # fmt: skip
    return render(request, "cabinet/form.html", values)
