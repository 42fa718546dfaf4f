"""A result explained down to every answer: conditions of the grades, sections, points, notes and photos."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.audits.models import Photo
from app.checklists import exact
from app.checklists.checklist import text
from app.checklists.conditions import Outcome
from app.checklists.grading import points_of
from app.checklists.schema import Section
from app.checklists.scoring import AreaScore, Part, Result
from app.checklists.sentences import PERCENTS, explain, number
from app.checklists.words import Words, words

Answers = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class ExplainedCondition:
    """One condition of a grade: what it asks, how it stood at the audit and how it stands now."""

    asks: str
    found: str
    now: str
    met: bool


@dataclass(frozen=True)
class ExplainedGrade:
    """A grade with its conditions; ``reached``: it is the one that holds."""

    title: str
    reached: bool
    conditions: Sequence[ExplainedCondition]


@dataclass(frozen=True)
class ExplainedAnswer:
    """One criterion: levels in words, points of the highest possible, the auditor's note and photos."""

    criterion: str
    question: str
    found: str
    now: str
    set_aside: str
    note: str
    verification: str
    grade: str
    grade_now: str
    points: Decimal | None
    points_now: Decimal | None
    most: Decimal | None
    photos: Sequence[Photo]

    @property
    def changed(self) -> bool:
        return self.now != self.found


@dataclass(frozen=True)
class ExplainedSection:
    """A section with its percents and answers."""

    title: str
    found: Decimal | None
    now: Decimal | None
    points: Decimal
    most: Decimal
    answers: Sequence[ExplainedAnswer]


@dataclass(frozen=True)
class ExplainedArea:
    """An area with its percents and the sections in which something is asked."""

    id: str
    title: str
    found: Decimal | None
    now: Decimal | None
    sections: Sequence[ExplainedSection]


@dataclass(frozen=True)
class Sides:
    """The answers and the result, as found and now."""

    found: Result
    now: Result
    answers: Answers
    answers_now: Answers
    photos: Mapping[str, Sequence[Photo]]


def explained_grades(sides: Sides, language: str) -> list[ExplainedGrade]:
    """The grades that lead to a certificate, each condition as found and now."""
    content = text(sides.found.checklist, language)
    return [
        ExplainedGrade(
            title=grade.title,
            reached=sides.now.grade == grade.id,
            conditions=[
                ExplainedCondition(
                    asks=explain(now.requirement.condition, content, language),
                    found=_standing(found, language),
                    now=_standing(now, language),
                    met=now.met,
                )
                for found, now in zip(found_grade.requires, now_grade.requires, strict=True)
            ],
        )
        for grade, found_grade, now_grade in zip(content.grades, sides.found.grades, sides.now.grades, strict=True)
        if grade.certifies
    ]


def explained_areas(sides: Sides, language: str) -> list[ExplainedArea]:
    """Every area with every answer, in the order of the checklist."""
    said = words(sides.found.checklist, language)
    return [
        ExplainedArea(
            id=area.id,
            title=area.title,
            found=_percent(found),
            now=_percent(now),
            sections=list(_sections(sides, said, area.sections, found, now)),
        )
        for area, found, now in zip(said.areas, sides.found.areas, sides.now.areas, strict=True)
    ]


def _sections(
    sides: Sides, said: Words, sections: Sequence[Section], found: AreaScore, now: AreaScore
) -> Iterator[ExplainedSection]:
    for section, before, after in zip(sections, found.sections, now.sections, strict=True):
        if after.applicable:
            yield ExplainedSection(
                title=section.title,
                found=_percent(before),
                now=_percent(after),
                points=_rounded(after.points),
                most=_rounded(after.max),
                answers=[
                    _answer(sides, said, criterion.id)
                    for criterion in section.criteria
                    if criterion.id in sides.answers
                ],
            )


def _answer(sides: Sides, said: Words, criterion: str) -> ExplainedAnswer:
    found, now = sides.answers[criterion], sides.answers_now.get(criterion, sides.answers[criterion])
    checklist = sides.found.checklist
    points, most = points_of(checklist, criterion, found.get("value"))
    points_now, _most = points_of(checklist, criterion, now.get("value"))
    counted = "value" in found
    verified = now is not found and now.get("value") != found.get("value")
    return ExplainedAnswer(
        criterion=criterion,
        question=said.question(criterion),
        found=said.level(criterion, found["value"]) if counted else "",
        now=said.level(criterion, now["value"]) if counted else "",
        set_aside=str(found.get("na", "")),
        note=str(found.get("note", "")),
        verification=str(now.get("note", "")) if verified else "",
        grade=sides.found.finding_of.get(criterion, ""),
        grade_now=sides.now.finding_of.get(criterion, ""),
        points=_rounded(points) if counted else None,
        points_now=_rounded(points_now) if counted else None,
        most=_rounded(most) if counted else None,
        photos=sides.photos.get(criterion, ()),
    )


def _standing(outcome: Outcome, language: str) -> str:
    if outcome.actual is None:
        return "–"
    return number(outcome.actual, language) + ("%" if outcome.requirement.kind in PERCENTS else "")


def _percent(part: Part) -> Decimal | None:
    return None if part.percent is None else _rounded(part.percent)


def _rounded(value: Fraction) -> Decimal:
    return Decimal(exact.two_decimals(value))
