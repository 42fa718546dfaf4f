"""Reviews, decisions with what they were taken on, and certificates."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from app.accounts.models import User
from app.audits.models import Case
from app.certificates.lifecycle import CertificateState
from app.db import Base, Entity, by_value
from app.suppliers.models import ORDERED_TEXT, Supplier


class Recommendation(StrEnum):
    """What the reviewer recommends."""

    GRANT = "grant"
    REFUSE = "refuse"
    SEND_BACK = "send_back"


class Outcome(StrEnum):
    """What was decided."""

    GRANTED = "granted"
    REFUSED = "refused"


class Review(Entity):
    """A look at the complete file by someone who took no part in the audit. Never changed."""

    __tablename__ = "review"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), index=True)
    reviewer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    recommendation: Mapped[Recommendation] = mapped_column(by_value(Recommendation))
    note: Mapped[str]
    at: Mapped[datetime]

    reviewer: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class Decision(Entity):
    """The decision and exactly what it was taken on. Never changed."""

    __tablename__ = "decision"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), unique=True)
    decision_maker_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    outcome: Mapped[Outcome] = mapped_column(by_value(Outcome))
    rationale: Mapped[str]
    at: Mapped[datetime]
    sealed: Mapped[dict[str, Any]] = mapped_column(
        comment="checklist id, version, digest; answers after remediation; findings; result; open minors"
    )
    digest: Mapped[str] = mapped_column(String(64), comment="SHA-256 over the canonical JSON of `sealed`")

    decision_maker: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class Certificate(Entity):
    """A certificate as printed, and its state. The holder's particulars are a copy taken at the decision."""

    __tablename__ = "certificate"

    number: Mapped[str] = mapped_column(String(20), comment="BASE-YYYY-NNNNN-CC")
    edition: Mapped[int] = mapped_column(default=1)
    year: Mapped[int]
    sequence: Mapped[int] = mapped_column(comment="the NNNNN of the number")
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), index=True)
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier.id"), index=True)
    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("decision.id"))
    state: Mapped[CertificateState] = mapped_column(by_value(CertificateState), default=CertificateState.VALID)
    content: Mapped[dict[str, Any]] = mapped_column(
        comment="everything printed: issuer, holder, scheme, scope, grade, area results, decision maker, replaces"
    )
    holder_name: Mapped[str] = mapped_column(String(250))
    sort_key: Mapped[str] = mapped_column(
        ORDERED_TEXT, comment="the holder's name in Polish order; lists are paged by it"
    )
    public: Mapped[bool] = mapped_column(default=True, comment="the holder agreed to the register")
    granted_on: Mapped[date]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    suspended_on: Mapped[date | None]
    withdrawn_on: Mapped[date | None]
    public_reason: Mapped[str] = mapped_column(String(40), default="", comment="code of the public reason")
    pdf_key: Mapped[str] = mapped_column(String(120), default="", comment="empty until the job rendered it")
    pdf_sha256: Mapped[str] = mapped_column(String(64), default="")
    rendered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    case: Mapped[Case] = relationship()
    supplier: Mapped[Supplier] = relationship()
    decision: Mapped[Decision] = relationship()

    __table_args__ = (
        UniqueConstraint("number", "edition"),
        UniqueConstraint("year", "sequence", "edition"),
        Index("ix_certificate_sort_key_id", "sort_key", "id"),
        Index("ix_certificate_public_sort_key", "public", "sort_key", "id"),
        Index("ix_certificate_state_sort_key", "state", "sort_key", "id"),
        Index("ix_certificate_valid_from", "valid_from"),
        Index("ix_certificate_valid_until", "valid_until"),
    )


class CertificateWord(Base):
    """A word by which the register finds a certificate: holder, town, products, number; without diacritics."""

    __tablename__ = "certificate_word"

    certificate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    word: Mapped[str] = mapped_column(ORDERED_TEXT, primary_key=True)
    sort_key: Mapped[str] = mapped_column(
        ORDERED_TEXT, comment="the certificate's, so that hits come in the list's order"
    )

    __table_args__ = (
        Index("ix_certificate_word_word", "word", "sort_key", "certificate_id"),
        {"sqlite_with_rowid": False},
    )


def _refuse_change(_mapper: Mapper[Any], _connection: Connection, row: Review | Decision) -> None:
    raise RuntimeError(f"a {row.__tablename__} is never changed or deleted")


for _kind in (Review, Decision):
    event.listen(_kind, "before_update", _refuse_change)
    event.listen(_kind, "before_delete", _refuse_change)
