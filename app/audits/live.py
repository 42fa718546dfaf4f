"""The result as it stands while answers come in: what the tablet shows beside them. Pure."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from app.audits.merge import empty
from app.checklists import exact
from app.checklists.answers import Answer, AnswersError
from app.checklists.checklist import Checklist, text
from app.checklists.scoring import Result, explain_missing, finding_of, reconciled, score

NAMES = {"score": "value", "na": "na", "comment": "note", "finding": "finding"}


def answers_from(values: Mapping[tuple[str, str], Any]) -> dict[str, dict[str, Any]]:
    """The answers in the shape of an answers file; a criterion with only a note or a grade has no answer yet."""
    answers: dict[str, dict[str, Any]] = {}
    for (criterion, field), value in values.items():
        if field in NAMES and not empty(value):
            answers.setdefault(criterion, {})[NAMES[field]] = value
    for criterion, answer in list(answers.items()):
        if "na" in answer:
            answers[criterion] = {key: answer[key] for key in ("na", "note") if key in answer}
        elif "value" not in answer:
            del answers[criterion]
    return answers


def unfitting_grades(checklist: Checklist, answers: Mapping[str, Answer]) -> list[str]:
    """The criteria whose own grade is not allowed there, or has no note that says why it was raised."""
    return [
        name
        for name, answer in answers.items()
        if "finding" in answer
        and not (_fits(checklist, name, answer) and (answer.get("note") or not _raised(checklist, name, answer)))
    ]


def standing(checklist: Checklist, profile: Mapping[str, object], answers: Mapping[str, Answer]) -> Result:
    """The score of what has been answered so far."""
    try:
        return score(checklist, profile, answers)
    except AnswersError:
        return score(checklist, profile, reconciled(checklist, answers))


def shown(result: Result, answers: Mapping[str, Answer], language: str) -> dict[str, Any]:
    """The result for the screen: percents as decimal strings, sentences in ``language``."""
    checklist = result.checklist
    asked = {*result.unanswered, *answers} - {*result.unused}
    missing = explain_missing(result, language)
    titles = {grade.id: grade.title for grade in text(checklist, language).grades}
    return {
        "complete": result.complete,
        "answered": result.answered,
        "applicable": result.applicable,
        "percent": _percent(result.total.percent),
        "areas": [
            {"id": area.id, "percent": _percent(area.percent), "answered": area.answered, "applicable": area.applicable}
            for area in result.areas
        ],
        "grade": result.grade,
        "grade_title": titles.get(result.grade or "", ""),
        "certifies": result.certifies,
        "missing": {"title": missing.title, "sentences": list(missing.sentences)} if missing else None,
        "knockouts": list(result.knockouts),
        "finding_of": dict(result.finding_of),
        "not_asked": [name for name in checklist.criteria if name not in asked],
    }


def _without_grade(answer: Answer) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "finding"}


def _fits(checklist: Checklist, criterion: str, answer: Answer) -> bool:
    try:
        finding_of(checklist, criterion, answer)
    except AnswersError:
        return False
    return True


def _raised(checklist: Checklist, criterion: str, answer: Answer) -> bool:
    return answer.get("finding") != finding_of(checklist, criterion, _without_grade(answer))


def _percent(value: Fraction | None) -> str | None:
    return None if value is None else exact.two_decimals(value)
