"""Findings: drafted from the answers when the audit is finished, completed by the auditor, fixed by the report."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import LazyString, force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app import history
from app.accounts.permissions import Actor, Permission, Role
from app.audits import letters, results
from app.audits.models import Audit, Case, Finding, Remark
from app.audits.service import about, check_step, finish_audit, is_contact, member, step
from app.audits.states import Action, AuditState, FindingState
from app.checklists.checklist import Checklist
from app.checklists.grading import raisable_grades
from app.checklists.schema import level_key
from app.checklists.scoring import finding_of
from app.db import db
from app.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from app.formats import local_day

REMARK_TIME = timedelta(days=7)


def close_visit(audit: Audit, *, actor: Actor, at: datetime) -> list[Finding]:
    """Finish the audit, draft its findings, and send their list to the supplier.

    Raises:
        NotAllowedNow: answers or evidence are missing, or two answers wait for a choice; the reasons name them.
    """
    gaps = results.gaps(audit)
    if gaps:
        raise NotAllowedNow(*_missing(gaps))
    finish_audit(audit, actor=actor, at=at)
    drafts = draft(audit, actor=actor, at=at)
    letters.tell_findings(audit.case, by_grade(audit.case), at=at)
    return drafts


def _missing(gaps: results.Gaps) -> Iterator[str]:
    if gaps.unanswered:
        yield _("Without an answer: %(criteria)s.", criteria=", ".join(gaps.unanswered))
    if gaps.without_evidence:
        yield _("Without evidence: %(criteria)s.", criteria=", ".join(gaps.without_evidence))
    if gaps.in_conflict:
        yield _("Two answers, choose one: %(criteria)s.", criteria=", ".join(gaps.in_conflict))


def draft(audit: Audit, *, actor: Actor, at: datetime) -> list[Finding]:
    """One draft for every answer that creates a finding, pre-filled from the checklist and the auditor's note.

    A finding that the audit before had too rises as the checklist says; its texts are in the binding language.
    """
    checklist = results.checklist_of(audit.case)
    answers = results.answers_of(audit.id)
    photos = results.photo_counts(audit.id)
    earlier = _earlier_grades(audit.case)
    drafts = []
    for criterion_id, found in results.score_of(audit, answers).finding_of.items():
        answer = answers[criterion_id]
        proposed = finding_of(checklist, criterion_id, {"value": answer["value"]}) or found
        criterion = checklist.criteria[criterion_id]
        risen = _risen(checklist, criterion_id, found, earlier.get(criterion_id))
        finding = Finding(
            case_id=audit.case_id,
            criterion=criterion_id,
            grade=risen or found,
            proposed_grade=risen or proposed,
            grade_comment=_why_raised(checklist, answer, risen=bool(risen), raised=found != proposed),
            requirement="\n".join(text for text in (criterion.question, criterion.law) if text),
            not_met=criterion.levels.get(level_key(answer["value"]) or "", ""),
            evidence=_evidence(checklist, str(answer.get("note", "")), photos[criterion_id]),
            author_id=actor.id,
            created_at=at,
        )
        db.session.add(finding)
        drafts.append(finding)
    db.session.flush()
    return drafts


def _earlier_grades(case: Case) -> Mapping[str, str]:
    """Criterion → grade of the supplier's audit before this one."""
    before = Case.reported_at < (case.audit_started_at or case.applied_at)
    last = select(Case.id).where(Case.supplier_id == case.supplier_id, Case.id != case.id, before)
    last = last.order_by(Case.reported_at.desc(), Case.id.desc()).limit(1)
    found = select(Finding.criterion, Finding.grade).where(Finding.case_id == last.scalar_subquery())
    return {row.criterion: row.grade for row in db.session.execute(found)}


