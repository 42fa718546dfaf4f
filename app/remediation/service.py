"""Remediation: tasks opened by the report, plans and evidence of the supplier, the auditor's verification.

Verifying gives a criterion a new level. The audit's answers stay as found; the result after remediation is computed
from both.
"""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import selectinload

from app import history, storage
from app.accounts.permissions import Actor, Permission, Role
from app.audits import results
from app.audits.models import Case, Finding
from app.audits.service import member, step, visible_cases
from app.audits.states import Action, CaseState, FindingState
from app.checklists.grading import reply_to
from app.checklists.scoring import Result
from app.db import db
from app.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from app.images import Document, Picture
from app.remediation.models import Evidence, Task
from app.remediation.rules import PERMISSION_FOR, TaskAction, TaskState, due_on, move
from app.suppliers.models import Contact

MOST_FILES = 20


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
    return db.session.scalars(query.order_by(Task.due_on, Task.criterion, Task.id)).all()


def open_tasks(case: Case, *, actor: Actor, at: datetime) -> list[Task]:
    """One task for each finding whose grade asks for a correction or a plan; moves the case on when there are any.

    Called in the transaction that issues the report.
    """
    checklist = results.checklist_of(case)
    tasks = []
    for finding in results.findings_of(case):
        grade = checklist.content.findings[finding.grade]
        if grade.needs in {None, "nothing"}:
            continue
        remediation = checklist.criteria[finding.criterion].remediation
        task = Task(
            case_id=case.id,
            finding_id=finding.id,
            criterion=finding.criterion,
            action=(remediation.action if remediation else None) or "",
            due_on=due_on(at.date(), grade.deadline_days, remediation.days if remediation else None),
            created_at=at,
        )
        db.session.add(task)
        tasks.append(task)
    if tasks:
        step(case, Action.OPEN_REMEDIATION, actor=actor, at=at, tasks=len(tasks))
    return tasks


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
    """The supplier says what will be done, why it happened, who does it and until when."""
    texts = {
        "correction": correction,
        "cause": cause,
        "corrective_action": corrective_action,
        "owner_name": owner_name,
    }
    for name, value in texts.items():
        setattr(task, name, value.strip())
    task.planned_on = planned_on
    _step(task, TaskAction.PROPOSE_PLAN, actor=actor, at=at, after={**texts, "planned_on": planned_on})


def accept_plan(task: Task, *, actor: Actor, at: datetime) -> None:
    """The auditor agrees with the plan."""
    _step(task, TaskAction.ACCEPT_PLAN, actor=actor, at=at)


def add_evidence(task: Task, document: Document | Picture, file_name: str, *, actor: Actor, at: datetime) -> Evidence:
    """Keep a file with a task. The same file again adds nothing.

    Raises:
        NotAllowedNow: the task is with the auditor or verified.
    """
    _check_editable(task, actor)
    kept = [evidence for evidence in task.evidence if evidence.removed_at is None]
    sha256 = hashlib.sha256(document.content).hexdigest()
    for evidence in kept:
        if evidence.sha256 == sha256:
            return evidence
    if len(kept) >= MOST_FILES:
        raise Invalid(_("A task holds at most %(number)d files.", number=MOST_FILES))
    key = f"evidence/{task.id}/{sha256}.{document.mime.rpartition('/')[2]}"
    storage.put(key, document.content)
    thumbnail_key = ""
    if isinstance(document, Picture):
        thumbnail_key = f"evidence/{task.id}/{sha256}.thumbnail.jpeg"
        storage.put(thumbnail_key, document.thumbnail)
    evidence = Evidence(
        task=task,
        file_name=file_name[-200:],
        mime=document.mime,
        size=len(document.content),
        sha256=sha256,
        key=key,
        thumbnail_key=thumbnail_key,
        added_by_id=actor.id,
        added_at=at,
    )
    db.session.add(evidence)
    db.session.flush()
    _record(
        "evidence:add",
        task,
        actor=actor,
        at=at,
        after={"file": evidence.file_name, "sha256": evidence.sha256},
    )
    return evidence


def remove_evidence(evidence: Evidence, *, actor: Actor, at: datetime) -> None:
    """Take a file off a task; the record stays."""
    _check_editable(evidence.task, actor)
    if evidence.removed_at is None:
        evidence.removed_at = at
        _record("evidence:remove", evidence.task, actor=actor, at=at, before={"file": evidence.file_name})


def submit(task: Task, *, note: str, actor: Actor, at: datetime) -> None:
    """The supplier reports the task as done.

    Raises:
        Invalid: neither a file nor a word shows what was done.
    """
    if not note.strip() and not any(evidence.removed_at is None for evidence in task.evidence):
        raise Invalid(_("Add a photo or a document, or write in a sentence what you did."))
    task.supplier_note = note.strip()
    task.submitted_at = at
    _step(task, TaskAction.SUBMIT, actor=actor, at=at, note=task.supplier_note)


def send_back(task: Task, *, reason: str, actor: Actor, at: datetime) -> None:
    """The auditor asks for more, and says what."""
    if not reason.strip():
        raise Invalid(_("Write what is still missing."))
    task.returned_reason = reason.strip()
    _step(task, TaskAction.RETURN, actor=actor, at=at, note=task.returned_reason)


