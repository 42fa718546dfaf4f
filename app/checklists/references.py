"""Does everything that a checklist names exist, once, and without going round in circles? Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.checklists.problems import KeyPath, choices, or_one_of, shown
from app.checklists.schema import Condition, Content, Criterion, CriterionClass, Scale


@dataclass(frozen=True)
class Issue:
    """Something wrong at a key path; ``first`` is the other place that it clashes with."""

    path: KeyPath
    message: str
    first: KeyPath | None = None
    at_key: bool = False


def broken_references(content: Content) -> Iterator[Issue]:
    """Every duplicate, dead reference and cycle."""
    yield from _duplicates(content)
    yield from _header(content)
    yield from _scales(content)
    yield from _findings(content)
    yield from _classes(content)
    yield from _grades(content)
    for area_at, area in enumerate(content.areas):
        for section_at, section in enumerate(area.sections):
            here: KeyPath = ("areas", area_at, "sections", section_at)
            yield from _facts(content, section.applies_when, (*here, "applies_when"))
    yield from _criteria(content)
    yield from _carry(content)


def located_criteria(content: Content) -> Iterator[tuple[KeyPath, Criterion]]:
    """Every criterion with its key path, in order."""
    for area_at, area in enumerate(content.areas):
        for section_at, section in enumerate(area.sections):
            for at, criterion in enumerate(section.criteria):
                yield ("areas", area_at, "sections", section_at, "criteria", at), criterion


def conditions(content: Content) -> Iterator[tuple[KeyPath, Condition]]:
    """Every condition of every grade, those inside ``any_of`` too."""
    for grade_at, grade in enumerate(content.grades):
        for at, condition in enumerate(grade.requires):
            yield from _nested(("grades", grade_at, "requires", at), condition)


def _nested(path: KeyPath, condition: Condition) -> Iterator[tuple[KeyPath, Condition]]:
    yield path, condition
    for way_at, way in enumerate(condition.any_of):
        for at, inner in enumerate(way):
            yield from _nested((*path, "any_of", way_at, at), inner)


def _dead(path: KeyPath, what: str, name: str, known: Iterable[str], *, at_key: bool = False) -> Issue:
    return Issue(path, f"there is no {what} {shown(name)}; {or_one_of(name, known)}", at_key=at_key)


def _duplicates(content: Content) -> Iterator[Issue]:
    areas = ((("areas", at, "id"), area.id) for at, area in enumerate(content.areas))
    sections = (
        (("areas", at, "sections", section_at, "id"), section.id)
        for at, area in enumerate(content.areas)
        for section_at, section in enumerate(area.sections)
    )
    criteria = (((*path, "id"), criterion.id) for path, criterion in located_criteria(content))
    grades = ((("grades", at, "id"), grade.id) for at, grade in enumerate(content.grades))
    area_grades = ((("area_grades", at, "id"), grade.id) for at, grade in enumerate(content.area_grades))
    languages = ((("languages", at), language) for at, language in enumerate(content.languages))
    for kind, named in (
        ("area id", areas),
        ("section id", sections),
        ("criterion id", criteria),
        ("grade id", grades),
        ("area grade id", area_grades),
        ("language", languages),
    ):
        yield from _twice(kind, named)
    for name, scale in content.scales.items():
        yield from _twice(
            "level",
            ((("scales", name, "levels", at, "value"), level.value) for at, level in enumerate(scale.levels)),
        )
    for fact, values in content.profile.items():
        yield from _twice("value", ((("profile", fact, at), value) for at, value in enumerate(values)))


def _twice(kind: str, named: Iterable[tuple[KeyPath, str]]) -> Iterator[Issue]:
    seen: dict[str, KeyPath] = {}
    for path, name in named:
        if name in seen:
            yield Issue(path, f"{kind} {shown(name)} is already used; give each its own", first=seen[name])
        else:
            seen[name] = path


def _header(content: Content) -> Iterator[Issue]:
    if content.carry and content.replaces is None:
        yield Issue(("carry",), "carry needs replaces: with the version it comes from", at_key=True)
    if content.replaces == content.version:
        yield Issue(("replaces",), "a version cannot replace itself; name the version before")


def _scales(content: Content) -> Iterator[Issue]:
    for name, scale in content.scales.items():
        here: KeyPath = ("scales", name)
        if scale.number is not None and scale.number.min >= scale.number.max:
            yield Issue((*here, "number", "max"), "max must be greater than min")
        for at, level in enumerate(scale.levels):
            if at and level.points < scale.levels[at - 1].points:
                message = (
                    f"points fall from {scale.levels[at - 1].points} to {level.points}; "
                    "list the levels from worst to best, so that points never fall"
                )
                yield Issue((*here, "levels", at, "points"), message)
            if level.finding is not None and level.finding not in content.findings:
                yield _dead((*here, "levels", at, "finding"), "finding grade", level.finding, content.findings)


def _findings(content: Content) -> Iterator[Issue]:
    for name, finding in content.findings.items():
        for key in ("overdue_becomes", "repeated_becomes"):
            grade = getattr(finding, key)
            if grade is not None and grade not in content.findings:
                yield _dead(("findings", name, key), "finding grade", grade, content.findings)
    for at, penalty in enumerate(content.penalties):
        if penalty.finding is not None and penalty.finding not in content.findings:
            yield _dead(("penalties", at, "finding"), "finding grade", penalty.finding, content.findings)


def _classes(content: Content) -> Iterator[Issue]:
    scales_of: dict[str, dict[str, Scale]] = defaultdict(dict)
    for criterion in content.criteria():
        if criterion.scale in content.scales:
            scales_of[criterion.class_name][criterion.scale] = content.scales[criterion.scale]
    for name, found in content.classes.items():
        yield from _class_grades(content, name, found)
        scales = scales_of.get(name) or content.scales
        for level in found.at:
            if not any(scale.has(level) for scale in scales.values()):
                message = f"no scale of this class's criteria has a level {shown(level)}; " + "; ".join(
                    f"{scale_name}: {scale.described}" for scale_name, scale in list(scales.items())[:4]
                )
                yield Issue(("classes", name, "at", level), message, at_key=True)


def _class_grades(content: Content, name: str, found: CriterionClass) -> Iterator[Issue]:
    for key in ("unmet", "may_raise_to"):
        grade = getattr(found, key)
        if grade is not None and grade not in content.findings:
            yield _dead(("classes", name, key), "finding grade", grade, content.findings)
    for level, grade in found.at.items():
        if grade not in content.findings:
            yield _dead(("classes", name, "at", level), "finding grade", grade, content.findings)


def _grades(content: Content) -> Iterator[Issue]:
    area_ids = [area.id for area in content.areas]
    area_grades = [grade.id for grade in content.area_grades]
    for path, condition in conditions(content):
        if condition.area is not None and condition.area.id not in area_ids:
            yield _dead((*path, "area", "id"), "area", condition.area.id, area_ids)
        if condition.findings is not None and condition.findings.grade not in content.findings:
            yield _dead((*path, "findings", "grade"), "finding grade", condition.findings.grade, content.findings)
        for kind, of_class in (("met", condition.met), ("mean", condition.mean)):
            if of_class is not None and of_class.class_name not in content.classes:
                yield _dead((*path, kind, "class"), "class", of_class.class_name, content.classes)
        if condition.areas_graded is not None:
            for at, grade in enumerate(condition.areas_graded.grades):
                if grade not in area_grades:
                    yield _dead((*path, "areas_graded", "grades", at), "area grade", grade, area_grades)


def _facts(content: Content, facts: dict[str, tuple[str, ...]], path: KeyPath) -> Iterator[Issue]:
    for fact, values in facts.items():
        if fact not in content.profile:
            yield _dead((*path, fact), "profile fact", fact, content.profile, at_key=True)
            continue
        if not values:
            yield Issue((*path, fact), f"names no value; list some of {choices(content.profile[fact])}")
        for at, value in enumerate(values):
            if value not in content.profile[fact]:
                yield _dead((*path, fact, at), f"value of {fact}", value, content.profile[fact])


def _criteria(content: Content) -> Iterator[Issue]:
    found: dict[str, tuple[KeyPath, Criterion]] = {}
    for path, criterion in located_criteria(content):
        found.setdefault(criterion.id, (path, criterion))
    for path, criterion in located_criteria(content):
        yield from _facts(content, criterion.applies_when, (*path, "applies_when"))
        if criterion.class_name not in content.classes:
            yield _dead((*path, "class"), "class", criterion.class_name, content.classes)
        scale = content.scales.get(criterion.scale)
        if scale is None:
            yield _dead((*path, "scale"), "scale", criterion.scale, content.scales)
        else:
            yield from _levels(path, criterion, scale)
        for other, levels in criterion.asked_when.items():
            yield from _asked_when(content, found, (*path, "asked_when", other), other, levels)
    yield from _cycles({name: (path, list(criterion.asked_when)) for name, (path, criterion) in found.items()})


def _levels(path: KeyPath, criterion: Criterion, scale: Scale) -> Iterator[Issue]:
    if criterion.compliant_from is not None and not scale.has(criterion.compliant_from):
        yield _no_level((*path, "compliant_from"), criterion.compliant_from, criterion.scale, scale)
    required_at = (criterion.evidence.required_at or ()) if criterion.evidence else ()
    for at, level in enumerate(required_at):
        if not scale.has(level):
            yield _no_level((*path, "evidence", "required_at", at), level, criterion.scale, scale)
    if not criterion.levels:
        return
    if scale.number is not None:
        message = f"scale {shown(criterion.scale)} takes a number and has no levels; delete this key"
        yield Issue((*path, "levels"), message, at_key=True)
        return
    for level in criterion.levels:
        if not scale.has(level):
            yield _no_level((*path, "levels", level), level, criterion.scale, scale, at_key=True)
    missing = [level.value for level in scale.levels if level.value not in criterion.levels]
    if missing:
        message = f"says nothing about level {choices(missing)}; describe every level of scale {shown(criterion.scale)}"
        yield Issue((*path, "levels"), message, at_key=True)


def _no_level(path: KeyPath, level: str, name: str, scale: Scale, *, at_key: bool = False) -> Issue:
    message = f"scale {shown(name)} has no level {shown(level)}; it takes {scale.described}"
    return Issue(path, message, at_key=at_key)


def _asked_when(
    content: Content,
    found: dict[str, tuple[KeyPath, Criterion]],
    path: KeyPath,
    other: str,
    levels: tuple[str, ...],
) -> Iterator[Issue]:
    if other not in found:
        yield _dead(path, "criterion", other, found, at_key=True)
        return
    scale_name = found[other][1].scale
    scale = content.scales.get(scale_name)
    if not levels:
        yield Issue(path, "names no level, so this would never be asked; list the levels that lead here")
    for at, level in enumerate(levels):
        if scale is not None and not scale.has(level):
            yield _no_level((*path, at), level, scale_name, scale)


def _cycles(graph: dict[str, tuple[KeyPath, list[str]]]) -> Iterator[Issue]:
    """One issue per circle of ``asked_when``; walks without recursion."""
    done: set[str] = set()
    for start in graph:
        trail: list[str] = []
        on_trail: set[str] = set()
        walk: list[tuple[str, bool]] = [(start, False)]
        while walk:
            name, leaving = walk.pop()
            if leaving:
                done.add(name)
                on_trail.discard(trail.pop())
            elif name in on_trail:
                circle = [*trail[trail.index(name) :], name]
                shown_circle = " → ".join(circle if len(circle) <= 12 else [*circle[:6], "…", *circle[-3:]])
                message = f"asked only when it is asked itself: {shown_circle}; break the circle"
                yield Issue((*graph[name][0], "asked_when"), message, at_key=True)
            elif name in graph and name not in done:
                trail.append(name)
                on_trail.add(name)
                walk.append((name, True))
                walk.extend((other, False) for other in graph[name][1])


def _carry(content: Content) -> Iterator[Issue]:
    ids = {criterion.id for criterion in content.criteria()}
    targets: dict[str, KeyPath] = {}
    for old, how in content.carry.items():
        path: KeyPath = ("carry", old)
        if isinstance(how, dict):
            new, place = how["to"], (*path, "to")
        elif how == "same":
            new, place = old, path
        else:
            continue
        if new not in ids:
            hint = or_one_of(new, ids) if isinstance(how, dict) else "use drop or {to: new-id}"
            yield Issue(place, f"this version has no criterion {shown(new)}; {hint}")
        elif new in targets:
            yield Issue(place, f"criterion {shown(new)} already takes another one over", first=targets[new])
        else:
            targets[new] = place
