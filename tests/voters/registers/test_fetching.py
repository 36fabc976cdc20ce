"""What is fetched is compared; a register that is silent is asked again, and said to be silent; nothing half fetched is read."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from esaylov.acts.identity import data_folder
from esaylov.voters.importing import import_extract
from esaylov.voters.models import Changeset, RegisterState
from esaylov.voters.registers import fetching, state
from esaylov.voters.registers.contract import Offer, RegisterError
from esaylov.voters.registers.dropped import DropFolder
from esaylov.voters.registers.fetching import Brought, Nothing, Trying
from esaylov.voters.registers.settings import Configured
from tests.acts.election import World
from tests.voters.changing import ELECTION, carried, central
from tests.voters.extracts import extract, mahalla, resident
from tests.voters.registers.conftest import adapter, offer_of, serving

DAYS = [f"2024-09-0{day}T00:00:00+05:00" for day in range(1, 6)]
NOW = datetime(2024, 9, 10, tzinfo=UTC)


class Flaky:
    """A drop folder before a line that fails some times."""

    register = "residence"
    where = "a folder"

    def __init__(self, folder: Path, fails: int, code: str = "unreachable") -> None:
        self.inner, self.fails, self.code = DropFolder("residence", folder), fails, code

    def offers(self) -> list[Offer]:
        return list(self.inner.offers())

    def bring(self, offer: Offer, folder: Path) -> None:
        if self.fails:
            self.fails -= 1
            (folder / "half").write_text("x")
            raise RegisterError(self.code, "it broke off")
        (folder / "half").unlink(missing_ok=True)
        self.inner.bring(offer, folder)


@pytest.fixture
def folder(door: World, tmp_path: Path) -> Path:
    mahalla()
    made = tmp_path / "register"
    extract(made / "1-full", [resident(n) for n in range(1, 11)], DAYS[0])
    return made


def compared(brought: Brought | Nothing) -> Changeset:
    assert isinstance(brought, Brought)
    try:
        return import_extract(brought.folder, ELECTION)
    finally:
        brought.remove()


def test_what_is_new_is_brought_one_after_another(folder: Path) -> None:
    people = central()
    found = Configured(DropFolder("residence", folder), 36)
    first = compared(fetching.bring_next(found))
    assert (first.kind, first.state, first.counts["added"]) == ("full", "compared", 10)
    assert fetching.bring_next(found) == Nothing(first.id), "people decide about it first"
    assert not any((data_folder() / "registers" / "residence").iterdir()), "nobody's data lie about in clear"
    carried(first, people)
    assert state.as_of("residence") == datetime.fromisoformat(DAYS[0])
    assert fetching.bring_next(found) == Nothing(), "the same extract a second time is nothing new"
    extract(folder / "0-older", [resident(1)], "2024-08-01T00:00:00+05:00")
    assert fetching.bring_next(found) == Nothing(), "an older one is nothing new"
    extract(folder / "3-delta", [resident(11, event="adult")], DAYS[2], kind="delta")
    extract(folder / "2-delta", [resident(2, event="moved", house="9")], DAYS[1], kind="delta")
    second = fetching.bring_next(found)
    assert isinstance(second, Brought)
    assert second.offer.name == "2-delta"
    carried(compared(second), people)
    third = compared(fetching.bring_next(found))
    assert third.counts["added"] == 1
    Changeset.objects.filter(id=third.id).update(state=Changeset.State.DISCARDED)
    again = fetching.bring_next(found)
    assert isinstance(again, Brought), "given up by people, it is compared again"
    again.remove()


def test_an_extract_that_changes_nothing_makes_the_data_younger(folder: Path) -> None:
    people = central()
    found = Configured(DropFolder("residence", folder), 36)
    carried(compared(fetching.bring_next(found)), people)
    extract(folder / "2-full", [resident(n) for n in range(1, 11)], DAYS[1])
    same = compared(fetching.bring_next(found))
    assert [same.counts[kind] for kind in ("added", "removed", "moved", "changed")] == [0, 0, 0, 0]
    assert state.as_of("residence") == datetime.fromisoformat(DAYS[1])
    assert fetching.bring_next(found) == Nothing(), "nobody has to decide about nothing"
    extract(folder / "3-delta", [resident(11, event="adult")], DAYS[2], kind="delta")
    carried(compared(fetching.bring_next(found)), people)
    assert state.as_of("residence") == datetime.fromisoformat(DAYS[2])


def test_a_changeset_that_was_overtaken_is_compared_again(folder: Path) -> None:
    people = central()
    found = Configured(DropFolder("residence", folder), 36)
    carried(compared(fetching.bring_next(found)), people)
    extract(folder / "2-delta", [resident(11, event="adult")], DAYS[1], kind="delta")
    waiting = compared(fetching.bring_next(found))
    assert fetching.bring_next(found) == Nothing(waiting.id)
    Changeset.objects.filter(id=waiting.id).update(base=0)
    again = fetching.bring_next(found)
    assert isinstance(again, Brought)
    again.remove()


def test_a_silent_register_is_asked_again_with_longer_and_longer_pauses(folder: Path) -> None:
    pauses = list[float]()
    trying = Trying(tries=5, pause=2, longest=5, sleep=pauses.append)
    found = Configured(Flaky(folder, fails=4), 36)
    brought = fetching.bring_next(found, trying)
    assert isinstance(brought, Brought)
    assert pauses == [2, 4, 5, 5]
    assert not (brought.folder / "half").exists()
    row = RegisterState.objects.get()
    assert (row.down_since, row.error) == (None, "")
    brought.remove()


def test_what_is_half_fetched_is_never_an_extract(folder: Path) -> None:
    trying = Trying(tries=2, sleep=lambda _: None)
    with pytest.raises(RegisterError):
        fetching.bring_next(Configured(Flaky(folder, fails=9), 36), trying)
    place = data_folder() / "registers" / "residence"
    (half,) = place.iterdir()
    assert half.name.startswith(".")
    assert half.stat().st_mode & 0o077 == 0
    assert place.stat().st_mode & 0o077 == 0
    assert not (half / "extract.json").exists()
    assert RegisterState.objects.get().error == "unreachable"
    brought = fetching.bring_next(Configured(Flaky(folder, fails=0), 36))
    assert isinstance(brought, Brought)
    assert list(place.iterdir()) == [brought.folder]
    shutil.copytree(brought.folder, place / ("f" * 64))
    assert isinstance(fetching.bring_next(Configured(Flaky(folder, fails=0), 36)), Brought)
    assert list(place.iterdir()) == [brought.folder], "what another command left behind in clear goes"
    brought.remove()


def test_who_does_not_let_us_in_is_not_asked_again(folder: Path) -> None:
    pauses = list[float]()
    found = Configured(Flaky(folder, fails=9, code="refused"), 36)
    with pytest.raises(RegisterError):
        fetching.bring_next(found, Trying(sleep=pauses.append))
    assert pauses == []


def test_a_register_counts_as_silent_after_its_hours(door: World) -> None:
    assert state.standings() == ()
    state.answered("residence", 36, NOW)
    (one,) = state.standings(NOW + timedelta(hours=35))
    assert (one.fetched, one.silent, one.down_since) == (True, False, None)
    down = NOW + timedelta(hours=1)
    state.failed("residence", 36, down, "slow")
    state.failed("residence", 36, down + timedelta(hours=2), "unreachable")
    (one,) = state.standings(NOW + timedelta(hours=35))
    assert (one.silent, one.down_since, one.error) == (False, down, "unreachable")
    (one,) = state.standings(NOW + timedelta(hours=36))
    assert one.silent_since == NOW
    state.answered("residence", 36, NOW + timedelta(hours=40))
    (one,) = state.standings(NOW + timedelta(hours=41))
    assert (one.silent, one.down_since, one.error) == (False, None, "")
    state.failed("address", 12, NOW, "refused")
    _, other = state.standings(NOW + timedelta(hours=12))
    assert (other.register, other.silent_since, other.answered_at) == ("address", NOW, None)
    _, other = state.standings(NOW + timedelta(hours=11))
    assert not other.silent


def test_nobody_asks_means_silent_too(door: World) -> None:
    """The command that fetches is not run any more: the list ages all the same."""
    state.answered("residence", 36, NOW)
    (one,) = state.standings(NOW + timedelta(hours=50))
    assert one.silent
    assert one.down_since is None


def test_the_command_brings_compares_and_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """From a register's server, as a timer would run it. (The tests' database is there already.)"""
    from contextlib import nullcontext

    from esaylov.cli import app
    from esaylov.server import database

    monkeypatch.setattr(database, "platform", lambda *_, **__: nullcontext())
    run = CliRunner()
    nothing = run.invoke(app, ["voters", "fetch", "--election", ELECTION])
    assert nothing.exit_code == 3
    assert "no register is set up" in nothing.output
    with serving(folder, token="t") as server:
        monkeypatch.setenv("ESAYLOV_REGISTER_RESIDENCE", server.address)
        monkeypatch.setenv("ESAYLOV_REGISTER_RESIDENCE_TOKEN", "t")
        done = run.invoke(app, ["voters", "fetch", "--election", ELECTION])
        assert done.exit_code == 0, done.output
        assert "full extract 1-full" in done.output
        assert "10 added" in done.output
        assert "waits to be decided first" in done.output
        assert (
            run.invoke(app, ["voters", "fetch", "--election", ELECTION, "--register", "tax"]).exit_code == 3
        )
        other = run.invoke(app, ["voters", "fetch", "--election", "nowhere"])
    assert Changeset.objects.count() == 1
    assert other.exit_code == 1
    assert "there is no election nowhere" in other.output
    silent = run.invoke(app, ["voters", "fetch", "--election", ELECTION, "--tries", "1"])
    assert silent.exit_code == 3
    assert "residence register" in silent.output
    said = run.invoke(app, ["voters", "registers"]).output
    assert "does not answer" in said
    assert "unreachable" in said


def test_what_is_not_taken_is_written_down(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import nullcontext

    from esaylov.cli import app
    from esaylov.server import database

    monkeypatch.setattr(database, "platform", lambda *_, **__: nullcontext())
    shutil.rmtree(folder / "1-full")
    extract(folder / "1-full", [resident(1)], DAYS[0], simulated=False)
    monkeypatch.setenv("ESAYLOV_REGISTER_RESIDENCE", str(folder))
    done = CliRunner().invoke(app, ["voters", "fetch", "--election", ELECTION])
    assert done.exit_code == 3
    row = RegisterState.objects.get()
    assert (row.error, row.down_since) == ("not taken", None), "the register itself answers"
    assert not any((data_folder() / "registers" / "residence").iterdir())


def test_a_server_and_a_folder_are_one_contract(folder: Path, tmp_path: Path) -> None:
    with serving(folder) as server:
        for register in (adapter(server), DropFolder("residence", folder)):
            (offer,) = register.offers()
            assert offer == offer_of(folder / "1-full")
            here = tmp_path / type(register).__name__
            here.mkdir()
            register.bring(offer, here)
            assert sorted(path.name for path in here.iterdir()) == ["extract.json", "residents.csv"]
