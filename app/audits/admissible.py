"""Whether a value can be an answer under the pinned checklist. Pure; the codes are part of the sync protocol."""

import json
from collections.abc import Mapping
from typing import Any

from app.audits import meetings
from app.audits.meetings import PictureKind, Signed
from app.audits.merge import empty
from app.audits.wire import PHOTO_TYPES, Op, PhotoShape
from app.checklists.checklist import Checklist
from app.checklists.schema import Criterion, level_key

FIELDS = ("score", "na", "comment", "finding", meetings.RESPONSE)
LONGEST_REASON = 2_000
LONGEST_COMMENT = 10_000
MOST_STROKES = 100_000  # characters of JSON


def refusal(checklist: Checklist, op: Op, *, largest_photo: int) -> str | None:
    """The code that says why ``op`` cannot be taken; None when it can."""
    if op.kind == "profile.set":
        return _fact_refusal(checklist.content.profile, op)
    if op.kind in {"photo.add", "photo.remove"}:
        return _photo_refusal(checklist, op, largest_photo)
    value = op.value if op.kind == "answer.set" else None  # a choice is looked up first
    return value_refusal(checklist, op.criterion or "", op.field or "", value)


def value_refusal(checklist: Checklist, name: str, field: str, value: Any) -> str | None:
    """The code that says why ``value`` cannot stand in ``field`` of a criterion or a meeting; None clears the field."""
    if name in meetings.FIELDS:
        return meetings.meeting_refusal(name, field, value)
    criterion = checklist.criteria.get(name)
    if criterion is None:
        return "unknown_criterion"
    if field not in FIELDS:
        return "unknown_field"
    return None if value is None else _answer_refusal(checklist, criterion, field, value)


def _answer_refusal(checklist: Checklist, criterion: Criterion, field: str, value: Any) -> str | None:
    if field == meetings.RESPONSE:
        return meetings.response_refusal(value)
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
    signed = photo.kind is PictureKind.SIGNATURE
    if photo.criterion not in ({meetings.CLOSING} if signed else checklist.criteria):
        return "unknown_criterion"
    return _picture_refusal(photo, op.signature, largest)


def _picture_refusal(photo: PhotoShape, signature: Signed | None, largest: int) -> str | None:
    signed = photo.kind is PictureKind.SIGNATURE
    if photo.sha256 is None or photo.bytes is None or signed != (signature is not None):
        return "bad_op"
    if photo.mime not in ({"image/png"} if signed else PHOTO_TYPES):
        return "bad_type"
    strokes = json.dumps(signature.strokes) if signature else ""
    return "too_large" if photo.bytes > largest or len(strokes) > MOST_STROKES else None
