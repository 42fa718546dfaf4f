"""The score of a checklist: one pure function over plain values. Exact; compares first, rounds only to print.

result = score(checklist, {"products": ["food"]}, {"EKO-ZAR-01": {"value": 3}})
result.grade, result.total.percent, result.as_json()
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from app.checklists import exact
from app.checklists.answers import Answer, AnswersError, read_answer, read_answers, read_profile
from app.checklists.checklist import Checklist, text
from app.checklists.conditions import Outcome, Standing, Tally, judge
from app.checklists.rulebook import NOTHING, CriterionRule, Given, Reply, Rulebook, rulebook
from app.checklists.sentences import Missing, missing_sentences, sentence


@dataclass(slots=True)  # not frozen: a frozen one takes four times as long to make, and a score has two dozen
class Part:
    """The score of a section, an area or the whole: points with weights, None where nothing can be counted.

    ``answered`` and ``applicable`` count criteria; one set aside as not applicable counts as answered in both.
    """

    id: str
    units: int | Fraction
    max_units: int
    unit: int
    """Points and maximum are counted in ``units``, of which ``unit`` make one point."""
    percent: Fraction | None
    answered: int
    applicable: int

    @property
    def points(self) -> Fraction:
        return Fraction(self.units, self.unit)

    @property
    def max(self) -> Fraction:
        return Fraction(self.max_units, self.unit)


@dataclass(slots=True)
class AreaScore(Part):
    grade: str | None = None
    sections: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class GradeScore:
    """One grade: ``met`` is only true of a complete result; ``requires`` shows how each condition stands now."""

    id: str
    met: bool
    requires: tuple[Outcome, ...]


@dataclass(frozen=True)
class Result:
    """Everything a score says. Percents are exact fractions of 100."""

    checklist: Checklist
    complete: bool
    total: Part
    areas: tuple[AreaScore, ...]
    findings: Mapping[str, int]
    """Finding grade → how many, every grade, heaviest first."""
    finding_of: Mapping[str, str]
    """Criterion → its finding grade, only those that have one."""
    knockouts: tuple[str, ...]
    grade: str | None
    certifies: bool
    grades: tuple[GradeScore, ...]
    unanswered: tuple[str, ...]
    unused: tuple[str, ...]
    """Criteria that are answered although they do not apply; they count nowhere."""

    @property
    def answered(self) -> int:
        return self.total.answered

    @property
    def applicable(self) -> int:
        return self.total.applicable

    @cached_property
    def sections(self) -> Mapping[str, Part]:
        return {section.id: section for area in self.areas for section in area.sections}

    def as_json(self, language: str | None = None) -> dict[str, Any]:
        """The output of ``flask checklist score``; sentences in a language (default: the binding one)."""
        language = language or self.checklist.languages[0]
        return {
            "checklist": self.checklist.id,
            "version": self.checklist.version,
            "digest": self.checklist.digest,
            "complete": self.complete,
            "answered": self.answered,
            "applicable": self.applicable,
            "total": _numbers(self.total),
            "areas": [
                {
                    "id": area.id,
                    **_numbers(area),
                    "grade": area.grade,
                    "sections": [{"id": section.id, **_numbers(section)} for section in area.sections],
                }
                for area in self.areas
            ],
            "findings": dict(self.findings),
            "knockouts": list(self.knockouts),
            "grade": self.grade,
            "certifies": self.certifies,
            "grades": [
                {
                    "id": grade.id,
                    "met": grade.met,
                    "requires": [
                        {
                            "text": sentence(outcome, self.checklist, language),
                            "actual": _decimal(outcome.actual),
                            "required": _decimal(outcome.required),
                            "met": outcome.met,
                        }
                        for outcome in grade.requires
                    ],
                }
                for grade in self.grades
            ],
            "unanswered": list(self.unanswered),
        }


def score(checklist: Checklist, profile: Mapping[str, object], answers: Mapping[str, Answer]) -> Result:
    """Scores answers; raises ``AnswersError`` when profile or answers do not fit the checklist."""
    book = rulebook(checklist)
    facts = read_profile(book, profile)
    given = read_answers(book, answers)
    asked = _asked(book, facts, given)
    return _Sums(book, given, asked).result()


def applicable(checklist: Checklist, profile: Mapping[str, object], answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """The ids of the criteria that are asked, in order; those set aside as not applicable are among them."""
    book = rulebook(checklist)
    asked = _asked(book, read_profile(book, profile), read_answers(book, answers))
    return tuple(rule.criterion.id for rule, is_asked in zip(book.rules, asked, strict=True) if is_asked)


def finding_of(checklist: Checklist, criterion: str, answer: Answer) -> str | None:
    """The finding grade of one answer (the auditor's own, the level's, the class's); raises AnswersError."""
    book = rulebook(checklist)
    given = read_answer(book, book.rules[book.position[criterion]], answer)
    return None if given.finding == NOTHING else book.findings[given.finding]


def meets(checklist: Checklist, criterion: str, answer: Answer) -> bool | None:
    """Is the criterion met (at or above ``compliant_from``)? None when it is set aside as not applicable."""
    book = rulebook(checklist)
    given = read_answer(book, book.rules[book.position[criterion]], answer)
    return None if given.reply is None else given.reply.met


def reconciled(checklist: Checklist, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """The answers without the auditor's own grades that an answer has overtaken since they were given.

    An own grade can only be heavier than what the answer gives by itself. When the level is changed later, the
    grade may no longer be; then the checklist's own grade holds, which is never lighter.
    """
    book = rulebook(checklist)
    settled: dict[str, Answer] = {}
    for name, answer in answers.items():
        settled[name] = answer
        if name in book.position and answer.get("finding") is not None:
            try:
                read_answer(book, book.rules[book.position[name]], answer)
            except AnswersError:
                settled[name] = {key: value for key, value in answer.items() if key != "finding"}
    return settled


def explain_missing(result: Result, language: str) -> Missing | None:
    """What is missing for the next better grade than the present standing; None when there is none better."""
    standing = next(
        (at for at, grade in enumerate(result.grades) if all(outcome.met for outcome in grade.requires)),
        len(result.grades) - 1,
    )
    if standing == 0 and result.complete:
        return None
    better = max(standing - 1, 0)
    grade = text(result.checklist, language).grades[better]
    sentences = missing_sentences(result.grades[better].requires, len(result.unanswered), result.checklist, language)
    return Missing(grade.id, grade.title, sentences)


def _asked(book: Rulebook, facts: Mapping[str, frozenset[str]], given: list[Given | None]) -> list[bool]:
    nobody: frozenset[str] = frozenset()
    asked = [
        not rule.facts or all(not facts.get(fact, nobody).isdisjoint(values) for fact, values in rule.facts)
        for rule in book.rules
    ]
    for at in book.conditional:
        if asked[at]:
            asked[at] = all(
                _leads_on(given[other], levels) and asked[other] for other, levels in book.rules[at].asked_after
            )
    return asked


def _leads_on(given: Given | None, levels: frozenset[str]) -> bool:
    return given is not None and given.reply is not None and given.reply.key in levels


class _Sums:
    """Adds up the answers of the criteria that are asked."""

    def __init__(self, book: Rulebook, given: list[Given | None], asked: list[bool]) -> None:
        self.book = book
        sections = len(book.section_area)
        self.points: list[int | Fraction] = [0] * sections
        self.max = [0] * sections
        self.answered = answered = [0] * sections
        self.applicable = applicable = [0] * sections
        self.classes = [Tally() for _ in book.classes]
        self.finding_counts = [0] * len(book.findings)
        self.finding_of: dict[str, str] = {}
        self.knockouts: list[str] = []
        self.unanswered: list[str] = []
        self.unused: list[str] = []
        for rule, answer, is_asked in zip(book.rules, given, asked, strict=True):
            if not is_asked:
                if answer is not None:
                    self.unused.append(rule.criterion.id)
                continue
            section = rule.section
            applicable[section] += 1
            if answer is None:
                self.unanswered.append(rule.criterion.id)
                self.classes[rule.class_at].open += 1
                continue
            answered[section] += 1
            reply, finding = answer
            if reply is not None:
                self._add(rule, reply, finding)

    def _add(self, rule: CriterionRule, reply: Reply, finding: int) -> None:
        section, (_key, points, met, _finding) = rule.section, reply
        self.points[section] += points
        self.max[section] += rule.highest
        tally = self.classes[rule.class_at]
        tally.applicable += 1
        tally.met += met
        tally.weight += rule.weight
        tally.points += points
        if not met and rule.criterion.knockout:
            self.knockouts.append(rule.criterion.id)
        if finding != NOTHING:
            self.finding_counts[finding] += 1
            self.finding_of[rule.criterion.id] = self.book.findings[finding]

    def result(self) -> Result:
        areas = tuple(self._areas())
        complete = not self.unanswered
        total = self._total(areas)
        standing = Standing(
            total=total,
            areas=areas,
            findings=self.finding_counts,
            knockouts=tuple(self.knockouts),
            classes=self.classes,
            points_unit=self.book.points_unit,
        )
        grades = tuple(self._grades(standing, complete=complete))
        reached = next((at for at, grade in enumerate(grades) if grade.met), None)
        content = self.book.checklist.content
        return Result(
            checklist=self.book.checklist,
            complete=complete,
            total=total,
            areas=areas,
            findings=dict(zip(self.book.findings, self.finding_counts, strict=True)),
            finding_of=self.finding_of,
            knockouts=tuple(self.knockouts),
            grade=None if reached is None else content.grades[reached].id,
            certifies=reached is not None and content.grades[reached].certifies,
            grades=grades,
            unanswered=tuple(self.unanswered),
            unused=tuple(self.unused),
        )

    def _areas(self) -> Iterator[AreaScore]:
        unit = self.book.weight_unit * self.book.points_unit
        at = 0
        for area in self.book.checklist.content.areas:
            end = at + len(area.sections)
            sections = tuple(
                _part(section.id, self.points[n], self.max[n], unit, self.answered[n], self.applicable[n])
                for n, section in enumerate(area.sections, start=at)
            )
            points, most = sum(self.points[at:end]), sum(self.max[at:end])
            answered, applicable_ = sum(self.answered[at:end]), sum(self.applicable[at:end])
            percent = _percent(points, most)
            grade = self._area_grade(percent) if answered == applicable_ else None
            yield AreaScore(area.id, points, most, unit, percent, answered, applicable_, grade, sections)
            at = end

    def _area_grade(self, percent: Fraction | None) -> str | None:
        """The grade of an area all of whose criteria have an answer; None where nothing can be counted."""
        if percent is None:
            return None
        return next((name for name, least in self.book.area_grades if least is None or percent >= least), None)

    def _total(self, areas: tuple[AreaScore, ...]) -> Part:
        unit = self.book.weight_unit * self.book.points_unit
        points, most = sum(self.points), sum(self.max)
        percent = self._total_percent(_percent(points, most), areas)
        if percent is not None:
            if self.knockouts:
                percent -= self.book.knockout_penalty * len(self.knockouts)
            for finding, percent_of_max in self.book.finding_penalties:
                percent -= percent_of_max * self.finding_counts[finding]
        return Part("", points, most, unit, percent, sum(self.answered), sum(self.applicable))

    def _total_percent(self, of_points: Fraction | None, areas: tuple[AreaScore, ...]) -> Fraction | None:
        of = self.book.checklist.content.total.of
        if of == "points":
            return of_points
        counted = [
            (weight, area.percent)
            for weight, area in zip(self.book.area_weights, areas, strict=True)
            if area.percent is not None
        ]
        if of == "lowest_area":
            return min((percent for _, percent in counted), default=None)
        weights = sum((weight for weight, _ in counted), Fraction(0))
        return sum((weight * percent for weight, percent in counted), Fraction(0)) / weights if weights else None

    def _grades(self, standing: Standing, *, complete: bool) -> Iterator[GradeScore]:
        for grade, requirements in zip(self.book.checklist.content.grades, self.book.requirements, strict=True):
            outcomes = tuple(judge(requirement, standing) for requirement in requirements)
            yield GradeScore(grade.id, complete and all(outcome.met for outcome in outcomes), outcomes)


def _part(id_: str, points: int | Fraction, most: int, unit: int, answered: int, applicable_: int) -> Part:
    return Part(id_, points, most, unit, _percent(points, most), answered, applicable_)


def _percent(points: int | Fraction, most: int) -> Fraction | None:
    return Fraction(100 * points, most) if most > 0 else None


def _numbers(part: Part) -> dict[str, str | None]:
    return {
        "points": exact.two_decimals(part.units, part.unit),
        "max": exact.two_decimals(part.max_units, part.unit),
        "percent": _decimal(part.percent),
    }


def _decimal(value: Fraction | None) -> str | None:
    return None if value is None else exact.two_decimals(value)
