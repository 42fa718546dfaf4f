"""Whether a value can be an answer under the pinned checklist. Pure; the codes are part of the sync protocol."""

from collections.abc import Mapping
from typing import Any

from app.audits.merge import empty
from app.audits.wire import PHOTO_TYPES, Op
from app.checklists.checklist import Checklist
from app.checklists.schema import Criterion, level_key

FIELDS = ("score", "na", "comment", "finding")
LONGEST_REASON = 2_000
LONGEST_COMMENT = 10_000


def refusal(checklist: Checklist, op: Op, *, largest_photo: int) -> str | None:
    """The code that says why ``op`` cannot be taken; None when it can."""
    if op.kind == "profile.set":
        return _fact_refusal(checklist.content.profile, op)
    if op.kind in {"photo.add", "photo.remove"}:
        return _photo_refusal(checklist, op, largest_photo)
    criterion = checklist.criteria.get(op.criterion or "")
    if criterion is None:
        return "unknown_criterion"
    if op.field not in FIELDS:
        return "unknown_field"
    return value_refusal(checklist, criterion, op.field, op.value) if op.kind == "answer.set" else None


def value_refusal(checklist: Checklist, criterion: Criterion, field: str, value: Any) -> str | None:
    """The code that says why ``value`` cannot stand in ``field``; nothing at all (None) clears the field."""
    if value is None:
        return None
    if field == "score":
        key = level_key(value)
        return None if key is not None and checklist.scale_of(criterion).has(key) else "bad_value"
    if not isinstance(value, str):
        return "bad_value"
    if field == "na":
        return _reason_refusal(criterion, value)
    if field == "comment":
        return "too_long" if len(value) > LONGEST_COMMENT else None
    return _grade_refusal(checklist, criterion, value)


def _reason_refusal(criterion: Criterion, reason: str) -> str | None:
    if criterion.not_applicable == "never":
        return "na_not_allowed"
    if not reason.strip():
        return "reason_needed"
    return "too_long" if len(reason) > LONGEST_REASON else None


def _grade_refusal(checklist: Checklist, criterion: Criterion, grade: str) -> str | None:
    grades = list(checklist.content.findings)  # heaviest first
    if grade not in grades:
        return "bad_value"
    heaviest = checklist.content.classes[criterion.class_name].may_raise_to
    if heaviest is not None and grades.index(grade) < grades.index(heaviest):
        return "finding_not_allowed"
    return None


def _fact_refusal(profile: Mapping[str, tuple[str, ...]], op: Op) -> str | None:
    if op.fact is None or op.fact not in profile:
        return "unknown_fact"
    values = op.value if isinstance(op.value, list) else [op.value]
    if not empty(op.value) and not all(isinstance(one, str) and one in profile[op.fact] for one in values):
        return "bad_value"
    return None


def _photo_refusal(checklist: Checklist, op: Op, largest: int) -> str | None:
    photo = op.photo
    if photo is None:
        return "bad_op"
    if op.kind == "photo.remove":
        return None
    if photo.criterion not in checklist.criteria:
        return "unknown_criterion"
    if photo.sha256 is None or photo.bytes is None:
        return "bad_op"
    if photo.mime not in PHOTO_TYPES:
        return "bad_type"
    return "too_large" if photo.bytes > largest else None
