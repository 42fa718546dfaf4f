"""Can every threshold be reached by somebody, and every grade? Pure.

Expects a checklist without broken references.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from app.checklists import exact
from app.checklists.problems import KeyPath
from app.checklists.references import Issue, conditions
from app.checklists.schema import Area, Condition, Content, Grade, Section

HUNDRED = Decimal(100)


def unreachable(content: Content) -> Iterator[Issue]:
    """Every threshold that nobody can reach, and every grade that nobody can get."""
    yield from _area_grades(content)
    yield from _grade_order(content)
    for path, condition in conditions(content):
        yield from _percents(content, path, condition)
        yield from _counts(content, path, condition)


def _area_grades(content: Content) -> Iterator[Issue]:
    last = len(content.area_grades) - 1
    for at, grade in enumerate(content.area_grades):
        path: KeyPath = ("area_grades", at)
        if grade.min is None:
            if at != last:
                yield Issue((*path, "id"), "only the last area grade has no min; those after it are never reached")
            continue
        if at == last:
            yield Issue((*path, "min"), "the last area grade has no min, so that every area gets a grade", at_key=True)
        if grade.min > HUNDRED:
            yield Issue((*path, "min"), f"nobody reaches {exact.text(grade.min)}%; the most is 100")
        before = content.area_grades[at - 1].min if at else None
        if before is not None and grade.min >= before:
            message = f"is never reached: the grade before already begins at {exact.text(before)}; list the best first"
            yield Issue((*path, "min"), message)


def _grade_order(content: Content) -> Iterator[Issue]:
    last = len(content.grades) - 1
    knockouts = any(criterion.knockout for criterion in content.criteria())
    for at, grade in enumerate(content.grades):
        path: KeyPath = ("grades", at)
        if at == last and grade.requires:
            yield Issue(
                (*path, "requires"),
                "the last grade has no requires, so that every result gets a grade",
                at_key=True,
            )
        if at != last and not grade.requires:
            message = "requires nothing, so the grades after it are never reached; only the last grade has no requires"
            yield Issue((*path, "id"), message)
            continue
        for earlier in content.grades[:at]:
            if at != last and earlier.requires and _implies(grade, earlier, knockouts=knockouts):
                message = f"is never reached: whoever meets it already gets {earlier.id}; list the best grade first"
                yield Issue((*path, "id"), message)
                break


def _implies(harder: Grade, easier: Grade, *, knockouts: bool) -> bool:
    """Does everyone who meets ``harder`` meet ``easier``? False when that is not plain to see."""
    if knockouts and easier.certifies and not harder.certifies:
        return False
    return all(any(_at_least(one, other) for one in harder.requires) for other in easier.requires)


def _at_least(one: Condition, other: Condition) -> bool:
    """Is ``one`` as strict as ``other``, or stricter, about the same thing?"""
    if one.kind != other.kind:
        return False
    if one.kind in {"any_of", "areas_graded"}:
        return one == other
    mine, theirs = getattr(one, one.kind), getattr(other, one.kind)
    for name in type(mine).model_fields:
        a, b = getattr(mine, name), getattr(theirs, name)
        if (name in {"min", "min_percent"} and a < b) or (name == "max" and a > b):
            return False
        if name in {"id", "grade", "class_name"} and a != b:
            return False
    return True


def _percents(content: Content, path: KeyPath, condition: Condition) -> Iterator[Issue]:
    areas = [area for area in content.areas if condition.area is None or area.id == condition.area.id]
    for kind in ("total", "every_area", "area", "every_section"):
        threshold = getattr(condition, kind)
        if threshold is None:
            continue
        if threshold.min > HUNDRED:
            yield Issue((*path, kind, "min"), f"nobody reaches {exact.text(threshold.min)}%; the most is 100")
        elif not any(_scored(content, section) for area in areas for section in area.sections):
            message = "nobody reaches it: nothing here has points (weight or the scale's best level is 0)"
            yield Issue((*path, kind, "min"), message)
        elif kind == "total" and content.total.of == "areas" and not any(_counted(content, area) for area in areas):
            yield Issue((*path, kind, "min"), "nobody reaches it: no area with points has a weight above 0")


def _scored(content: Content, section: Section) -> bool:
    return any(c.weight > 0 and content.scales[c.scale].best_points > 0 for c in section.criteria)


def _counted(content: Content, area: Area) -> bool:
    return area.weight > 0 and any(_scored(content, section) for section in area.sections)


def _counts(content: Content, path: KeyPath, condition: Condition) -> Iterator[Issue]:
    if condition.points is not None:
        most = sum((c.weight * content.scales[c.scale].best_points for c in content.criteria()), Decimal(0))
        yield from _too_high((*path, "points", "min"), condition.points.min, most, "points")
    if condition.met is not None:
        yield from _too_high((*path, "met", "min_percent"), condition.met.min_percent, HUNDRED, "%")
    if condition.mean is not None:
        scales = {c.scale for c in content.criteria() if c.class_name == condition.mean.class_name and c.weight > 0}
        if scales:
            most = max(content.scales[name].best_points for name in scales)
            yield from _too_high((*path, "mean", "min"), condition.mean.min, most, "points on average")
    if condition.areas_graded is not None:
        least, most_areas = condition.areas_graded.min, condition.areas_graded.max
        if least is not None:
            here: KeyPath = (*path, "areas_graded", "min")
            yield from _too_high(here, Decimal(least), Decimal(len(content.areas)), "areas")
            if most_areas is not None and least > most_areas:
                yield Issue(here, f"min {least} is above max {most_areas}; nobody can meet both")


def _too_high(path: KeyPath, threshold: Decimal, most: Decimal, unit: str) -> Iterator[Issue]:
    if threshold > most:
        yield Issue(path, f"nobody reaches {exact.text(threshold)}; the most is {exact.text(most)} {unit}")


def unused_classes(content: Content, wanted: Sequence[str] = ("met", "mean")) -> Iterator[Issue]:
    """Conditions about a class that no criterion has: allowed, always met, worth a warning."""
    used = {criterion.class_name for criterion in content.criteria()}
    for path, condition in conditions(content):
        for kind in wanted:
            of_class = getattr(condition, kind)
            if of_class is not None and of_class.class_name not in used:
                yield Issue((*path, kind, "class"), "no criterion has this class, so the condition always holds")
