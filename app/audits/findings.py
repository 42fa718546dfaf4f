"""Findings: drafted from the answers when the audit is finished, completed by the auditor, fixed by the report."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import history
from app.accounts.permissions import Actor, Permission, Role
from app.audits import results
from app.audits.models import Audit, Case, Finding
from app.audits.service import finish_audit, member, step
from app.audits.states import Action, AuditState, CaseState, FindingState
from app.checklists.grading import raisable_grades
from app.checklists.schema import level_key
from app.checklists.scoring import finding_of
from app.db import db
from app.errors import Forbidden, Invalid, NotAllowedNow, NotFound


def close_visit(audit: Audit, *, actor: Actor, at: datetime) -> list[Finding]:
    """Finish the audit and draft its findings.

    Raises:
        NotAllowedNow: answers or evidence are missing, or two answers wait for a choice; the reasons name them.
    """
    gaps = results.gaps(audit)
    if gaps:
        raise NotAllowedNow(*_missing(gaps))
    finish_audit(audit, actor=actor, at=at)
    return draft(audit, actor=actor, at=at)


def _missing(gaps: results.Gaps) -> Iterator[str]:
    if gaps.unanswered:
        yield _("Without an answer: %(criteria)s.", criteria=", ".join(gaps.unanswered))
    if gaps.without_evidence:
        yield _("Without evidence: %(criteria)s.", criteria=", ".join(gaps.without_evidence))
    if gaps.in_conflict:
        yield _("Two answers, choose one: %(criteria)s.", criteria=", ".join(gaps.in_conflict))


def draft(audit: Audit, *, actor: Actor, at: datetime) -> list[Finding]:
    """One draft for every answer that creates a finding, pre-filled from the checklist and the auditor's note."""
    checklist = results.checklist_of(audit.case)
    answers = results.answers_of(audit.id)
    photos = results.photo_counts(audit.id)
    drafts = []
    for criterion_id, grade in results.as_found(audit).finding_of.items():
        answer = answers[criterion_id]
        proposed = finding_of(checklist, criterion_id, {"value": answer["value"]})
        criterion = checklist.criteria[criterion_id]
        value = level_key(answer["value"]) or ""
        finding = Finding(
            case_id=audit.case_id,
            criterion=criterion_id,
            grade=grade,
            proposed_grade=proposed or grade,
            requirement="\n".join(text for text in (criterion.question, criterion.law) if text),
            not_met=criterion.levels.get(value, ""),
            evidence=_evidence(str(answer.get("note", "")), photos[criterion_id]),
            author_id=actor.id,
            created_at=at,
        )
        db.session.add(finding)
        drafts.append(finding)
    db.session.flush()
    return drafts


def _evidence(note: str, photos: int) -> str:
    shown = _("Photos: %(number)d.", number=photos) if photos else ""
    return "\n".join(text for text in (note, shown) if text)


def get(case: Case, criterion: str) -> Finding:
    """The finding of a case at a criterion.

    Raises:
        NotFound: the case has none there.
    """
    finding = db.session.scalar(select(Finding).where(Finding.case_id == case.id, Finding.criterion == criterion))
    if finding is None:
        raise NotFound(_("There is no such finding."))
    return finding


def edit(
    finding: Finding,
    *,
    requirement: str,
    not_met: str,
    evidence: str,
    grade: str,
    grade_comment: str,
    actor: Actor,
    at: datetime,
) -> None:
    """Change a draft. The grade may be raised with a comment, never lowered.

    Raises:
        NotAllowedNow: the report is issued.
        Invalid: the grade is not one that the auditor may give here, or the comment is missing.
    """
    case = finding.case
    if not actor.may(Permission.FINDING_EDIT) or member(case, actor.id) is None:
        raise Forbidden(_("Only the audit team edits the findings."))
    if finding.state is not FindingState.DRAFT:
        raise NotAllowedNow(_("The report is issued; findings no longer change."))
    if grade not in allowed_grades(finding):
        raise Invalid(_("This grade cannot be given here."))
    if grade != finding.proposed_grade and not grade_comment.strip():
        raise Invalid(_("Say why you raise the grade."))
    new = {
        "requirement": requirement.strip(),
        "not_met": not_met.strip(),
        "evidence": evidence.strip(),
        "grade": grade,
        "grade_comment": grade_comment.strip() if grade != finding.proposed_grade else "",
    }
    before = {name: getattr(finding, name) for name, value in new.items() if getattr(finding, name) != value}
    for name, value in new.items():
        setattr(finding, name, value)
    if before:
        subject = history.About(finding.id, supplier_id=case.supplier_id, case_id=case.id)
        after = {name: new[name] for name in before}
        history.record(
            "finding:edit",
            subject,
            actor=actor,
            at=at,
            role=Role.AUDITOR,
            before={"criterion": finding.criterion, **before},
            after={"criterion": finding.criterion, **after},
            note=new["grade_comment"],
        )


def allowed_grades(finding: Finding) -> Sequence[str]:
    """The grades that the auditor may give: the proposed one and heavier ones up to the class's limit."""
    return raisable_grades(results.checklist_of(finding.case), finding.criterion, finding.proposed_grade)


def before_report(case: Case) -> list[str]:
    """What is missing before the report can be issued, as sentences."""
    if case.audit is None or case.audit.state is not AuditState.FINISHED:
        return [_("The audit is not finished yet.")]
    checklist = results.checklist_of(case)
    missing = []
    for finding in results.findings_of(case):
        if checklist.content.findings[finding.grade].needs in {None, "nothing"}:
            continue
        if not (finding.requirement and finding.not_met and finding.evidence):
            missing.append(
                _(
                    "%(criterion)s: write the requirement, what is not met and the evidence.",
                    criterion=finding.criterion,
                )
            )
    return missing


def issue_report(case: Case, *, actor: Actor, at: datetime) -> None:
    """Fix the findings and hand them to the supplier.

    The entry opens the remediation tasks and queues the PDF in the same transaction.

    Raises:
        NotAllowedNow: something is missing; the reasons name it.
    """
    if member(case, actor.id) is None:
        raise Forbidden(_("Only the audit team issues its report."))
    if case.state is CaseState.IN_AUDIT and (missing := before_report(case)):
        raise NotAllowedNow(*missing)
    found = results.findings_of(case)
    for finding in found:
        finding.state = FindingState.OPEN
    case.reported_at = at
    step(case, Action.ISSUE_REPORT, actor=actor, at=at, role=Role.AUDITOR, findings=len(found))
