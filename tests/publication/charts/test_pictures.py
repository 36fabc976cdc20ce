"""Every kind of chart: a valid specification, clean SVG, PNG with our letters, the same numbers in words."""

from __future__ import annotations

import csv
import io
import json
import re
from xml.etree import ElementTree

import altair as alt
import pytest
import vl_convert
from django.utils import translation

from esaylov.publication.charts import (
    MODES,
    Bar,
    Chart,
    Progress,
    SeatGroup,
    contest_result,
    districts_map,
    list_result,
    render,
    seats_hemicycle,
    turnout_by_hour,
)
from tests.publication.charts import examples
from tests.publication.charts.examples import LONG, SOURCE

CHARTS = ("seats", "list", "result", "turnout", *(f"districts-{mode}" for mode in MODES))
LETTERS = "oʻgʻʼҚқҒғҲҳЎўӘәŃńÖöĞğÇçŞşÁáǴǵÓóÚúÍıҢңӨөҮүЁё"
PNG = b"\x89PNG\r\n\x1a\n"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module", autouse=True)
def english() -> object:
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def charts(english: object) -> dict[str, Chart]:
    return examples.everything()


@pytest.mark.parametrize("name", CHARTS)
def test_specification_is_valid_for_everybody(charts: dict[str, Chart], name: str) -> None:
    chart = charts[name]
    for spec in (chart.spec, chart.own_spec, chart.json()):
        alt.Chart.from_dict(spec, validate=True)
    text = json.dumps(chart.json())
    assert "var(--" not in text
    assert "url(#" not in text
    assert "currentColor" not in text
    assert chart.json()["usermeta"] | {} == chart.spec["usermeta"]
    assert chart.spec["usermeta"]["size"] == chart.size == 35_412


@pytest.mark.parametrize("name", CHARTS)
def test_picture_in_the_page(charts: dict[str, Chart], name: str) -> None:
    chart = charts[name]
    for text in (str(chart.svg), str(chart.drawing)):
        root = parsed(text)
        assert " style=" not in text
        assert "font-family" not in text
        assert not re.search(r"""(?:href|src)=["'](?:https?:)?//""", text)
        assert "vega" not in text
        assert {one.get("id") for one in root.iter() if one.get("id")} == set(
            re.findall(r"url\(#([^)]+)\)", text)
        )
        assert "width" not in root.attrib, "as wide as its place"
        assert root.get("aria-label") == chart.title
        assert root.get("aria-describedby") == f"{chart.name}-text"
        assert "currentColor" in text
        for variable in re.findall(r"var\(([^)]*)\)", text):
            assert "," in variable, "a colour also where our style sheet is not"
    assert root.get("role") == ("group" if chart.linked else "img")


@pytest.mark.parametrize("name", CHARTS)
def test_file(charts: dict[str, Chart], name: str) -> None:
    chart = charts[name]
    text = chart.picture()
    parsed(text)
    for never in ("var(", "currentColor", " style=", "<a ", "https://vega"):
        assert never not in text
    plain = " ".join("".join(one.itertext()) for one in parsed(text).iter(f"{SVG}text"))
    assert SOURCE.title in plain
    assert chart.title in plain
    for part in ("SIMULATED", "35,412", "23:58:01 (Tashkent)", "35411-4821", "esaylov"):
        assert part in plain, "mark, size, time and code are part of the picture"


def test_replay_and_real_figures_are_told_apart() -> None:
    from dataclasses import replace

    real, again = replace(SOURCE, simulated=False), replace(SOURCE, simulated=False, replay=True)
    args = ([SeatGroup("a", "A", 1, 3)],)
    assert "SIMULATED" not in seats_hemicycle(real, *args).picture()
    assert "REPLAY" not in seats_hemicycle(real, *args).picture()
    assert "REPLAY" in seats_hemicycle(again, *args).picture()


@pytest.mark.parametrize("name", CHARTS)
def test_png(charts: dict[str, Chart], name: str) -> None:
    found = charts[name].png()
    assert found.startswith(PNG)
    assert len(found) > 20_000
    width = int.from_bytes(found[16:20], "big")
    assert width >= 1_000


def test_letters_are_no_boxes() -> None:
    """Each letter is drawn, and not as what stands for a letter that the font lacks."""
    render.register_fonts()

    def drawn(letter: str) -> bytes:
        return vl_convert.svg_to_png(
            '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
            f'<text x="4" y="30" font-size="24" font-family="{render.FAMILY}">{letter}</text></svg>'
        )

    box, nothing = drawn("\ue123"), drawn("")
    for letter in LETTERS:
        assert drawn(letter) not in (box, nothing), letter


