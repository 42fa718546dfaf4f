"""A checklist's texts in its other languages: the translation file and what is missing in it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import Field

from app.checklists.problems import KeyPath, choices, or_one_of, shown
from app.checklists.references import Issue
from app.checklists.schema import Content, Criterion, Id, Label, LevelKey, Many, Model, Scale, Text


class Title(Model):
    title: Text = Field(description="the name in this language")


class RemediationTexts(Model):
    action: Text | None = Field(None, description="what to do")
    effort: Label | None = Field(None, description="free text")
    cost: Label | None = Field(None, description="free text")


class CriterionTexts(Model):
    question: Text | None = Field(None, description="the question")
    why: Text | None = Field(None, description="why it matters")
    look_for: Many[Text] = Field((), description="the texts, in the order of the source")
    levels: dict[LevelKey, Text] = Field({}, description="level → what it means")
    law: Text | None = Field(None, description="legal basis")
    source: Text | None = Field(None, description="where the rule comes from")
    remediation: RemediationTexts | None = Field(None, description="action, effort, cost")


class Translation(Model):
    """``translations/<language>.yaml``: ids → texts. What is missing falls back to the binding language."""

    title: Text | None = Field(None, description="name of the checklist")
    areas: dict[Id, Title] = Field({}, description="area → title")
    sections: dict[Id, Title] = Field({}, description="section → title")
    scales: dict[Id, dict[LevelKey, Label]] = Field({}, description="scale → level → label, or unit")
    classes: dict[Id, Title] = Field({}, description="class → title")
    findings: dict[Id, Title] = Field({}, description="finding grade → title")
    grades: dict[Id, Title] = Field({}, description="grade → title")
    criteria: dict[Id, CriterionTexts] = Field({}, description="criterion → its texts")


SINGULAR = {
    "areas": "area",
    "sections": "section",
    "scales": "scale",
    "classes": "class",
    "findings": "finding grade",
    "grades": "grade",
    "criteria": "criterion",
}


@dataclass(frozen=True)
class Completeness:
    """How much of a checklist a language covers: counts of texts."""

    language: str
    translated: int
    texts: int
    missing: tuple[KeyPath, ...]


def broken_translation(content: Content, translation: Translation) -> Iterator[Issue]:
    """Every id, level or item of the translation that the checklist does not have."""
    known: dict[str, Mapping[str, object]] = _by_id(content)
    for group, names in known.items():
        for name in getattr(translation, group):
            if name not in names:
                message = f"the checklist has no such {SINGULAR[group]}; {or_one_of(name, names)}"
                yield Issue((group, name), message, at_key=True)
    for name, labels in translation.scales.items():
        if name in content.scales:
            allowed = _labels(content.scales[name])
            for key in labels:
                if key not in allowed:
                    message = f"scale {shown(name)} has no such level; known here: {choices(allowed)}"
                    yield Issue(("scales", name, key), message, at_key=True)
    source = {criterion.id: criterion for criterion in content.criteria()}
    for name, texts in translation.criteria.items():
        if name in source:
            yield from _criterion_issues(source[name], texts)


def _criterion_issues(criterion: Criterion, texts: CriterionTexts) -> Iterator[Issue]:
    here: KeyPath = ("criteria", criterion.id)
    if len(texts.look_for) > len(criterion.look_for):
        message = f"has {len(texts.look_for)} texts, the source {len(criterion.look_for)}; keep its order and number"
        yield Issue((*here, "look_for"), message)
    for key in texts.levels:
        if key not in criterion.levels:
            message = f"the source describes no level {shown(key)}; known here: {choices(criterion.levels)}"
            yield Issue((*here, "levels", key), message, at_key=True)
    for key in ("why", "law", "source"):
        if getattr(texts, key) is not None and getattr(criterion, key) is None:
            yield Issue((*here, key), f"the source has no {key}; delete it here or add it there", at_key=True)
    for key in ("action", "effort", "cost"):
        if (
            texts.remediation is not None
            and getattr(texts.remediation, key) is not None
            and (criterion.remediation is None or getattr(criterion.remediation, key) is None)
        ):
            message = f"the source has no {key}; delete it here or add it there"
            yield Issue((*here, "remediation", key), message, at_key=True)


def completeness(content: Content, language: str, translation: Translation | None) -> Completeness:
    """Which texts of the binding language have no counterpart."""
    texts = list(_texts(content))
    translated = _translated(translation or Translation())
    missing = tuple(path for path in texts if path not in translated)
    return Completeness(language, len(texts) - len(missing), len(texts), missing)


def _by_id(content: Content) -> dict[str, Mapping[str, object]]:
    return {
        "areas": {area.id: area for area in content.areas},
        "sections": {section.id: section for area in content.areas for section in area.sections},
        "scales": content.scales,
        "classes": content.classes,
        "findings": content.findings,
        "grades": {grade.id: grade for grade in content.grades},
        "criteria": {criterion.id: criterion for criterion in content.criteria()},
    }


def _labels(scale: Scale) -> list[str]:
    if scale.number is not None:
        return ["unit"] if scale.number.unit is not None else []
    return [level.value for level in scale.levels]


def _texts(content: Content) -> Iterator[KeyPath]:
    """The key path, in the translation file, of every text that needs a translation."""
    yield ("title",)
    for group in ("areas", "sections", "classes", "grades"):
        for name in _by_id(content)[group]:
            yield (group, name)
    for name, finding in content.findings.items():
        if finding.title is not None:
            yield ("findings", name)
    for name, scale in content.scales.items():
        for key in _labels(scale):
            yield ("scales", name, key)
    for criterion in content.criteria():
        yield from _criterion_texts(criterion)


def _criterion_texts(criterion: Criterion) -> Iterator[KeyPath]:
    here: KeyPath = ("criteria", criterion.id)
    for key in ("question", "why", "law", "source"):
        if getattr(criterion, key) is not None:
            yield (*here, key)
    for at in range(len(criterion.look_for)):
        yield (*here, "look_for", at)
    for level in criterion.levels:
        yield (*here, "levels", level)
    for key in ("action", "effort", "cost"):
        if criterion.remediation is not None and getattr(criterion.remediation, key) is not None:
            yield (*here, "remediation", key)


def _translated(translation: Translation) -> set[KeyPath]:
    found: set[KeyPath] = {("title",)} if translation.title is not None else set()
    for group in ("areas", "sections", "classes", "findings", "grades"):
        found.update((group, name) for name in getattr(translation, group))
    for name, labels in translation.scales.items():
        found.update(("scales", name, key) for key in labels)
    for name, texts in translation.criteria.items():
        here: KeyPath = ("criteria", name)
        found.update((*here, key) for key in ("question", "why", "law", "source") if getattr(texts, key) is not None)
        found.update((*here, "look_for", at) for at in range(len(texts.look_for)))
        found.update((*here, "levels", level) for level in texts.levels)
        if texts.remediation is not None:
            done = (key for key in ("action", "effort", "cost") if getattr(texts.remediation, key) is not None)
            found.update((*here, "remediation", key) for key in done)
    return found
