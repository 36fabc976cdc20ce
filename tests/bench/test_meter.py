"""A measurement's steps: what they took is added up, and the functions that were watched are themselves again."""

from __future__ import annotations

import pytest

from esaylov.bench.meter import Meter, Spent, memory


class Worker:
    @classmethod
    def read(cls) -> str:
        return cls.__name__

    def write(self, broken: bool = False) -> int:
        if broken:
            raise ValueError("broken")
        return 7


def test_steps_are_added_up_and_functions_are_left_as_they_were(db_clone: object) -> None:
    before = dict(Worker.__dict__)
    with memory() as peak:
        meter = Meter()
    begin = meter.now()
    with meter.around(("reading", Worker, "read"), ("writing", Worker, "write")):
        assert (Worker.read(), Worker().write(), Worker().write()) == ("Worker", 7, 7)
        with pytest.raises(ValueError, match="broken"):
            Worker().write(broken=True)
    assert {name: Worker.__dict__[name] for name in ("read", "write")} == {
        name: before[name] for name in ("read", "write")
    }
    assert set(meter.steps) == {"reading", "writing"}
    whole = meter.now() - begin
    assert whole.seconds >= meter.steps["writing"].seconds > 0
    assert min(whole.own, whole.database) >= 0
    assert [what for what, _ in meter.details(whole, ("writing", "none"))] == ["  writing", "machine"]
    assert peak() >= 0


def test_what_was_spent_is_added_and_taken_away() -> None:
    one, other = Spent(3.0, 2.0, 1.0, 0.5), Spent(1.0, 1.0, 1.0, 0.25)
    assert one + other - other == one
    assert str(one) == "3.0 s (processor: 2.0 s here, 1.0 s database)"
