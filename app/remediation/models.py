"""Remediation tasks and the evidence suppliers add to them."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.audits.models import Case, Finding
from app.db import Entity, by_value
from app.remediation.rules import TaskState


class Task(Entity):
    """What the supplier changes because of one finding. Verifying it gives a new level; the audit stays as it was."""

    __tablename__ = "task"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    finding_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("finding.id"), unique=True)
    criterion: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(comment="what to do, pre-filled from the checklist")
    due_on: Mapped[date | None]
    state: Mapped[TaskState] = mapped_column(by_value(TaskState), default=TaskState.OPEN)
    correction: Mapped[str] = mapped_column(default="")
    cause: Mapped[str] = mapped_column(default="")
    corrective_action: Mapped[str] = mapped_column(default="")
    owner_name: Mapped[str] = mapped_column(String(200), default="")
    planned_on: Mapped[date | None] = mapped_column(comment="the date in the supplier's plan")
    supplier_note: Mapped[str] = mapped_column(default="")
    returned_reason: Mapped[str] = mapped_column(default="")
    new_value: Mapped[Any | None] = mapped_column(
        JSON, comment="the level verified; the answer's value after remediation"
    )
    verification_note: Mapped[str] = mapped_column(default="")
    verified_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    submitted_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    case: Mapped[Case] = relationship()
    finding: Mapped[Finding] = relationship(lazy="joined", innerjoin=True)
    evidence: Mapped[list["Evidence"]] = relationship(order_by="Evidence.id", back_populates="task")

    __table_args__ = (
        Index("ix_task_case_id", "case_id", "due_on"),
        Index("ix_task_state_due", "state", "due_on"),
    )


class Evidence(Entity):
    """A file that shows that something was done. Removed ones stay, marked."""

    __tablename__ = "evidence"

    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("task.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    mime: Mapped[str] = mapped_column(String(60))
    size: Mapped[int] = mapped_column(comment="bytes as stored")
    sha256: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(160))
    thumbnail_key: Mapped[str] = mapped_column(String(160), default="")
    added_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    task: Mapped[Task] = relationship(back_populates="evidence")
