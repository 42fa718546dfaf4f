"""Cases, their audits, every operation received from a tablet, the answers they add up to, photos and findings."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.audits.meetings import PictureKind
from app.audits.states import AuditState, CaseState, FindingState, TeamRole
from app.db import Base, Entity, by_value
from app.suppliers.models import Application, Supplier


class Case(Entity):
    """One run of certification for one supplier, from the application to the decision."""

    __tablename__ = "case"

    number: Mapped[str] = mapped_column(String(20), unique=True, comment="for people: 2026/0007")
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier.id"), index=True)
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"), unique=True)
    state: Mapped[CaseState] = mapped_column(by_value(CaseState))
    checklist_id: Mapped[str] = mapped_column(String(40))
    checklist_version: Mapped[str] = mapped_column(String(20))
    product_scope: Mapped[list[str]] = mapped_column(default=list)
    site_scope: Mapped[list[str]] = mapped_column(default=list)
    consent_register: Mapped[bool] = mapped_column(default=False)
    consent_scores: Mapped[bool] = mapped_column(default=False)
    applied_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    visit_on: Mapped[date | None]
    planned_at: Mapped[datetime | None]
    audit_started_at: Mapped[datetime | None]
    audit_finished_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]
    sent_to_review_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    closing_reason: Mapped[str] = mapped_column(default="", comment="why it was declined")
    report_key: Mapped[str] = mapped_column(String(120), default="", comment="the report's PDF in the file storage")
    report_sha256: Mapped[str] = mapped_column(String(64), default="")
    changed_at: Mapped[datetime] = mapped_column(comment="last change of state; lists are ordered by it")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    supplier: Mapped[Supplier] = relationship(lazy="joined", innerjoin=True)
    application: Mapped[Application] = relationship()
    team: Mapped[list["TeamMember"]] = relationship(
        order_by="TeamMember.role.desc(), TeamMember.id", back_populates="case"
    )
    audit: Mapped["Audit | None"] = relationship(back_populates="case")

    __table_args__ = (
        Index("ix_case_changed_at_id", "changed_at", "id", "supplier_id"),
        Index("ix_case_state", "state", "changed_at", "id", "supplier_id"),
    )


class TeamMember(Entity):
    """An auditor of a case, with the declaration that no conflict of interest exists."""

    __tablename__ = "team_member"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[TeamRole] = mapped_column(by_value(TeamRole))
    declared_at: Mapped[datetime | None] = mapped_column(comment="when the person declared no conflict of interest")

    case: Mapped[Case] = relationship(back_populates="team")
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (UniqueConstraint("case_id", "user_id"),)


class Audit(Entity):
    """One visit against one pinned version of a checklist."""

    __tablename__ = "audit"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), unique=True)
    state: Mapped[AuditState] = mapped_column(by_value(AuditState), default=AuditState.IN_PROGRESS)
    checklist_id: Mapped[str] = mapped_column(String(40))
    checklist_version: Mapped[str] = mapped_column(String(20))
    checklist_digest: Mapped[str] = mapped_column(String(80), comment="pinned when the audit started")
    profile: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="facts as corrected by the auditor")
    cursor: Mapped[int] = mapped_column(default=0, comment="number of the last operation received")
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship(back_populates="audit", lazy="joined", innerjoin=True)


class Operation(Base):
    """Every operation ever received from a tablet, in order; never changed, never deleted."""

    __tablename__ = "operation"

    op_id: Mapped[uuid.UUID] = mapped_column(
        primary_key=True, comment="made by the client; repeating it changes nothing"
    )
    audit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("audit.id"))
    cursor: Mapped[int] = mapped_column(comment="position in the audit's own sequence")
    device_id: Mapped[str] = mapped_column(String(64))
    seq: Mapped[int] = mapped_column(comment="position in the device's own sequence")
    kind: Mapped[str] = mapped_column(String(32))
    criterion: Mapped[str] = mapped_column(String(64), default="")
    field: Mapped[str] = mapped_column(String(16), default="")
    payload: Mapped[dict[str, Any]] = mapped_column(comment="the operation as received")
    payload_digest: Mapped[str] = mapped_column(String(64))
    result: Mapped[dict[str, Any]] = mapped_column(comment="the answer given, repeated when the operation is")
    actor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    received_at: Mapped[datetime]
    at_device: Mapped[str] = mapped_column(String(40), default="", comment="the tablet's clock: shown, never trusted")
    run_from: Mapped[int | None] = mapped_column(
        comment="the device's first number, when all from there up to this one were here"
    )

    __table_args__ = (
        UniqueConstraint("audit_id", "cursor"),
        UniqueConstraint("audit_id", "device_id", "seq"),
    )


class Answer(Base):
    """The value that stands for one field of one criterion: the head of its chain of operations.

    Fields: ``score`` (a level or a number), ``na`` (the reason), ``comment``, ``finding`` (the auditor's own grade),
    ``response`` (what the supplier says to it). Meetings are criteria of their own, see ``meetings``.
    """

    __tablename__ = "answer"

    audit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("audit.id"), primary_key=True)
    criterion: Mapped[str] = mapped_column(String(64), primary_key=True)
    field: Mapped[str] = mapped_column(String(16), primary_key=True)
    value: Mapped[Any | None] = mapped_column(JSON)
    head_op: Mapped[uuid.UUID]
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]


class AnswerConflict(Entity):
    """Two people gave different answers without having seen each other's; a person chooses."""

    __tablename__ = "answer_conflict"

    audit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("audit.id"), index=True)
    criterion: Mapped[str] = mapped_column(String(64))
    field: Mapped[str] = mapped_column(String(16))
    op_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("operation.op_id"), comment="the newest operation that lost")
    device_id: Mapped[str] = mapped_column(String(64))
    resolved_by_op: Mapped[uuid.UUID | None]


