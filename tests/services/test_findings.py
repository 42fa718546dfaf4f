"""Findings: drafted from answers, raised with a comment, fixed by the report; and what the supplier says about them."""

import uuid
from datetime import timedelta

import pytest

from app import history
from app.audits import findings, results, service
from app.audits.models import Answer, Audit, Finding
from app.audits.states import CaseState, FindingState
from app.db import db
from app.demo.stage import Stage
from app.errors import Forbidden, Invalid, NotAllowedNow
from app.remediation import service as remediation
from tests.stories import MAJOR, MINOR, actor, audited, enter, finding_at, reported


def drafted() -> Stage:
    """The visit is over, the findings are drafts."""
    stage = audited()
    findings.close_visit(audit_of(stage), actor=actor("iga"), at=stage.later(hours=4))
    return stage


def audit_of(stage: Stage) -> Audit:
    assert stage.case.audit is not None
    db.session.refresh(stage.case.audit)
    return stage.case.audit


def edit(stage: Stage, finding: Finding, *, by: str = "iga", **changed: str) -> None:
    names = ("requirement", "not_met", "evidence", "grade", "grade_comment")
    now = {name: getattr(finding, name) for name in names}
    findings.edit(finding, **{**now, **changed}, actor=actor(by), at=stage.at)


def test_every_answer_that_creates_a_finding_gets_one_draft() -> None:
    stage = drafted()
    found = {finding.criterion: finding.grade for finding in results.findings_of(stage.case)}
    assert found == dict(results.as_found(audit_of(stage)).finding_of)
    assert (found[MAJOR], found[MINOR]) == ("major", "minor")
    assert all(finding.state is FindingState.DRAFT for finding in results.findings_of(stage.case))


def test_only_the_team_finishes_its_audit() -> None:
    stage = audited()
    with pytest.raises(Forbidden):
        findings.close_visit(audit_of(stage), actor=actor("maja"), at=stage.at)
    assert results.findings_of(stage.case) == []


def test_an_audit_with_gaps_is_not_finished_and_the_reasons_name_them() -> None:
    stage = audited()
    audit = audit_of(stage)
    gone = db.session.get_one(Answer, (audit.id, MINOR, "score"))
    db.session.delete(gone)
    db.session.flush()
    with pytest.raises(NotAllowedNow, match=MINOR):
        findings.close_visit(audit, actor=actor("iga"), at=stage.at)
    assert audit.finished_at is None


def test_a_note_alone_is_no_answer() -> None:
    stage = audited()
    audit = audit_of(stage)
    db.session.delete(db.session.get_one(Answer, (audit.id, MINOR, "score")))
    note = Answer(audit_id=audit.id, criterion=MINOR, field="comment", value="Cennik?", head_op=uuid.uuid4())
    note.by_id, note.at = actor("iga").id or uuid.uuid4(), stage.at
    db.session.merge(note)
    db.session.flush()
    assert MINOR not in results.answers_of(audit.id)
    assert results.as_found(audit).unanswered == (MINOR,)


def test_the_auditor_raises_with_a_comment_and_never_lowers() -> None:
    stage = drafted()
    minor, major = finding_at(stage, MINOR), finding_at(stage, MAJOR)
    with pytest.raises(Invalid):
        edit(stage, minor, grade="major")
    with pytest.raises(Invalid):
        edit(stage, major, grade="minor", grade_comment="To drobiazg.")
    with pytest.raises(Invalid):
        edit(stage, minor, grade="enormous", grade_comment="?")
    assert (minor.grade, major.grade) == ("minor", "major")
    edit(stage, minor, grade="major", grade_comment="Ceny poniżej kosztów.")
    assert (minor.grade, minor.proposed_grade) == ("major", "minor")


def test_a_raised_grade_counts_in_the_result_and_can_be_taken_back_until_the_report() -> None:
    stage = drafted()
    minor = finding_at(stage, MINOR)
    assert results.as_found(audit_of(stage)).findings["major"] == 1
    edit(stage, minor, grade="major", grade_comment="Ceny poniżej kosztów.")
    assert results.as_found(audit_of(stage)).findings["major"] == 2
    edit(stage, minor, grade="minor")
    assert results.as_found(audit_of(stage)).findings["major"] == 1
    assert minor.grade_comment == ""


