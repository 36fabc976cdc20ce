"""Five steps from little to much, for the maps of lead, turnout and count. Values are hundredths of a per
cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext

from esaylov.design import numbers
from esaylov.publication.charts.inks import RAMP


@dataclass(frozen=True, slots=True)
class Scale:
    """Lower bounds of the second to the fifth step, and the words of all five."""

    bounds: tuple[int, ...]
    texts: tuple[str, ...]

    def step(self, value: int | None) -> int | None:
        """The step of a value, 1 to 5; None of nothing."""
        return None if value is None else 1 + sum(1 for bound in self.bounds if value >= bound)

    def words(self) -> list[tuple[int, str]]:
        """Steps with their words."""
        return list(zip(range(1, RAMP + 1), self.texts, strict=False))


def lead_scale() -> Scale:
    """Distance between the first and the second."""
    return _ranges((100, 500, 1_000, 2_000))


def turnout_scale(values: Sequence[int | None]) -> Scale:
    """Five equal steps of whole per cents that hold all values."""
    known = [value for value in values if value is not None]
    low = min(known, default=0) // 100
    wide = max(1, -(-(max(known, default=0) // 100 + 1 - low) // RAMP))
    return _ranges(tuple(100 * (low + wide * step) for step in range(1, RAMP)))


def counted_scale() -> Scale:
    """How far the count is; complete is a step of its own."""
    scale = _ranges((2_500, 5_000, 7_500, 10_000))
    return Scale(scale.bounds, (*scale.texts[:-1], gettext("all counted")))


def _ranges(bounds: tuple[int, ...]) -> Scale:
    per_cent = [bound // 100 for bound in bounds]
    sign = f"{numbers.THIN_SPACE}%"
    texts = [gettext("below %(bound)s") % {"bound": f"{per_cent[0]}{sign}"}]
    texts += [f"{low}–{high}{sign}" for low, high in pairwise(per_cent)]
    texts.append(gettext("%(bound)s and more") % {"bound": f"{per_cent[-1]}{sign}"})
    return Scale(bounds, tuple(texts))