class Photo(Base):
    """A picture taken during an audit, or a signature; its bytes are in the file storage once they arrived."""

    __tablename__ = "photo"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, comment="made by the client")
    audit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("audit.id"), index=True)
    criterion: Mapped[str] = mapped_column(String(64))
    kind: Mapped[PictureKind] = mapped_column(by_value(PictureKind), default=PictureKind.PHOTO, server_default="photo")
    signature: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), comment="of a signature: signer, role, digest of what stood, the tablet's clock"
    )
    sha256: Mapped[str] = mapped_column(String(64), comment="of the bytes that the tablet sends")
    size: Mapped[int] = mapped_column(comment="bytes")
    mime: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(160), default="", comment="empty until the bytes arrived")
    thumbnail_key: Mapped[str] = mapped_column(String(160), default="")
    added_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    added_at: Mapped[datetime]
    stored_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class Finding(Entity):
    """What the audit found at one criterion: requirement, what is not met, evidence; and its grade."""

    __tablename__ = "finding"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    criterion: Mapped[str] = mapped_column(String(64))
    grade: Mapped[str] = mapped_column(String(32), comment="a grade of the checklist")
    proposed_grade: Mapped[str] = mapped_column(String(32), comment="what the checklist says for the answer")
    grade_comment: Mapped[str] = mapped_column(default="", comment="why the auditor raised it")
    requirement: Mapped[str] = mapped_column(default="")
    not_met: Mapped[str] = mapped_column(default="")
    evidence: Mapped[str] = mapped_column(default="")
    state: Mapped[FindingState] = mapped_column(by_value(FindingState), default=FindingState.DRAFT)
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    case: Mapped[Case] = relationship()

    __table_args__ = (UniqueConstraint("case_id", "criterion"),)


class Remark(Entity):
    """What the supplier says about the report; it stays beside the findings and changes nothing in them."""

    __tablename__ = "remark"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), index=True)
    text: Mapped[str]
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]

    by: Mapped[User] = relationship(lazy="joined", innerjoin=True)
