"""What a tablet sent before and what stands, as the next batch finds it: one query for a single question."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, Uuid, and_, bindparam, case, func, or_, select, true, type_coerce

from app.accounts.permissions import Actor
from app.audits.intake import Key, Outcome
from app.audits.merge import Head
from app.audits.models import Answer, Audit, Operation
from app.audits.visits import VISIT_ROW, Visit, open_visit, visit_of
from app.audits.wire import Batch, Op, read_ops
from app.db import UuidText, db

# Put together once; only their values change.
_AUDIT = bindparam("a", type_=Uuid())
_HEAD = type_coerce(Answer.head_op, UuidText).label("head")
_HEADS = select(Answer.criterion, Answer.field, Answer.value, _HEAD).where(Answer.audit_id == _AUDIT)
_MINE = and_(Operation.audit_id == _AUDIT, Operation.device_id == bindparam("d"))
_FIRST = select(func.min(Operation.seq)).where(_MINE).scalar_subquery()
_LAST = select(func.max(Operation.seq)).where(_MINE).scalar_subquery()
_RUN_FROM = select(Operation.run_from).where(_MINE).order_by(Operation.seq.desc()).limit(1).scalar_subquery()
_COUNTED = select(func.count()).select_from(Operation).where(_MINE).scalar_subquery()
# Counting takes longer with every operation: only where a number may be missing.
_NUMBERS = select(
    _FIRST.label("first"), _LAST.label("last"), case((_RUN_FROM == _FIRST, None), else_=_COUNTED).label("number")
).subquery()
_SAME_NUMBER = and_(_MINE, Operation.seq.between(bindparam("from"), bindparam("to")))
_SAME_ID = Operation.op_id.in_(bindparam("ids", expanding=True))
_KNOWN = (
    Operation.op_id,
    Operation.payload_digest,
    Operation.result,
    Operation.cursor.label("at_cursor"),
    Operation.device_id,
    Operation.seq,
)
_BY_NUMBER = select(_NUMBERS, *_KNOWN).select_from(_NUMBERS.outerjoin(Operation, _SAME_NUMBER))
_BY_NUMBER_AND_ID = select(_NUMBERS, *_KNOWN).select_from(_NUMBERS.outerjoin(Operation, or_(_SAME_NUMBER, _SAME_ID)))
_VISIT_OF_ONE_CRITERION = (
    VISIT_ROW.add_columns(_NUMBERS, *_KNOWN, Answer.field.label("answered"), Answer.value, _HEAD)
    .join(_NUMBERS, true())
    .outerjoin(Operation, _SAME_NUMBER)
    .outerjoin(Answer, and_(Answer.audit_id == Audit.id, Answer.criterion == bindparam("c")))
)


@dataclass(frozen=True)
class Said:
    """A batch: operations as understood and as they came, in the order of ``seq``, and those nobody understands."""

    batch: Batch
    ops: list[tuple[Op, dict[str, Any]]]
    unread: list[dict[str, Any]]

    @property
    def numbers(self) -> dict[str, int]:
        """From where to where ``seq`` goes."""
        return {"from": self.ops[0][0].seq, "to": self.ops[-1][0].seq} if self.ops else {"from": 0, "to": -1}


@dataclass
class Earlier:
    """What this device sent before; with ``note`` also what is being taken now."""

    known: dict[uuid.UUID, tuple[str, Outcome, int]]
    seqs: set[int]
    first: int | None
    last: int | None
    count: int

    @property
    def run_from(self) -> int | None:
        """The first number, when none is missing from there up to the last one."""
        whole = self.first is not None and self.last is not None and self.last - self.first + 1 == self.count
        return self.first if whole else None

    def note(self, op: Op, digest: str, outcome: Outcome, cursor: int) -> None:
        """Another operation."""
        self.known[op.op_id] = (digest, outcome, cursor)
        self.seqs.add(op.seq)
        self.first = op.seq if self.first is None else min(self.first, op.seq)
        self.last = op.seq if self.last is None else max(self.last, op.seq)
        self.count += 1


@dataclass(frozen=True)
class Past:
    """The audit, what this device sent before, and the answers that stand."""

    visit: Visit
    earlier: Earlier
    heads: dict[Key, Head]


def read(batch: Batch) -> Said:
    """The operations of a batch, as far as they can be understood."""
    pairs = list(zip(read_ops(batch.ops), batch.ops, strict=True))
    ops = sorted([(op, raw) for op, raw in pairs if op is not None], key=lambda pair: pair[0].seq)
    return Said(batch, ops, [raw for op, raw in pairs if op is None])


def heads_of(audit_id: uuid.UUID) -> dict[Key, Head]:
    """The answers that stand, by criterion and field."""
    rows = db.session.connection().execute(_HEADS, {"a": audit_id})
    return {(criterion, name): Head(head, value) for criterion, name, value, head in rows}


def look(audit_id: uuid.UUID, said: Said, actor: Actor) -> Past:
    """The audit, what came before these operations, and what stands: one query for a single question."""
    criteria = {op.criterion or "" for op, _raw in said.ops}
    if len(criteria) != 1:
        return _of_many(_BY_NUMBER, open_visit(audit_id, actor, filling=True), said)
    one, device = criteria.pop(), said.batch.device_id
    values = {"audit_id": audit_id, "actor_id": actor.id, "a": audit_id, "d": device, "c": one, **said.numbers}
    found = db.session.connection().execute(_VISIT_OF_ONE_CRITERION, values).all()
    visit = visit_of(found[0] if found else None, actor, filling=True)
    heads = {(one, row.answered): Head(row.head, row.value) for row in found if row.answered is not None}
    return Past(visit, _earlier_in(found, device), heads)


def look_again(visit: Visit, said: Said) -> Past:
    """The same for an audit that is open for writing; what came under the same ids counts too."""
    return _of_many(_BY_NUMBER_AND_ID, visit, said, ids=[op.op_id for op, _raw in said.ops])


def _of_many(clash: Select[Any], visit: Visit, said: Said, **ids: list[uuid.UUID]) -> Past:
    """``clash`` finds what came under the same numbers, or also under the same ids."""
    values = {"a": visit.audit_id, "d": said.batch.device_id, **said.numbers, **ids}
    found = db.session.connection().execute(clash, values).all()
    return Past(visit, _earlier_in(found, said.batch.device_id), heads_of(visit.audit_id))


def _earlier_in(found: Sequence[Row[Any]], device_id: str) -> Earlier:
    """At least one row has the numbers; they are not counted where none is missing."""
    first, last, number = found[0].first, found[0].last, found[0].number
    return Earlier(
        known={row.op_id: (row.payload_digest, row.result, row.at_cursor) for row in found if row.op_id is not None},
        seqs={row.seq for row in found if row.device_id == device_id},
        first=first,
        last=last,
        count=last - first + 1 if number is None else number,
    )


def run_of(audit_id: uuid.UUID, device_id: str, earlier: Earlier) -> tuple[int | None, bool]:
    """The last number before the first hole, counted from the device's first one; and whether there is a hole."""
    if earlier.first is None:
        return None, False
    if earlier.run_from is not None:
        return earlier.last, False
    seqs = db.session.scalars(
        select(Operation.seq)
        .where(Operation.audit_id == audit_id, Operation.device_id == device_id)
        .order_by(Operation.seq)
    )
    end = earlier.first - 1
    for seq in seqs:
        if seq != end + 1:
            break
        end = seq
    return end, True
