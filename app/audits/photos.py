"""Photos of an audit: announced by an operation, their bytes follow, cleaned before they are stored."""

import hashlib
import uuid
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from app import storage
from app.audits.models import Photo
from app.audits.visits import Visit
from app.db import db
from app.errors import Conflict, Invalid, NotAllowedNow, NotFound
from app.images import Picture

SUFFIXES = {"image/jpeg": "jpg", "image/png": "png"}
TYPES = {suffix: mime for mime, suffix in SUFFIXES.items()}


def announced(visit: Visit, photo_id: uuid.UUID) -> Photo:
    """A photo that an operation has announced.

    Raises:
        Conflict: none has yet; the operation comes first.
    """
    photo = db.session.get(Photo, photo_id)
    if photo is None or photo.audit_id != visit.audit_id:
        raise Conflict("unknown_photo")
    return photo


def check_content(photo: Photo, content: bytes, claimed: str) -> bool:
    """Are these the announced bytes? True when they are stored already. ``claimed`` is the sender's SHA-256.

    Raises:
        Invalid: the bytes are not those that the sender says they are.
        Conflict: other bytes were announced under this id, or the photo was removed.
    """
    digest = hashlib.sha256(content).hexdigest()
    if claimed and claimed.lower() != digest:
        raise Invalid("sha256_mismatch")
    if digest != photo.sha256:
        raise Conflict("other_content")
    if photo.removed_at is not None:
        raise Conflict("removed")
    return photo.stored_at is not None


def store(visit: Visit, photo_id: uuid.UUID, picture: Picture, *, at: datetime) -> None:
    """Keep the cleaned picture and its thumbnail; ``visit`` must be opened for writing.

    Raises:
        NotAllowedNow: the audit is finished.
    """
    if visit.closed:
        raise NotAllowedNow("closed")
    digest = hashlib.sha256(picture.content).hexdigest()[:12]
    folder = f"photos/{visit.audit_id}"
    key = f"{folder}/{photo_id}-{digest}.{SUFFIXES[picture.mime]}"
    thumbnail_key = f"{folder}/{photo_id}-{digest}-small.jpg"
    storage.put(key, picture.content)
    storage.put(thumbnail_key, picture.thumbnail)
    db.session.execute(
        update(Photo)
        .where(Photo.id == photo_id)
        .values(key=key, thumbnail_key=thumbnail_key, mime=picture.mime, stored_at=at)
    )


def stored(visit: Visit, photo_id: uuid.UUID) -> Photo:
    """A photo whose bytes are here.

    Raises:
        NotFound: it is not here, or was removed.
    """
    photo = db.session.scalar(
        select(Photo).where(
            Photo.id == photo_id,
            Photo.audit_id == visit.audit_id,
            Photo.stored_at.is_not(None),
            Photo.removed_at.is_(None),
        )
    )
    if photo is None:
        raise NotFound(_("This photo is not here (any more)."))
    return photo


def media_type(key: str) -> str:
    """The media type of a stored photo, by its key."""
    return TYPES[key.rpartition(".")[2]]
