"""Cases from application to review: who sees them, how they are planned, audited, reported and sent on."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, or_, select, text, true
from sqlalchemy.orm import selectinload

from app import history
from app.accounts.models import User
from app.accounts.permissions import Actor, Permission, Role
from app.audits import letters
from app.audits.models import Audit, Case, TeamMember
from app.audits.states import CLOSED, PERMISSION_FOR, Action, AuditState, CaseState, TeamRole, move
from app.checklists import library
from app.db import db
from app.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from app.formats import local_day, short_date
from app.suppliers.facts import known_facts
from app.suppliers.models import Advice, Application, Contact

SCHEME = "base"
PRODUCTS = "products"
ADVICE_COOLING_OFF_YEARS = 2
USUAL_NOTICE_DAYS = 14
_NUMBER_LOCK = 7_204_111  # any constant: on PostgreSQL one transaction at a time takes a number


def visible_cases(actor: Actor) -> ColumnElement[bool]:
    """The condition on ``Case`` for what this person may see.

    The office and deciders see all; auditors the cases they are on; advisers those of suppliers they advise;
    contacts those of their own supplier. Several roles add up.
    """
    if actor.sees_every_case:
        return true()
    ways: list[ColumnElement[bool]] = [
        Case.supplier_id.in_(select(Contact.supplier_id).where(Contact.user_id == actor.id)),
    ]
    if actor.has(Role.AUDITOR):
        ways.append(Case.id.in_(select(TeamMember.case_id).where(TeamMember.user_id == actor.id)))
    if actor.has(Role.ADVISER):
        ways.append(Case.supplier_id.in_(select(Advice.supplier_id).where(Advice.adviser_id == actor.id)))
    return or_(*ways)


def get_case(case_id: uuid.UUID, actor: Actor) -> Case:
    """One case with its team and audit.

    Raises:
        NotFound: it does not exist, or not for this person.
    """
    query = (
        select(Case)
        .where(Case.id == case_id, visible_cases(actor))
        .options(selectinload(Case.team), selectinload(Case.audit), selectinload(Case.application))
    )
    case = db.session.scalar(query)
    if case is None:
        raise NotFound(_("There is no such case."))
    return case


def open_numbers(supplier_id: uuid.UUID, actor: Actor) -> Sequence[str]:
    """The numbers of the supplier's cases that are still open, as far as this person sees them."""
    query = select(Case.number).where(Case.supplier_id == supplier_id, Case.state.not_in(CLOSED), visible_cases(actor))
    return db.session.scalars(query.order_by(Case.number)).all()


def check_step(case: Case, action: Action, actor: Actor) -> CaseState:
    """The state that ``action`` leads to; changes nothing.

    Raises:
        Forbidden: the person's role does not include the action.
        NotAllowedNow: the table has no such move from the present state.
    """
    if not actor.may(PERMISSION_FOR[action]):
        raise Forbidden(_("Your role does not include this step."))
    target = move(case.state, action)
    if target is None:
        raise NotAllowedNow(_("This step is not possible in the present state of the case."))
    return target


def step(
    case: Case,
    action: Action,
    *,
    actor: Actor,
    at: datetime,
    note: str = "",
    role: Role | None = None,
    before: Mapping[str, object] | None = None,
    **after: object,
) -> None:
    """Move a case by the table of moves and record it, on behalf of the role that carries the step.

    Raises:
        Forbidden, NotAllowedNow: as ``check_step``.
    """
    target = check_step(case, action, actor)
    state = case.state
    case.state = target
    case.changed_at = at
    history.record(
        f"case:{action}",
        about(case),
        actor=actor,
        at=at,
        role=role or actor.role_for(PERMISSION_FOR[action]),
        before={"state": state, **(before or {})},
        after={"state": target, **after},
        note=note,
    )


def about(case: Case) -> history.About:
    """How the history refers to a case."""
    return history.About(case.id, supplier_id=case.supplier_id, case_id=case.id)


