"""A checklist prepared for scoring: positions instead of ids, whole numbers instead of decimals. Pure.

All weights are multiplied by one common denominator, all points by another, so that sums are sums of ints and
stay exact. Only an answered number (``number:`` scales) may bring in a fraction.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from app.checklists import exact
from app.checklists.checklist import Checklist
from app.checklists.schema import Condition, Content, Criterion, NumberRange, Scale

NOTHING = -1
"""In place of a position: no finding."""


class Reply(NamedTuple):
    """What one answer means: its level key, whole points (weight included), and so on."""

    key: str
    points: int | Fraction
    met: bool
    finding: int


class Given(NamedTuple):
    """An answer understood: ``reply`` is None for not applicable; ``finding`` counts the auditor's own grade."""

    reply: Reply | None
    finding: int


class AskedAfter(NamedTuple):
    position: int
    levels: frozenset[str]


class FactNeeded(NamedTuple):
    fact: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class CriterionRule:
    """One criterion; ``replies`` has every level under its text and, when it looks like one, its number.

    ``plain``: what the text of each level means as an answer with nothing else.
    """

    criterion: Criterion
    scale: Scale
    section: int
    weight: int
    highest: int
    replies: Mapping[object, Reply]
    plain: Mapping[str, Given]
    number: NumberRange | None
    compliant_from: Decimal
    findings_at: Mapping[str, int]
    unmet: int
    class_at: int
    may_raise_to: int
    facts: tuple[FactNeeded, ...]
    asked_after: tuple[AskedAfter, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Requirement:
    """A condition with its numbers as fractions; ``target`` is the area, class or finding position it is about."""

    condition: Condition
    kind: str
    least: Fraction | None
    most: Fraction | None
    target: int
    grades: frozenset[str]
    ways: tuple[tuple["Requirement", ...], ...]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything that ``scoring.score`` looks up, in positions."""

    checklist: Checklist
    rules: tuple[CriterionRule, ...]
    position: Mapping[str, int]
    conditional: tuple[int, ...]
    """Criteria with ``asked_when``, each after those it is asked after."""
    weight_unit: int
    points_unit: int
    section_area: tuple[int, ...]
    area_weights: tuple[Fraction, ...]
    findings: tuple[str, ...]
    classes: tuple[str, ...]
    area_grades: tuple[tuple[str, Fraction | None], ...]
    finding_penalties: tuple[tuple[int, Fraction], ...]
    knockout_penalty: Fraction
    requirements: tuple[tuple[Requirement, ...], ...]


@lru_cache(maxsize=64)
def rulebook(checklist: Checklist) -> Rulebook:
    """The checklist prepared for scoring; made once per checklist."""
    content = checklist.content
    weight_unit = exact.common_denominator(c.weight for c in content.criteria())
    points_unit = exact.common_denominator(
        points
        for scale in content.scales.values()
        for points in (scale.best_points, *(level.points for level in scale.levels))
    )
    maker = _Maker(content, weight_unit, points_unit)
    rules = tuple(maker.rules())
    position = {rule.criterion.id: at for at, rule in enumerate(rules)}
    knockout = Fraction(sum((p.percent_of_max for p in content.penalties if p.knockout), Decimal(0)))
    return Rulebook(
        checklist=checklist,
        rules=rules,
        position=position,
        conditional=_in_order(content, position),
        weight_unit=weight_unit,
        points_unit=points_unit,
        section_area=tuple(at for at, area in enumerate(content.areas) for _ in area.sections),
        area_weights=tuple(Fraction(area.weight) for area in content.areas),
        findings=tuple(content.findings),
        classes=tuple(content.classes),
        area_grades=tuple((g.id, None if g.min is None else Fraction(g.min)) for g in content.area_grades),
        finding_penalties=tuple(
            (maker.grade_at[p.finding], Fraction(p.percent_of_max)) for p in content.penalties if p.finding is not None
        ),
        knockout_penalty=knockout,
        requirements=tuple(maker.requirements()),
    )


def _in_order(content: Content, position: Mapping[str, int]) -> tuple[int, ...]:
    """Conditional criteria, each after all that it is asked after; walks without recursion."""
    needs = {c.id: list(c.asked_when) for c in content.criteria() if c.asked_when}
    order: list[int] = []
    done: set[str] = set()
    for start in needs:
        walk = [(start, False)]
        while walk:
            name, leaving = walk.pop()
            if leaving:
                if name not in done:
                    done.add(name)
                    order.append(position[name])
            elif name in needs and name not in done:
                walk.append((name, True))
                walk.extend((other, False) for other in needs[name])
    return tuple(order)


class _Maker:
    def __init__(self, content: Content, weight_unit: int, points_unit: int) -> None:
        self.content, self.weight_unit, self.points_unit = content, weight_unit, points_unit
        self.grade_at = {name: at for at, name in enumerate(content.findings)}
        self.class_at = {name: at for at, name in enumerate(content.classes)}
        self.area_at = {area.id: at for at, area in enumerate(content.areas)}
        self.position = {criterion.id: at for at, criterion in enumerate(content.criteria())}

    def rules(self) -> Iterator[CriterionRule]:
        section_at = -1
        for area in self.content.areas:
            for section in area.sections:
                section_at += 1
                for criterion in section.criteria:
                    yield self._rule(criterion, section_at, section.applies_when)

    def _rule(self, criterion: Criterion, section: int, inherited: Mapping[str, tuple[str, ...]]) -> CriterionRule:
        scale = self.content.scales[criterion.scale]
        class_ = self.content.classes[criterion.class_name]
        weight = int(criterion.weight * self.weight_unit)
        facts = (*inherited.items(), *criterion.applies_when.items())
        compliant_from = criterion.compliant_from
        replies = self._replies(criterion, scale, weight)
        return CriterionRule(
            criterion=criterion,
            scale=scale,
            section=section,
            weight=weight,
            highest=weight * int(scale.best_points * self.points_unit),
            replies=replies,
            plain={reply.key: Given(reply, reply.finding) for reply in replies.values()},
            number=scale.number,
            compliant_from=Decimal(compliant_from) if scale.number and compliant_from else scale.best_points,
            findings_at={level: self.grade_at[grade] for level, grade in class_.at.items()},
            unmet=self.grade_at[class_.unmet] if class_.unmet is not None else NOTHING,
            class_at=self.class_at[criterion.class_name],
            may_raise_to=self.grade_at[class_.may_raise_to] if class_.may_raise_to is not None else 0,
            facts=tuple(FactNeeded(fact, frozenset(values)) for fact, values in facts),
            asked_after=tuple(
                AskedAfter(self.position[other], frozenset(levels)) for other, levels in criterion.asked_when.items()
            ),
        )

    def _replies(self, criterion: Criterion, scale: Scale, weight: int) -> Mapping[object, Reply]:
        """A level is compliant from ``compliant_from`` on, in the scale's order."""
        class_ = self.content.classes[criterion.class_name]
        first = criterion.compliant_from or (scale.levels[-1].value if scale.levels else "")
        replies: dict[object, Reply] = {}
        met = False
        for level in scale.levels:
            met = met or level.value == first
            grade = level.finding or class_.at.get(level.value) or (None if met else class_.unmet)
            finding = NOTHING if grade is None else self.grade_at[grade]
            reply = Reply(level.value, weight * int(level.points * self.points_unit), met, finding)
            replies[level.value] = reply
            number = exact.read(level.value)
            if number is not None and exact.text(number) == level.value:
                replies[number] = reply
        return replies

    def requirements(self) -> Iterator[tuple[Requirement, ...]]:
        """Per grade. A certifying grade also requires that every knock-out is met, said or not."""
        knockouts = any(criterion.knockout for criterion in self.content.criteria())
        for grade in self.content.grades:
            said = tuple(self._requirement(condition) for condition in grade.requires)
            if grade.certifies and knockouts and not any(r.kind == "knockouts" and r.most == 0 for r in said):
                said = (*said, self._requirement(NO_KNOCKOUT))
            yield said

    def _requirement(self, condition: Condition) -> Requirement:
        kind = condition.kind
        details = getattr(condition, kind)
        least = getattr(details, "min", getattr(details, "min_percent", None))
        most = getattr(details, "max", None)
        target = NOTHING
        if condition.area is not None:
            target = self.area_at[condition.area.id]
        elif condition.findings is not None:
            target = self.grade_at[condition.findings.grade]
        elif kind in {"met", "mean"}:
            target = self.class_at[details.class_name]
        return Requirement(
            condition=condition,
            kind=kind,
            least=None if least is None else Fraction(least),
            most=None if most is None else Fraction(most),
            target=target,
            grades=frozenset(condition.areas_graded.grades) if condition.areas_graded else frozenset(),
            ways=tuple(tuple(self._requirement(inner) for inner in way) for way in condition.any_of),
        )


NO_KNOCKOUT = Condition.model_validate({"knockouts": {"max": 0}})
