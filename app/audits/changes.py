"""What was received for an audit, in order: what a tablet hears of others, and the whole record."""

import uuid
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.audits.models import Operation
from app.db import db

MOST_CHANGES = 500
MOST_LISTED = 20_000


def changes_since(
    audit_id: uuid.UUID, cursor: int, *, but: str | None = None, most: int = MOST_CHANGES
) -> list[dict[str, Any]]:
    """Operations received after ``cursor``, in order, at most ``most``; ``but`` leaves out one device's own."""
    query = (
        select(Operation, User.name)
        .join(User, User.id == Operation.actor_id)
        .where(Operation.audit_id == audit_id, Operation.cursor > cursor)
        .order_by(Operation.cursor)
        .limit(most)
    )
    if but is not None:
        query = query.where(Operation.device_id != but)
    return [_shown(operation, name) for operation, name in db.session.execute(query)]


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
