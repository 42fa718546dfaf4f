"""Conditions as sentences, in Polish and English, with what is required and how it stands. Pure.

Every sentence is "name: requirement (standing)", so that no word has to agree with a number or a title.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from app.checklists import exact
from app.checklists.checklist import Checklist, text
from app.checklists.conditions import Outcome
from app.checklists.rulebook import Requirement
from app.checklists.schema import Condition, Content

POLISH: Mapping[str, str] = {
    "total": "Wynik łączny",
    "points": "Suma punktów",
    "every_area": "Każdy obszar",
    "area": "Obszar „{title}”",
    "every_section": "Każda sekcja",
    "findings": "Liczba ustaleń „{title}”",
    "knockouts": "Liczba niespełnionych kryteriów krytycznych",
    "met": "Spełnione kryteria „{title}”",
    "mean": "Średnia punktów za kryteria „{title}”",
    "areas_graded": "Liczba obszarów z oceną {grades}",
    "or": " lub ",
    "at_least": "{name}: co najmniej {least}",
    "at_most": "{name}: najwyżej {most}",
    "between": "{name}: od {least} do {most}",
    "any_of": "Do wyboru: {ways}",
    "way": "({conditions})",
    "and": " oraz ",
    "otherwise": " albo ",
    "now": "jest {actual}",
    "lowest": "najniżej {actual}: {where}",
    "knockouts_now": "jest {actual}: {where}",
    "no_result": "jeszcze bez wyniku",
    "nothing": "nie dotyczy",
    "unanswered": "Kryteria bez odpowiedzi: {count}",
    "decimal": ",",
}
ENGLISH: Mapping[str, str] = {
    "total": "Total score",
    "points": "Sum of points",
    "every_area": "Every area",
    "area": "Area “{title}”",
    "every_section": "Every section",
    "findings": "Number of findings “{title}”",
    "knockouts": "Number of knock-out criteria not met",
    "met": "Criteria “{title}” that are met",
    "mean": "Mean of points for criteria “{title}”",
    "areas_graded": "Number of areas graded {grades}",
    "or": " or ",
    "at_least": "{name}: at least {least}",
    "at_most": "{name}: at most {most}",
    "between": "{name}: from {least} to {most}",
    "any_of": "One of these: {ways}",
    "way": "({conditions})",
    "and": " and ",
    "otherwise": " or ",
    "now": "now {actual}",
    "lowest": "lowest {actual}: {where}",
    "knockouts_now": "now {actual}: {where}",
    "no_result": "no result yet",
    "nothing": "not applicable",
    "unanswered": "Criteria without an answer: {count}",
    "decimal": ".",
}
PERCENTS = frozenset({"total", "every_area", "area", "every_section", "met"})


class Missing(NamedTuple):
    """What a better grade still needs: one sentence for each condition that is not met."""

    grade: str
    title: str
    sentences: tuple[str, ...]


def words(language: str) -> Mapping[str, str]:
    """The sentence parts of a language; English for one that has none here."""
    return POLISH if language == "pl" else ENGLISH


def number(value: Fraction | int, language: str) -> str:
    """At most two decimals, without trailing zeros, with the language's decimal sign."""
    plain = exact.two_decimals(value)
    plain = plain.rstrip("0").rstrip(".")
    return plain.replace(".", words(language)["decimal"])


def explain(condition: Condition, content: Content, language: str) -> str:
    """The condition alone: ``Total score: at least 70%``. ``content`` gives the titles in that language."""
    say = words(language)
    kind = condition.kind
    if kind == "any_of":
        ways = (say["and"].join(explain(inner, content, language) for inner in way) for way in condition.any_of)
        return say["any_of"].format(ways=say["otherwise"].join(say["way"].format(conditions=way) for way in ways))
    details = getattr(condition, kind)
    name = say[kind].format(title=_title(condition, content), grades=_grades(condition, say))
    unit = "%" if kind in PERCENTS else ""
    least = getattr(details, "min", getattr(details, "min_percent", None))
    most = getattr(details, "max", None)
    low = "" if least is None else number(Fraction(least), language) + unit
    high = "" if most is None else number(Fraction(most), language) + unit
    shape = "at_most" if least is None else "at_least" if most is None else "between"
    return say[shape].format(name=name, least=low, most=high)


def sentence(outcome: Outcome, checklist: Checklist, language: str) -> str:
    """The condition with how it stands: ``Total score: at least 70% (now 64.5%)``."""
    say = words(language)
    if outcome.ways:
        ways = (say["and"].join(sentence(inner, checklist, language) for inner in way) for way in outcome.ways)
        return say["any_of"].format(ways=say["otherwise"].join(say["way"].format(conditions=way) for way in ways))
    return f"{_explained(outcome.requirement, checklist, language)} ({_now(outcome, checklist, language)})"


@lru_cache(maxsize=4096)
def _explained(requirement: Requirement, checklist: Checklist, language: str) -> str:
    return explain(requirement.condition, text(checklist, language), language)


def missing_sentences(
    outcomes: Sequence[Outcome], unanswered: int, checklist: Checklist, language: str
) -> tuple[str, ...]:
    """What these conditions still need, criteria without an answer first."""
    sentences = [words(language)["unanswered"].format(count=unanswered)] if unanswered else []
    sentences.extend(sentence(outcome, checklist, language) for outcome in outcomes if not outcome.met)
    return tuple(sentences)


def _now(outcome: Outcome, checklist: Checklist, language: str) -> str:
    say = words(language)
    if outcome.actual is None:
        return say["nothing"] if outcome.nothing else say["no_result"]
    kind = outcome.requirement.kind
    actual = number(outcome.actual, language) + ("%" if kind in PERCENTS else "")
    if not outcome.where:
        return say["now"].format(actual=actual)
    if kind == "knockouts":
        return say["knockouts_now"].format(actual=actual, where=", ".join(outcome.where))
    return say["lowest"].format(actual=actual, where=_titles(kind, text(checklist, language))[outcome.where[0]])


def _titles(kind: str, content: Content) -> Mapping[str, str]:
    if kind == "every_area":
        return {area.id: area.title for area in content.areas}
    return {section.id: section.title for area in content.areas for section in area.sections}


def _title(condition: Condition, content: Content) -> str:
    if condition.area is not None:
        return next(area.title for area in content.areas if area.id == condition.area.id)
    if condition.findings is not None:
        return content.findings[condition.findings.grade].title or condition.findings.grade
    of_class = condition.met or condition.mean
    return content.classes[of_class.class_name].title if of_class is not None else ""


def _grades(condition: Condition, say: Mapping[str, str]) -> str:
    return say["or"].join(condition.areas_graded.grades) if condition.areas_graded else ""
