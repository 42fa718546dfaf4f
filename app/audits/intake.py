"""What becomes of each operation of a batch: against the checklist, the answers that stand and open questions.

Works on what was read once for the batch; ``sync`` writes the outcome.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.permissions import Actor
from app.audits.admissible import refusal, value_refusal
from app.audits.merge import RIVALS, Change, Head, Receipt, Status, empty, judge
from app.audits.models import AnswerConflict, Operation, Photo
from app.audits.visits import Visit
from app.audits.wire import Batch, Op
from app.db import db

Key = tuple[str, str]
Outcome = dict[str, Any]
FACT = "fact"


@dataclass
class Question:
    """An open conflict: the newest losing operation of one device at one field."""

    id: uuid.UUID | None
    key: Key
    device_id: str
    op_id: uuid.UUID
    resolved_by_op: uuid.UUID | None = None


@dataclass
class Intake:
    """One batch being taken: what stands, what came, what is to be written at the end."""

    visit: Visit
    batch: Batch
    actor: Actor
    at: datetime
    heads: dict[Key, Head]
    largest_photo: int
    receipts: dict[str, Receipt | None] = field(default_factory=dict)
    taken: dict[str, tuple[Op, Outcome, int]] = field(default_factory=dict)
    changed: set[Key] = field(default_factory=set)
    questions: list[Question] | None = None
    photos: dict[uuid.UUID, dict[str, Any]] = field(default_factory=dict)

    def lookup(self, op_id: str) -> Receipt | None:
        """An operation of this audit that came earlier, also earlier in this batch."""
        if op_id in self.taken:
            self.receipts[op_id] = receipt_of(self, *self.taken.pop(op_id))
        if op_id not in self.receipts:
            self.receipts[op_id] = _stored_receipt(self.visit.audit_id, uuid.UUID(op_id))
        return self.receipts[op_id]

    def open_questions(self, key: Key) -> list[Question]:
        """The open conflicts at one field."""
        if self.questions is None:
            self.questions = _stored_questions(self.visit.audit_id) if self.visit.disputed else []
        return [one for one in self.questions if one.key == key and one.resolved_by_op is None]

    def stand(self, key: Key, head: Head) -> None:
        """Let ``head`` stand from now on."""
        self.heads[key] = head
        self.changed.add(key)


def outcome_of(intake: Intake, op: Op) -> Outcome:
    """The answer to one new operation: ``status`` with ``head_op``, ``theirs``, ``clears`` or ``code``."""
    if intake.visit.closed:
        return _refused("closed")
    code = refusal(intake.visit.checklist, op, largest_photo=intake.largest_photo)
    if code is not None:
        return _refused(code)
    if op.kind == "answer.set":
        return _set_answer(intake, op, op.value)
    if op.kind == "answer.resolve":
        return _resolve(intake, op)
    if op.kind == "profile.set":
        return _set_fact(intake, op)
    return _add_photo(intake, op) if op.kind == "photo.add" else _remove_photo(intake, op)


def receipt_of(intake: Intake, op: Op, outcome: Outcome, cursor: int) -> Receipt:
    """What later operations of the same batch need to know about this one."""
    return Receipt(
        op_id=op.name,
        key=(op.criterion or "", op.field or ""),
        device_id=intake.batch.device_id,
        cursor=cursor,
        status=Status(outcome["status"]),
        head_op=outcome.get("head_op"),
        base_op=str(op.base_op) if op.base_op else None,
        value=outcome.get("value", op.value),
        by=intake.actor.name,
        at=intake.at.isoformat(),
    )


def _refused(code: str) -> Outcome:
    return {"status": Status.REJECTED, "code": code}


def _set_answer(intake: Intake, op: Op, value: Any) -> Outcome:
    key = (op.criterion or "", op.field or "")
    rival_key = (key[0], RIVALS.get(key[1], ""))
    rival = intake.heads.get(rival_key)
    change = _change(intake, op, value)
    verdict = judge(change, intake.heads.get(key), rival, intake.lookup)
    if verdict.status is Status.CONFLICT:
        against = rival_key[1] if verdict.theirs is rival and rival is not intake.heads.get(key) else None
        return _ask(intake, op, key, verdict.theirs, against)
    if verdict.head is None or verdict.head.op_id != change.op_id:  # it agrees with what stands
        _settle(intake, key, op)
        return {"status": Status.APPLIED, "head_op": verdict.head.op_id if verdict.head else None}
    intake.stand(key, verdict.head)
    _settle(intake, key, op)
    if not verdict.clears_rival:
        return {"status": Status.APPLIED, "head_op": change.op_id}
    intake.stand(rival_key, Head(change.op_id, None))
    return {"status": Status.APPLIED, "head_op": change.op_id, "clears": rival_key[1]}


def _resolve(intake: Intake, op: Op) -> Outcome:
    """A person chose: ``chosen`` names one of the operations, or is the value itself."""
    key = (op.criterion or "", op.field or "")
    value = op.chosen if op.chosen is not None else op.value
    standing = intake.heads.get(key)
    if standing is not None and value == standing.op_id:
        value = standing.value
    elif isinstance(value, str) and value in {str(one) for one in (op.base_op, *op.resolves)}:
        named = intake.lookup(value)
        value = named.value if named and named.key == key else None  # another field's operation had cleared this one
    code = value_refusal(intake.visit.checklist, key[0], key[1], value)
    return _refused(code) if code else {**_set_answer(intake, op, value), "value": value}


def _set_fact(intake: Intake, op: Op) -> Outcome:
    """Facts have no row of their own: their head is the last operation that was applied to them."""
    key = (op.fact or "", FACT)
    head = intake.heads.get(key) or fact_heads(intake.visit.audit_id).get(key[0])
    verdict = judge(_change(intake, op, op.value), head, None, intake.lookup)
    if verdict.status is Status.CONFLICT or verdict.head is None:
        return _ask(intake, op, key, verdict.theirs, None)
    intake.heads[key] = verdict.head
    value = [] if empty(verdict.head.value) else verdict.head.value
    intake.visit.profile = {**intake.visit.profile, key[0]: value}
    _settle(intake, key, op)
    return {"status": Status.APPLIED, "head_op": verdict.head.op_id}


def _change(intake: Intake, op: Op, value: Any) -> Change:
    base = str(op.base_op) if op.base_op else None
    rival = str(op.rival_op or "") if "rival_op" in op.model_fields_set else None
    return Change(op.name, intake.batch.device_id, value, base, intake.batch.cursor, rival)


def _ask(intake: Intake, op: Op, key: Key, theirs: Head | None, against: str | None) -> Outcome:
    """Keep both values. A later one of the same device takes the place of its earlier one: still one question."""
    mine = [one for one in intake.open_questions(key) if one.device_id == intake.batch.device_id]
    if mine:
        mine[0].op_id = op.op_id
    elif intake.questions is not None:
        intake.questions.append(Question(None, key, intake.batch.device_id, op.op_id))
    if theirs is None:
        return {"status": Status.CONFLICT, "head_op": None}
    other = intake.lookup(theirs.op_id)
    shown = {"value": theirs.value, "by": other.by if other else "", "at": other.at if other else ""}
    if against:
        shown["field"] = against
    return {"status": Status.CONFLICT, "head_op": theirs.op_id, "theirs": shown}


def _settle(intake: Intake, key: Key, op: Op) -> None:
    """Close this device's own open question, and those that the operation names."""
    for question in intake.open_questions(key):
        if question.device_id == intake.batch.device_id or question.op_id in op.resolves:
            question.resolved_by_op = op.op_id


