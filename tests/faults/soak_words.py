"""What people said at their screens, and what everybody counts of it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.faults.server_log import FACTS, Said, same

ANY = "*"  # the tablet's clock gave the value


@dataclass
class Count:
    """What happened, and what went wrong: those must all be 0."""

    runs: int = 0
    steps: int = 0
    acknowledged: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    duplicated: int = 0
    false_conflicts: int = 0
    overwritten: int = 0
    refused: int = 0
    shown_wrong: int = 0
    broken: int = 0
    conflicts: int = 0
    seconds: float = 0
    problems: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """Everything that must not be, also a visit that could not be played to its end."""
        found = self.lost + self.duplicated + self.false_conflicts + self.overwritten + self.refused
        return found + self.shown_wrong + self.broken

    def report(self) -> str:
        faults = "\n".join(f"  {name:<24} {count}" for name, count in sorted(self.faults.items()))
        lines = [
            f"runs                       {self.runs}",
            f"seconds a run              {self.seconds / max(1, self.runs):.2f}",
            f"steps                      {self.steps}",
            f"faults injected            {sum(self.faults.values())}",
            faults,
            f"acknowledged operations    {self.acknowledged}",
            f"conflicts shown            {self.conflicts}",
            f"lost                       {self.lost}",
            f"duplicated                 {self.duplicated}",
            f"false conflicts            {self.false_conflicts}",
            f"silently overwritten       {self.overwritten}",
            f"refused                    {self.refused}",
            f"screens that show another  {self.shown_wrong}",
            f"visits broken off          {self.broken}",
            *self.problems,
        ]
        return "\n".join(lines)


def said_by(op: dict[str, Any], said: Said) -> bool:
    """Can these words have become this operation?"""
    if said.field.startswith("photo."):
        return bool(op["kind"] == said.field and op["photo"]["id"] == said.value)
    if said.criterion == FACTS:
        return bool(op["kind"] == "profile.set" and op["fact"] == said.field and same(op["value"], said.value))
    if op.get("criterion") != said.criterion:
        return False
    if said.field == "choice":
        return bool(op["kind"] == "answer.resolve")
    value = op.get("chosen") if op["kind"] == "answer.resolve" else op.get("value")
    return op.get("field") == said.field and (said.value == ANY or same(value, said.value))
