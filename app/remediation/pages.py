"""What the pages of remediation show of a task, in the person's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from app.accounts.permissions import Actor, Permission
from app.audits.models import Case
from app.audits.results import checklist_of
from app.checklists.grading import meeting_levels
from app.checklists.words import words
from app.db import db
from app.formats import today_in_poland
from app.remediation.models import Task
from app.remediation.rules import WITH_SUPPLIER, TaskState
from app.remediation.service import visible_tasks

MOST_LISTED = 200

SUPPORT: dict[str, LazyString] = {
    "prawne": _l("legal advice"),
    "ksiegowe": _l("accounting advice"),
    "marketingowe": _l("marketing advice"),
    "it": _l("IT advice"),
    "biznesowe": _l("business advice"),
    "eko": _l("BASE ecology expert"),
    "szkolenie": _l("training"),
    "wizyta": _l("study visit"),
    "siec": _l("network of suppliers"),
    "targi": _l("fairs"),
    "fundusz": _l("purchase in kind from the SPOKO Fund"),
    "finansowe": _l("grant or bridging support"),
}


@dataclass(frozen=True)
class Listed:
    """A task as a row of a list."""

    task: Task
    title: str
    overdue: bool
    to_do: bool


@dataclass(frozen=True)
class Shown:
    """A task as its page shows it."""

    question: str
    good: str
    support: Sequence[str]
    effort: str
    cost: str
    overdue: bool
    mine: bool
    choices: list[tuple[str, str]]
    suggested: str
    new_level: str


def row(task: Task, language: str, today: date) -> Listed:
    """A task as a row."""
    said = words(checklist_of(task.case), language)
    remediation = said.criteria[task.criterion].remediation
    title = (remediation.action if remediation else None) or said.question(task.criterion)
    return Listed(task, title, _overdue(task, today), task.state in WITH_SUPPLIER)


def listed(actor: Actor, language: str) -> list[Listed]:
    """The open tasks this person sees, the most urgent first; at most 200."""
    query = (
        select(Task)
        .join(Case, Case.id == Task.case_id)
        .options(contains_eager(Task.case))
        .where(visible_tasks(actor), Task.state != TaskState.VERIFIED)
        .order_by(Task.due_on, Task.id)
        .limit(MOST_LISTED)
    )
    today = today_in_poland()
    return [row(task, language, today) for task in db.session.scalars(query)]


def shown(task: Task, actor: Actor, language: str) -> Shown:
    """A task with everything its page says."""
    checklist = checklist_of(task.case)
    said = words(checklist, language)
    criterion = said.criteria[task.criterion]
    scale = said.scales[criterion.scale]
    meeting = meeting_levels(checklist, task.criterion)
    remediation = criterion.remediation
    return Shown(
        question=criterion.question,
        good=said.level(task.criterion, meeting[0]) if meeting else "",
        support=[str(SUPPORT.get(kind, kind)) for kind in (remediation.support if remediation else ())],
        effort=(remediation.effort if remediation else None) or "",
        cost=(remediation.cost if remediation else None) or "",
        overdue=_overdue(task, today_in_poland()),
        mine=actor.may(Permission.EVIDENCE_SUBMIT),
        choices=[(level.value, said.level(task.criterion, level.value)) for level in scale.levels],
        suggested=meeting[0] if meeting else "",
        new_level=said.level(task.criterion, task.new_value) if task.new_value is not None else _("not yet"),
    )


def _overdue(task: Task, today: date) -> bool:
    return task.due_on is not None and task.due_on < today and task.state in WITH_SUPPLIER
