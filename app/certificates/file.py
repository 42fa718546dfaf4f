"""The complete file of a case on the day of its review or decision: everything the rules ask about, gathered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.accounts.permissions import Actor
from app.audits import results
from app.audits.models import Audit, Case, Finding
from app.audits.service import advised_since, cooling_off_start, took_part
from app.certificates import seal
from app.certificates.models import Recommendation, Review
from app.certificates.rules import Facts, OpenFinding, Person, Reason, can_issue, open_minors, ties
from app.checklists import library
from app.checklists.checklist import Checklist
from app.checklists.problems import ChecklistError
from app.checklists.scoring import Result, explain_missing
from app.db import db
from app.formats import local_day
from app.remediation import service as remediation
from app.remediation.models import Task


@dataclass(frozen=True)
class CaseFile:
    """What reviewer and decision maker have before them.

    Without an audit, or with a checklist that is no longer the one pinned, there is no result. ``after`` is what is
    sealed, ``today`` counts a finding past its day as what it has become, as the reasons do, until the case is decided.
    """

    case: Case
    facts: Facts
    reviews: Sequence[Review]
    findings: Sequence[tuple[Finding, Task | None]]
    checklist: Checklist | None = None
    found: Result | None = None
    after: Result | None = None
    today: Result | None = None

    @property
    def ties(self) -> list[Reason]:
        """Why this person may neither review nor decide."""
        return ties(self.facts.person)

    @property
    def reasons(self) -> list[Reason]:
        """Why no certificate can be granted now."""
        return can_issue(self.facts)

    @property
    def open_minors(self) -> list[str]:
        """Criteria whose findings stay open with an accepted plan."""
        return open_minors(self.facts.findings)


def file_of(case: Case, actor: Actor, at: datetime, language: str = "pl") -> CaseFile:
    """Gather the file of a case as it stands, for this person, on the day of ``at`` in Poland."""
    today = local_day(at)
    reviews = reviews_of(case)
    checklist = pinned_checklist(case.audit) if case.audit else None
    if case.audit is None or checklist is None:
        return CaseFile(case, _facts(case, actor, today, reviews), reviews, [])
    findings = remediation.findings_with_tasks(case)
    found = results.as_found(case.audit)
    after = remediation.result_after(case) or found
    counted = remediation.result_today(case, today) or found
    missing = explain_missing(after, language)
    facts = _facts(
        case,
        actor,
        today,
        reviews,
        unanswered=len(after.unanswered),
        checklist_intact=True,
        certifies=after.certifies,
        missing=missing.sentences if missing and not after.certifies else (),
        findings=[_counted(checklist, finding, task) for finding, task in findings],
    )
    return CaseFile(case, facts, reviews, findings, checklist, found, after, counted)


def reviews_of(case: Case) -> Sequence[Review]:
    """The reviews of a case, the last one first."""
    return db.session.scalars(
        select(Review).where(Review.case_id == case.id).order_by(Review.at.desc(), Review.id.desc())
    ).all()


def pinned_checklist(audit: Audit) -> Checklist | None:
    """The checklist pinned when the audit began; None when what is there now is another one."""
    try:
        checklist = library.published(audit.checklist_id, audit.checklist_version)
    except ChecklistError:
        return None
    return checklist if checklist.digest == audit.checklist_digest else None


def sealed_file(file: CaseFile) -> dict[str, Any]:
    """Exactly what is decided on, to be sealed."""
    audit, result = file.case.audit, file.after
    if audit is None or result is None:
        raise ValueError("a case without a result has nothing to seal")
    return seal.sealed(
        case=file.case.number,
        checklist={
            "id": audit.checklist_id,
            "version": audit.checklist_version,
            "digest": audit.checklist_digest,
        },
        profile=audit.profile,
        answers=remediation.answers_after(file.case),
        findings=[_told(finding, task) for finding, task in file.findings],
        result=result.as_json(),
        open_minors=file.open_minors,
    )


def _facts(case: Case, actor: Actor, today: date, reviews: Sequence[Review], **known: Any) -> Facts:
    last = reviews[0].recommendation if reviews else None
    reviewed = {Recommendation.GRANT: True, Recommendation.REFUSE: False}
    without: dict[str, Any] = {"unanswered": 0, "checklist_intact": False, "certifies": False}
    return Facts(
        today=today,
        person=_person(case, actor, today),
        audited=case.audit is not None,
        recommended=reviewed.get(last) if last else None,
        consent=case.consent_register,
        **{**without, **known},
    )


def _person(case: Case, actor: Actor, today: date) -> Person:
    if actor.id is None:
        return Person(actor.name)
    return Person(
        actor.name,
        audited_on=took_part(case, actor.id),
        advised_on=advised_since(case.supplier_id, actor.id, cooling_off_start(today)),
    )


def _counted(checklist: Checklist, finding: Finding, task: Task | None) -> OpenFinding:
    grades = checklist.content.findings
    grade = grades[finding.grade]
    overdue = grades[grade.overdue_becomes] if grade.overdue_becomes else grade
    return OpenFinding(
        criterion=finding.criterion,
        grade=finding.grade,
        task=task.state if task else None,
        blocks=grade.blocks_certificate,
        needs_plan=grade.needs in {"correction", "plan"},
        due_on=task.due_on if task else None,
        blocks_when_overdue=overdue.blocks_certificate,
    )


def _told(finding: Finding, task: Task | None) -> dict[str, object]:
    told: dict[str, object] = {
        "criterion": finding.criterion,
        "grade": finding.grade,
        "proposed_grade": finding.proposed_grade,
        "grade_comment": finding.grade_comment,
        "state": finding.state.value,
        "requirement": finding.requirement,
        "not_met": finding.not_met,
        "evidence": finding.evidence,
    }
    if task is not None:
        told["task"] = {
            "state": task.state.value,
            "due_on": task.due_on.isoformat() if task.due_on else None,
            "new_value": task.new_value,
            "corrective_action": task.corrective_action,
            "files": sorted(file.sha256 for file in task.evidence if file.removed_at is None),
        }
    return told
