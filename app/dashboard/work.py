"""What waits for a person: numbers that lead to lists, and the few cases and tasks that come first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select

from app.accounts.permissions import Actor, Permission, Role
from app.audits.models import Case
from app.audits.service import visible_cases
from app.audits.states import CaseState
from app.certificates.lifecycle import CertificateState
from app.certificates.models import Certificate
from app.db import db
from app.remediation.models import Task
from app.remediation.pages import Listed, listed
from app.remediation.rules import WITH_SUPPLIER, TaskState
from app.remediation.service import visible_tasks

SHOWN = 8
RENEWAL_STARTS = timedelta(days=183)  # the renewal starts six months before the expiry


@dataclass(frozen=True)
class Tile:
    """A number that leads to its list; ``tone`` says how much it presses."""

    url: str
    number: int
    label: str
    tone: str


@dataclass(frozen=True)
class CaseList:
    """A few cases under a heading that says what to do with them."""

    title: str
    cases: Sequence[Case]


@dataclass(frozen=True)
class Work:
    """Everything that the page "My work" shows."""

    tiles: Sequence[Tile]
    lists: Sequence[CaseList]
    tasks: Sequence[Listed]


def work_for(actor: Actor, today: date, language: str) -> Work:
    """What waits for this person today."""
    counts = _counts(actor)
    return Work(
        tiles=[*_case_tiles(actor, counts), *_other_tiles(actor, today)],
        lists=_lists(actor, counts),
        tasks=_own_tasks(actor, language),
    )


def _counts(actor: Actor) -> dict[CaseState, int]:
    query = select(Case.state, func.count().label("number")).where(visible_cases(actor)).group_by(Case.state)
    return dict(db.session.execute(query).all())


def _case_tiles(actor: Actor, counts: dict[CaseState, int]) -> list[Tile]:
    wanted: list[tuple[Permission, CaseState, str]] = [
        (Permission.APPLICATION_REVIEW, CaseState.APPLIED, _("new applications")),
        (Permission.CASE_PLAN, CaseState.ACCEPTED, _("audits to plan")),
        (Permission.AUDIT_FILL, CaseState.PLANNED, _("visits ahead")),
        (Permission.AUDIT_FILL, CaseState.IN_AUDIT, _("audits under way")),
        (Permission.REVIEW_MAKE, CaseState.UNDER_REVIEW, _("cases to review")),
        (Permission.DECISION_MAKE, CaseState.REVIEWED, _("decisions to take")),
    ]
    return [
        Tile(
            url_for("audits.list_cases", state=state.value),
            counts.get(state, 0),
            label,
            "attention" if counts.get(state) else "quiet",
        )
        for permission, state, label in wanted
        if actor.may(permission)
    ]


def _other_tiles(actor: Actor, today: date) -> list[Tile]:
    tiles = []
    if actor.has(Role.COORDINATOR, Role.AUDITOR):
        late = _count_tasks(actor, Task.state.in_(WITH_SUPPLIER), Task.due_on < today)
        tiles.append(Tile(url_for("remediation.index"), late, _("tasks overdue"), "bad" if late else "quiet"))
    if actor.may(Permission.TASK_VERIFY):
        waiting = _count_tasks(actor, Task.state.in_([TaskState.SUBMITTED, TaskState.PLAN_PROPOSED]))
        tone = "attention" if waiting else "quiet"
        tiles.append(Tile(url_for("remediation.index"), waiting, _("tasks to check"), tone))
    if actor.may(Permission.CERTIFICATE_MANAGE):
        ending = db.session.scalar(
            select(func.count()).where(
                Certificate.state != CertificateState.WITHDRAWN,
                Certificate.valid_until.between(today, today + RENEWAL_STARTS),
            )
        )
        tiles.append(Tile(url_for("certificates.index"), ending or 0, _("certificates end within six months"), "quiet"))
    return tiles


def _count_tasks(actor: Actor, *conditions: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count(Task.id)).where(visible_tasks(actor), *conditions)) or 0


def _lists(actor: Actor, counts: dict[CaseState, int]) -> list[CaseList]:
    wanted: list[tuple[bool, CaseState, str]] = [
        (actor.may(Permission.APPLICATION_REVIEW), CaseState.APPLIED, _("Check these applications")),
        (actor.may(Permission.CASE_PLAN), CaseState.ACCEPTED, _("Plan these audits")),
        (actor.may(Permission.AUDIT_FILL), CaseState.IN_AUDIT, _("Your audits under way")),
        (actor.may(Permission.AUDIT_FILL), CaseState.PLANNED, _("Your next visits")),
        (actor.may(Permission.AUDIT_FILL), CaseState.REMEDIATION, _("Suppliers improving after your audits")),
        (actor.may(Permission.REVIEW_MAKE), CaseState.UNDER_REVIEW, _("Review these cases")),
        (actor.may(Permission.DECISION_MAKE), CaseState.REVIEWED, _("Decide on these cases")),
    ]
    return [
        CaseList(title, _first(actor, state)) for allowed, state, title in wanted if allowed and counts.get(state)
    ] or [CaseList(_("Cases"), _first(actor, None))]


def _first(actor: Actor, state: CaseState | None) -> Sequence[Case]:
    query = select(Case).where(visible_cases(actor))
    if state is not None:
        query = query.where(Case.state == state)
    return db.session.scalars(query.order_by(Case.changed_at.desc(), Case.id.desc()).limit(SHOWN)).all()


def _own_tasks(actor: Actor, language: str) -> Sequence[Listed]:
    """A supplier's contact sees what to do, the most urgent first."""
    if not actor.may(Permission.EVIDENCE_SUBMIT):
        return []
    return [item for item in listed(actor, language) if item.to_do]
