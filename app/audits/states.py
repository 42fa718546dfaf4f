"""The states of a case and the moves between them. Pure: the single truth for services, buttons and tests.

Expiry and overdue are derived from dates and are therefore no states.
"""

from collections.abc import Mapping
from enum import StrEnum

from app.accounts.permissions import Permission


class CaseState(StrEnum):
    """Where a certification case is."""

    APPLIED = "applied"
    DECLINED = "declined"
    ACCEPTED = "accepted"
    PLANNED = "planned"
    IN_AUDIT = "in_audit"
    REPORTED = "reported"
    REMEDIATION = "remediation"
    UNDER_REVIEW = "under_review"
    REVIEWED = "reviewed"
    REFUSED = "refused"
    CERTIFIED = "certified"


class Action(StrEnum):
    """What moves a case."""

    ACCEPT = "accept"
    DECLINE = "decline"
    PLAN = "plan"
    START_AUDIT = "start_audit"
    ISSUE_REPORT = "issue_report"
    OPEN_REMEDIATION = "open_remediation"
    SEND_TO_REVIEW = "send_to_review"
    SEND_BACK = "send_back"
    REVIEW = "review"
    GRANT = "grant"
    REFUSE = "refuse"


MOVES: Mapping[tuple[CaseState, Action], CaseState] = {
    (CaseState.APPLIED, Action.ACCEPT): CaseState.ACCEPTED,
    (CaseState.APPLIED, Action.DECLINE): CaseState.DECLINED,
    (CaseState.ACCEPTED, Action.PLAN): CaseState.PLANNED,
    (CaseState.PLANNED, Action.PLAN): CaseState.PLANNED,  # a plan may change until the audit starts
    (CaseState.PLANNED, Action.START_AUDIT): CaseState.IN_AUDIT,
    (CaseState.IN_AUDIT, Action.ISSUE_REPORT): CaseState.REPORTED,
    (CaseState.REPORTED, Action.OPEN_REMEDIATION): CaseState.REMEDIATION,
    (CaseState.REPORTED, Action.SEND_TO_REVIEW): CaseState.UNDER_REVIEW,
    (CaseState.REMEDIATION, Action.SEND_TO_REVIEW): CaseState.UNDER_REVIEW,
    (CaseState.UNDER_REVIEW, Action.SEND_BACK): CaseState.REMEDIATION,
    (CaseState.UNDER_REVIEW, Action.REVIEW): CaseState.REVIEWED,
    (CaseState.REVIEWED, Action.SEND_BACK): CaseState.REMEDIATION,
    (CaseState.REVIEWED, Action.GRANT): CaseState.CERTIFIED,
    (CaseState.REVIEWED, Action.REFUSE): CaseState.REFUSED,
}

PERMISSION_FOR: Mapping[Action, Permission] = {
    Action.ACCEPT: Permission.APPLICATION_REVIEW,
    Action.DECLINE: Permission.APPLICATION_REVIEW,
    Action.PLAN: Permission.CASE_PLAN,
    Action.START_AUDIT: Permission.AUDIT_FILL,
    Action.ISSUE_REPORT: Permission.REPORT_ISSUE,
    Action.OPEN_REMEDIATION: Permission.REPORT_ISSUE,
    Action.SEND_TO_REVIEW: Permission.TASK_VERIFY,
    Action.SEND_BACK: Permission.REVIEW_MAKE,
    Action.REVIEW: Permission.REVIEW_MAKE,
    Action.GRANT: Permission.DECISION_MAKE,
    Action.REFUSE: Permission.DECISION_MAKE,
}

CLOSED = frozenset({CaseState.DECLINED, CaseState.REFUSED, CaseState.CERTIFIED})


def move(state: CaseState, action: Action) -> CaseState | None:
    """The state after ``action``, or None when the action is not possible in ``state``."""
    return MOVES.get((state, action))


def possible(state: CaseState) -> list[Action]:
    """The actions that are possible in ``state``, in the table's order."""
    return [action for (here, action) in MOVES if here == state]


class TeamRole(StrEnum):
    """Who does what in one case."""

    LEAD_AUDITOR = "lead_auditor"
    AUDITOR = "auditor"


class AuditState(StrEnum):
    """Where an audit is. ``finished``: the visit is over, answers are closed."""

    IN_PROGRESS = "in_progress"
    FINISHED = "finished"


class FindingState(StrEnum):
    """Where a finding is: a draft until the report is issued."""

    DRAFT = "draft"
    OPEN = "open"
    VERIFIED = "verified"
