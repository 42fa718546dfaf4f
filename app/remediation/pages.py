"""What the pages of remediation show of a task, in the person's language."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import contains_eager
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from app.accounts.permissions import Actor
from app.audits import results
from app.audits.models import Case
from app.audits.pictures import picture_of
from app.audits.results import checklist_of
from app.audits.service import is_contact, visible_cases
from app.audits.states import CaseState
from app.checklists.checklist import Checklist
from app.checklists.grading import meeting_levels
from app.checklists.words import Words, words
from app.db import db
from app.remediation.models import Task
from app.remediation.rules import WITH_AUDITOR, WITH_SUPPLIER, TaskState
from app.remediation.service import answers_after, grade_today, is_voluntary, overdue

PAGE = 50

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
    """A task as a row of a list; ``counts_as``: the grade that its finding counts as today."""

    task: Task
    title: str
    counts_as: str
    overdue: bool
    to_do: bool
    to_check: bool


@dataclass(frozen=True)
class TaskPage:
    """A page of tasks and the key of the next one; empty when it is the last."""

    rows: Sequence[Listed]
    after: str


@dataclass(frozen=True)
class Gain:
    """The result today and with this task done, in percent, beside what the certificate asks for."""

    now: Decimal
    then: Decimal
    asked: Decimal | None

    @property
    def more(self) -> Decimal:
        return self.then - self.now


@dataclass(frozen=True)
class Shown:
    """A task as its page shows it. ``becomes``: what the finding turns into after its day, empty when nothing."""

    question: str
    good: str
    support: str
    effort: str
    cost: str
    overdue: bool
    to_do: bool
    becomes: str
    counts_as: str
    voluntary: bool
    mine: bool
    choices: Sequence[SelectChoice]
    suggested: str
    found_level: str
    new_level: str
    gain: Gain | None


def row(task: Task, language: str, today: date) -> Listed:
    """A task as a row."""
    said = words(checklist_of(task.case), language)
    return Listed(
        task=task,
        title=title_of(task, said),
        counts_as=grade_today(task, today),
        overdue=overdue(task, today),
        to_do=task.state in WITH_SUPPLIER,
        to_check=task.state in WITH_AUDITOR,
    )


def title_of(task: Task, said: Words) -> str:
    """What to do, as a sentence: from the checklist, else what was asked."""
    remediation = said.criteria[task.criterion].remediation
    return (remediation.action if remediation else None) or said.question(task.criterion)


def which_tasks(which: str, today: date) -> ColumnElement[bool]:
    """The condition for a narrower list: ``late``, ``to_check`` or ``to_do``; every open task otherwise."""
    narrower = {
        "late": and_(Task.state.in_(WITH_SUPPLIER), Task.due_on < today),
        "to_check": Task.state.in_(WITH_AUDITOR),
        "to_do": Task.state.in_(WITH_SUPPLIER),
    }
    return narrower.get(which, Task.state != TaskState.VERIFIED)


def count_tasks(actor: Actor, which: str, today: date) -> int:
    """How many of the tasks this person sees are in the narrower list; only of cases in remediation."""
    query = select(func.count(Task.id)).join(Case, Case.id == Task.case_id)
    query = query.where(visible_cases(actor), Case.state == CaseState.REMEDIATION, which_tasks(which, today))
    return db.session.scalar(query) or 0


def listed(actor: Actor, language: str, today: date, which: str = "", *, after: str = "", most: int = PAGE) -> TaskPage:
    """Open tasks that this person sees of cases in remediation, the most urgent first, from the key ``after`` on."""
    query = (
        select(Task)
        .join(Case, Case.id == Task.case_id)
        .options(contains_eager(Task.case))
        .where(visible_cases(actor), Case.state == CaseState.REMEDIATION, which_tasks(which, today), _behind(after))
        .order_by(Task.due_on.nulls_last(), Task.id)
        .limit(most + 1)
    )
    found = db.session.scalars(query).all()
    last = found[most - 1] if len(found) > most else None
    key = f"{last.due_on.isoformat() if last.due_on else ''}~{last.id}" if last else ""
    return TaskPage([row(task, language, today) for task in found[:most]], key)


def _behind(key: str) -> ColumnElement[bool]:
    """The condition for what comes after a key of ``listed``; a key that is none leaves nothing out."""
    day, _separator, task_id = key.partition("~")
    try:
        due, last = date.fromisoformat(day) if day else None, uuid.UUID(task_id)
    except ValueError:
        return true()
    if due is None:
        return and_(Task.due_on.is_(None), Task.id > last)
    return or_(Task.due_on > due, and_(Task.due_on == due, Task.id > last), Task.due_on.is_(None))


def shown(task: Task, actor: Actor, language: str, today: date) -> Shown:
    """A task with everything its page says."""
    checklist = checklist_of(task.case)
    said = words(checklist, language)
    criterion = said.criteria[task.criterion]
    meeting = meeting_levels(checklist, task.criterion)
    remediation = criterion.remediation
    grade = checklist.content.findings[task.finding.grade]
    found = results.answers_of(task.case.audit.id).get(task.criterion, {}) if task.case.audit else {}
    return Shown(
        question=criterion.question,
        good=said.meaning(task.criterion, meeting[0]) if meeting else "",
        support=_sentence([str(SUPPORT.get(kind, kind)) for kind in (remediation.support if remediation else ())]),
        effort=(remediation.effort if remediation else None) or "",
        cost=(remediation.cost if remediation else None) or "",
        overdue=overdue(task, today),
        to_do=task.state in WITH_SUPPLIER,
        becomes=said.finding(grade.overdue_becomes) if grade.overdue_becomes else "",
        counts_as=grade_today(task, today),
        voluntary=is_voluntary(grade),
        mine=is_contact(task.case.supplier_id, actor.id),
        choices=[SelectChoice(value, said.level(task.criterion, value)) for value in meeting],
        suggested=meeting[0] if meeting else "",
        found_level=said.level(task.criterion, found["value"]) if "value" in found else "",
        new_level=said.level(task.criterion, task.new_value) if task.new_value is not None else _("not yet"),
        gain=_gain(checklist, task, meeting[0], language, today) if meeting else None,
    )


def _sentence(parts: Sequence[str]) -> str:
    """Parts as one sentence, the first letter large."""
    said = ", ".join(parts)
    return f"{said[0].upper()}{said[1:]}." if said else ""


def _gain(checklist: Checklist, task: Task, level: str, language: str, today: date) -> Gain | None:
    """What the whole result gains when this task is verified with ``level``; None when it does not move."""
    if task.case.audit is None or task.state is TaskState.VERIFIED:
        return None
    answers = answers_after(task.case, today)
    now = results.score_of(task.case.audit, answers)
    then = results.score_of(task.case.audit, {**answers, task.criterion: {"value": level}})
    today_bar = picture_of(checklist, now, None, language).total
    then_bar = picture_of(checklist, then, None, language).total
    if today_bar.percent is None or then_bar.percent is None or then_bar.percent <= today_bar.percent:
        return None
    return Gain(today_bar.percent, then_bar.percent, today_bar.floor)