def _add_photo(intake: Intake, op: Op) -> Outcome:
    photo = op.photo
    assert photo is not None  # noqa: S101  # refusal() saw to it
    known = _photo(intake, photo.id)
    if known is not None:
        same = known["sha256"] == photo.sha256 and known["audit_id"] == intake.visit.audit_id
        return {"status": Status.APPLIED, "head_op": None} if same else _refused("photo_reuse")
    intake.photos[photo.id] = {
        "id": photo.id,
        "audit_id": intake.visit.audit_id,
        "criterion": photo.criterion,
        "kind": photo.kind,
        "signature": _signed(op),
        "sha256": photo.sha256,
        "size": photo.bytes,
        "mime": photo.mime,
        "key": "",
        "thumbnail_key": "",
        "added_by_id": intake.actor.id,
        "added_at": intake.at + timedelta(microseconds=len(intake.photos)),  # a batch keeps its order
        "removed_at": None,
        "new": True,
    }
    return {"status": Status.APPLIED, "head_op": None}


def _signed(op: Op) -> dict[str, Any] | None:
    """What pages say about a signature; its strokes stay in the operation."""
    if op.signature is None:
        return None
    return {**op.signature.model_dump(exclude={"strokes"}), "signed_at": op.at_device}


def _remove_photo(intake: Intake, op: Op) -> Outcome:
    assert op.photo is not None  # noqa: S101  # refusal() saw to it
    known = _photo(intake, op.photo.id)
    if known is None or known["audit_id"] != intake.visit.audit_id:
        return _refused("unknown_photo")
    known["removed_at"] = known["removed_at"] or intake.at
    return {"status": Status.APPLIED, "head_op": None}


def _photo(intake: Intake, photo_id: uuid.UUID) -> dict[str, Any] | None:
    if photo_id not in intake.photos:
        columns = (Photo.audit_id, Photo.sha256, Photo.removed_at)
        row = db.session.execute(select(*columns).where(Photo.id == photo_id)).first()
        if row is None:
            return None
        intake.photos[photo_id] = {**row._mapping, "new": False}  # noqa: SLF001  # the documented way to a mapping
    return intake.photos[photo_id]


def fact_heads(audit_id: uuid.UUID) -> dict[str, Head]:
    """The corrected facts, by name."""
    rows = db.session.execute(
        select(Operation.op_id, Operation.criterion, Operation.payload, Operation.result)
        .where(Operation.audit_id == audit_id, Operation.kind == "profile.set")
        .order_by(Operation.cursor)
    )
    return {
        fact: Head(str(op_id), payload.get("value"))
        for op_id, fact, payload, result in rows
        if result["status"] == Status.APPLIED and result["head_op"] == str(op_id)
    }


def _stored_questions(audit_id: uuid.UUID) -> list[Question]:
    rows = db.session.execute(
        select(AnswerConflict)
        .where(AnswerConflict.audit_id == audit_id, AnswerConflict.resolved_by_op.is_(None))
        .order_by(AnswerConflict.id)
    ).scalars()
    return [Question(row.id, (row.criterion, row.field), row.device_id, row.op_id) for row in rows]


def _stored_receipt(audit_id: uuid.UUID, op_id: uuid.UUID) -> Receipt | None:
    row = db.session.execute(
        select(Operation, User.name)
        .join(User, User.id == Operation.actor_id)
        .where(Operation.op_id == op_id, Operation.audit_id == audit_id)
    ).first()
    if row is None:
        return None
    operation, name = row
    return Receipt(
        op_id=str(op_id),
        key=(operation.criterion, operation.field),
        device_id=operation.device_id,
        cursor=operation.cursor,
        status=Status(operation.result["status"]),
        head_op=operation.result.get("head_op"),
        base_op=operation.payload.get("base_op"),
        value=operation.result.get("value", operation.payload.get("value")),
        by=name,
        at=operation.received_at.isoformat(),
    )
