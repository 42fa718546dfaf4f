"""The view of a checklist in one of its other languages. Pure."""

from collections.abc import Mapping
from typing import TypeVar

from app.checklists.schema import Area, Content, Criterion, Model, Scale, Section
from app.checklists.translation import CriterionTexts, Title, Translation

M = TypeVar("M", bound=Model)


def translated(content: Content, translation: Translation) -> Content:
    """The same checklist with its texts in the other language, the binding one where a text is missing."""
    return content.model_copy(
        update={
            "title": translation.title or content.title,
            "scales": {name: _scale(scale, translation.scales.get(name, {})) for name, scale in content.scales.items()},
            "classes": _titled(content.classes, translation.classes),
            "findings": _titled(content.findings, translation.findings),
            "grades": tuple(_with_title(grade, translation.grades.get(grade.id)) for grade in content.grades),
            "areas": tuple(_area(area, translation) for area in content.areas),
        }
    )


def _with_title(thing: M, title: Title | None) -> M:
    return thing if title is None else thing.model_copy(update={"title": title.title})


def _titled(things: Mapping[str, M], titles: Mapping[str, Title]) -> dict[str, M]:
    return {name: _with_title(thing, titles.get(name)) for name, thing in things.items()}


def _scale(scale: Scale, labels: Mapping[str, str]) -> Scale:
    if scale.number is not None:
        number = scale.number.model_copy(update={"unit": labels.get("unit", scale.number.unit)})
        return scale.model_copy(update={"number": number})
    levels = tuple(level.model_copy(update={"label": labels.get(level.value, level.label)}) for level in scale.levels)
    return scale.model_copy(update={"levels": levels})


def _area(area: Area, translation: Translation) -> Area:
    sections = tuple(_section(section, translation) for section in area.sections)
    return _with_title(area, translation.areas.get(area.id)).model_copy(update={"sections": sections})


def _section(section: Section, translation: Translation) -> Section:
    criteria = tuple(
        _criterion(criterion, translation.criteria[criterion.id]) if criterion.id in translation.criteria else criterion
        for criterion in section.criteria
    )
    return _with_title(section, translation.sections.get(section.id)).model_copy(update={"criteria": criteria})


def _criterion(criterion: Criterion, texts: CriterionTexts) -> Criterion:
    update: dict[str, object] = {
        key: getattr(texts, key) for key in ("question", "why", "law", "source") if getattr(texts, key) is not None
    }
    update["levels"] = {level: texts.levels.get(level, text) for level, text in criterion.levels.items()}
    update["look_for"] = tuple(
        item.model_copy(update={"text": texts.look_for[at]}) if at < len(texts.look_for) else item
        for at, item in enumerate(criterion.look_for)
    )
    if criterion.remediation is not None and texts.remediation is not None:
        given = texts.remediation.model_dump(exclude_none=True)
        update["remediation"] = criterion.remediation.model_copy(update=given)
    return criterion.model_copy(update=update)