def test_seats_equal_their_numbers(charts: dict[str, Chart]) -> None:
    chart = charts["seats"]
    data = chart.spec["datasets"]["seats"]
    assert len(data) == 150
    held: dict[str, int] = {}
    for seat in data:
        held[seat["holder"]] = held.get(seat["holder"], 0) + 1
    rows = {str(row[0]): row[-1] for row in chart.rows}
    assert held.pop("not decided yet") == rows.pop("Not decided yet") == 2
    assert held == rows
    assert all(f"{name} {number}" in chart.sentence for name, number in held.items())
    assert sum(seat["direct"] for seat in data) == 33 + 18 + 12 + 6 + 4 + 2
    waiting = [seat for seat in data if "outstanding" in seat["fill"]]
    assert len(waiting) == 2
    assert waiting == data[-2:], "open seats are hatched and come last"


@pytest.mark.parametrize("name", ["list", "result"])
def test_bars_equal_their_numbers(charts: dict[str, Chart], name: str) -> None:
    chart = charts[name]
    data = chart.spec["datasets"]["bars"]
    assert [(row["option"], row["votes"]) for row in data] == [row[:2] for row in chart.rows][: len(data)]
    assert all(row["zero"] == 0 for row in data), "bars start at zero"
    assert all(f"{row['votes']:,}" in chart.sentence for row in data)
    lengths = [length(shape) for shape in shapes(chart, "tone")]
    for row, found in zip(data, lengths, strict=True):
        assert found == pytest.approx(400 * row["votes"] / data[0]["most"], abs=0.01)


def test_threshold_line_stands_where_it_must(charts: dict[str, Chart]) -> None:
    chart = charts["list"]
    assert {row["votes"] for row in chart.spec["datasets"]["threshold"]} == {70}
    assert "7 % are 70 votes." in chart.picture()
    assert "10 outstanding" in chart.note
    assert "10 outstanding" in chart.sentence


def test_turnout_equals_its_numbers(charts: dict[str, Chart]) -> None:
    chart = charts["turnout"]
    data = chart.spec["datasets"]["hours"]
    assert [(row["until"], row["voters"], row["share"]) for row in data] == [row[:3] for row in chart.rows]
    assert "Until 20:00" in chart.sentence
    assert "7,700" in chart.sentence


def test_districts_equal_their_numbers(charts: dict[str, Chart]) -> None:
    chart = charts["districts-winner"]
    data = chart.spec["datasets"]["districts"]
    assert [row["name"] for row in data] == [row[0] for row in chart.rows]
    assert [(row["counted"], row["expected"]) for row in data] == [row[-2:] for row in chart.rows]
    root = parsed(str(chart.drawing))
    links = list(root.iter(f"{SVG}a"))
    assert [link.get("href") for link in links] == [row["url"] for row in data]
    for link, row in zip(links, data, strict=True):
        assert (link.get("aria-label") or "").startswith(f"{row['name']}: ")
        assert f"{row['counted']} of 100 precincts counted" in (link.get("aria-label") or "")


@pytest.mark.parametrize("mode", MODES)
def test_outstanding_districts_are_hatched_and_never_zero(charts: dict[str, Chart], mode: str) -> None:
    chart = charts[f"districts-{mode}"]
    for row in chart.spec["datasets"]["districts"]:
        assert ("outstanding" in row["fill"]) == (row["counted"] == 0)
    grounds = {row["name"] for row in chart.spec["datasets"]["grounds"]}
    assert grounds == {row["name"] for row in chart.spec["datasets"]["districts"] if row["counted"] < 100}
    for row, cells in zip(chart.spec["datasets"]["districts"], chart.rows, strict=True):
        if not row["counted"]:
            assert cells[2:6] == (None, None, None, None)


def test_the_switch_and_the_other_forms_agree(charts: dict[str, Chart]) -> None:
    """The classes that repaint the inline map give the colours of the other forms' own pictures."""
    chart = charts["districts-winner"]
    for mode in MODES[1:]:
        other = chart.named(f"districts-{mode}")
        assert other is not None
        for style, row in zip(chart.classes, other.spec["datasets"]["districts"], strict=True):
            step = dict(one.rsplit("-", 1) for one in style.split()).get(mode)
            if step in (None, "none"):
                assert ("outstanding" if step is None else "track") in row["fill"]
            else:
                assert row["fill"] == f"var(--chart-ramp-{step})"
    assert chart.named("districts-winner") is chart
    assert chart.named("seats") is None


