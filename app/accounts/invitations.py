"""Invitations: an offer to open an account, sent by e-mail, good once and for two weeks."""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.accounts.models import Invitation, User
from app.accounts.permissions import STAFF_ROLES, Actor, Role
from app.accounts.roles import may_give, mixes
from app.accounts.service import find_by_email
from app.db import db
from app.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from app.history import About, record

VALID_FOR = timedelta(days=14)


def invite(
    *,
    email: str,
    name: str,
    roles: AbstractSet[Role],
    supplier_id: uuid.UUID | None = None,
    actor: Actor,
    at: datetime,
) -> tuple[Invitation, str]:
    """Open an invitation; returns it with the secret of its link, which is kept nowhere else.

    Raises:
        Forbidden: a role that this person may not give.
        Invalid: no role, a mix of roles, a supplier missing or too much, or somebody has this address already.
    """
    email = email.strip()
    if any(not may_give(actor.roles, role) for role in roles):
        raise Forbidden(_("You cannot give this role."))
    _check_roles(roles, supplier_id)
    if find_by_email(email) is not None:
        raise Invalid(_("Somebody with this address has an account already."))
    if _open_for(email, at) is not None:
        raise Invalid(_("This address has an open invitation. Send that one again or withdraw it first."))
    secret = secrets.token_urlsafe(32)
    invitation = Invitation(
        email=email,
        name=name.strip(),
        role_names=sorted(roles),
        supplier_id=supplier_id,
        token_digest=_digest(secret),
        invited_by_id=actor.id,
        invited_at=at,
        expires_at=at + VALID_FOR,
    )
    db.session.add(invitation)
    db.session.flush()
    record(
        "invitation:send",
        About(invitation.id, supplier_id=supplier_id),
        actor=actor,
        at=at,
        after={"email": email, "roles": sorted(roles)},
    )
    return invitation, secret


def send_again(invitation: Invitation, *, actor: Actor, at: datetime) -> str:
    """A new secret and two more weeks; the link sent before stops working. Returns the secret.

    Raises:
        NotAllowedNow: accepted or withdrawn.
    """
    _must_be_undecided(invitation)
    secret = secrets.token_urlsafe(32)
    invitation.token_digest = _digest(secret)
    invitation.expires_at = at + VALID_FOR
    db.session.flush()
    about = About(invitation.id, supplier_id=invitation.supplier_id)
    record("invitation:send_again", about, actor=actor, at=at, after={"email": invitation.email})
    return secret


def withdraw(invitation: Invitation, *, actor: Actor, at: datetime) -> None:
    """The link stops working.

    Raises:
        NotAllowedNow: accepted or withdrawn.
    """
    _must_be_undecided(invitation)
    invitation.withdrawn_at = at
    db.session.flush()
    about = About(invitation.id, supplier_id=invitation.supplier_id)
    record("invitation:withdraw", about, actor=actor, at=at, after={"email": invitation.email})


def accept(invitation: Invitation, *, name: str, password_hash: str, language: str, at: datetime) -> User:
    """Open the account. The person is the actor from now on.

    Raises:
        Invalid: somebody got an account with this address in the meantime.
    """
    if find_by_email(invitation.email) is not None:
        raise Invalid(_("Somebody with this address has an account already."))
    user = open_account(
        email=invitation.email,
        name=name,
        roles=frozenset(Role(role) for role in invitation.role_names),
        password_hash=password_hash,
        language=language,
        at=at,
    )
    invitation.accepted_at = at
    db.session.flush()
    about = About(invitation.id, supplier_id=invitation.supplier_id)
    record("invitation:accept", about, actor=user.actor, at=at, after={"name": name})
    return user


def open_account(
    *,
    email: str,
    name: str,
    roles: AbstractSet[Role],
    password_hash: str,
    language: str = "pl",
    position: str = "",
    at: datetime,
) -> User:
    """A person who can sign in at once; for accepted invitations, the first administrator and the demo."""
    user = User(
        email=email,
        name=name,
        position=position,
        language=language,
        password=password_hash,
        role_names=sorted(roles),
        is_staff=not STAFF_ROLES.isdisjoint(roles),
        fs_uniquifier=uuid.uuid4().hex,
        created_at=at,
    )
    db.session.add(user)
    db.session.flush()
    return user


def find_by_secret(secret: str, *, at: datetime) -> Invitation:
    """The invitation behind a link, locked until the transaction ends so that it is accepted once.

    Raises:
        NotFound: unknown, used, withdrawn or out of date: the answer is the same.
    """
    invitation = db.session.scalar(
        select(Invitation).where(Invitation.token_digest == _digest(secret)).with_for_update()
    )
    if invitation is None or invitation.accepted_at or invitation.withdrawn_at or invitation.expires_at < at:
        raise NotFound(_("This invitation no longer works. Ask whoever invited you for a new one."))
    return invitation


def get_invitation(invitation_id: uuid.UUID) -> Invitation:
    """One invitation.

    Raises:
        NotFound: there is none with this id.
    """
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is None:
        raise NotFound(_("There is no such invitation."))
    return invitation


def list_waiting(*, limit: int = 200) -> Sequence[Invitation]:
    """Invitations that were neither accepted nor withdrawn, the newest first; those out of date too."""
    return db.session.scalars(
        select(Invitation)
        .where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
        .order_by(Invitation.invited_at.desc(), Invitation.id)
        .limit(limit)
    ).all()


def _open_for(email: str, at: datetime) -> uuid.UUID | None:
    return db.session.scalar(
        select(Invitation.id).where(
            func.lower(Invitation.email) == email.lower(),
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at >= at,
        )
    )


def _check_roles(roles: AbstractSet[Role], supplier_id: uuid.UUID | None) -> None:
    if not roles:
        raise Invalid(_("Choose at least one role."))
    if mixes(roles):
        raise Invalid(_("A supplier's contact cannot work for the foundation as well."))
    if (Role.SUPPLIER_CONTACT in roles) != (supplier_id is not None):
        raise Invalid(_("Choose the supplier whose contact this person is."))


def _must_be_undecided(invitation: Invitation) -> None:
    if invitation.accepted_at:
        raise NotAllowedNow(_("This invitation was accepted already."))
    if invitation.withdrawn_at:
        raise NotAllowedNow(_("This invitation was withdrawn already."))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
