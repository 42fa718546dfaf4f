"""What the office knows about tablets: where audits live, what waits there, what was lost, logs, rescue files."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.db import Base, Entity


class Tablet(Base):
    """What one device said about one audit when it last said more than answers: polls, work that waits, holes.

    A device that only sends answers leaves no trace here; then its last operation says when it was seen.
    """

    __tablename__ = "tablet"

    audit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("audit.id"), primary_key=True)
    device_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    app: Mapped[str] = mapped_column(String(40), default="", comment="version of the tablet's programme")
    unsent: Mapped[int] = mapped_column(comment="changes that waited on the tablet after the call")
    unsent_since: Mapped[datetime | None] = mapped_column(comment="since when something has been waiting")
    contiguous_seq: Mapped[int | None] = mapped_column(comment="the last of the device's numbers before a hole")
    gap: Mapped[bool] = mapped_column(comment="a hole in the device's numbers: an operation may be lost")
    seen_at: Mapped[datetime]


class TabletLoss(Entity):
    """A tablet whose store was empty although it had held work; open until the office has looked after it."""

    __tablename__ = "tablet_loss"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    device_id: Mapped[str] = mapped_column(String(64), default="")
    expected: Mapped[int] = mapped_column(comment="changes that the tablet should hold")
    found: Mapped[int] = mapped_column(comment="changes that it holds")
    reported_at: Mapped[datetime]
    settled_at: Mapped[datetime | None] = mapped_column(index=True)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class TabletLog(Entity):
    """What happened on a tablet, as the office asked for it and the tablet then told."""

    __tablename__ = "tablet_log"

    device_id: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime]
    came_at: Mapped[datetime | None] = mapped_column(comment="when the tablet last answered")
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"), comment="who was signed in then")
    events: Mapped[list[Any]] = mapped_column(default=list, comment="the oldest first")

    user: Mapped[User | None] = relationship(lazy="joined")

    @property
    def is_wanted(self) -> bool:
        return self.came_at is None or self.came_at < self.asked_at


class RescueFile(Entity):
    """An uploaded rescue file that waits for a person to look at it and confirm."""

    __tablename__ = "rescue_file"

    key: Mapped[str] = mapped_column(String(160), comment="in the file storage")
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    uploaded_at: Mapped[datetime]
    imported_at: Mapped[datetime | None]
