"""Do answers and profile fit the checklist, and what does each answer mean? Pure."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from app.checklists import exact
from app.checklists.problems import choices, or_one_of, printable, shown
from app.checklists.rulebook import NOTHING, CriterionRule, Given, Reply, Rulebook
from app.checklists.schema import level_key

Answer = Mapping[str, Any]
"""``{"value": level}`` or ``{"na": reason}``, with ``"finding": grade`` and ``"note": text`` when there are any."""

KNOWN = ("value", "na", "finding", "note")


class AnswersError(Exception):
    """Answers that do not fit. ``reasons`` has one sentence each, beginning with the criterion or fact."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons: Sequence[str] = tuple(reasons)
        super().__init__("\n".join(self.reasons))


NOT_APPLICABLE = Given(None, NOTHING)


def read_answers(book: Rulebook, answers: Mapping[str, Answer]) -> list[Given | None]:
    """One entry per criterion, None where there is no answer; raises AnswersError with all that does not fit."""
    given: list[Given | None] = [None] * len(book.rules)
    reasons: list[str] = []
    for name, answer in answers.items():
        at = book.position.get(name)
        if at is None:
            reasons.append(f"{printable(str(name))}: there is no such criterion; {or_one_of(name, book.position)}")
            continue
        try:
            given[at] = read_answer(book, book.rules[at], answer)
        except AnswersError as wrong:
            reasons.extend(wrong.reasons)
    if reasons:
        raise AnswersError(reasons)
    return given


def read_answer(book: Rulebook, rule: CriterionRule, answer: Answer) -> Given:
    """What one answer means; raises AnswersError."""
    if answer.__class__ is dict and len(answer) == 1:  # by far the most are a level and nothing else
        level = answer.get("value")
        if level.__class__ is str and (plain := rule.plain.get(level)) is not None:
            return plain
    if answer.__class__ is not dict and not isinstance(answer, Mapping):  # the first is much faster
        raise _refused(rule, f'expected {{"value": …}} or {{"na": "reason"}}, found {shown(answer)}')
    value, reason, own = answer.get("value"), answer.get("na"), answer.get("finding")
    if value is None or len(answer) > 1:
        _check_keys(rule, answer)
    if reason is not None:
        return _not_applicable(rule, value, reason, own)
    if value is None:
        raise _refused(rule, 'has neither "value" nor "na"; give one of them or leave the criterion out')
    reply = None if value is True or value is False else _reply(rule, value, book.points_unit)
    if reply is None:
        raise _refused(rule, f"{shown(value)} is no answer here; answer {rule.scale.described}")
    return Given(reply, reply.finding if own is None else _own_finding(book, rule, reply, own))


def _check_keys(rule: CriterionRule, answer: Answer) -> None:
    for key in answer:
        if key not in KNOWN:
            raise _refused(rule, f"unknown key {shown(str(key))}; {or_one_of(key, KNOWN)}")
    note = answer.get("note")
    if note is not None and not isinstance(note, str):
        raise _refused(rule, f"the note must be a text, found {shown(note)}")


def _not_applicable(rule: CriterionRule, value: object, reason: object, own: object) -> Given:
    if value is not None:
        raise _refused(rule, 'has both "value" and "na"; keep one of them')
    if own is not None:
        raise _refused(rule, "is set aside as not applicable, so it cannot have a finding")
    if rule.criterion.not_applicable == "never":
        raise _refused(rule, f"must be answered; not applicable is not allowed here; answer {rule.scale.described}")
    if not isinstance(reason, str) or not reason.strip():
        raise _refused(rule, 'not applicable needs a reason: {"na": "why"}')
    return NOT_APPLICABLE


def _reply(rule: CriterionRule, value: object, points_unit: int) -> Reply | None:
    if rule.number is None:
        try:
            return rule.replies.get(value) or rule.replies.get(level_key(value))
        except TypeError:
            return None
    key = level_key(value)
    number = None if key is None else exact.read(key)
    if number is None or not rule.number.min <= number <= rule.number.max:
        return None
    return _number_reply(rule, number, points_unit)


def _number_reply(rule: CriterionRule, number: exact.Number, points_unit: int) -> Reply:
    key = exact.text(number)
    met = number >= rule.compliant_from
    finding = rule.findings_at.get(key, NOTHING if met else rule.unmet)
    return Reply(key, Fraction(number) * rule.weight * points_unit, met, finding)


def _own_finding(book: Rulebook, rule: CriterionRule, reply: Reply, own: object) -> int:
    """The auditor may raise what the answer gives, up to the class's limit, and never lower it."""
    if own not in book.findings:
        raise _refused(rule, f"there is no finding grade {shown(own)}; {or_one_of(own, book.findings)}")
    grade = book.findings.index(str(own))
    automatic = reply.finding
    if automatic != NOTHING and grade > automatic:
        gives = f"the answer {shown(reply.key)} gives {book.findings[automatic]}"
        message = f"{gives}; it can be raised but not lowered to {own}"
        raise _refused(rule, message)
    if grade < rule.may_raise_to and grade != automatic:
        limit = book.findings[rule.may_raise_to]
        raise _refused(
            rule,
            f"a finding of class {rule.criterion.class_name} can be raised to {limit} at most, not {own}",
        )
    return grade


def read_profile(book: Rulebook, profile: Mapping[str, object]) -> dict[str, frozenset[str]]:
    """Fact → its values; a fact may be one value or a list. Raises AnswersError."""
    allowed = book.checklist.content.profile
    facts: dict[str, frozenset[str]] = {}
    reasons: list[str] = []
    for fact, given in profile.items():
        values = [given] if isinstance(given, str) else given
        if fact not in allowed:
            reasons.append(f"profile: there is no fact {shown(str(fact))}; {or_one_of(fact, allowed)}")
        elif not isinstance(values, list | tuple | set | frozenset):
            reasons.append(f"profile.{fact}: expected a list of {choices(allowed[fact])}; found {shown(given)}")
        else:
            wrong = [value for value in values if value not in allowed[fact]]
            reasons.extend(
                f"profile.{fact}: {shown(value)} is not allowed; {or_one_of(value, allowed[fact])}" for value in wrong
            )
            facts[fact] = frozenset(map(str, values))
    if reasons:
        raise AnswersError(reasons)
    return facts


def _refused(rule: CriterionRule, message: str) -> AnswersError:
    return AnswersError([f"{rule.criterion.id}: {message}"])
