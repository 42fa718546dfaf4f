"""The list of cases: filters, pages by key, and what a plan form starts with."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, or_, select
from wtforms import Form, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from app.accounts.permissions import Actor
from app.audits.models import Case
from app.audits.service import visible_cases
from app.audits.states import CaseState, TeamRole
from app.db import db
from app.suppliers.search import supplier_matches

PAGE = 50
STATE_WORDS = (
    SelectChoice("", _l("All states")),
    SelectChoice(CaseState.APPLIED.value, _l("Application sent")),
    SelectChoice(CaseState.ACCEPTED.value, _l("Application accepted")),
    SelectChoice(CaseState.PLANNED.value, _l("Audit planned")),
    SelectChoice(CaseState.IN_AUDIT.value, _l("Audit under way")),
    SelectChoice(CaseState.REPORTED.value, _l("Report issued")),
    SelectChoice(CaseState.REMEDIATION.value, _l("Improvements under way")),
    SelectChoice(CaseState.UNDER_REVIEW.value, _l("Under review")),
    SelectChoice(CaseState.REVIEWED.value, _l("Waiting for the decision")),
    SelectChoice(CaseState.CERTIFIED.value, _l("Certified")),
    SelectChoice(CaseState.REFUSED.value, _l("Certificate refused")),
    SelectChoice(CaseState.DECLINED.value, _l("Application declined")),
)


class FilterForm(Form):
    """What narrows the list."""

    q = StringField(_l("Supplier"))
    state = SelectField(_l("State"), choices=STATE_WORDS)


@dataclass(frozen=True)
class Page:
    """A page of the list and the key of the next one; empty when it is the last."""

    rows: Sequence[Case]
    after: str


def page(actor: Actor, *, state: str = "", words: str = "", after: str = "") -> Page:
    """Fifty cases, the last changed first, from the key ``after`` on."""
    query = select(Case).where(visible_cases(actor)).order_by(Case.changed_at.desc(), Case.id.desc()).limit(PAGE + 1)
    if state in set(CaseState):
        query = query.where(Case.state == state)
    if words.strip():
        query = query.where(supplier_matches(Case.supplier_id, words))
    if key := _read_key(after):
        at, case_id = key
        query = query.where(or_(Case.changed_at < at, and_(Case.changed_at == at, Case.id < case_id)))
    rows = db.session.scalars(query).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Page(rows[:PAGE], f"{last.changed_at.isoformat()}~{last.id}" if last else "")


def _read_key(after: str) -> tuple[datetime, uuid.UUID] | None:
    at, _separator, case_id = after.partition("~")
    try:
        instant, last = datetime.fromisoformat(at), uuid.UUID(case_id)
    except ValueError:
        return None
    return (instant, last) if instant.tzinfo else None


def planned(case: Case) -> dict[str, object]:
    """The present plan as form values."""
    lead = next((str(place.user_id) for place in case.team if place.role is TeamRole.LEAD_AUDITOR), "")
    others = [str(place.user_id) for place in case.team if place.role is not TeamRole.LEAD_AUDITOR]
    return {"version": str(case.version), "visit_on": case.visit_on, "lead": lead, "auditors": others}