def verify(task: Task, *, new_value: object, note: str, actor: Actor, at: datetime) -> None:
    """The auditor accepts the evidence and gives the criterion its new level.

    Raises:
        Invalid: the level is not one of the criterion's, or does not meet it: then the task goes back instead.
    """
    checklist = results.checklist_of(task.case)
    reply = reply_to(checklist, task.criterion, new_value)
    if reply is None:
        raise Invalid(_("Choose one of the levels of this criterion."))
    if not reply.met:
        message = _("Level %(level)s does not meet the criterion yet. Send the task back and say what is missing.")
        raise Invalid(message % {"level": reply.key})
    task.new_value = reply.key
    task.verification_note = note.strip()
    task.verified_by_id = actor.id
    task.verified_at = at
    task.finding.state = FindingState.VERIFIED
    found = results.answers_of(task.case.audit.id) if task.case.audit else {}
    before = found.get(task.criterion, {}).get("value")
    _step(
        task,
        TaskAction.VERIFY,
        actor=actor,
        at=at,
        before={"value": before},
        after={"value": reply.key},
        note=note,
    )


def send_to_review(case: Case, *, actor: Actor, at: datetime) -> None:
    """Hand the complete file to a reviewer.

    Raises:
        NotAllowedNow: something is still open; the reasons name it.
    """
    if member(case, actor.id) is None:
        raise Forbidden(_("Only the audit team sends its case to review."))
    open_points = before_review(case)
    if open_points:
        raise NotAllowedNow(*open_points)
    case.sent_to_review_at = at
    step(case, Action.SEND_TO_REVIEW, actor=actor, at=at, role=Role.AUDITOR)


def before_review(case: Case) -> list[str]:
    """What must happen before the review, as sentences; empty when nothing stands in the way."""
    if case.state not in {CaseState.REPORTED, CaseState.REMEDIATION}:
        return []
    checklist = results.checklist_of(case)
    points = []
    for task in tasks_of(case):
        grade = checklist.content.findings[task.finding.grade]
        title = f"{task.criterion} ({grade.title or task.finding.grade})"
        if grade.blocks_certificate and task.state is not TaskState.VERIFIED:
            points.append(_("%(task)s: the remediation is not verified yet.", task=title))
        elif grade.needs == "plan" and task.state in {
            TaskState.OPEN,
            TaskState.PLAN_PROPOSED,
            TaskState.RETURNED,
        }:
            points.append(_("%(task)s: the plan is not accepted yet.", task=title))
        elif task.state is TaskState.SUBMITTED:
            points.append(_("%(task)s: evidence waits for verification.", task=title))
    return points


def answers_after(case: Case) -> dict[str, dict[str, object]]:
    """The answers as found, with the levels that were verified since, in the shape of an answers file."""
    if case.audit is None:
        return {}
    answers = results.answers_of(case.audit.id)
    verified = select(Task.criterion, Task.new_value, Task.verification_note)
    verified = verified.where(Task.case_id == case.id, Task.state == TaskState.VERIFIED)
    for criterion, value, note in db.session.execute(verified):
        answers[criterion] = {"value": value, "note": note} if note else {"value": value}
    return answers


def result_after(case: Case) -> Result | None:
    """The result after remediation; None before the audit started."""
    if case.audit is None:
        return None
    return results.score_of(case.audit, answers_after(case))


def _check_editable(task: Task, actor: Actor) -> None:
    if not actor.may(Permission.EVIDENCE_SUBMIT) or not _is_contact(task, actor):
        raise Forbidden(_("Only the supplier adds evidence."))
    if task.state in {TaskState.SUBMITTED, TaskState.VERIFIED}:
        raise NotAllowedNow(_("This task is with the auditor now."))


def _is_contact(task: Task, actor: Actor) -> bool:
    query = select(Contact.id).where(Contact.user_id == actor.id, Contact.supplier_id == task.case.supplier_id)
    return db.session.scalar(query) is not None


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
    if not actor.may(PERMISSION_FOR[action]):
        raise Forbidden(_("Your role does not include this step."))
    ours = PERMISSION_FOR[action] is Permission.EVIDENCE_SUBMIT
    if ours and not _is_contact(task, actor):
        raise Forbidden(_("Only the supplier does this."))
    if not ours and member(task.case, actor.id) is None:
        raise Forbidden(_("Only the audit team of this case does this."))
    if task.case.state is not CaseState.REMEDIATION:
        raise NotAllowedNow(_("The case is not in remediation."))
    target = move(task.state, action)
    if target is None:
        raise NotAllowedNow(_("This step is not possible in the present state of the task."))
    state = task.state
    task.state = target
    tag = f"task:{action}"
    changed = {"state": target, **(after or {})}
    _record(tag, task, actor=actor, at=at, before={"state": state, **(before or {})}, after=changed, note=note)


def _record(
    tag: str,
    task: Task,
    *,
    actor: Actor,
    at: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    note: str = "",
) -> None:
    subject = history.About(task.id, supplier_id=task.case.supplier_id, case_id=task.case_id)
    named = {"criterion": task.criterion, **(after or {})}
    history.record(tag, subject, actor=actor, at=at, before=before, after=named, note=note)


def findings_with_tasks(case: Case) -> list[tuple[Finding, Task | None]]:
    """Every finding of the case, each with its task if it has one."""
    by_finding = {task.finding_id: task for task in tasks_of(case)}
    return [(finding, by_finding.get(finding.id)) for finding in results.findings_of(case)]
