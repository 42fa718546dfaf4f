"""Who was at the meetings, what the supplier said, who signed; and whether what they signed still stands."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from app.audits.intake import Key
from app.audits.meetings import CLOSING, OPENING, RESPONSE, Attendee, PictureKind, Response, digest_of, instant
from app.audits.merge import Head, empty
from app.audits.models import Photo
from app.audits.past import heads_of
from app.db import db


@dataclass(frozen=True)
class Meeting:
    """One meeting: when, and who was there."""

    held_at: datetime | None
    attendees: Sequence[Attendee]


@dataclass(frozen=True)
class Signature:
    """One signature. ``signed_at`` by the tablet's clock; ``holds``: nothing changed since; ``key`` of its picture."""

    photo_id: uuid.UUID
    signer: str
    role: str
    signed_at: datetime
    holds: bool
    key: str


@dataclass(frozen=True)
class Proceedings:
    """What people did at a visit beside answering: meetings, the supplier's word on findings, signatures."""

    opening: Meeting
    closing: Meeting
    unsigned: str
    signatures: Sequence[Signature]
    responses: Mapping[str, Response]

    def __bool__(self) -> bool:
        return bool(self.opening.attendees or self.closing.attendees or self.unsigned or self.signatures)

    @property
    def changed(self) -> bool:
        """Did something change after a signature?"""
        return not all(signature.holds for signature in self.signatures)


def proceedings(audit_id: uuid.UUID) -> Proceedings:
    """What is recorded about the meetings of an audit. Two queries."""
    heads, pictures = heads_of(audit_id), standing_pictures(audit_id)
    changed = set(changed_after_signature(heads, pictures))
    return Proceedings(
        opening=_meeting(heads, OPENING),
        closing=_meeting(heads, CLOSING),
        unsigned=str(_value(heads, CLOSING, "unsigned") or ""),
        signatures=[_signature(one, holds=str(one.id) not in changed) for one in pictures if one.signature],
        responses={
            criterion: Response.model_validate(head.value)
            for (criterion, name), head in heads.items()
            if name == RESPONSE and not empty(head.value)
        },
    )


def standing_pictures(audit_id: uuid.UUID) -> Sequence[Row[Any]]:
    """The photos and signatures that stand, the oldest first, without the columns that only the bytes need."""
    columns = (Photo.id, Photo.kind, Photo.sha256, Photo.signature, Photo.stored_at, Photo.added_at, Photo.key)
    query = select(*columns).where(Photo.audit_id == audit_id, Photo.removed_at.is_(None))
    return db.session.execute(query.order_by(Photo.added_at, Photo.id)).all()


def digest_standing(heads: Mapping[Key, Head], pictures: Sequence[Row[Any]]) -> str:
    """The digest that a signature made now would be bound to."""
    return digest_of(heads, {str(one.id): one.sha256 for one in pictures if one.kind is PictureKind.PHOTO})


def changed_after_signature(heads: Mapping[Key, Head], pictures: Sequence[Row[Any]]) -> list[str]:
    """The ids of the signatures that are bound to something else than what stands."""
    signatures = [one for one in pictures if one.signature]
    standing = digest_standing(heads, pictures) if signatures else ""
    return [str(one.id) for one in signatures if one.signature["digest"] != standing]


def _meeting(heads: Mapping[Key, Head], meeting: str) -> Meeting:
    people = _value(heads, meeting, "attendees") or []
    held_at = _value(heads, meeting, "held_at")
    return Meeting(
        held_at=instant(str(held_at)) if held_at else None,
        attendees=[Attendee.model_validate(one) for one in people],
    )


def _value(heads: Mapping[Key, Head], meeting: str, name: str) -> Any:
    head = heads.get((meeting, name))
    return head.value if head else None


def _signature(picture: Row[Any], *, holds: bool) -> Signature:
    said = picture.signature
    signed_at = instant(said["signed_at"]) or picture.added_at
    return Signature(picture.id, said["signer"], said["role"], signed_at, holds, picture.key)
