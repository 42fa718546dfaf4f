"""What a level means for one criterion, and how far an auditor may raise a finding. Pure."""

from collections.abc import Sequence
from fractions import Fraction

from app.checklists.answers import AnswersError, read_answer
from app.checklists.checklist import Checklist
from app.checklists.rulebook import CriterionRule, Reply, Rulebook, rulebook


def reply_to(checklist: Checklist, criterion: str, value: object) -> Reply | None:
    """What ``value`` means as an answer, or None when it is no answer to this criterion."""
    book, rule = _rule(checklist, criterion)
    try:
        return read_answer(book, rule, {"value": value}).reply
    except AnswersError:
        return None


def meeting_levels(checklist: Checklist, criterion: str) -> Sequence[str]:
    """The levels that meet the criterion, the lowest first; empty for a scale of numbers."""
    _book, rule = _rule(checklist, criterion)
    return [level.value for level in rule.scale.levels if rule.replies[level.value].met]


def raisable_grades(checklist: Checklist, criterion: str, proposed: str) -> Sequence[str]:
    """The grades an auditor may give where ``proposed`` is the checklist's: itself, then heavier ones."""
    book, rule = _rule(checklist, criterion)
    at = book.findings.index(proposed)
    return [book.findings[place] for place in range(at, min(rule.may_raise_to, at) - 1, -1)]


def _rule(checklist: Checklist, criterion: str) -> tuple[Rulebook, CriterionRule]:
    book = rulebook(checklist)
    return book, book.rules[book.position[criterion]]


def points_of(checklist: Checklist, criterion: str, value: object) -> tuple[Fraction, Fraction]:
    """The points of an answer, weight included, and the most that the criterion can give."""
    book, rule = _rule(checklist, criterion)
    unit = book.weight_unit * book.points_unit
    reply = reply_to(checklist, criterion, value) if value is not None else None
    return Fraction(reply.points if reply else 0, unit), Fraction(rule.highest, unit)
