"""The address register is loaded: what is new, changed and gone is counted, and a broken extract changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from esaylov.custody.sealer import Sealer
from esaylov.exchange.residents.problems import ExtractError
from esaylov.voters.models import Address, Extract, Mahalla
from esaylov.voters.places.addresses import AddressError, Loaded, load
from tests.acts.election import World
from tests.voters.listed import enter_voters, ring
from tests.voters.places.registers import House, street, write_extract

FIRST = [*street("t-1", "Navoiy koʻchasi", range(1, 21)), *street("t-2", "Bobur koʻchasi", ["1", "2A"])]


def loaded(folder: Path, houses: list[House], **more: object) -> Loaded:
    return load(write_extract(folder, houses, **more), Sealer(ring()))  # type: ignore[arg-type]


def test_a_first_extract(door: World, tmp_path: Path) -> None:
    done = loaded(tmp_path / "1", FIRST)
    assert (done.rows, done.new, done.changed, done.gone, done.new_mahallas) == (22, 22, 0, 0, 3)
    assert Mahalla.objects.get(code="t-1").names == {"uz": "Bir", "en": "Bir"}
    house = Address.objects.get(street_key="bobur", house="2A")
    assert (house.street, house.mahalla.code) == ("Bobur koʻchasi", "t-2")
    assert Extract.objects.get(register="address").rows == 22


def test_a_house_has_the_digest_of_those_who_live_there(door: World, tmp_path: Path) -> None:
    loaded(tmp_path / "1", FIRST)
    for listed in enter_voters(9):
        assert Address.objects.get(digest=listed.house_digest).house == listed.record["house"]


def test_a_second_extract_brings_what_differs(door: World, tmp_path: Path) -> None:
    loaded(tmp_path / "1", FIRST)
    second = [
        *street("t-1", "НАВОИЙ кўчаси", range(1, 11)),
        *street("t-1", "Navoiy koʻchasi", range(11, 20)),
        *street("t-2", "Bobur koʻchasi", ["1", "2A", "3", "3"]),
    ]
    done = loaded(tmp_path / "2", second, as_of="2026-11-02T06:00:00+05:00")
    assert (done.new, done.changed, done.gone) == (1, 10, 1)
    assert Address.objects.count() == 22
    assert Address.objects.get(street_key="navoi", house="1").street == "НАВОИЙ кўчаси"


def test_a_delta_takes_nothing_away(door: World, tmp_path: Path) -> None:
    loaded(tmp_path / "1", FIRST)
    more = street("t-2", "Bobur koʻchasi", [7])
    done = loaded(tmp_path / "2", more, as_of="2026-11-02T06:00:00+05:00", kind="delta")
    assert (done.new, done.changed, done.gone) == (1, 0, 0)


def test_what_cannot_be_a_house_is_left_out_and_counted(door: World, tmp_path: Path) -> None:
    odd = [("t-9", "Navoiy", "1"), ("t-1", "", "1"), ("t-1", "Navoiy", " ")]
    done = loaded(tmp_path / "1", [*FIRST, *odd])
    assert done.new == 22
    assert done.problems == {"unknown mahalla": 1, "no street or house": 2}


def test_the_same_extract_again_and_an_older_one_are_refused(door: World, tmp_path: Path) -> None:
    loaded(tmp_path / "1", FIRST)
    with pytest.raises(AddressError, match="loaded already"):
        load(tmp_path / "1", Sealer(ring()))
    with pytest.raises(AddressError, match="a later one"):
        loaded(tmp_path / "2", FIRST, as_of="2026-10-31T06:00:00+05:00")
    with pytest.raises(AddressError, match="simulated elections only"):
        loaded(tmp_path / "3", FIRST, as_of="2026-11-03T06:00:00+05:00", simulated=False)


def test_a_half_written_extract_changes_nothing(door: World, tmp_path: Path) -> None:
    folder = write_extract(tmp_path / "1", FIRST)
    text = (folder / "addresses.csv").read_text()
    (folder / "addresses.csv").write_text(text[: len(text) // 2])
    with pytest.raises(ExtractError):
        load(folder, Sealer(ring()))
    assert not Address.objects.exists()
    assert not Extract.objects.exists()


def test_another_register_is_refused(door: World, tmp_path: Path) -> None:
    with pytest.raises((AddressError, ExtractError)):
        load(write_extract(tmp_path / "1", FIRST, register="residence"), Sealer(ring()))


@pytest.mark.parametrize("district", ["17262", "Toshkent", ""])
def test_a_mahalla_lies_in_a_district(door: World, tmp_path: Path, district: str) -> None:
    with pytest.raises(AddressError, match=r"mahallas\.csv:2"):
        loaded(tmp_path / "1", FIRST, mahallas=(("t-1", district, "Bir"),))
