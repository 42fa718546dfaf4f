"""Typed makers of what tests need, through the services where that is cheap."""

import itertools
import uuid
from datetime import datetime

from flask.testing import FlaskClient
from flask_security import hash_password

from app.accounts import sign_ins
from app.accounts.models import User
from app.accounts.permissions import STAFF_ROLES, Role
from app.db import db
from app.web import now

PASSWORD = "base-demo-2026"
_numbers = itertools.count(1)


def make_user(
    *roles: Role,
    name: str = "",
    email: str = "",
    password: str | None = None,
    language: str = "pl",
    active: bool = True,
    at: datetime | None = None,
) -> User:
    """A person with an account. Without ``password`` they can only be signed in by the ``sign_in`` fixture."""
    number = next(_numbers)
    user = User(
        email=email or f"person{number}@base.example.org",
        name=name or f"Osoba {number}",
        language=language,
        password=hash_password(password) if password else None,
        active=active,
        is_staff=not STAFF_ROLES.isdisjoint(roles),
        role_names=sorted(roles),
        fs_uniquifier=uuid.uuid4().hex,
        created_at=at or now(),
    )
    db.session.add(user)
    db.session.flush()
    return user


def sign_in_as(client: FlaskClient, user: User) -> None:
    """Put a live sign-in of this person into the client's session, without the slow password."""
    opened = sign_ins.open_sign_in(user, device="test", address="127.0.0.1", at=now())
    db.session.commit()
    with client.session_transaction() as session:
        session.permanent = True
        session["_user_id"] = user.fs_uniquifier
        session["_fresh"] = True
        session["sign_in"] = str(opened.id)
        session["fs_paa"] = now().timestamp()
