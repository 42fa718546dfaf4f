"""Signed-in browsers: opening, checking at every request, ending. Each is a row that can be ended from elsewhere."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, Uuid, bindparam, select, update

from app.accounts.models import SignIn, User
from app.db import db

LIFETIME = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=5)
# Asked at every request: put together once, only the values change.
_LIVE = (
    SignIn.user_id == User.id,
    SignIn.id == bindparam("sign_in_id", type_=Uuid()),
    SignIn.ended_at.is_(None),
    User.fs_uniquifier == bindparam("uniquifier", type_=String()),
)
_FIND_USER = select(User, SignIn.last_seen_at).where(*_LIVE)
_OF_A_SENDER = (User.id, User.name, User.language, User.role_names, User.active, User.is_staff, User.tf_totp_secret)
_FIND_SENDER = select(*_OF_A_SENDER, SignIn.last_seen_at).where(*_LIVE)


def open_sign_in(user: User, *, device: str, address: str, at: datetime) -> SignIn:
    """Record a browser that has just signed in."""
    sign_in = SignIn(
        user_id=user.id,
        device=device[:300],
        address=address[:64],
        signed_in_at=at,
        last_seen_at=at,
        ended_at=None,
    )
    db.session.add(sign_in)
    db.session.flush()
    return sign_in


def find_user(sign_in_id: uuid.UUID, uniquifier: str, *, at: datetime) -> tuple[User, datetime] | None:
    """The active person of a live sign-in and when the browser was last seen: one query, made at every request."""
    row = db.session.execute(_FIND_USER, {"sign_in_id": sign_in_id, "uniquifier": uniquifier}).first()
    if row is None or not row[0].active or row[1] < at - LIFETIME:
        return None
    return row[0], row[1]


def find_sender(sign_in_id: uuid.UUID, uniquifier: str, *, at: datetime) -> tuple[User, datetime] | None:
    """Like ``find_user``, for a tablet's requests, which come by the hundred.

    The person is a copy to read from, outside the database session, with nothing but what says who may do what.
    """
    names = {"sign_in_id": sign_in_id, "uniquifier": uniquifier}
    row = db.session.connection().execute(_FIND_SENDER, names).first()
    if row is None or not row.active or row.last_seen_at < at - LIFETIME:
        return None
    *values, seen_at = row
    return User(**{column.key: value for column, value in zip(_OF_A_SENDER, values, strict=True)}), seen_at


def touch(sign_in_id: uuid.UUID, *, at: datetime) -> None:
    """Note that the browser is still in use."""
    db.session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(last_seen_at=at))


def list_open(user_id: uuid.UUID, *, at: datetime) -> Sequence[SignIn]:
    """The person's live sign-ins, the last used first."""
    return db.session.scalars(
        select(SignIn)
        .where(SignIn.user_id == user_id, SignIn.ended_at.is_(None), SignIn.last_seen_at >= at - LIFETIME)
        .order_by(SignIn.last_seen_at.desc(), SignIn.id)
    ).all()


def end(sign_in_id: uuid.UUID, *, user_id: uuid.UUID, at: datetime) -> bool:
    """End one sign-in of this person; False when there is no such live one."""
    ended = db.session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.user_id == user_id, SignIn.ended_at.is_(None))
        .values(ended_at=at)
        .returning(SignIn.id)
    )
    return ended.first() is not None


def end_all(user_id: uuid.UUID, *, at: datetime, except_id: uuid.UUID | None = None) -> int:
    """End every sign-in of this person, but for ``except_id``; returns how many ended."""
    change = update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None)).values(ended_at=at)
    if except_id is not None:
        change = change.where(SignIn.id != except_id)
    return len(db.session.execute(change.returning(SignIn.id)).all())
