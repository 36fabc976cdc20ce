"""extract.json: read strictly, every fault with its key."""

import json
from pathlib import Path

import pytest

from esaylov.exchange.residents.extracts import read_head, read_mahallas
from esaylov.exchange.residents.head import MAHALLA_COLUMNS
from esaylov.exchange.residents.problems import LANGUAGES, ExtractError, codes
from tests.exchange.residents import cases


@pytest.fixture
def folder(tmp_path):
    return cases.write(tmp_path, {"a.csv": cases.people(5)})


def changed(folder, **keys):
    path = folder / "extract.json"
    head = json.loads(path.read_text()) | keys
    path.write_text(json.dumps({name: value for name, value in head.items() if value is not ...}))
    return folder


def refused(folder):
    with pytest.raises(ExtractError) as error:
        read_head(folder)
    return [(one.file, one.code, one.field) for one in error.value.problems]


def test_a_head(folder):
    head = read_head(folder)
    assert (head.register, head.kind, head.rows, head.simulated) == ("residence", "full", 5, True)
    assert head.as_of.isoformat() == cases.AS_OF
    assert len(head.columns) == 15
    assert head.warnings == ()


def test_a_delta_has_events(folder):
    assert read_head(changed(folder, kind="delta")).columns[-1] == "event"


def test_a_delta_may_say_which_extract_it_follows(folder):
    assert read_head(changed(folder, kind="delta")).after is None
    head = read_head(changed(folder, kind="delta", after="2020-05-31T06:00:00+05:00"))
    assert head.after.isoformat() == "2020-05-31T06:00:00+05:00"
    assert refused(changed(folder, kind="delta", after="2020-05-31")) == [("extract.json", "X05", "after")]
    assert refused(changed(folder, kind="delta", after=cases.AS_OF)) == [("extract.json", "X05", "after")]
    assert refused(changed(folder, after="2020-05-31T06:00:00+05:00", as_of="2027-06-01")) == [
        ("extract.json", "X05", "as_of")
    ]
    assert refused(changed(folder, as_of=cases.AS_OF, kind="full", after="2020-05-31T06:00:00+05:00")) == [
        ("extract.json", "X05", "after")
    ]


@pytest.mark.parametrize(
    ("keys", "code", "field"),
    [
        ({"register": "tax"}, "X05", "register"),
        ({"register": ["residence"]}, "X05", "register"),
        ({"kind": ...}, "X03", "kind"),
        ({"kind": "half"}, "X05", "kind"),
        ({"as_of": "2027-06-01"}, "X05", "as_of"),
        ({"as_of": "2027-06-01T06:00:00"}, "X05", "as_of"),
        ({"as_of": "2027-13-01T06:00:00+05:00"}, "X05", "as_of"),
        ({"as_of": 20270601}, "X05", "as_of"),
        ({"rows": "5"}, "X05", "rows"),
        ({"rows": True}, "X05", "rows"),
        ({"rows": -1}, "X05", "rows"),
        ({"rows": 4}, "X19", "rows"),
        ({"files": []}, "X05", "files"),
        ({"files": {}}, "X05", "files"),
        ({"files": ["a.csv"]}, "X05", "files[0]"),
        ({"simulated": "true"}, "X05", "simulated"),
        ({"simulated": 1}, "X05", "simulated"),
        ({"version": 2}, "X05", "version"),
        ({"version": True}, "X05", "version"),
        ({"comment": "x"}, "X04", None),
    ],
    ids=str,
)
def test_a_wrong_head_is_told_by_its_key(folder, keys, code, field):
    assert ("extract.json", code, field) in refused(changed(folder, **keys))


@pytest.mark.parametrize(
    ("keys", "code", "field"),
    [
        ({"name": "../a.csv"}, "X05", "files[0].name"),
        ({"name": "a.txt"}, "X05", "files[0].name"),
        ({"name": "/etc/passwd"}, "X05", "files[0].name"),
        ({"name": None}, "X05", "files[0].name"),
        ({"rows": 1.5}, "X05", "files[0].rows"),
        ({"sha256": "AB" * 32}, "X05", "files[0].sha256"),
        ({"size": 1}, "X04", "files[0]"),
    ],
    ids=str,
)
def test_a_wrong_file_is_told_by_its_key(folder, keys, code, field):
    part = json.loads((folder / "extract.json").read_text())["files"][0]
    assert ("extract.json", code, field) in refused(changed(folder, files=[part | keys]))


def test_a_file_twice(folder):
    part = json.loads((folder / "extract.json").read_text())["files"][0]
    assert ("extract.json", "X05", "files[1].name") in refused(changed(folder, rows=10, files=[part, part]))


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "X02"), (b"[]", "X02"), (b"{", "X02"), (b'{"rows": 1, "rows": 2}', "X02"), (b"\xff\xfe{}", "X02"), (b"[" * 100_000, "X02"),
     (b"{}", "X03")],
)  # fmt: skip
def test_what_is_no_head(folder, content, code):
    (folder / "extract.json").write_bytes(content)
    assert refused(folder)[0][1] == code


def test_no_head_and_no_file(folder):
    (folder / "a.csv").unlink()
    assert refused(folder) == [("a.csv", "X06", None)]
    (folder / "extract.json").unlink()
    assert refused(folder) == [("extract.json", "X01", None)]


def test_a_link_is_no_file_of_an_extract(folder, tmp_path):
    (folder / "a.csv").rename(folder / "b.txt")
    (folder / "a.csv").symlink_to(folder / "b.txt")
    assert refused(folder) == [("a.csv", "X06", None)]


def test_a_file_that_is_not_named_is_told(folder):
    (folder / "b.csv").write_text("x")
    assert [(one.file, one.code) for one in read_head(folder).warnings] == [("b.csv", "X07")]


def test_the_table_of_mahallas(tmp_path):
    (tmp_path / "a.csv").write_text("mahalla,street,house,latitude,longitude\n1,Navoiy,1,41.3,69.2\n")
    (tmp_path / "mahallas.csv").write_text(",".join(MAHALLA_COLUMNS) + "\n1,1726201,Bir,Бир,Бир, One \n")
    cases.describe(tmp_path, {"a.csv": 1, "mahallas.csv": 1}, register="address")
    head = read_head(tmp_path)
    assert (head.rows, len(head.files), head.warnings) == (1, 1, ())
    assert read_mahallas(tmp_path, head)["name_en"].to_list() == ["One"]
    cases.describe(tmp_path, {"a.csv": 1}, register="address")
    head = read_head(tmp_path)
    assert [one.code for one in head.warnings] == ["X24"]
    assert read_mahallas(tmp_path, head).height == 1
    (tmp_path / "mahallas.csv").write_text(",".join(MAHALLA_COLUMNS) + "\n1,1726201,Bir\n")
    with pytest.raises(ExtractError) as error:
        read_mahallas(tmp_path, read_head(tmp_path))
    assert (error.value.problems[0].code, error.value.problems[0].line) == ("X20", 2)


def test_every_code_has_its_texts():
    for code, one in codes().items():
        assert set(one.text) == set(LANGUAGES), code
        assert one.severity in ("error", "warning", "left out"), code
        places = [sorted(word for word in text.split() if word.startswith("{")) for text in one.text.values()]
        assert all(len(place) == len(places[0]) for place in places), code


def test_every_code_is_in_the_docs():
    lines = (Path(__file__).parents[3] / "docs/extracts.md").read_text(encoding="utf-8").splitlines()
    for code, one in codes().items():
        assert f"| {code} | {one.severity} | {one.article or ''} | {one.text['en']} |" in lines
