"""The words of a checklist in one language, found by id: what pages and reports print. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.checklists.checklist import Checklist, text
from app.checklists.schema import Area, Criterion, Scale, level_key


@dataclass(frozen=True, eq=False)
class Words:
    """Texts of one version in one language, with the binding language where a text is missing."""

    title: str
    areas: tuple[Area, ...]
    criteria: Mapping[str, Criterion]
    scales: Mapping[str, Scale]
    findings: Mapping[str, str]
    grades: Mapping[str, str]

    def question(self, criterion: str) -> str:
        return self.criteria[criterion].question

    def finding(self, grade: str) -> str:
        return self.findings[grade]

    def meaning(self, criterion: str, value: object) -> str:
        """What the level means here, without its number; a number with its unit."""
        key, meaning = self._level(criterion, value)
        return meaning or key

    def level(self, criterion: str, value: object) -> str:
        """``2 · Segregacja jest, pojemniki opisane``: the level with its meaning here; a number with its unit."""
        key, meaning = self._level(criterion, value)
        return f"{key} · {meaning}" if meaning and meaning != key else key

    def _level(self, criterion: str, value: object) -> tuple[str, str]:
        """The level as written, and what it means here; nothing for a number."""
        key = level_key(value) or ""
        asked = self.criteria[criterion]
        scale = self.scales[asked.scale]
        if scale.number is not None:
            return f"{key} {scale.number.unit or ''}".strip(), ""
        level = next((level for level in scale.levels if level.value == key), None)
        return (level.short, asked.levels.get(key) or level.label) if level else (key, asked.levels.get(key) or "")


@lru_cache(maxsize=16)
def words(checklist: Checklist, language: str) -> Words:
    """The words of ``checklist`` in ``language``."""
    content = text(checklist, language)
    return Words(
        title=content.title,
        areas=content.areas,
        criteria={criterion.id: criterion for criterion in content.criteria()},
        scales=content.scales,
        findings={name: finding.title or name for name, finding in content.findings.items()},
        grades={grade.id: grade.title for grade in content.grades},
    )