def test_an_edit_is_written_down_with_before_and_after() -> None:
    stage = drafted()
    finding = finding_at(stage, MINOR)
    before = finding.not_met
    edit(stage, finding, not_met="Nie ma cennika dla firm.")
    (record, *_earlier) = history.timeline(case_id=stage.case.id)
    assert record.tag == "finding:edit"
    assert record.before == {"criterion": MINOR, "not_met": before}
    assert record.after == {"criterion": MINOR, "not_met": "Nie ma cennika dla firm."}


def test_only_the_team_edits() -> None:
    stage = drafted()
    with pytest.raises(Forbidden):
        edit(stage, finding_at(stage, MINOR), by="maja", not_met="Inaczej.")


def test_the_report_needs_requirement_what_is_not_met_and_evidence() -> None:
    stage = drafted()
    edit(stage, finding_at(stage, MAJOR), evidence="")
    with pytest.raises(NotAllowedNow, match=MAJOR):
        findings.issue_report(stage.case, actor=actor("iga"), at=stage.at)
    assert stage.case.state is CaseState.IN_AUDIT
    assert stage.case.reported_at is None


def test_findings_no_longer_change_after_the_report() -> None:
    stage = reported()
    with pytest.raises(NotAllowedNow):
        edit(stage, finding_at(stage, MINOR), not_met="Inaczej.")
    assert finding_at(stage, MINOR).state is FindingState.OPEN


def test_findings_are_shown_by_grade_the_heaviest_first() -> None:
    stage = drafted()
    grades = [grade for grade, _found in findings.by_grade(stage.case)]
    assert grades[:2] == ["major", "minor"]
    assert {"opportunity", "strength"} >= set(grades[2:])


def test_the_supplier_writes_remarks_for_seven_days_and_nothing_else_changes() -> None:
    stage = reported()
    before = [(finding.grade, finding.not_met) for finding in results.findings_of(stage.case)]
    findings.remark(stage.case, words=" Cennik był w segregatorze. ", actor=stage.contact, at=stage.later(days=7))
    assert [remark.text for remark in findings.remarks_of(stage.case)] == ["Cennik był w segregatorze."]
    assert before == [(finding.grade, finding.not_met) for finding in results.findings_of(stage.case)]
    with pytest.raises(NotAllowedNow):
        findings.remark(stage.case, words="Jeszcze coś.", actor=stage.contact, at=stage.later(days=1))


def test_remarks_are_the_suppliers_own_and_have_words() -> None:
    stage = reported()
    enter("DST-11", cast=False)
    for other in ("iga", "maja", "zosia"):
        with pytest.raises(Forbidden):
            findings.remark(stage.case, words="Uwaga.", actor=actor(other), at=stage.at)
    with pytest.raises(Invalid):
        findings.remark(stage.case, words=" ", actor=stage.contact, at=stage.at)


def test_a_finding_that_the_audit_before_had_too_rises_as_the_checklist_says() -> None:
    first = reported()
    second = Stage(first.supplier, first.at + timedelta(days=300), first.contact, first.story)
    second.apply(["Miseczka"])
    second.plan(visit_in_days=15)
    audit = second.audit(visit_in_days=15)
    second.fill(audit)
    db.session.refresh(audit)
    findings.close_visit(audit, actor=actor("iga"), at=second.later(hours=4))
    again = finding_at(second, MINOR)
    assert (finding_at(first, MINOR).grade, again.grade) == ("minor", "major")
    assert again.grade_comment == "To samo stwierdził poprzedni audyt."
    assert results.as_found(audit).findings["major"] == 2
    with pytest.raises(Invalid):
        edit(second, again, grade="minor")
    assert remediation.tasks_of(second.case) == []


def test_nobody_who_sees_the_case_may_plan_it_again_after_the_report() -> None:
    stage = reported()
    with pytest.raises(NotAllowedNow):
        service.accept(stage.case, actor=actor("maja"), at=stage.at)
