"""When a certificate may be granted, and by whom."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.certificates.rules import Facts, Ground, OpenFinding, Person, Reason, can_issue, open_minors, ties
from app.remediation.rules import TaskState

TODAY = date(2026, 11, 22)
READY = Facts(
    today=TODAY,
    person=Person("Robert Kamiński"),
    audited=True,
    unanswered=0,
    checklist_intact=True,
    recommended=True,
    consent=True,
    certifies=True,
)
MAJOR = OpenFinding("EKO-ODP-01", "major", TaskState.OPEN, blocks=True, needs_plan=True)
MINOR = OpenFinding(
    "EKN-KAL-02",
    "minor",
    TaskState.PLAN_ACCEPTED,
    blocks=False,
    needs_plan=True,
    due_on=date(2027, 1, 1),
    blocks_when_overdue=True,
)


def grounds(facts: Facts) -> list[Ground]:
    return [reason.ground for reason in can_issue(facts)]


def test_nothing_stands_in_the_way_of_a_complete_file() -> None:
    assert can_issue(READY) == []


@pytest.mark.parametrize(
    ("change", "ground"),
    [
        ({"unanswered": 3}, Ground.INCOMPLETE),
        ({"checklist_intact": False}, Ground.CHECKLIST_CHANGED),
        ({"recommended": None}, Ground.NOT_REVIEWED),
        ({"recommended": False}, Ground.REVIEW_AGAINST),
        ({"consent": False}, Ground.NO_CONSENT),
        ({"certifies": False}, Ground.GRADE),
        ({"person": Person("Iga", audited_on=date(2026, 5, 12))}, Ground.AUDITED),
        ({"person": Person("Ada", advised_on=date(2025, 5, 12))}, Ground.ADVISED),
        ({"findings": [MAJOR]}, Ground.BLOCKING),
    ],
)
def test_each_ground_alone_is_enough(change: dict[str, Any], ground: Ground) -> None:
    assert grounds(replace(READY, **change)) == [ground]


def test_without_an_audit_only_that_is_said() -> None:
    facts = replace(READY, audited=False, unanswered=75, recommended=None, certifies=False)
    assert grounds(facts) == [Ground.NO_AUDIT]


def test_all_reasons_are_said_at_once() -> None:
    facts = replace(READY, consent=False, certifies=False, missing=["Brakuje 3 %."], findings=[MAJOR])
    assert can_issue(facts) == [
        Reason(Ground.NO_CONSENT),
        Reason(Ground.BLOCKING, {"criterion": "EKO-ODP-01", "grade": "major"}),
        Reason(Ground.GRADE, {"missing": ("Brakuje 3 %.",)}),
    ]


@pytest.mark.parametrize("state", [state for state in TaskState if state is not TaskState.VERIFIED])
def test_a_blocking_finding_blocks_until_it_is_verified(state: TaskState) -> None:
    assert grounds(replace(READY, findings=[replace(MAJOR, task=state)])) == [Ground.BLOCKING]


def test_a_verified_finding_never_blocks() -> None:
    assert grounds(replace(READY, findings=[replace(MAJOR, task=TaskState.VERIFIED)])) == []


@pytest.mark.parametrize(
    ("state", "ground"),
    [
        (None, Ground.NO_PLAN),
        (TaskState.OPEN, Ground.NO_PLAN),
        (TaskState.PLAN_PROPOSED, Ground.NO_PLAN),
        (TaskState.RETURNED, Ground.NO_PLAN),
        (TaskState.SUBMITTED, Ground.UNCHECKED),
        (TaskState.PLAN_ACCEPTED, None),
        (TaskState.VERIFIED, None),
    ],
)
def test_a_minor_needs_an_accepted_plan(state: TaskState | None, ground: Ground | None) -> None:
    found = grounds(replace(READY, findings=[replace(MINOR, task=state)]))
    assert found == ([ground] if ground else [])


def test_a_minor_blocks_from_the_day_after_its_deadline() -> None:
    on_the_day = replace(READY, findings=[replace(MINOR, due_on=TODAY)])
    assert grounds(on_the_day) == []
    assert grounds(replace(on_the_day, today=date(2026, 11, 23))) == [Ground.OVERDUE]


def test_open_minors_are_those_not_verified_yet() -> None:
    verified = replace(MINOR, criterion="EKN-KAL-03", task=TaskState.VERIFIED)
    remark = OpenFinding("EKO-KOM-01", "observation", None, blocks=False, needs_plan=False)
    assert open_minors([MINOR, verified, remark]) == ["EKN-KAL-02"]


def test_auditing_and_advising_are_both_named() -> None:
    both = Person("Iga", audited_on=date(2026, 5, 12), advised_on=date(2025, 1, 2))
    assert ties(both) == [
        Reason(Ground.AUDITED, {"on": date(2026, 5, 12)}),
        Reason(Ground.ADVISED, {"on": date(2025, 1, 2)}),
    ]


@given(
    st.builds(
        Facts,
        today=st.just(TODAY),
        person=st.builds(Person, st.just("x"), st.none() | st.just(TODAY), st.none() | st.just(TODAY)),
        audited=st.booleans(),
        unanswered=st.integers(0, 2),
        checklist_intact=st.booleans(),
        recommended=st.none() | st.booleans(),
        consent=st.booleans(),
        certifies=st.booleans(),
        findings=st.lists(
            st.builds(
                OpenFinding,
                st.just("X"),
                st.just("minor"),
                st.none() | st.sampled_from(TaskState),
                blocks=st.booleans(),
                needs_plan=st.booleans(),
            ),
            max_size=3,
        ),
    )
)
def test_only_a_flawless_file_is_granted(facts: Facts) -> None:
    flawless = (
        facts.audited
        and not facts.unanswered
        and facts.checklist_intact
        and facts.recommended is True
        and facts.consent
        and facts.certifies
        and not ties(facts.person)
        and all(
            finding.verified
            or (not finding.blocks and (not finding.needs_plan or finding.task is TaskState.PLAN_ACCEPTED))
            for finding in facts.findings
        )
    )
    assert (can_issue(facts) == []) == flawless
