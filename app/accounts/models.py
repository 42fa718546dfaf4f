"""People who sign in, their sessions and invitations, and the foundation's own particulars."""

import uuid
from datetime import datetime

from flask_security import UserMixin
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.permissions import Actor, Role
from app.config import current_settings
from app.db import Entity


class User(Entity, UserMixin):  # type: ignore[misc]  # Flask-Security ships no types
    """A person with an account. Roles are kept on the row: every request needs them, in one query."""

    __tablename__ = "user"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[str] = mapped_column(String(200), default="", comment="printed beside a decision")
    language: Mapped[str] = mapped_column(String(2), default="pl")
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    is_staff: Mapped[bool] = mapped_column(default=False, index=True)
    role_names: Mapped[list[str]] = mapped_column(default=list)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, comment="changing it ends every session")
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_last_counter: Mapped[int | None] = mapped_column(comment="time step of the last one-time code, used once")
    mf_recovery_codes: Mapped[list[str] | None]
    created_at: Mapped[datetime]

    @property
    def actor(self) -> Actor:
        return Actor(
            id=self.id,
            name=self.name,
            roles=frozenset(Role(name) for name in self.role_names),
            language=self.language,
        )

    @property
    def roles_held(self) -> frozenset[Role]:
        return frozenset(Role(name) for name in self.role_names)

    @property
    def must_set_up_second_factor(self) -> bool:
        """Staff without a second factor where the settings require one."""
        return self.check_tf_required_setup() and not self.tf_totp_secret

    def check_tf_required(
        self,
        tf_setup_methods: list[tuple[str, str]],
        tf_fresh: bool,  # noqa: FBT001  # Flask-Security's signature
    ) -> tuple[bool, list[tuple[str, str]]]:
        """Flask-Security asks after the password: is a second factor needed?"""
        return bool(tf_setup_methods) or self.check_tf_required_setup(), tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        """Flask-Security asks: may this person not be without?"""
        return self.is_staff and bool(current_settings().require_second_factor)


class SignIn(Entity):
    """One signed-in browser; ending it signs that browser out at its next request."""

    __tablename__ = "sign_in"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    device: Mapped[str] = mapped_column(String(300), default="", comment="browser and system, as it said itself")
    address: Mapped[str] = mapped_column(String(64), default="")
    signed_in_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Invitation(Entity):
    """An offer to open an account, sent by e-mail; the token is stored hashed."""

    __tablename__ = "invitation"

    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    role_names: Mapped[list[str]] = mapped_column(default=list)
    supplier_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("supplier.id"), comment="the supplier whose contact the person becomes"
    )
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    invited_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    invited_by: Mapped[User] = relationship()


class Organisation(Entity):
    """The certification body as it signs: one row, edited on the settings page."""

    __tablename__ = "organisation"

    name: Mapped[str] = mapped_column(String(200), default="Fundacja HELISA")
    address: Mapped[str] = mapped_column(String(300), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    website: Mapped[str] = mapped_column(String(254), default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
