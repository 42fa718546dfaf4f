"""Remediation: tasks opened by the report, plans and evidence of the supplier, the auditor's verification.

Verifying gives a criterion a new level. The audit's answers stay as found; the result after remediation is computed
from both.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import selectinload

from app import history
from app.accounts.permissions import Actor, Permission, Role
from app.audits import results
from app.audits.models import Case, Finding
from app.audits.service import check_step, is_contact, member, step, visible_cases
from app.audits.states import CLOSED, Action, CaseState, FindingState
from app.checklists.grading import reply_to
from app.checklists.schema import Finding as FindingRule
from app.checklists.scoring import Result
from app.checklists.words import words
from app.db import db
from app.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from app.formats import local_day, long_date
from app.remediation import letters
from app.remediation.models import Task
from app.remediation.rules import (
    PERMISSION_FOR,
    WITH_AUDITOR,
    WITH_SUPPLIER,
    TaskAction,
    TaskState,
    due_on,
    grade_on,
    is_overdue,
    latest_day,
    move,
)


def visible_tasks(actor: Actor) -> ColumnElement[bool]:
    """The condition on ``Task`` for what this person may see: the tasks of the cases they see."""
    return Task.case_id.in_(select(Case.id).where(visible_cases(actor)))


def get_task(task_id: uuid.UUID, actor: Actor) -> Task:
    """One task with its evidence.

    Raises:
        NotFound: it does not exist, or not for this person.
    """
    query = select(Task).where(Task.id == task_id, visible_tasks(actor)).options(selectinload(Task.evidence))
    task = db.session.scalar(query)
    if task is None:
        raise NotFound(_("There is no such task."))
    return task


def tasks_of(case: Case) -> Sequence[Task]:
    """The tasks of a case, the most urgent first."""
    query = select(Task).where(Task.case_id == case.id).options(selectinload(Task.evidence))
    return db.session.scalars(query.order_by(Task.due_on.nulls_last(), Task.criterion, Task.id)).all()


def is_to_do(case: Case) -> bool:
    """Has the supplier a task of this case to do?"""
    query = select(Task.id).where(Task.case_id == case.id, Task.state.in_(WITH_SUPPLIER))
    return db.session.scalar(query.limit(1)) is not None


def open_tasks(case: Case, *, actor: Actor, at: datetime) -> list[Task]:
    """One task for each finding whose grade has a deadline or asks for something; moves the case on.

    Called in the transaction that issues the report. Without tasks the case stays reported.
    """
    checklist = results.checklist_of(case)
    tasks = [
        Task(
            case_id=case.id,
            finding_id=finding.id,
            criterion=finding.criterion,
            action=(remediation.action if remediation else None) or "",
            due_on=due_on(local_day(at), grade.deadline_days, remediation.days if remediation else None),
            created_at=at,
        )
        for finding in results.findings_of(case)
        if opens_task(grade := checklist.content.findings[finding.grade])
        for remediation in [checklist.criteria[finding.criterion].remediation]
    ]
    if tasks:
        step(case, Action.OPEN_REMEDIATION, actor=actor, at=at, tasks=len(tasks))
    db.session.add_all(tasks)
    db.session.flush()
    letters.tell_reported(case, tasks=len(tasks), at=at)
    return tasks


def opens_task(grade: FindingRule) -> bool:
    """Does a finding of this grade become a task? Strengths and opportunities do not."""
    return grade.deadline_days is not None or not is_voluntary(grade)


def is_voluntary(grade: FindingRule) -> bool:
    """May the supplier leave it as it is?"""
    return grade.needs in {None, "nothing"}


def propose_plan(
    task: Task,
    *,
    correction: str,
    cause: str,
    corrective_action: str,
    owner_name: str,
    planned_on: date,
    actor: Actor,
    at: datetime,
) -> None:
    """The supplier says what will be done, why it happened, who does it and until when.

    Raises:
        Invalid: the day is over, or later than the grade of the finding allows; words are missing.
    """
    _check_step(task, TaskAction.PROPOSE_PLAN, actor)
    texts = {
        "correction": correction,
        "cause": cause,
        "corrective_action": corrective_action,
        "owner_name": owner_name,
    }
    plan: dict[str, Any] = {name: value.strip() for name, value in texts.items()} | {"planned_on": planned_on}
    if not (plan["correction"] and plan["owner_name"]):
        raise Invalid(_("Say what you will put right and who looks after it."))
    last = last_plan_day(task)
    if planned_on < local_day(at):
        raise Invalid(_("This day is over. Choose a day from today on."))
    if last is not None and planned_on > last >= local_day(at):
        raise Invalid(_("Choose a day until %(day)s: that is the longest time for this grade.", day=long_date(last)))
    before = {name: getattr(task, name) for name in plan}
    _step(task, TaskAction.PROPOSE_PLAN, actor=actor, at=at, before=before, after=plan)
    for name, value in plan.items():
        setattr(task, name, value)


def last_plan_day(task: Task) -> date | None:
    """The last day that the plan may name; None when the grade of the finding has no deadline."""
    grade = results.checklist_of(task.case).content.findings[task.finding.grade]
    return latest_day(local_day(task.created_at), grade.deadline_days)


def accept_plan(task: Task, *, actor: Actor, at: datetime) -> None:
    """The auditor agrees with the plan. When it ends later than the usual time, its day becomes the task's day."""
    later = task.planned_on if task.due_on and task.planned_on and task.planned_on > task.due_on else None
    dates: tuple[dict[str, object], dict[str, object]] = ({}, {})
    if later:
        dates = {"due_on": task.due_on}, {"due_on": later}
    _step(task, TaskAction.ACCEPT_PLAN, actor=actor, at=at, before=dates[0], after=dates[1])
    task.due_on = later or task.due_on