def _risen(checklist: Checklist, criterion: str, grade: str, earlier: str | None) -> str:
    """The grade that a finding rises to because the audit before had it too; empty when it does not rise."""
    grades = checklist.content.findings
    if earlier is None or earlier not in grades or grades[earlier].deadline_days is None:
        return ""  # a strength or an opportunity of then is nothing that should have been put right
    risen = grades[grade].repeated_becomes or ""
    return risen if risen in raisable_grades(checklist, criterion, grade) else ""


def _why_raised(checklist: Checklist, answer: Mapping[str, Any], *, risen: bool, raised: bool) -> str:
    """Repeated, or what the auditor noted on site when raising it."""
    if risen:
        return _in_binding(checklist, _l("The audit before found this too."))
    return str(answer.get("note", "")) if raised else ""


def _evidence(checklist: Checklist, note: str, photos: int) -> str:
    shown = _in_binding(checklist, _l("Photos from the visit: %(number)d.", number=photos)) if photos else ""
    return "\n".join(text for text in (note, shown) if text)


def _in_binding(checklist: Checklist, words: LazyString) -> str:
    with force_locale(checklist.languages[0]):
        return str(words)


def get(case: Case, criterion: str) -> Finding:
    """The finding of a case at a criterion.

    Raises:
        NotFound: the case has none there.
    """
    finding = db.session.scalar(select(Finding).where(Finding.case_id == case.id, Finding.criterion == criterion))
    if finding is None:
        raise NotFound(_("There is no such finding."))
    return finding


def by_grade(case: Case) -> list[tuple[str, list[Finding]]]:
    """The findings under their grades, the heaviest grade first, in the order of the checklist."""
    found = results.findings_of(case)
    grades = results.checklist_of(case).content.findings
    groups = [(grade, [finding for finding in found if finding.grade == grade]) for grade in grades]
    return [(grade, of_grade) for grade, of_grade in groups if of_grade]


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
        "grade_comment": grade_comment.strip() if grade != finding.proposed_grade else _proposed_comment(finding),
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


def _proposed_comment(finding: Finding) -> str:
    """What already stands with the proposed grade: that the finding is repeated, or nothing."""
    return finding.grade_comment if finding.grade == finding.proposed_grade else ""


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
    check_step(case, Action.ISSUE_REPORT, actor)
    if member(case, actor.id) is None:
        raise Forbidden(_("Only the audit team issues its report."))
    if missing := before_report(case):
        raise NotAllowedNow(*missing)
    found = results.findings_of(case)
    step(case, Action.ISSUE_REPORT, actor=actor, at=at, role=Role.AUDITOR, findings=len(found))
    for finding in found:
        finding.state = FindingState.OPEN
    case.reported_at = at
    db.session.flush()


def remarks_until(case: Case) -> date | None:
    """The last day on which the supplier may write remarks on the report."""
    return local_day(case.reported_at) + REMARK_TIME if case.reported_at else None


def remarks_of(case: Case) -> Sequence[Remark]:
    """What the supplier said about the report, in order."""
    return db.session.scalars(select(Remark).where(Remark.case_id == case.id).order_by(Remark.at, Remark.id)).all()


def remark(case: Case, *, words: str, actor: Actor, at: datetime) -> Remark:
    """The supplier says something about the report, within seven days; nothing else changes by it.

    Raises:
        Forbidden: the person does not speak for this supplier.
        NotAllowedNow: there is no report yet, or the time is over.
        Invalid: no words.
    """
    if not is_contact(case.supplier_id, actor.id):
        raise Forbidden(_("Only the supplier writes remarks."))
    until = remarks_until(case)
    if until is None or local_day(at) > until:
        raise NotAllowedNow(_("Remarks are possible for seven days after the report."))
    if not words.strip():
        raise Invalid(_("Write your remark."))
    made = Remark(case_id=case.id, text=words.strip(), by_id=actor.id, at=at)
    db.session.add(made)
    role = Role.SUPPLIER_CONTACT
    history.record("case:remark", about(case), actor=actor, at=at, role=role, note=made.text)
    return made
