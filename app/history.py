"""The append-only, hash-chained record of every change: who, on behalf of which role, when, what, before → after.

Answers given on a tablet have their own append-only record (the operations); everything else is here.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.permissions import Actor, Role
from app.db import Base, db

FIRST = "0" * 64
_CHAIN_LOCK = 4_820_731  # any constant: the advisory lock that serialises the chain on PostgreSQL


class HistoryRecord(Base):
    """One change. ``hash`` covers the whole row and the hash of the row before."""

    __tablename__ = "history"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[uuid.UUID | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(32), comment="the role on whose behalf it was done")
    tag: Mapped[str] = mapped_column(String(64), comment="subject:action")
    subject_id: Mapped[uuid.UUID] = mapped_column(index=True)
    supplier_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    case_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    note: Mapped[str]
    hash: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True)
class About:
    """What a record is about: the thing itself, and the supplier and case whose timelines show it."""

    subject_id: uuid.UUID
    supplier_id: uuid.UUID | None = None
    case_id: uuid.UUID | None = None


def record(
    tag: str,
    about: About,
    *,
    actor: Actor,
    at: datetime,
    role: Role | None = None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    note: str = "",
) -> HistoryRecord:
    """Append one record to the chain, in the caller's transaction.

    ``role`` defaults to the person's first role by name, or ``system``. ``before``/``after`` hold only what changed.
    """
    last = _last()
    entry = HistoryRecord(
        seq=last[0] + 1,
        at=at,
        actor_id=actor.id,
        actor_name=actor.name,
        role=_role(actor, role),
        tag=tag,
        subject_id=about.subject_id,
        supplier_id=about.supplier_id,
        case_id=about.case_id,
        before=_plain(before),
        after=_plain(after),
        note=note,
        hash="",
    )
    entry.hash = _digest(entry, last[1])
    db.session.add(entry)
    db.session.flush()  # the next record in this transaction reads this one's hash
    return entry


def record_many(tag: str, changes: Iterable[tuple[About, Mapping[str, object]]], *, actor: Actor, at: datetime) -> None:
    """Append one record for each ``(about, after)``, in order; for thousands at once."""
    seq, previous = _last()
    for about, after in changes:
        seq += 1
        entry = HistoryRecord(
            seq=seq,
            at=at,
            actor_id=actor.id,
            actor_name=actor.name,
            role=_role(actor, None),
            tag=tag,
            subject_id=about.subject_id,
            supplier_id=about.supplier_id,
            case_id=about.case_id,
            before={},
            after=_plain(after),
            note="",
            hash="",
        )
        entry.hash = previous = _digest(entry, previous)
        db.session.add(entry)
    db.session.flush()


def _last() -> tuple[int, str]:
    """The number and hash of the last record; nobody else appends until this transaction ends."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    query = select(HistoryRecord.seq, HistoryRecord.hash).order_by(HistoryRecord.seq.desc()).limit(1)
    last = db.session.execute(query).first()
    return (last.seq, last.hash) if last else (0, FIRST)


def _role(actor: Actor, role: Role | None) -> str:
    return str(role or min(actor.roles, default="system"))


def timeline(
    *,
    supplier_id: uuid.UUID | None = None,
    case_id: uuid.UUID | None = None,
    subject_id: uuid.UUID | None = None,
    limit: int = 200,
) -> Sequence[HistoryRecord]:
    """The newest records first of one supplier, case or thing."""
    query = select(HistoryRecord).order_by(HistoryRecord.seq.desc()).limit(limit)
    for column, value in (
        (HistoryRecord.supplier_id, supplier_id),
        (HistoryRecord.case_id, case_id),
        (HistoryRecord.subject_id, subject_id),
    ):
        if value is not None:
            query = query.where(column == value)
    return db.session.scalars(query).all()


def breaks() -> Iterator[str]:
    """Walk the whole chain and yield a sentence for every edit or gap; nothing when it is whole."""
    previous, expected = FIRST, 1
    for entry in db.session.scalars(select(HistoryRecord).order_by(HistoryRecord.seq)).yield_per(1000):
        if entry.seq != expected:
            yield f"record {expected} is missing before record {entry.seq}"
        if entry.hash != _digest(entry, previous):
            yield f"record {entry.seq} ({entry.tag}) does not match its hash"
        previous, expected = entry.hash, entry.seq + 1


def _digest(entry: HistoryRecord, previous: str) -> str:
    content = [
        previous,
        entry.seq,
        entry.at.isoformat(timespec="microseconds"),
        str(entry.actor_id or ""),
        entry.actor_name,
        entry.role,
        entry.tag,
        str(entry.subject_id),
        str(entry.supplier_id or ""),
        str(entry.case_id or ""),
        entry.before,
        entry.after,
        entry.note,
    ]
    return hashlib.sha256(
        json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def _plain(values: Mapping[str, object] | None) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(dict(values or {}), default=str))
    return plain
