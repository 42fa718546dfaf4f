"""The fields of an audit as answers, and the grades in them that do not hold. Pure."""

from collections.abc import Mapping
from typing import Any

from app.audits.merge import empty
from app.checklists.answers import Answer, AnswersError
from app.checklists.checklist import Checklist
from app.checklists.scoring import finding_of

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
