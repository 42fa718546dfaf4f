"""People with accounts: finding them, their roles, closing and reopening accounts."""

import uuid
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, String, cast, func, select, tuple_

from app.accounts import sign_ins
from app.accounts.models import User
from app.accounts.permissions import STAFF_ROLES, Actor, Role
from app.accounts.roles import may_give, mixes
from app.db import db
from app.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from app.history import About, record


def get_user(user_id: uuid.UUID) -> User:
    """One person.

    Raises:
        NotFound: nobody has this id.
    """
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound(_("There is no such person."))
    return user


def find_by_email(email: str) -> User | None:
    """The person who signs in with this address, however it is capitalised."""
    return db.session.scalar(select(User).where(func.lower(User.email) == email.strip().lower()))


def people_with_role(role: Role) -> Sequence[User]:
    """Active people who hold the role, by name."""
    return db.session.scalars(select(User).where(User.active, _holds(role)).order_by(User.name, User.id)).all()


def list_people(
    *, staff: bool, active: bool | None = None, role: Role | None = None, after: uuid.UUID | None = None, limit: int
) -> Sequence[User]:
    """A page of staff or of suppliers' contacts by name, beginning after the person with the id ``after``."""
    query = select(User).where(User.is_staff == staff).order_by(User.name, User.id).limit(limit)
    if active is not None:
        query = query.where(User.active == active)
    if role is not None:
        query = query.where(_holds(role))
    if after is not None:
        last = db.session.get(User, after)
        if last is not None:
            query = query.where(tuple_(User.name, User.id) > tuple_(last.name, last.id))
    return db.session.scalars(query).all()


def change_roles(user: User, roles: AbstractSet[Role], *, actor: Actor, at: datetime) -> None:
    """Give a member of the staff exactly these roles.

    Raises:
        Forbidden: own roles, or a role that this person may not give or take.
        NotAllowedNow: nobody would be left to administer.
        Invalid: no role at all, or a mix with a supplier's contact.
    """
    if user.id == actor.id:
        raise Forbidden(_("Nobody changes their own roles. Ask another administrator."))
    before = user.roles_held
    if any(not may_give(actor.roles, role) for role in before ^ roles):
        raise Forbidden(_("Only an administrator gives or takes the administrator's role."))
    if not roles or not roles <= STAFF_ROLES or mixes(roles | before):
        raise Invalid(_("Choose at least one role. A supplier's contact cannot work for the foundation as well."))
    if roles == before:
        return
    if Role.ADMINISTRATOR in before - roles:
        _keep_an_administrator(user)
    user.role_names = sorted(roles)
    user.is_staff = True
    db.session.flush()
    record(
        "account:change_roles",
        About(user.id),
        actor=actor,
        at=at,
        before={"roles": sorted(before)},
        after={"roles": sorted(roles)},
    )


def close_account(user: User, *, actor: Actor, at: datetime) -> None:
    """Let this person in no more; they are signed out everywhere at once. What they did stays.

    Raises:
        Forbidden: oneself, or an administrator while not being one.
        NotAllowedNow: the last administrator, or closed already.
    """
    _may_manage(user, actor)
    if not user.active:
        raise NotAllowedNow(_("This account is closed already."))
    if Role.ADMINISTRATOR in user.roles_held:
        _keep_an_administrator(user)
    user.active = False
    db.session.flush()
    sign_ins.end_all(user.id, at=at)
    record("account:close", About(user.id), actor=actor, at=at)


def reopen_account(user: User, *, actor: Actor, at: datetime) -> None:
    """Let this person in again, with the roles and the password they had.

    Raises:
        Forbidden: oneself, or an administrator while not being one.
        NotAllowedNow: it is open.
    """
    _may_manage(user, actor)
    if user.active:
        raise NotAllowedNow(_("This account is open."))
    user.active = True
    db.session.flush()
    record("account:reopen", About(user.id), actor=actor, at=at)


def sign_out_everywhere(user: User, *, actor: Actor, at: datetime) -> int:
    """End every sign-in of another person, for instance after a telephone was lost; returns how many ended.

    Raises:
        Forbidden: an administrator's, while not being one.
    """
    _may_manage(user, actor)
    ended = sign_ins.end_all(user.id, at=at)
    record("account:sign_out", About(user.id), actor=actor, at=at, after={"browsers": ended})
    return ended


def remove_second_factor(user: User, *, actor: Actor, at: datetime) -> None:
    """For somebody who lost both telephone and recovery codes: the password is enough until they set it up again.

    Raises:
        Forbidden: oneself, or an administrator while not being one.
        NotAllowedNow: there is none.
    """
    _may_manage(user, actor)
    if not user.tf_totp_secret:
        raise NotAllowedNow(_("This person has no second factor."))
    user.tf_primary_method = user.tf_totp_secret = user.tf_last_counter = None
    user.mf_recovery_codes = None
    db.session.flush()
    sign_ins.end_all(user.id, at=at)
    record("account:turn_off_second_factor", About(user.id), actor=actor, at=at)


def edit_account(user: User, *, name: str, position: str, language: str, actor: Actor, at: datetime) -> None:
    """Change one's own name, position and language."""
    before = {"name": user.name, "position": user.position}
    after = {"name": name, "position": position}
    user.name, user.position, user.language = name, position, language
    db.session.flush()
    changed = [key for key in after if before[key] != after[key]]
    if changed:
        record(
            "account:edit",
            About(user.id),
            actor=actor,
            at=at,
            before={key: before[key] for key in changed},
            after={key: after[key] for key in changed},
        )


def may_manage(user: User, actor: Actor) -> bool:
    """May the actor close this account or end its sign-ins? Only administrators manage administrators."""
    return user.id != actor.id and all(may_give(actor.roles, role) for role in user.roles_held)


def _may_manage(user: User, actor: Actor) -> None:
    if user.id == actor.id:
        raise Forbidden(_("This is your own account. Ask another administrator."))
    if not may_manage(user, actor):
        raise Forbidden(_("Only an administrator manages an administrator's account."))


def _keep_an_administrator(leaving: User) -> None:
    others = db.session.scalar(
        select(func.count()).select_from(User).where(User.active, User.id != leaving.id, _holds(Role.ADMINISTRATOR))
    )
    if not others:
        raise NotAllowedNow(_("This is the last administrator. Make somebody else an administrator first."))


def _holds(role: Role) -> ColumnElement[bool]:
    """Roles are few and their names are not parts of each other, so a quoted search in the JSON text is exact."""
    return cast(User.role_names, String).contains(f'"{role.value}"')
