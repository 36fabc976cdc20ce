"""Figures are drawn once, whatever stands in the lines of text around them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
import vl_convert
from django.utils import translation

from esaylov.publication.charts import Chart, HourPoint, render, turnout_by_hour
from esaylov.publication.warming import warm_up
from tests.publication.charts import examples
from tests.publication.charts.examples import SOURCE


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override("en"):
        yield


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The specifications that vl-convert is asked to draw from here on."""
    found: list[dict[str, Any]] = []
    draw = vl_convert.vegalite_to_svg

    def count(spec: dict[str, Any], **options: Any) -> str:
        found.append(spec)
        return draw(spec, **options)

    monkeypatch.setattr(render, "drawn", render._Drawn(8))
    monkeypatch.setattr(vl_convert, "vegalite_to_svg", count)
    return found


def turnout(size: int, share: int = 4_000) -> Chart:
    moment = SOURCE.at
    assert moment is not None
    return turnout_by_hour(replace(SOURCE, size=size), [HourPoint(moment, 800, share, 3)], 2_000)


def test_another_tree_size_is_no_other_figure(asked: list[dict[str, Any]]) -> None:
    first, second = turnout(1_234), turnout(5_678)
    assert "Tree size 1,234" in first.svg
    assert "Tree size 5,678" in second.svg
    assert "1,234" not in second.picture()
    assert len(asked) == 1


def test_another_figure_is_drawn(asked: list[dict[str, Any]]) -> None:
    assert turnout(1_234).svg != turnout(1_234, share=4_010).svg
    assert len(asked) == 2


@pytest.mark.parametrize("name", ["seats", "list", "result", "turnout", "districts-winner"])
def test_lines_put_in_afterwards_stand_as_if_they_had_been_drawn(name: str) -> None:
    spec = examples.everything()[name].own_spec
    assert shapes(render.drawn.get(spec)) == shapes(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]))


def shapes(picture: str) -> list[str]:
    """What is inside of a picture, without the sentence that describes the whole."""
    root = ElementTree.fromstring(picture)  # noqa: S314  our own drawing
    return [ElementTree.tostring(one, encoding="unicode") for one in root.iter()][1:]


def test_a_mark_of_somebody_else_stays(asked: list[dict[str, Any]]) -> None:
    strange = '<text aria-label="\ue0000\ue001">a \ue0000\ue001</text><text>\ue0007\ue001</text>'
    assert render._said(f"{strange}<text>\ue0000\ue001</text>", ["<5>"]) == f"{strange}<text>&lt;5&gt;</text>"


def test_drawing_is_warmed_up_in_the_background() -> None:
    thread = warm_up()
    assert thread.daemon
    thread.join(30)
    assert not thread.is_alive()
