"""What a benchmark says: a ratio against a yardstick measured in the same run."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Report:
    """One benchmark's result.

    `ratio` is what was measured in terms of the yardstick; `goal` what it should be, `at_least` whether more is better.
    `details` are the figures behind it, as (what, value with unit).
    """

    name: str
    what: str
    ratio: float
    goal: float
    at_least: bool
    details: tuple[tuple[str, str], ...] = field(default=())

    @property
    def reached(self) -> bool:
        """Whether the goal is met."""
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal

    def lines(self) -> list[str]:
        """The report as text."""
        sign = ">=" if self.at_least else "<="
        verdict = "reached" if self.reached else "NOT REACHED"
        head = f"{self.name}: {self.ratio:.2f} (goal {sign} {self.goal:g}, {verdict}) - {self.what}"
        return [head, *(f"  {what}: {value}" for what, value in self.details)]
