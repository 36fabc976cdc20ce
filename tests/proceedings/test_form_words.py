"""Whoever writes what will be public is told so beside the field."""

import pytest
from django.forms import Form

from esaylov.proceedings.forms import PUBLIC, DecisionForm, DraftForm, ProposalForm


@pytest.mark.parametrize(
    ("form", "names"),
    [(DecisionForm, ("title", "text")), (DraftForm, ("title", "text")), (ProposalForm, ("title", "public"))],
)
def test_public_words_are_said_to_be_public_and_to_name_nobody(
    form: type[Form], names: tuple[str, ...]
) -> None:
    for name in names:
        assert str(form.base_fields[name].help_text).startswith(str(PUBLIC)), name  # type: ignore[attr-defined]
