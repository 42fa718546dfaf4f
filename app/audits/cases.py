"""The list of cases: filters, pages by key, and what a plan form starts with."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Tuple, select, tuple_
from wtforms import Form, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from app.accounts.permissions import Actor
from app.audits.models import Case
from app.audits.service import visible_cases
from app.audits.states import CaseState, TeamRole
from app.db import db
from app.suppliers.search import PAGE, SUPPLIER_WORDS, WALKED, Page, are_few, look_for, matches

Key = tuple[datetime, uuid.UUID]
_ORDER = (Case.changed_at.desc(), Case.id.desc())
_PLACE = tuple_(Case.changed_at, Case.id)
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


def page(actor: Actor, *, state: str = "", words: str = "", after: str = "") -> Page[Case]:
    """Fifty cases, the last changed first, from the key ``after`` on. Looking for common words, a page looks through
    the next thousand cases and may hold fewer.
    """
    search = look_for(SUPPLIER_WORDS, words)
    narrowed = [Case.state == state] if state in set(CaseState) else []
    conditions = [visible_cases(actor), *narrowed]
    end = None
    if key := _read_key(after):
        narrowed.append(_place(key) > _PLACE)
    if search.common and not are_few(Case, conditions):
        end = _end_of_walk(narrowed)
    query = select(Case).where(*conditions, *narrowed, matches(Case.supplier_id, search))
    if end:
        query = query.where(_place(end) <= _PLACE)
    rows = db.session.scalars(query.order_by(*_ORDER).limit(PAGE + 1)).all()
    if len(rows) > PAGE:
        return Page(rows[:PAGE], _key_of(rows[PAGE - 1].changed_at, rows[PAGE - 1].id))
    return Page(rows, _key_of(*end) if end else "")


def _end_of_walk(conditions: Sequence[ColumnElement[bool]]) -> Key | None:
    walk = select(Case.changed_at, Case.id).where(*conditions).order_by(*_ORDER)
    row = db.session.execute(walk.offset(WALKED - 1).limit(1)).first()
    return (row.changed_at, row.id) if row else None


def _key_of(changed_at: datetime, case_id: uuid.UUID) -> str:
    return f"{changed_at.isoformat()}~{case_id}"


def _place(key: Key) -> Tuple:
    return tuple_(*key, types=[Case.changed_at.type, Case.id.type])


def _read_key(after: str) -> Key | None:
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
