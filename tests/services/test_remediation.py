"""Remediation: tasks and their days, plans, evidence, verification; the audit's answers stay as found."""

from datetime import date, timedelta

import pytest

from app import history, jobs
from app.audits import results
from app.audits.states import CaseState, FindingState
from app.certificates import service as certificates
from app.certificates.models import Recommendation
from app.db import db
from app.demo.picture import sample_picture
from app.demo.stage import Stage
from app.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from app.formats import local_day
from app.images import take_image
from app.remediation import files
from app.remediation import service as remediation
from app.remediation.models import Task
from app.remediation.pages import count_tasks, listed
from app.remediation.rules import TaskState, is_overdue
from tests.stories import MAJOR, MINOR, actor, enter, reported, task_at


def open_case() -> tuple[Stage, Task, Task]:
    """The case with its major and its minor task."""
    stage = reported()
    tasks = remediation.tasks_of(stage.case)
    return stage, task_at(tasks, MAJOR), task_at(tasks, MINOR)


def plan(stage: Stage, task: Task, planned_on: date) -> None:
    remediation.propose_plan(
        task,
        correction="Ułożymy cennik.",
        cause="Nikt o tym nie pamiętał.",
        corrective_action="Przegląd co kwartał.",
        owner_name="Hanna Przykładowska",
        planned_on=planned_on,
        actor=stage.contact,
        at=stage.at,
    )


def waiting_letters() -> list[str]:
    return [job.payload["template"] for job in db.session.query(jobs.Job).filter_by(kind="mail.send")]


def test_issuing_the_report_opens_one_task_per_finding_that_has_a_deadline() -> None:
    stage = reported()
    grades = results.checklist_of(stage.case).content.findings
    expected = {
        finding.criterion
        for finding in results.findings_of(stage.case)
        if grades[finding.grade].deadline_days is not None
    }
    assert {task.criterion for task in remediation.tasks_of(stage.case)} == expected
    assert expected >= {MAJOR, MINOR}
    assert stage.case.state is CaseState.REMEDIATION
    assert "report_issued" in waiting_letters()


def test_a_task_is_due_by_the_shorter_time_of_grade_and_criterion() -> None:
    stage, major, minor = open_case()
    checklist = results.checklist_of(stage.case)
    for task in (major, minor):
        grade_days = checklist.content.findings[task.finding.grade].deadline_days or 0
        own = checklist.criteria[task.criterion].remediation
        days = min(grade_days, (own.days if own else None) or grade_days)
        assert task.due_on == local_day(task.created_at) + timedelta(days=days)


def test_verifying_moves_the_result_and_never_the_audit() -> None:
    stage, major, _minor = open_case()
    audit = stage.case.audit
    assert audit is not None
    answers, found = results.answers_of(audit.id), results.as_found(audit)
    stage.submit(major)
    stage.verify(major)
    assert results.answers_of(audit.id) == answers
    assert results.as_found(audit).total.percent == found.total.percent
    after = remediation.result_after(stage.case)
    assert after is not None
    assert after.findings["major"] == found.findings["major"] - 1
    assert (after.total.percent or 0) > (found.total.percent or 0)
    assert major.finding.state is FindingState.VERIFIED


def test_a_level_that_does_not_meet_the_criterion_is_refused_and_changes_nothing() -> None:
    stage, _major, minor = open_case()
    stage.submit(minor)
    for level in ("1", "7", "nie"):
        with pytest.raises(Invalid):
            remediation.verify(minor, new_value=level, note="", actor=actor("iga"), at=stage.at)
    assert (minor.state, minor.new_value) == (TaskState.SUBMITTED, None)


def test_only_the_team_of_the_case_verifies() -> None:
    stage, major, _minor = open_case()
    stage.submit(major)
    for other in ("maja", "robert", "hanna"):
        with pytest.raises(Forbidden):
            remediation.verify(major, new_value="tak", note="", actor=actor(other), at=stage.at)


def test_returning_says_what_is_missing_and_tells_the_supplier() -> None:
    stage, major, _minor = open_case()
    stage.submit(major)
    with pytest.raises(Invalid):
        remediation.send_back(major, reason=" ", actor=actor("iga"), at=stage.at)
    assert major.state is TaskState.SUBMITTED
    remediation.send_back(major, reason="Brakuje daty na dokumencie.", actor=actor("iga"), at=stage.at)
    assert (major.state, major.returned_reason) == (TaskState.RETURNED, "Brakuje daty na dokumencie.")
    assert waiting_letters().count("task_returned") == 1
    (record, *_earlier) = history.timeline(case_id=stage.case.id)
    assert (record.tag, record.role, record.note) == ("task:return", "auditor", "Brakuje daty na dokumencie.")


def test_done_needs_a_file_or_a_word() -> None:
    stage, major, _minor = open_case()
    with pytest.raises(Invalid):
        remediation.submit(major, note="", actor=stage.contact, at=stage.at)
    assert major.submitted_at is None
    remediation.submit(major, note="Zrobione.", actor=stage.contact, at=stage.at)
    assert major.state is TaskState.SUBMITTED


def test_evidence_is_the_suppliers_own() -> None:
    stage, major, _minor = open_case()
    enter("DST-11", cast=False)
    picture = take_image(sample_picture("Dowód"))
    with pytest.raises(NotFound):
        remediation.get_task(major.id, actor("zosia"))
    for other in ("zosia", "iga", "maja"):
        with pytest.raises(Forbidden):
            files.add_evidence(major, picture, "dowod.jpg", actor=actor(other), at=stage.at)


