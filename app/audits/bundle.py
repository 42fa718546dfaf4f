"""What a tablet needs to fill in one audit: the checklist, the answers that stand, photos, open questions."""

from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.permissions import Actor
from app.audits.intake import fact_heads
from app.audits.models import Answer, AnswerConflict, Case, Operation, Photo
from app.audits.visits import Visit
from app.db import db
from app.suppliers.models import Supplier


def bundle(visit: Visit, actor: Actor, language: str) -> dict[str, Any]:
    """Everything but the template, which is JSON already."""
    rows = db.session.execute(
        select(Answer.criterion, Answer.field, Answer.value, Answer.head_op, User.name, Answer.at)
        .join(User, User.id == Answer.by_id)
        .where(Answer.audit_id == visit.audit_id)
        .order_by(Answer.criterion, Answer.field)
    ).all()
    return {
        "user": {"id": str(actor.id), "name": actor.name},
        "language": language,
        "may_fill": visit.may_fill and not visit.closed,
        "audit": _header(visit),
        "facts": _facts(visit),
        "answers": [
            {
                "criterion": row.criterion,
                "field": row.field,
                "value": row.value,
                "head_op": str(row.head_op),
                "by": row.name,
                "at": row.at.isoformat(),
            }
            for row in rows
        ],
        "photos": _photos(visit),
        "conflicts": _questions(visit) if visit.disputed else [],
        "cursor": visit.cursor,
    }


def _header(visit: Visit) -> dict[str, Any]:
    row = db.session.execute(
        select(Case.number, Case.visit_on, Supplier.name)
        .join(Supplier, Supplier.id == Case.supplier_id)
        .where(Case.id == visit.case_id)
    ).one()
    return {
        "id": str(visit.audit_id),
        "case_id": str(visit.case_id),
        "state": "finished" if visit.closed else "in_progress",
        "number": row.number,
        "supplier": row.name,
        "visit_on": row.visit_on.isoformat() if row.visit_on else None,
        "checklist": {
            "id": visit.checklist.id,
            "version": visit.checklist.version,
            "digest": visit.checklist.digest,
        },
    }


def _facts(visit: Visit) -> list[dict[str, Any]]:
    corrected = fact_heads(visit.audit_id)
    return [
        {
            "fact": name,
            "value": visit.profile.get(name),
            "head_op": corrected[name].op_id if name in corrected else None,
        }
        for name in visit.checklist.content.profile
    ]


def _photos(visit: Visit) -> list[dict[str, Any]]:
    columns = (Photo.id, Photo.criterion, Photo.kind, Photo.signature, Photo.sha256, Photo.size, Photo.mime)
    photos = db.session.execute(
        select(*columns, Photo.stored_at, Photo.added_at)
        .where(Photo.audit_id == visit.audit_id, Photo.removed_at.is_(None))
        .order_by(Photo.added_at, Photo.id)
    )
    return [
        {
            "id": str(photo.id),
            "criterion": photo.criterion,
            "kind": photo.kind,
            "signature": photo.signature,
            "sha256": photo.sha256,
            "bytes": photo.size,
            "mime": photo.mime,
            "stored": photo.stored_at is not None,
        }
        for photo in photos
    ]


def _questions(visit: Visit) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(AnswerConflict, Operation, User.name)
        .join(Operation, Operation.op_id == AnswerConflict.op_id)
        .join(User, User.id == Operation.actor_id)
        .where(AnswerConflict.audit_id == visit.audit_id, AnswerConflict.resolved_by_op.is_(None))
        .order_by(AnswerConflict.id)
    )
    return [
        {
            "criterion": conflict.criterion,
            "field": conflict.field,
            "op_id": str(conflict.op_id),
            "device_id": conflict.device_id,
            "value": operation.result.get("value", operation.payload.get("value")),
            "by": name,
            "at": operation.received_at.isoformat(),
            "head_op": operation.result.get("head_op"),
            "theirs": operation.result.get("theirs"),
        }
        for conflict, operation, name in rows
    ]