def submit(task: Task, *, note: str, actor: Actor, at: datetime) -> None:
    """The supplier reports the task as done.

    Raises:
        Invalid: neither a file nor a word shows what was done.
    """
    _check_step(task, TaskAction.SUBMIT, actor)
    if not note.strip() and not any(evidence.removed_at is None for evidence in task.evidence):
        raise Invalid(_("Add a photo or a document, or write in a sentence what you did."))
    _step(task, TaskAction.SUBMIT, actor=actor, at=at, note=note.strip())
    task.supplier_note = note.strip()
    task.submitted_at = at


def send_back(task: Task, *, reason: str, actor: Actor, at: datetime) -> None:
    """The auditor asks for more, and says what."""
    _send_back(task, TaskAction.RETURN, reason, actor, at)


def reopen(task: Task, *, reason: str, actor: Actor, at: datetime) -> None:
    """The auditor opens a verified task again, because the review asks for more; its new level counts no longer."""
    before = {"value": task.new_value}
    _send_back(task, TaskAction.REOPEN, reason, actor, at, before)
    task.new_value = None
    task.verification_note = ""
    task.verified_by_id = None
    task.verified_at = None
    task.finding.state = FindingState.OPEN


def _send_back(
    task: Task,
    action: TaskAction,
    reason: str,
    actor: Actor,
    at: datetime,
    before: Mapping[str, object] | None = None,
) -> None:
    _check_step(task, action, actor)
    if not reason.strip():
        raise Invalid(_("Write what is still missing."))
    _step(task, action, actor=actor, at=at, before=before, note=reason.strip())
    task.returned_reason = reason.strip()
    letters.tell_returned(task, at=at)


def verify(task: Task, *, new_value: object, note: str, actor: Actor, at: datetime) -> None:
    """The auditor accepts the evidence and gives the criterion its new level.

    Raises:
        Invalid: the level is not one of the criterion's, is lower than what the audit found, or does not meet the
            criterion: then the task goes back instead.
    """
    _check_step(task, TaskAction.VERIFY, actor)
    checklist = results.checklist_of(task.case)
    reply = reply_to(checklist, task.criterion, new_value)
    if reply is None:
        raise Invalid(_("Choose one of the levels of this criterion."))
    if not reply.met:
        message = _("Level %(level)s does not meet the criterion yet. Send the task back and say what is missing.")
        raise Invalid(str(message) % {"level": reply.key})
    found = _found_value(task)
    was = reply_to(checklist, task.criterion, found)
    if was is not None and reply.points < was.points:
        raise Invalid(_("The audit found level %(level)s. The new level cannot be lower.", level=was.key))
    before, after = {"value": found}, {"value": reply.key}
    _step(task, TaskAction.VERIFY, actor=actor, at=at, before=before, after=after, note=note.strip())
    task.new_value = reply.key
    task.verification_note = note.strip()
    task.verified_by_id = actor.id
    task.verified_at = at
    task.finding.state = FindingState.VERIFIED
    letters.tell_verified(task, at=at)


def _found_value(task: Task) -> object:
    answers = results.answers_of(task.case.audit.id) if task.case.audit else {}
    return answers.get(task.criterion, {}).get("value")


def send_to_review(case: Case, *, actor: Actor, at: datetime) -> None:
    """Hand the complete file to a reviewer.

    Raises:
        NotAllowedNow: something is still open; the reasons name it.
    """
    check_step(case, Action.SEND_TO_REVIEW, actor)
    if member(case, actor.id) is None:
        raise Forbidden(_("Only the audit team sends its case to review."))
    if open_points := before_review(case, local_day(at)):
        raise NotAllowedNow(*open_points)
    step(case, Action.SEND_TO_REVIEW, actor=actor, at=at, role=Role.AUDITOR)
    case.sent_to_review_at = at
    letters.tell_sent_to_review(case, at=at)