def test_the_same_file_twice_is_kept_once_and_a_removed_one_stays_on_record() -> None:
    stage, major, _minor = open_case()
    picture = take_image(sample_picture("Dowód"))
    first = files.add_evidence(major, picture, "dowod.jpg", actor=stage.contact, at=stage.at)
    assert files.add_evidence(major, picture, "kopia.jpg", actor=stage.contact, at=stage.at) is first
    files.remove_evidence(first, actor=stage.contact, at=stage.at)
    assert first.removed_at == stage.at
    tags = [record.tag for record in history.timeline(case_id=stage.case.id)][:2]
    assert tags == ["evidence:remove", "evidence:add"]


def test_a_plan_must_end_within_the_time_of_the_grade() -> None:
    stage, _major, minor = open_case()
    reported_on = local_day(minor.created_at)
    for wrong in (local_day(stage.at) - timedelta(days=1), reported_on + timedelta(days=91)):
        with pytest.raises(Invalid):
            plan(stage, minor, wrong)
    assert (minor.state, minor.correction, minor.planned_on) == (TaskState.OPEN, "", None)
    plan(stage, minor, reported_on + timedelta(days=90))
    assert minor.state is TaskState.PLAN_PROPOSED


def test_accepting_a_plan_that_ends_later_moves_the_day_of_the_task() -> None:
    stage, _major, minor = open_case()
    usual, later = minor.due_on, local_day(minor.created_at) + timedelta(days=80)
    assert usual is not None
    assert usual < later
    plan(stage, minor, later)
    assert minor.due_on == usual
    remediation.accept_plan(minor, actor=actor("iga"), at=stage.at)
    assert minor.due_on == later
    (record, *_earlier) = history.timeline(case_id=stage.case.id)
    assert (record.before["due_on"], record.after["due_on"]) == (usual.isoformat(), later.isoformat())


def test_the_review_waits_for_blocking_findings_and_for_plans_of_minors() -> None:
    stage, major, minor = open_case()
    today = local_day(stage.at)
    assert [MAJOR in point or MINOR in point for point in remediation.before_review(stage.case, today)] == [True, True]
    with pytest.raises(NotAllowedNow):
        stage.review()
    stage.submit(major)
    stage.verify(major)
    stage.propose_plan(minor, accepted=False)
    (waiting,) = remediation.before_review(stage.case, today)
    assert MINOR in waiting
    remediation.accept_plan(minor, actor=actor("iga"), at=stage.at)
    assert remediation.before_review(stage.case, today) == []
    stage.review()
    assert stage.case.state is CaseState.UNDER_REVIEW
    assert "sent_to_review" in waiting_letters()


def test_an_overdue_minor_counts_as_major_until_it_is_verified() -> None:
    stage, major, minor = open_case()
    stage.submit(major)
    stage.verify(major)
    stage.propose_plan(minor)
    assert minor.due_on is not None
    day_after = minor.due_on + timedelta(days=1)
    assert remediation.grade_today(minor, minor.due_on) == "minor"
    assert remediation.before_review(stage.case, minor.due_on) == []
    assert remediation.grade_today(minor, day_after) == "major"
    assert MINOR in remediation.before_review(stage.case, day_after)[0]
    late, sealed = remediation.result_today(stage.case, day_after), remediation.result_after(stage.case)
    assert late is not None
    assert sealed is not None
    assert (late.findings["major"], sealed.findings["major"]) == (1, 0)
    stage.submit(minor)
    stage.verify(minor)
    assert remediation.before_review(stage.case, day_after) == []


def test_evidence_in_time_is_not_overdue_while_it_waits_for_the_auditor() -> None:
    due = date(2026, 12, 4)
    assert not is_overdue(TaskState.SUBMITTED, due, due, due + timedelta(days=3))
    assert is_overdue(TaskState.SUBMITTED, due, due + timedelta(days=1), due + timedelta(days=3))
    assert is_overdue(TaskState.OPEN, due, None, due + timedelta(days=1))
    assert not is_overdue(TaskState.OPEN, due, None, due)
    assert not is_overdue(TaskState.VERIFIED, due, due, due + timedelta(days=30))
    assert not is_overdue(TaskState.OPEN, None, None, due)


def test_nothing_changes_while_the_file_is_under_review_and_a_verified_task_opens_again_when_it_comes_back() -> None:
    stage, major, minor = open_case()
    stage.submit(major)
    stage.verify(major)
    stage.propose_plan(minor)
    stage.review()
    with pytest.raises(NotAllowedNow):
        files.add_evidence(
            minor, take_image(sample_picture("Później")), "p.jpg", actor=stage.contact, at=stage.later(days=1)
        )
    with pytest.raises(NotAllowedNow):
        remediation.reopen(major, reason="Za mało.", actor=actor("iga"), at=stage.at)
    certificates.review(
        stage.case,
        recommendation=Recommendation.SEND_BACK,
        note="Brakuje daty.",
        actor=actor("robert"),
        at=stage.at,
    )
    remediation.reopen(major, reason="Brakuje daty na dokumencie.", actor=actor("iga"), at=stage.at)
    assert (major.state, major.new_value, major.finding.state) == (TaskState.RETURNED, None, FindingState.OPEN)
    after = remediation.result_after(stage.case)
    assert after is not None
    assert after.findings["major"] == 1
    assert list(history.breaks()) == []


def test_the_list_of_tasks_is_paged_without_gap_or_repetition() -> None:
    stage, _major, _minor = open_case()
    today, seen, key = local_day(stage.at), [], ""
    while True:
        page = listed(actor("iga"), "pl", today, after=key, most=1)
        seen += [item.task.id for item in page.rows]
        key = page.after
        if not key:
            break
    assert seen == [
        task.id for task in sorted(remediation.tasks_of(stage.case), key=lambda task: (task.due_on, task.id))
    ]
    assert count_tasks(actor("iga"), "to_do", today) == len(seen)
    assert count_tasks(actor("olaf"), "to_check", today) == 0
