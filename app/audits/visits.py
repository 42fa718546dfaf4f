"""One audit as the tablet's requests see it: who may read or fill it, and where it stands. One query."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, Uuid, bindparam, exists, select

from app.accounts.permissions import Actor, Permission
from app.audits.models import AnswerConflict, Audit, Case, TeamMember
from app.audits.service import visible_cases
from app.audits.states import AuditState
from app.checklists import library
from app.checklists.checklist import Checklist
from app.db import db
from app.errors import Forbidden, NotFound


@dataclass
class Visit:
    """An audit that this person may see. ``cursor`` numbers the last operation received."""

    audit_id: uuid.UUID
    case_id: uuid.UUID
    checklist: Checklist
    profile: dict[str, Any]
    cursor: int
    closed: bool
    may_fill: bool
    disputed: bool
    """Are there conflicts that nobody has settled?"""


_ACTOR = bindparam("actor_id", type_=Uuid())
_UNSETTLED = exists().where(AnswerConflict.audit_id == Audit.id, AnswerConflict.resolved_by_op.is_(None))
VISIT_ROW = (
    select(
        Audit.id,
        Audit.case_id,
        Audit.state,
        Audit.checklist_id,
        Audit.checklist_version,
        Audit.profile,
        Audit.cursor,
        TeamMember.id.label("place"),
        _UNSETTLED.label("disputed"),
    )
    .outerjoin(TeamMember, (TeamMember.case_id == Audit.case_id) & (TeamMember.user_id == _ACTOR))
    .where(Audit.id == bindparam("audit_id", type_=Uuid()))
)
_LOCKED_ROW = VISIT_ROW.with_for_update(of=Audit)


def open_visit(audit_id: uuid.UUID, actor: Actor, *, writing: bool = False, filling: bool = False) -> Visit:
    """The audit, for its team and for staff who see its case. ``writing`` locks it until the transaction ends.

    Raises:
        NotFound: there is none, or not for this person.
        Forbidden: ``writing`` or ``filling``, and the person is not on the team.
    """
    query = _LOCKED_ROW if writing else VISIT_ROW
    row = db.session.connection().execute(query, {"audit_id": audit_id, "actor_id": actor.id}).first()
    return visit_of(row, actor, filling=writing or filling)


def visit_of(row: Row[Any] | None, actor: Actor, *, filling: bool) -> Visit:
    """The same for a row that has the columns of ``VISIT_ROW``."""
    if row is None or not actor.is_staff or (row.place is None and not _sees(row.case_id, actor)):
        raise NotFound(_("There is no such audit."))
    on_team = row.place is not None and actor.may(Permission.AUDIT_FILL)
    if filling and not on_team:
        raise Forbidden(_("Only the audit team fills in this audit."))
    return _visit(row, may_fill=on_team)


def open_for_author(audit_id: uuid.UUID, author_id: uuid.UUID) -> Visit:
    """The audit, locked, for what somebody recorded while on its team; they may have left the foundation since.

    Raises:
        NotFound: there is no such audit, or the person was never on its team.
    """
    row = db.session.connection().execute(_LOCKED_ROW, {"audit_id": audit_id, "actor_id": author_id}).first()
    if row is None or row.place is None:
        raise NotFound(_("There is no such audit."))
    return _visit(row, may_fill=True)


def _visit(row: Row[Any], *, may_fill: bool) -> Visit:
    return Visit(
        audit_id=row.id,
        case_id=row.case_id,
        checklist=library.published(row.checklist_id, row.checklist_version),
        profile=dict(row.profile),
        cursor=row.cursor,
        closed=row.state is not AuditState.IN_PROGRESS,
        may_fill=may_fill,
        disputed=row.disputed,
    )


def _sees(case_id: uuid.UUID, actor: Actor) -> bool:
    return db.session.scalar(select(Case.id).where(Case.id == case_id, visible_cases(actor))) is not None
