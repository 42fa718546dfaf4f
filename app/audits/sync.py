"""Takes the operations of a tablet, one batch in one transaction, and answers each of them by its id.

Every well-formed operation is kept with the answer that it got; repeating it gives the same answer and changes
nothing. Core statements instead of objects: an audit makes this request hundreds of times. For the same reason
``take`` looks and decides before it queues for the database's write lock, and only asks under the lock whether
somebody else was faster.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Uuid, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.accounts.permissions import Actor
from app.audits.intake import Intake, Key, Outcome, outcome_of
from app.audits.merge import Status
from app.audits.models import Answer, AnswerConflict, Audit, Operation, Photo
from app.audits.past import Earlier, Past, Said, look, look_again, read, run_of
from app.audits.states import AuditState
from app.audits.visits import Visit, open_visit
from app.audits.wire import Batch, Op, fingerprint
from app.db import begin_writing, db
from app.many_rows import ITS, write_rows

# Statements of the hot path are put together once; only their values change.
_AUDIT = bindparam("a", type_=Uuid())
_KEEP = insert(Operation)
_ADD = insert(Answer)
_REPLACE = (
    update(Answer)
    .where(
        Answer.audit_id == bindparam(f"{ITS}audit_id"),
        Answer.criterion == bindparam(f"{ITS}criterion"),
        Answer.field == bindparam(f"{ITS}field"),
    )
    .values({name: bindparam(f"{ITS}{name}") for name in ("value", "head_op", "by_id", "at")})
)
_ADVANCE = (
    update(Audit).where(Audit.id == _AUDIT).values(cursor=bindparam("new_cursor"), profile=bindparam("new_profile"))
)
_TAKE_NUMBERS = (
    update(Audit)
    .where(Audit.id == _AUDIT, Audit.state == AuditState.IN_PROGRESS)
    .values(cursor=Audit.cursor + bindparam("count"))
    .returning(Audit.cursor)
)
_SINCE = select(Operation.criterion, Operation.device_id, Operation.kind).where(
    Operation.audit_id == _AUDIT, Operation.cursor > bindparam("seen"), Operation.cursor <= bindparam("before")
)


@dataclass(frozen=True)
class Received:
    """The answer to a batch: one result per operation, and how far the device's own numbers run without a hole."""

    results: list[Outcome]
    contiguous_seq: int | None
    gap: bool


@dataclass
class _Decided:
    """What becomes of a batch, not written yet. ``seen``: the audit's cursor when it was looked at."""

    intake: Intake
    earlier: Earlier
    existing: frozenset[Key]
    seen: int
    results: list[Outcome]
    rows: list[dict[str, Any]]

    @property
    def is_plain(self) -> bool:
        """New answers that all stand: nothing to ask anybody, nothing repeated, no photos, no facts."""
        return (
            len(self.rows) == len(self.results)
            and not self.intake.visit.disputed
            and all(row["kind"] == "answer.set" and row["result"]["status"] is Status.APPLIED for row in self.rows)
        )


def take(
    audit_id: uuid.UUID, batch: Batch, *, actor: Actor, at: datetime, largest_photo: int
) -> tuple[Visit, Received, int]:
    """Apply the batch of somebody on the audit's team; also answers the audit's cursor before it.

    Call it before anything else is written in the transaction.

    Raises:
        NotFound, Forbidden: as ``open_visit`` for writing.
    """
    said = read(batch)
    past = look(audit_id, said, actor)
    visit = past.visit
    decided = _decide(past, said, actor, at, largest_photo)
    if not decided.rows:
        return visit, _received(decided), visit.cursor
    begin_writing()
    if decided.is_plain and _write_unless_changed(decided):
        return visit, _received(decided), visit.cursor - len(decided.rows)
    db.session.rollback()
    begin_writing()
    visit = open_visit(audit_id, actor, writing=True)
    seen = visit.cursor
    return visit, receive(visit, batch, actor=actor, at=at, largest_photo=largest_photo), seen


def receive(visit: Visit, batch: Batch, *, actor: Actor, at: datetime, largest_photo: int) -> Received:
    """Apply the batch in the order of ``seq``; ``visit`` must be opened for writing."""
    said = read(batch)
    decided = _decide(look_again(visit, said), said, actor, at, largest_photo)
    if decided.rows:
        _write(db.session.connection(), decided.intake, decided.rows, decided.existing)
        _advance(decided.intake)
    return _received(decided)


def _decide(past: Past, said: Said, actor: Actor, at: datetime, largest_photo: int) -> _Decided:
    visit, earlier, heads = past.visit, past.earlier, past.heads
    intake = Intake(visit, said.batch, actor, at, heads, largest_photo)
    existing = frozenset(heads)
    results: list[Outcome] = [
        {"op_id": raw.get("op_id"), "status": Status.REJECTED, "code": "bad_op"} for raw in said.unread
    ]
    rows: list[dict[str, Any]] = []
    seen = visit.cursor
    for op, raw in said.ops:
        results.append({"op_id": op.name, **_take(intake, op, raw, earlier, rows)})
    return _Decided(intake, earlier, existing, seen, results, rows)


