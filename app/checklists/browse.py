"""A checklist as people read it: narrowed to what applies to them and to the words they look for. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.checklists.checklist import Checklist, text
from app.checklists.schema import Area, Criterion, Section
from app.suppliers.words import plain

Facts = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Part:
    """A section with those of its criteria that are shown."""

    section: Section
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class Chapter:
    """An area with those of its sections that are shown."""

    area: Area
    parts: tuple[Part, ...]

    @property
    def count(self) -> int:
        """How many criteria are shown."""
        return sum(len(part.criteria) for part in self.parts)


def chapters(checklist: Checklist, language: str, facts: Facts, looked_for: str = "") -> tuple[Chapter, ...]:
    """The areas with what applies to ``facts`` and holds every word of ``looked_for``; empty parts are left out.

    A fact without values narrows nothing: whoever has not said what they make sees everything.
    """
    words = plain(looked_for).split()
    texts = _texts(checklist, language)
    found = []
    for area in text(checklist, language).areas:
        parts = []
        for section in area.sections:
            shown = tuple(
                criterion
                for criterion in section.criteria
                if _applies(section.applies_when, facts)
                and _applies(criterion.applies_when, facts)
                and all(word in texts[criterion.id] for word in words)
            )
            if shown:
                parts.append(Part(section, shown))
        if parts:
            found.append(Chapter(area, tuple(parts)))
    return tuple(found)


def _applies(conditions: Mapping[str, Iterable[str]], facts: Facts) -> bool:
    return all(not facts.get(fact) or not set(values).isdisjoint(facts[fact]) for fact, values in conditions.items())


@lru_cache(maxsize=16)
def _texts(checklist: Checklist, language: str) -> Mapping[str, str]:
    """Criterion → all its words, folded for searching."""
    return {criterion.id: plain(" ".join(_words(criterion))) for criterion in text(checklist, language).criteria()}


def _words(criterion: Criterion) -> Iterable[str]:
    yield from (criterion.id, criterion.question, criterion.why or "", criterion.law or "")
    yield from (item.text for item in criterion.look_for)
    yield from criterion.levels.values()
    if criterion.remediation is not None:
        yield criterion.remediation.action or ""
