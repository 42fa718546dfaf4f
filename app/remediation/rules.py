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
}

PERMISSION_FOR: Mapping[TaskAction, Permission] = {
    TaskAction.PROPOSE_PLAN: Permission.EVIDENCE_SUBMIT,
    TaskAction.ACCEPT_PLAN: Permission.TASK_VERIFY,
    TaskAction.SUBMIT: Permission.EVIDENCE_SUBMIT,
    TaskAction.RETURN: Permission.TASK_VERIFY,
    TaskAction.VERIFY: Permission.TASK_VERIFY,
}


def move(state: TaskState, action: TaskAction) -> TaskState | None:
    """The state after ``action``, or None when it is not possible in ``state``."""
    return MOVES.get((state, action))


def due_on(reported_on: date, grade_days: int | None, criterion_days: int | None) -> date | None:
    """The due day: the shorter of the days of the grade and of the criterion after the report; None without both."""
    days = [value for value in (grade_days, criterion_days) if value is not None]
    return reported_on + timedelta(days=min(days)) if days else None
