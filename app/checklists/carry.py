"""What a new version of a checklist changes, and what happens to the answers of running audits. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.checklists.checklist import Checklist, document
from app.checklists.schema import Criterion

MEANING = ("question", "scale", "levels")
"""When one of these changes, an old answer may mean something else: without a word in ``carry`` it is asked again."""


@dataclass(frozen=True)
class Change:
    """A criterion, section, area or other key of the checklist; ``keys`` are those that differ."""

    kind: str
    id: str
    what: Literal["added", "removed", "changed"]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Carried:
    """What becomes of the answer to an old criterion: kept as it is, offered for confirmation, or dropped."""

    old: str
    new: str | None
    how: Literal["keep", "ask", "drop"]
    said: bool
    """True when ``carry`` says so, False when it follows from the two versions."""


def changes(old: Checklist, new: Checklist) -> Iterator[Change]:
    """Everything that differs: first the checklist's own keys, then areas, sections, criteria."""
    before, after = document(old.content), document(new.content)
    header = sorted(
        key
        for key in before.keys() | after.keys()
        if key not in {"areas", "status", "version", "replaces", "carry"} and before.get(key) != after.get(key)
    )
    for key in header:
        what: Literal["added", "removed", "changed"]
        what = "changed" if key in before and key in after else "added" if key in after else "removed"
        yield Change("checklist", key, what, _inner(before.get(key), after.get(key)))
    yield from _compared("area", _areas(before), _areas(after))
    yield from _compared("section", _sections(before), _sections(after))
    yield from _compared("criterion", _criteria(before), _criteria(after))


def plan(old: Checklist, new: Checklist) -> Iterator[Carried]:
    """For each old criterion, in order, what becomes of its answer in an audit that moves to the new version.

    ``carry`` decides. Where it says nothing: a criterion that still exists keeps its answer when question, scale
    and levels are as they were, else it is asked again; one that is gone is dropped. An answer is never kept where
    the new scale does not have the level: see ``carried_answer``.
    """
    for criterion in old.content.criteria():
        how = new.content.carry.get(criterion.id)
        if isinstance(how, dict):
            yield Carried(criterion.id, how["to"], "keep", said=True)
        elif how == "same":
            yield Carried(criterion.id, criterion.id, "keep", said=True)
        elif how == "drop":
            yield Carried(criterion.id, None, "drop", said=True)
        elif how == "ask":
            yield Carried(criterion.id, criterion.id if criterion.id in new.criteria else None, "ask", said=True)
        else:
            yield _unsaid(criterion, new, old)


def carried_answers(
    old: Checklist, new: Checklist, answers: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, Mapping[str, Any]], tuple[str, ...]]:
    """The answers that stand in the new version, and the new criteria whose old answer has to be confirmed."""
    kept: dict[str, Mapping[str, Any]] = {}
    asked: list[str] = []
    for carried in plan(old, new):
        answer = answers.get(carried.old)
        if answer is None or carried.new is None:
            continue
        if carried.how == "keep" and _fits(new, new.criteria[carried.new], answer):
            kept[carried.new] = answer
        else:
            asked.append(carried.new)
    return kept, tuple(asked)


def _unsaid(criterion: Criterion, new: Checklist, old: Checklist) -> Carried:
    later = new.criteria.get(criterion.id)
    if later is None:
        return Carried(criterion.id, None, "drop", said=False)
    same = all(getattr(criterion, key) == getattr(later, key) for key in MEANING)
    same = same and old.scale_of(criterion) == new.scale_of(later)
    return Carried(criterion.id, criterion.id, "keep" if same else "ask", said=False)


def _fits(new: Checklist, criterion: Criterion, answer: Mapping[str, Any]) -> bool:
    if answer.get("na") is not None:
        return criterion.not_applicable != "never"
    return new.scale_of(criterion).has(str(answer.get("value")))


def _inner(before: Any, after: Any) -> tuple[str, ...]:
    """The names inside a mapping, or the ids inside a list, that differ."""
    if isinstance(before, list) and isinstance(after, list):
        before = {item["id"]: item for item in before if isinstance(item, dict) and "id" in item}
        after = {item["id"]: item for item in after if isinstance(item, dict) and "id" in item}
    if isinstance(before, dict) and isinstance(after, dict):
        return tuple(sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key)))
    return ()


def _compared(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name in before:
        if name not in after:
            yield Change(kind, name, "removed")
    for name, item in after.items():
        if name not in before:
            yield Change(kind, name, "added")
        elif item != before[name]:
            yield Change(kind, name, "changed", _inner(before[name], item))


def _areas(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {area["id"]: {key: area[key] for key in area if key != "sections"} for area in plain["areas"]}


def _sections(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {
        section["id"]: {**{key: section[key] for key in section if key != "criteria"}, "area": area["id"]}
        for area in plain["areas"]
        for section in area["sections"]
    }


def _criteria(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {
        criterion["id"]: {**criterion, "section": section["id"]}
        for area in plain["areas"]
        for section in area["sections"]
        for criterion in section["criteria"]
    }
