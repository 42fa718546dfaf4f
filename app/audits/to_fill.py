"""The audits that a person can fill in now: the list on the tablet's first screen."""

from typing import Any

from sqlalchemy import select

from app.accounts.permissions import Actor, Permission
from app.audits.models import Audit, Case, TeamMember
from app.audits.states import AuditState
from app.db import db
from app.suppliers.models import Supplier

MOST = 100


def audits_to_fill(actor: Actor) -> list[dict[str, Any]]:
    """Audits in progress with this person on the team, the next visit first; at most ``MOST``."""
    if not actor.may(Permission.AUDIT_FILL):
        return []
    rows = db.session.execute(
        select(Audit.id, Audit.state, Case.id.label("case_id"), Case.number, Case.visit_on, Supplier.name)
        .join(Case, Case.id == Audit.case_id)
        .join(Supplier, Supplier.id == Case.supplier_id)
        .join(TeamMember, (TeamMember.case_id == Case.id) & (TeamMember.user_id == actor.id))
        .where(Audit.state == AuditState.IN_PROGRESS)
        .order_by(Case.visit_on, Case.number, Audit.id)
        .limit(MOST)
    )
    return [
        {
            "id": str(row.id),
            "case_id": str(row.case_id),
            "number": row.number,
            "supplier": row.name,
            "visit_on": row.visit_on.isoformat() if row.visit_on else None,
            "state": row.state.value,
        }
        for row in rows
    ]
