"""The results: one row per measurement, with what it is compared to and the goal."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measurement. ``value`` is compared with ``goal``: at most it, or at least it when ``at_least``."""

    name: str
    value: float
    goal: float
    unit: str = "×"
    detail: str = ""
    at_least: bool = False

    @property
    def met(self) -> bool:
        return self.value >= self.goal if self.at_least else self.value <= self.goal


def show(rows: list[Row]) -> str:
    """A Markdown table."""
    lines = ["| what | measured | goal | | detail |", "| --- | ---: | ---: | --- | --- |"]
    for row in rows:
        sign = "≥" if row.at_least else "≤"
        mark = "✓" if row.met else "✗"
        lines.append(
            f"| {row.name} | {row.value:.2f} {row.unit} | {sign} {row.goal:g} {row.unit} | {mark} | {row.detail} |"
        )
    return "\n".join(lines)