def open_case(application: Application, *, actor: Actor, at: datetime) -> Case:
    """A new case for an application that is linked to a supplier, against the current BASE checklist."""
    if application.supplier_id is None:
        raise Invalid(_("Link the application to a supplier first."))
    checklist = library.current(SCHEME)
    case = Case(
        number=_next_number(at),
        supplier_id=application.supplier_id,
        application_id=application.id,
        state=CaseState.APPLIED,
        checklist_id=checklist.id,
        checklist_version=checklist.version,
        product_scope=application.product_scope,
        site_scope=application.site_scope,
        consent_register=application.consent_register,
        consent_scores=application.consent_scores,
        applied_at=application.submitted_at,
        changed_at=at,
    )
    db.session.add(case)
    db.session.flush()
    history.record(
        "case:open",
        about(case),
        actor=actor,
        at=at,
        role=actor.role_for(Permission.APPLICATION_SUBMIT),
        after={"state": case.state, "number": case.number},
    )
    return case


def _next_number(at: datetime) -> str:
    # writers wait for each other on SQLite anyway; on PostgreSQL a lock of its own is held until the transaction ends
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _NUMBER_LOCK})
    last = db.session.scalar(select(func.max(Case.number)).where(Case.number.startswith(f"{at.year}/")))
    return f"{at.year}/{int(last.partition('/')[2]) + 1 if last else 1:05d}"


def accept(case: Case, *, actor: Actor, at: datetime) -> None:
    """The application is complete and in scope."""
    step(case, Action.ACCEPT, actor=actor, at=at)
    case.accepted_at = at
    letters.tell_accepted(case, at=at)


def decline(case: Case, *, reason: str, actor: Actor, at: datetime) -> None:
    """The application is not taken up; the applicant reads the reason."""
    if not reason.strip():
        raise Invalid(_("Say why the application is declined."))
    step(case, Action.DECLINE, actor=actor, at=at, note=reason.strip())
    case.closing_reason = reason.strip()
    letters.tell_declined(case, at=at)


def plan(case: Case, *, lead: User, auditors: Sequence[User], visit_on: date, actor: Actor, at: datetime) -> None:
    """Set the team and the day of the visit; may be repeated until the audit starts.

    Less than 14 days ahead is allowed: ``notice_days`` says so to whoever plans.

    Raises:
        Invalid: the day is over, or a person may not be on this team (the reasons say why).
    """
    check_step(case, Action.PLAN, actor)
    team = {lead.id: lead, **{user.id: user for user in auditors}}
    reasons = [reason for user in team.values() if (reason := why_not_on_team(case, user, visit_on))]
    if visit_on < local_day(at):
        reasons.append(_("The day of the visit is over. Choose a day from today on."))
    if reasons:
        raise Invalid(*reasons)
    planned = {"visit_on": case.visit_on, "team": [place.user.name for place in case.team]} if case.team else {}
    names = [user.name for user in team.values()]
    step(case, Action.PLAN, actor=actor, at=at, before=planned, visit_on=visit_on, team=names)
    _set_team(case, team, lead)
    case.visit_on = visit_on
    case.planned_at = at
    db.session.flush()
    letters.tell_planned(case, at=at)


def _set_team(case: Case, team: Mapping[uuid.UUID, User], lead: User) -> None:
    """People who stay keep their declaration."""
    staying = {place.user_id: place for place in case.team if place.user_id in team}
    for user in team.values():
        place = staying.setdefault(user.id, TeamMember(user_id=user.id, user=user))
        place.role = TeamRole.LEAD_AUDITOR if user.id == lead.id else TeamRole.AUDITOR
    for place in [place for place in case.team if place.user_id not in team]:
        db.session.delete(place)
    case.team = list(staying.values())


def notice_days(case: Case) -> int | None:
    """How many days before the visit it was planned, when these are fewer than the usual 14; else None."""
    if case.visit_on is None or case.planned_at is None:
        return None
    days = (case.visit_on - local_day(case.planned_at)).days
    return days if days < USUAL_NOTICE_DAYS else None


def why_not_on_team(case: Case, user: User, on: date) -> str:
    """Why this person may not audit this supplier, as a sentence; empty when nothing is against it."""
    if Role.AUDITOR not in user.role_names or not user.active:
        return str(_("%(name)s is not an auditor.", name=user.name))
    advised_on = advised_since(case.supplier_id, user.id, cooling_off_start(on))
    if advised_on:
        sentence = _("%(name)s advised this supplier on %(day)s; two years must pass before an audit.")
        return str(sentence) % {"name": user.name, "day": short_date(advised_on)}
    if is_contact(case.supplier_id, user.id):
        return str(_("%(name)s is a contact of this supplier.", name=user.name))
    return ""