def _received(decided: _Decided) -> Received:
    batch, audit_id = decided.intake.batch, decided.intake.visit.audit_id
    contiguous, gap = run_of(audit_id, batch.device_id, decided.earlier)
    return Received(decided.results, contiguous, gap)


def _write_unless_changed(decided: _Decided) -> bool:
    """Write what was decided without the lock; False when that would be wrong by now (the caller rolls back)."""
    connection = db.session.connection()
    run = connection.execute
    visit, batch, rows = decided.intake.visit, decided.intake.batch, decided.rows
    # Before anything else: it locks the audit's row on PostgreSQL.
    cursor = run(_TAKE_NUMBERS, {"a": visit.audit_id, "count": len(rows)}).scalar()
    if cursor is None:
        return False
    before = cursor - len(rows)
    if before > decided.seen:
        others = run(_SINCE, {"a": visit.audit_id, "seen": decided.seen, "before": before})
        criteria = {row["criterion"] for row in rows}
        if any(kind != "answer.set" or of in criteria or by == batch.device_id for of, by, kind in others):
            return False
        for one in (*rows, *decided.results):
            one["cursor"] += before - decided.seen
    visit.cursor = cursor
    try:
        _write(connection, decided.intake, rows, decided.existing)
    except IntegrityError:  # an id that came before under another number, or in another audit
        return False
    return True


def _take(intake: Intake, op: Op, raw: dict[str, Any], earlier: Earlier, rows: list[dict[str, Any]]) -> Outcome:
    """The answer to one operation, with its place among all of the audit: others' changes came before or after it."""
    digest = fingerprint(raw)
    if op.op_id in earlier.known:
        stored, outcome, cursor = earlier.known[op.op_id]
        return {**outcome, "cursor": cursor} if stored == digest else {"status": Status.REJECTED, "code": "op_reuse"}
    if op.seq in earlier.seqs:
        return {"status": Status.REJECTED, "code": "seq_reuse"}
    outcome = outcome_of(intake, op)
    intake.visit.cursor += 1
    intake.taken[op.name] = (op, outcome, intake.visit.cursor)
    earlier.note(op, digest, outcome, intake.visit.cursor)
    run_from = earlier.run_from if op.seq == earlier.last else None
    rows.append({**_row(intake, op, raw, digest, outcome), "run_from": run_from})
    return {**outcome, "cursor": intake.visit.cursor}


def _row(intake: Intake, op: Op, raw: dict[str, Any], digest: str, outcome: Outcome) -> dict[str, Any]:
    photo_criterion = op.photo.criterion if op.photo else None
    return {
        "op_id": op.op_id,
        "name": op.name,  # no column: the answers that it gave name it so
        "cursor": intake.visit.cursor,
        "seq": op.seq,
        "kind": op.kind,
        "criterion": (op.fact if op.kind == "profile.set" else op.criterion or photo_criterion) or "",
        "field": op.field or "",
        "payload": raw,
        "payload_digest": digest,
        "result": outcome,
        "at_device": op.at_device,
    }


def _write(connection: Connection, intake: Intake, rows: list[dict[str, Any]], existing: frozenset[Key]) -> None:
    audit_id, actor_id, at = intake.visit.audit_id, intake.actor.id, intake.at
    device_id = intake.batch.device_id
    write_rows(connection, _KEEP, rows, audit_id=audit_id, device_id=device_id, actor_id=actor_id, received_at=at)
    ids = {row["name"]: row["op_id"] for row in rows}  # whatever stands anew came with this batch
    for statement, keys in ((_ADD, intake.changed - existing), (_REPLACE, intake.changed & existing)):
        heads = [
            {
                "criterion": key[0],
                "field": key[1],
                "value": intake.heads[key].value,
                "head_op": ids[intake.heads[key].op_id],
            }
            for key in sorted(keys)
        ]
        if heads:
            write_rows(connection, statement, heads, audit_id=audit_id, by_id=actor_id, at=at)
    if intake.questions:
        _write_questions(intake)
    _write_photos(intake)


def _advance(intake: Intake) -> None:
    visit = intake.visit
    changed = {"new_cursor": visit.cursor, "new_profile": visit.profile}
    db.session.connection().execute(_ADVANCE, {"a": visit.audit_id, **changed})


def _write_questions(intake: Intake) -> None:
    for question in intake.questions or ():
        if question.id is None:
            row = AnswerConflict(
                audit_id=intake.visit.audit_id,
                criterion=question.key[0],
                field=question.key[1],
                op_id=question.op_id,
                device_id=question.device_id,
                resolved_by_op=question.resolved_by_op,
            )
            db.session.add(row)
        else:
            db.session.execute(
                update(AnswerConflict)
                .where(AnswerConflict.id == question.id)
                .values(op_id=question.op_id, resolved_by_op=question.resolved_by_op)
            )
    intake.visit.disputed = any(question.resolved_by_op is None for question in intake.questions or ())
    db.session.flush()


def _write_photos(intake: Intake) -> None:
    for photo_id, photo in intake.photos.items():
        if photo.pop("new"):
            db.session.execute(insert(Photo).values(**photo))
        else:
            db.session.execute(update(Photo).where(Photo.id == photo_id).values(removed_at=photo["removed_at"]))
