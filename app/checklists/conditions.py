"""How each condition of a grade stands. Pure.

What has nothing applicable takes no part: an area without percent, a class without criteria that apply, does not
stand in the way of a grade. What is merely not answered yet is not met.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

from app.checklists.rulebook import Requirement


class Scored(Protocol):
    """What conditions need to know of an area, a section or the total."""

    @property
    def id(self) -> str: ...
    @property
    def points(self) -> Fraction: ...
    @property
    def percent(self) -> Fraction | None: ...
    @property
    def answered(self) -> int: ...
    @property
    def applicable(self) -> int: ...


@dataclass(slots=True)
class Tally:
    """Sums over one class: answered criteria that apply, those met, weights, points; ``open`` have no answer."""

    applicable: int = 0
    met: int = 0
    weight: int = 0
    points: int | Fraction = 0
    open: int = 0


class Standing(NamedTuple):
    """What conditions are judged on. ``findings`` and ``classes`` are by position."""

    total: Scored
    areas: Sequence[Any]
    findings: Sequence[int]
    knockouts: tuple[str, ...]
    classes: Sequence[Tally]
    points_unit: int


class Outcome(NamedTuple):
    """A condition, how it stands (None: nothing to measure), what it asks for, and whether it is met.

    ``where`` names what decides it: the lowest area or section, the knock-outs. ``nothing`` says that nothing of
    the kind applies. ``ways`` are the outcomes inside ``any_of``.
    """

    requirement: Requirement
    actual: Fraction | None
    required: Fraction | None
    met: bool
    where: tuple[str, ...] = ()
    nothing: bool = False
    ways: tuple[tuple["Outcome", ...], ...] = ()


def judge(requirement: Requirement, standing: Standing) -> Outcome:
    """How one condition stands."""
    return JUDGES[requirement.kind](requirement, standing)


def _at_least(requirement: Requirement, actual: Fraction | None, where: tuple[str, ...] = ()) -> Outcome:
    least = requirement.least or Fraction(0)
    return Outcome(requirement, actual, least, actual is not None and actual >= least, where)


def _at_most(requirement: Requirement, actual: int, where: tuple[str, ...] = ()) -> Outcome:
    most = requirement.most or Fraction(0)
    return Outcome(requirement, Fraction(actual), most, actual <= most, where)


def _total(requirement: Requirement, standing: Standing) -> Outcome:
    return _at_least(requirement, standing.total.percent)


def _points(requirement: Requirement, standing: Standing) -> Outcome:
    return _at_least(requirement, standing.total.points)


def _area(requirement: Requirement, standing: Standing) -> Outcome:
    area = standing.areas[requirement.target]
    if area.percent is None and area.answered == area.applicable:
        return Outcome(requirement, None, requirement.least, met=True, nothing=True)
    return _at_least(requirement, area.percent)


def _every_area(requirement: Requirement, standing: Standing) -> Outcome:
    return _lowest(requirement, standing.areas)


def _every_section(requirement: Requirement, standing: Standing) -> Outcome:
    return _lowest(requirement, [section for area in standing.areas for section in area.sections])


def _lowest(requirement: Requirement, parts: Sequence[Scored]) -> Outcome:
    """Met when every part with a percent has enough and there is such a part."""
    counted = [(part.percent, part.id) for part in parts if part.percent is not None]
    if not counted:
        return _at_least(requirement, None)
    lowest = min(percent for percent, _ in counted)
    return _at_least(requirement, lowest, (next(name for percent, name in counted if percent == lowest),))


def _findings(requirement: Requirement, standing: Standing) -> Outcome:
    return _at_most(requirement, standing.findings[requirement.target])


def _knockouts(requirement: Requirement, standing: Standing) -> Outcome:
    return _at_most(requirement, len(standing.knockouts), standing.knockouts)


def _met(requirement: Requirement, standing: Standing) -> Outcome:
    tally = standing.classes[requirement.target]
    if tally.applicable:
        return _at_least(requirement, Fraction(100 * tally.met, tally.applicable))
    return Outcome(requirement, None, requirement.least, met=not tally.open, nothing=not tally.open)


def _mean(requirement: Requirement, standing: Standing) -> Outcome:
    tally = standing.classes[requirement.target]
    if tally.weight:
        return _at_least(requirement, Fraction(tally.points, tally.weight * standing.points_unit))
    return Outcome(requirement, None, requirement.least, met=not tally.open, nothing=not tally.open)


def _areas_graded(requirement: Requirement, standing: Standing) -> Outcome:
    count = Fraction(sum(area.grade in requirement.grades for area in standing.areas))
    enough = requirement.least is None or count >= requirement.least
    not_too_many = requirement.most is None or count <= requirement.most
    bound = requirement.most if requirement.least is None or not not_too_many else requirement.least
    return Outcome(requirement, count, bound, enough and not_too_many)


def _any_of(requirement: Requirement, standing: Standing) -> Outcome:
    ways = tuple(tuple(judge(inner, standing) for inner in way) for way in requirement.ways)
    met = any(all(outcome.met for outcome in way) for way in ways)
    return Outcome(requirement, None, None, met, ways=ways)


JUDGES: Mapping[str, Callable[[Requirement, Standing], Outcome]] = {
    "total": _total,
    "points": _points,
    "every_area": _every_area,
    "area": _area,
    "every_section": _every_section,
    "findings": _findings,
    "knockouts": _knockouts,
    "met": _met,
    "mean": _mean,
    "areas_graded": _areas_graded,
    "any_of": _any_of,
}