def before_review(case: Case, today: date) -> list[str]:
    """What must happen before the review, as sentences; empty when nothing stands in the way.

    A task past its day counts with the grade that its finding has become.
    """
    if case.state not in {CaseState.REPORTED, CaseState.REMEDIATION}:
        return []
    checklist = results.checklist_of(case)
    grades = words(checklist, str(get_locale() or "pl")[:2])
    points = []
    for task in tasks_of(case):
        grade = checklist.content.findings[grade_today(task, today)]
        title = f"{task.criterion} ({grades.finding(grade_today(task, today))})"
        if grade.blocks_certificate and task.state is not TaskState.VERIFIED:
            points.append(_("%(task)s: the remediation is not verified yet.", task=title))
        elif task.state in WITH_AUDITOR:
            points.append(_("%(task)s: what the supplier sent waits for you.", task=title))
        elif grade.needs == "plan" and task.state in {TaskState.OPEN, TaskState.RETURNED}:
            points.append(_("%(task)s: the plan is not accepted yet.", task=title))
    return points


def overdue(task: Task, today: date) -> bool:
    """Is the task past its day?"""
    submitted_on = local_day(task.submitted_at) if task.submitted_at else None
    return is_overdue(task.state, task.due_on, submitted_on, today)


def grade_today(task: Task, today: date) -> str:
    """The grade that the finding counts as on this day."""
    becomes = results.checklist_of(task.case).content.findings[task.finding.grade].overdue_becomes
    return grade_on(task.finding.grade, becomes, overdue=overdue(task, today))


def answers_after(case: Case, overdue_on: date | None = None) -> dict[str, dict[str, Any]]:
    """The answers as found, with the levels that were verified since, in the shape of an answers file.

    With ``overdue_on`` the findings that are past their day count as what they have become on that day; without it,
    as for the seal of a decision, which must stay the same whenever it is computed, they keep the report's grade.
    """
    if case.audit is None:
        return {}
    answers = results.answers_of(case.audit.id)
    for task in tasks_of(case):
        if task.state is TaskState.VERIFIED:
            note = {"note": task.verification_note} if task.verification_note else {}
            answers[task.criterion] = {"value": task.new_value, **note}
        elif overdue_on and (grade := grade_today(task, overdue_on)) != task.finding.grade:
            answers[task.criterion]["finding"] = grade
    return answers


def result_after(case: Case, overdue_on: date | None = None) -> Result | None:
    """The result after remediation (``overdue_on`` as in ``answers_after``); None before the audit started."""
    if case.audit is None:
        return None
    return results.score_of(case.audit, answers_after(case, overdue_on))


def result_today(case: Case, today: date) -> Result | None:
    """The result after remediation as it counts today; once decided, as it was decided on."""
    return result_after(case, overdue_day(case, today))


def overdue_day(case: Case, today: date) -> date | None:
    """The day on which findings count as overdue: today, until the case is decided."""
    return None if case.state in CLOSED else today


def _is_contact(task: Task, actor: Actor) -> bool:
    return is_contact(task.case.supplier_id, actor.id)


def _check_step(task: Task, action: TaskAction, actor: Actor) -> TaskState:
    """The state that ``action`` leads to; changes nothing."""
    permission = PERMISSION_FOR[action]
    if not actor.may(permission):
        raise Forbidden(_("Your role does not include this step."))
    if permission is Permission.EVIDENCE_SUBMIT and not _is_contact(task, actor):
        raise Forbidden(_("Only the supplier does this."))
    if permission is Permission.TASK_VERIFY and member(task.case, actor.id) is None:
        raise Forbidden(_("Only the audit team of this case does this."))
    if task.case.state is not CaseState.REMEDIATION:
        raise NotAllowedNow(_("The case is not in remediation."))
    target = move(task.state, action)
    if target is None:
        raise NotAllowedNow(_("This step is not possible in the present state of the task."))
    return target


def _step(
    task: Task,
    action: TaskAction,
    *,
    actor: Actor,
    at: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    note: str = "",
) -> None:
    target = _check_step(task, action, actor)
    state = task.state
    task.state = target
    changed = {"state": target, **(after or {})}
    states = {"state": state, **(before or {})}
    role = actor.role_for(PERMISSION_FOR[action])
    record(f"task:{action}", task, actor=actor, at=at, role=role, before=states, after=changed, note=note)


def record(
    tag: str,
    task: Task,
    *,
    actor: Actor,
    at: datetime,
    role: Role | None = Role.SUPPLIER_CONTACT,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    note: str = "",
) -> None:
    """One record in the history about a task."""
    subject = history.About(task.id, supplier_id=task.case.supplier_id, case_id=task.case_id)
    named = {"criterion": task.criterion, **(after or {})}
    history.record(tag, subject, actor=actor, at=at, role=role, before=before, after=named, note=note)


def findings_with_tasks(case: Case) -> list[tuple[Finding, Task | None]]:
    """Every finding of the case, each with its task if it has one."""
    by_finding = {task.finding_id: task for task in tasks_of(case)}
    return [(finding, by_finding.get(finding.id)) for finding in results.findings_of(case)]