def test_csv(charts: dict[str, Chart]) -> None:
    for chart in charts.values():
        rows = list(csv.reader(io.StringIO(chart.csv())))
        assert rows[0] == [*(column.name for column in chart.head), "simulated", "replay", "tree_size"]
        marks = [
            str(chart.source.simulated).lower(),
            str(chart.source.replay).lower(),
            str(chart.source.size),
        ]
        assert all(row[-3:] == marks for row in rows[1:]), "every row says whether it is invented"
        assert len(rows) == len(chart.rows) + 1
    assert list(csv.reader(io.StringIO(charts["list"].csv())))[1][:3] == ["Chinor 0", "1000", "20.00"]


# --- bad and rare input ---


@pytest.mark.parametrize("count", [1, 2, 40])
def test_any_number_of_options(count: int) -> None:
    chart = examples.result(count)
    assert len(chart.spec["datasets"]["bars"]) == count
    assert chart.png().startswith(PNG)


def test_long_names_stay_inside() -> None:
    bars = [Bar("a", LONG, 1, 5, 5_000), Bar("b", "Ж" * 200, 2, 5, 5_000)]
    chart = contest_result(SOURCE, bars, Progress(1, 1))
    for row in chart.spec["datasets"]["texts"]:
        start = row["x"] - (drawn := examples_measure(row)) if row["align"] == "right" else row["x"]
        assert (
            start >= -1 and start + drawn <= 401
            if row["align"] == "right"
            else row["x"] + examples_measure(row) <= 401
        )
    assert chart.rows[0][0] == LONG, "the table has the whole name"
    seats = seats_hemicycle(SOURCE, [SeatGroup("a", LONG, 1, 4, 3)])
    assert all(
        row["x"] + examples_measure(row) <= 401
        for row in seats.spec["datasets"]["texts"]
        if row["align"] == "left"
    )


def test_no_votes_at_all() -> None:
    counted = examples.result(3, 0)
    none = list_result(SOURCE, examples.bars(3, 0), Progress(0, 9))
    assert "Nothing has been counted yet" in none.sentence
    assert "Nothing" not in counted.sentence, "all ballots that are counted are invalid"
    for chart in (counted, none):
        assert [length(shape) for shape in shapes(chart, "tone")] == [0, 0, 0]
    assert "No turnout" in turnout_by_hour(SOURCE, [], 0).sentence


def test_no_option() -> None:
    assert contest_result(SOURCE, [], Progress(0, 0)).svg


def test_one_seat_and_too_many() -> None:
    assert seats_hemicycle(SOURCE, [SeatGroup("a", "A", 1, 1)]).svg
    assert seats_hemicycle(SOURCE, [], open_list=600).sentence
    for groups in ([], [SeatGroup("a", "A", 1, 601)]):
        with pytest.raises(ValueError, match="half circle"):
            seats_hemicycle(SOURCE, groups)


def test_a_tie_is_nobodys() -> None:
    chart = districts_map(SOURCE, examples.districts(20))
    ties = [row for row in chart.spec["datasets"]["districts"] if row["label"] == "="]
    assert ties
    assert all("tone-0" in row["fill"] and "a tie" in row["description"] for row in ties)
    assert any("without an opponent" in row["description"] for row in chart.spec["datasets"]["districts"])


def test_map_without_districts() -> None:
    with pytest.raises(ValueError, match="at least one"):
        districts_map(SOURCE, [])


def test_other_languages_set_their_numbers() -> None:
    with translation.override("ru"):
        chart = examples.result(2, 5_300_000)
        assert "5\u202f300\u202f000" in chart.sentence
        assert "5\u202f300\u202f000" in chart.picture()


# --- helpers ---


def parsed(text: str) -> ElementTree.Element:
    """A picture of ours as a tree."""
    return ElementTree.fromstring(text.encode())  # noqa: S314


def examples_measure(row: dict[str, object]) -> float:
    """The width of a text in a picture."""
    from esaylov.publication.charts.drawing import BOLDER, measure

    return measure(str(row["text"]), float(row["size"])) * (BOLDER if int(row["weight"]) > 500 else 1)  # type: ignore[arg-type, call-overload]


def shapes(chart: Chart, kind: str) -> list[str]:
    """Outlines of the bars in a picture."""
    root = parsed(str(chart.svg))
    return [
        one.get("d") or ""
        for one in root.iter(f"{SVG}path")
        if f"#{chart.name}-{kind}" in (one.get("fill") or "")
    ]


def length(outline: str) -> float:
    """The width of a rectangle."""
    found = re.match(r"M[\d.e-]+,[\d.e-]+h(-?[\d.e-]+)", outline)
    assert found, outline
    return float(found[1])