def is_contact(supplier_id: uuid.UUID, user_id: uuid.UUID | None) -> bool:
    """Does this person speak for the supplier?"""
    query = select(Contact.id).where(Contact.user_id == user_id, Contact.supplier_id == supplier_id)
    return user_id is not None and db.session.scalar(query) is not None


def cooling_off_start(on: date) -> date:
    """The first day of the two years before ``on`` in which advice rules out auditing and deciding."""
    leap_day = on.month == 2 and on.day == 29
    return on.replace(year=on.year - ADVICE_COOLING_OFF_YEARS, day=28 if leap_day else on.day)


def advised_since(supplier_id: uuid.UUID, user_id: uuid.UUID, since: date) -> date | None:
    """The last day since ``since`` on which the person advised the supplier."""
    return db.session.scalar(
        select(func.max(Advice.given_on)).where(
            Advice.supplier_id == supplier_id, Advice.adviser_id == user_id, Advice.given_on >= since
        )
    )


def member(case: Case, user_id: uuid.UUID | None) -> TeamMember | None:
    """The person's place on the team of this case."""
    return next((member for member in case.team if member.user_id == user_id), None)


def declare_no_conflict(case: Case, *, actor: Actor, at: datetime) -> None:
    """A member of the team declares that no conflict of interest exists."""
    place = member(case, actor.id)
    if place is None:
        raise Forbidden(_("Only the members of the team declare this."))
    if case.state is not CaseState.PLANNED:
        raise NotAllowedNow(_("The declaration belongs before the audit."))
    if place.declared_at is None:
        place.declared_at = at
        history.record("case:declare_no_conflict", about(case), actor=actor, at=at, role=Role.AUDITOR)


def start_audit(case: Case, *, actor: Actor, at: datetime) -> Audit:
    """Begin the visit: the checklist's version and digest are pinned from here on.

    Raises:
        NotAllowedNow: a member of the team has not declared that there is no conflict of interest, or has advised
            the supplier since the plan was made; or nobody has said what the supplier makes.
        Forbidden: only the team starts its audit.
    """
    check_step(case, Action.START_AUDIT, actor)
    if member(case, actor.id) is None:
        raise Forbidden(_("Only the audit team starts the audit."))
    silent = [place.user.name for place in case.team if place.declared_at is None]
    if silent:
        names = ", ".join(silent)
        raise NotAllowedNow(_("Declarations of no conflict of interest are missing: %(names)s.", names=names))
    if tied := [reason for place in case.team if (reason := why_not_on_team(case, place.user, local_day(at)))]:
        raise NotAllowedNow(*tied)
    checklist = library.published(case.checklist_id, case.checklist_version)
    facts = known_facts(case.supplier, checklist.content.profile)
    if PRODUCTS in checklist.content.profile and PRODUCTS not in facts:
        raise NotAllowedNow(
            _("Nobody has said yet what this supplier makes, and that decides which criteria are asked."),
            _("The office adds the products on the supplier's page; then the audit can start."),
        )
    step(case, Action.START_AUDIT, actor=actor, at=at, role=Role.AUDITOR, checklist=checklist.digest)
    case.audit_started_at = at
    case.audit = Audit(
        checklist_id=checklist.id,
        checklist_version=checklist.version,
        checklist_digest=checklist.digest,
        profile=facts,
        started_at=at,
    )
    db.session.flush()
    return case.audit


def finish_audit(audit: Audit, *, actor: Actor, at: datetime) -> None:
    """Close the answers at the end of the visit; ``findings.close_visit`` checks that nothing is missing."""
    if not actor.may(Permission.AUDIT_FILL) or member(audit.case, actor.id) is None:
        raise Forbidden(_("Only the audit team finishes its audit."))
    if audit.state is AuditState.FINISHED:
        raise NotAllowedNow(_("This audit is finished already."))
    audit.state = AuditState.FINISHED
    audit.finished_at = at
    audit.case.audit_finished_at = at
    about_audit = history.About(audit.id, supplier_id=audit.case.supplier_id, case_id=audit.case_id)
    history.record("audit:finish", about_audit, actor=actor, at=at, role=Role.AUDITOR)


def took_part(case: Case, user_id: uuid.UUID | None) -> date | None:
    """The day on which the person audited this case, if they did (the visit, or the start of the audit)."""
    if member(case, user_id) is None:
        return None
    return case.visit_on or (case.audit_started_at or case.applied_at).date()
