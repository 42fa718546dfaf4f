"""What stands in the way of a certificate, and who may not decide. Pure.

Reasons are codes with parameters; ``app.certificates.words`` says them in the reader's language. The page lists
them and the service refuses with them, so both always agree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.remediation.rules import TaskState


class Ground(StrEnum):
    """Why not, or not yet."""

    AUDITED = "audited"
    ADVISED = "advised"
    NO_AUDIT = "no_audit"
    INCOMPLETE = "incomplete"
    CHECKLIST_CHANGED = "checklist_changed"
    NOT_REVIEWED = "not_reviewed"
    REVIEW_AGAINST = "review_against"
    NO_CONSENT = "no_consent"
    BLOCKING = "blocking"
    OVERDUE = "overdue"
    NO_PLAN = "no_plan"
    UNCHECKED = "unchecked"
    GRADE = "grade"


@dataclass(frozen=True)
class Reason:
    """One ground with what a sentence about it names."""

    ground: Ground
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenFinding:
    """A finding as it counts on the day of the decision.

    ``blocks`` and ``needs_plan`` are what the checklist says of its grade; ``blocks_when_overdue`` of the grade
    that it becomes after its deadline.
    """

    criterion: str
    grade: str
    task: TaskState | None
    blocks: bool
    needs_plan: bool
    due_on: date | None = None
    blocks_when_overdue: bool = False

    @property
    def verified(self) -> bool:
        return self.task is TaskState.VERIFIED


@dataclass(frozen=True)
class Person:
    """What the person who reviews or decides has to do with this case: days on which they audited or advised."""

    name: str
    audited_on: date | None = None
    advised_on: date | None = None


@dataclass(frozen=True)
class Facts:
    """Everything that decides whether a certificate may be granted today."""

    today: date
    person: Person
    audited: bool
    unanswered: int
    checklist_intact: bool
    recommended: bool | None
    """What the last review recommends: grant or not; None without a review."""
    consent: bool
    certifies: bool
    missing: Sequence[str] = ()
    """Sentences about what is missing for a certifying grade, in the reader's language."""
    findings: Sequence[OpenFinding] = ()


def ties(person: Person) -> list[Reason]:
    """Why this person may neither review nor decide this case; empty when nothing ties them to it."""
    found = []
    if person.audited_on is not None:
        found.append(Reason(Ground.AUDITED, {"on": person.audited_on}))
    if person.advised_on is not None:
        found.append(Reason(Ground.ADVISED, {"on": person.advised_on}))
    return found


def can_issue(facts: Facts) -> list[Reason]:
    """Why no certificate can be granted now; empty when it can.

    No certificate with a blocking finding that is not verified; every finding that needs a plan has an accepted
    one; the grade after remediation certifies; the review recommends it; whoever decides neither audited nor
    advised; the holder agreed to the public register; the checklist is the one pinned when the audit began.
    """
    return [*ties(facts.person), *_file_reasons(facts), *_finding_reasons(facts), *_grade_reasons(facts)]


def _file_reasons(facts: Facts) -> list[Reason]:
    if not facts.audited:
        return [Reason(Ground.NO_AUDIT)]
    found = []
    if facts.unanswered:
        found.append(Reason(Ground.INCOMPLETE, {"number": facts.unanswered}))
    if not facts.checklist_intact:
        found.append(Reason(Ground.CHECKLIST_CHANGED))
    if facts.recommended is None:
        found.append(Reason(Ground.NOT_REVIEWED))
    elif not facts.recommended:
        found.append(Reason(Ground.REVIEW_AGAINST))
    if not facts.consent:
        found.append(Reason(Ground.NO_CONSENT))
    return found


def _finding_reasons(facts: Facts) -> list[Reason]:
    grounds = ((finding, _against(finding, facts.today)) for finding in facts.findings)
    return [
        Reason(ground, {"criterion": finding.criterion, "grade": finding.grade})
        for finding, ground in grounds
        if ground is not None
    ]


def _against(finding: OpenFinding, today: date) -> Ground | None:
    if finding.verified:
        return None
    if finding.blocks:
        return Ground.BLOCKING
    if finding.blocks_when_overdue and finding.due_on is not None and today > finding.due_on:
        return Ground.OVERDUE
    if not finding.needs_plan or finding.task is TaskState.PLAN_ACCEPTED:
        return None
    return Ground.UNCHECKED if finding.task is TaskState.SUBMITTED else Ground.NO_PLAN


def _grade_reasons(facts: Facts) -> list[Reason]:
    if not facts.audited or not facts.checklist_intact or facts.unanswered or facts.certifies:
        return []
    return [Reason(Ground.GRADE, {"missing": tuple(facts.missing)})]


def open_minors(findings: Sequence[OpenFinding]) -> list[str]:
    """The criteria whose findings may stay open for now: a plan is accepted, the change is not verified yet."""
    return [finding.criterion for finding in findings if finding.needs_plan and not finding.verified]
