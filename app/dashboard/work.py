"""What waits for a person: numbers that lead to lists, and the few cases and tasks that come first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.accounts.permissions import Actor, Permission, Role
from app.audits.models import Case
from app.audits.service import visible_cases
from app.audits.stages import Turn, turn
from app.audits.states import CaseState
from app.certificates.lifecycle import CertificateState
from app.certificates.models import Certificate
from app.db import db
from app.formats import local_day
from app.remediation.pages import Listed, count_tasks, listed
from app.suppliers.models import Application
from app.tablets import service as tablets

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
class OwnCase:
    """A case of the supplier that the person speaks for, and whose turn it is."""

    case: Case
    turn: Turn


@dataclass(frozen=True)
class Work:
    """Everything that the page "My work" shows.

    ``states``: for those who see every case, state → how many; ``own_cases`` and ``tasks`` are a supplier's.
    """

    states: Sequence[tuple[CaseState, int]]
    tiles: Sequence[Tile]
    lists: Sequence[CaseList]
    own_cases: Sequence[OwnCase]
    tasks: Sequence[Listed]


def work_for(actor: Actor, at: datetime, language: str) -> Work:
    """What waits for this person today."""
    today = local_day(at)
    counts = _counts(actor)
    own = _first(actor, None) if actor.may(Permission.EVIDENCE_SUBMIT) else []
    tasks = listed(actor, language, today, "to_do", most=SHOWN).rows if own else []
    to_do = {each.task.case_id for each in tasks}
    return Work(
        states=[(state, counts[state]) for state in CaseState if state in counts] if actor.sees_every_case else [],
        tiles=[*_case_tiles(actor, counts), *_other_tiles(actor, today), *_tablet_tiles(actor, at)],
        lists=_lists(actor, counts) if actor.is_staff else [],
        own_cases=[OwnCase(case, turn(case, actor, to_do=case.id in to_do)) for case in own],
        tasks=tasks,
    )


def _counts(actor: Actor) -> dict[CaseState, int]:
    query = select(Case.state, func.count().label("number")).where(visible_cases(actor)).group_by(Case.state)
    return dict(db.session.execute(query).all())


def _case_tiles(actor: Actor, counts: dict[CaseState, int]) -> list[Tile]:
    wanted: list[tuple[Permission, CaseState, str]] = [
        (Permission.APPLICATION_REVIEW, CaseState.APPLIED, _("applications to check")),
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
    if actor.may(Permission.APPLICATION_REVIEW):
        unlinked = db.session.scalar(select(func.count()).where(Application.supplier_id.is_(None))) or 0
        tone = "attention" if unlinked else "quiet"
        tiles.append(Tile(url_for("applications.index"), unlinked, _("applications from the website"), tone))
    if actor.has(Role.COORDINATOR, Role.AUDITOR):
        late = count_tasks(actor, "late", today)
        tiles.append(
            Tile(url_for("remediation.index", show="late"), late, _("tasks overdue"), "bad" if late else "quiet")
        )
    if actor.may(Permission.TASK_VERIFY):
        waiting = count_tasks(actor, "to_check", today)
        tone = "attention" if waiting else "quiet"
        tiles.append(Tile(url_for("remediation.index", show="to_check"), waiting, _("tasks to check"), tone))
    if actor.has(Role.COORDINATOR, Role.DECISION_MAKER):
        ending = db.session.scalar(
            select(func.count()).where(
                Certificate.state != CertificateState.WITHDRAWN,
                Certificate.valid_until.between(today, today + RENEWAL_STARTS),
            )
        )
        tiles.append(Tile(url_for("certificates.index"), ending or 0, _("certificates end within six months"), "quiet"))
    return tiles


def _tablet_tiles(actor: Actor, at: datetime) -> list[Tile]:
    """Only when a tablet needs somebody."""
    number = tablets.alarms(at) if actor.may(Permission.TABLET_MANAGE) else 0
    return [Tile(url_for("tablets.index"), number, _("tablets to look after"), "bad")] if number else []


def _lists(actor: Actor, counts: dict[CaseState, int]) -> list[CaseList]:
    wanted: list[tuple[Permission, CaseState, str]] = [
        (Permission.DECISION_MAKE, CaseState.REVIEWED, _("Decide on these cases")),
        (Permission.REVIEW_MAKE, CaseState.UNDER_REVIEW, _("Review these cases")),
        (Permission.APPLICATION_REVIEW, CaseState.APPLIED, _("Check these applications")),
        (Permission.CASE_PLAN, CaseState.ACCEPTED, _("Plan these audits")),
        (Permission.AUDIT_FILL, CaseState.IN_AUDIT, _("Your audits under way")),
        (Permission.AUDIT_FILL, CaseState.PLANNED, _("Your next visits")),
        (Permission.AUDIT_FILL, CaseState.REMEDIATION, _("Suppliers improving after your audits")),
    ]
    waiting = [
        CaseList(title, _first(actor, state))
        for permission, state, title in wanted
        if actor.may(permission) and counts.get(state)
    ]
    return waiting or [CaseList(_("Latest cases"), _first(actor, None))]


def _first(actor: Actor, state: CaseState | None) -> Sequence[Case]:
    query = select(Case).where(visible_cases(actor))
    if state is not None:
        query = query.where(Case.state == state)
    return db.session.scalars(query.order_by(Case.changed_at.desc(), Case.id.desc()).limit(SHOWN)).all()
