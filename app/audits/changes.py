"""What was received for an audit, in order: what a tablet hears of others, and the whole record."""

import uuid
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.audits.models import Operation, Photo
from app.db import db

MOST_CHANGES = 500
MOST_LISTED = 20_000


def changes_since(
    audit_id: uuid.UUID, cursor: int, *, but: str | None = None, most: int = MOST_CHANGES
) -> list[dict[str, Any]]:
    """Operations received after ``cursor``, in order, at most ``most``; ``but`` leaves out one device's own.

    ``stored`` of a ``photo.add``: have its bytes come, too?
    """
    query = (
        select(Operation, User.name)
        .join(User, User.id == Operation.actor_id)
        .where(Operation.audit_id == audit_id, Operation.cursor > cursor)
        .order_by(Operation.cursor)
        .limit(most)
    )
    if but is not None:
        query = query.where(Operation.device_id != but)
    changes = [_shown(operation, name) for operation, name in db.session.execute(query)]
    announced = [one for one in changes if one["kind"] == "photo.add"]
    if announced:
        stored = _stored(audit_id)
        for one in announced:
            one["stored"] = uuid.UUID(one["photo"]["id"]) in stored
    return changes


def _stored(audit_id: uuid.UUID) -> set[uuid.UUID]:
    return set(db.session.scalars(select(Photo.id).where(Photo.audit_id == audit_id, Photo.stored_at.is_not(None))))


def _shown(operation: Operation, name: str) -> dict[str, Any]:
    return {
        **operation.payload,
        "cursor": operation.cursor,
        "op_id": str(operation.op_id),
        "device_id": operation.device_id,
        "seq": operation.seq,
        "kind": operation.kind,
        "by": name,
        "received_at": operation.received_at.isoformat(),
        "result": operation.result,
    }
