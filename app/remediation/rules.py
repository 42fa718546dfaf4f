"""The states of a remediation task and the moves between them, and when it is due. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from app.accounts.permissions import Permission


class TaskState(StrEnum):
    """Where a remediation task is."""

    OPEN = "open"
    PLAN_PROPOSED = "plan_proposed"
    PLAN_ACCEPTED = "plan_accepted"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    VERIFIED = "verified"


class TaskAction(StrEnum):
    """What moves a task."""

    PROPOSE_PLAN = "propose_plan"
    ACCEPT_PLAN = "accept_plan"
    SUBMIT = "submit"
    RETURN = "return"
    VERIFY = "verify"
    REOPEN = "reopen"


MOVES: Mapping[tuple[TaskState, TaskAction], TaskState] = {
    (TaskState.OPEN, TaskAction.PROPOSE_PLAN): TaskState.PLAN_PROPOSED,
    (TaskState.OPEN, TaskAction.SUBMIT): TaskState.SUBMITTED,
    (TaskState.PLAN_PROPOSED, TaskAction.ACCEPT_PLAN): TaskState.PLAN_ACCEPTED,
    (TaskState.PLAN_PROPOSED, TaskAction.RETURN): TaskState.RETURNED,
    (TaskState.PLAN_PROPOSED, TaskAction.SUBMIT): TaskState.SUBMITTED,
    (TaskState.PLAN_ACCEPTED, TaskAction.SUBMIT): TaskState.SUBMITTED,
    (TaskState.SUBMITTED, TaskAction.RETURN): TaskState.RETURNED,
    (TaskState.SUBMITTED, TaskAction.VERIFY): TaskState.VERIFIED,
    (TaskState.RETURNED, TaskAction.PROPOSE_PLAN): TaskState.PLAN_PROPOSED,
    (TaskState.RETURNED, TaskAction.SUBMIT): TaskState.SUBMITTED,
    (TaskState.VERIFIED, TaskAction.REOPEN): TaskState.RETURNED,  # when the review sends the file back
}

PERMISSION_FOR: Mapping[TaskAction, Permission] = {
    TaskAction.PROPOSE_PLAN: Permission.EVIDENCE_SUBMIT,
    TaskAction.ACCEPT_PLAN: Permission.TASK_VERIFY,
    TaskAction.SUBMIT: Permission.EVIDENCE_SUBMIT,
    TaskAction.RETURN: Permission.TASK_VERIFY,
    TaskAction.VERIFY: Permission.TASK_VERIFY,
    TaskAction.REOPEN: Permission.TASK_VERIFY,
}

WITH_SUPPLIER = frozenset({TaskState.OPEN, TaskState.RETURNED, TaskState.PLAN_ACCEPTED})
"""The supplier has something to do."""
WITH_AUDITOR = frozenset({TaskState.PLAN_PROPOSED, TaskState.SUBMITTED})
"""The auditor has something to look at."""


def move(state: TaskState, action: TaskAction) -> TaskState | None:
    """The state after ``action``, or None when it is not possible in ``state``."""
    return MOVES.get((state, action))


def due_on(reported_on: date, grade_days: int | None, criterion_days: int | None) -> date | None:
    """The due day: the shorter of the days of the grade and of the criterion after the report; None without both."""
    days = [value for value in (grade_days, criterion_days) if value is not None]
    return reported_on + timedelta(days=min(days)) if days else None


def latest_day(reported_on: date, grade_days: int | None) -> date | None:
    """The last day that a plan may name: the longest time of the grade; None when the grade has no deadline."""
    return reported_on + timedelta(days=grade_days) if grade_days is not None else None


def is_overdue(state: TaskState, due: date | None, submitted_on: date | None, today: date) -> bool:
    """Is the task past its day? Not while evidence that came in time waits for the auditor, and not once verified."""
    if due is None or today <= due or state is TaskState.VERIFIED:
        return False
    in_time = submitted_on is not None and submitted_on <= due
    return not (state is TaskState.SUBMITTED and in_time)


def grade_on(grade: str, overdue_becomes: str | None, *, overdue: bool) -> str:
    """The grade that a finding counts as: after its day, what the checklist says it becomes."""
    return overdue_becomes or grade if overdue else grade
