"""The tables of moves are the single truth: every state × action pair is walked."""

import itertools
from datetime import date, timedelta

import pytest

from app.audits.states import CLOSED, MOVES, PERMISSION_FOR, Action, CaseState, move, possible
from app.remediation import rules
from app.remediation.rules import TaskAction, TaskState, due_on

CASE_PAIRS = list(itertools.product(CaseState, Action))
TASK_PAIRS = list(itertools.product(TaskState, TaskAction))


@pytest.mark.parametrize(("state", "action"), CASE_PAIRS)
def test_a_case_moves_only_as_the_table_says(state: CaseState, action: Action) -> None:
    assert move(state, action) == MOVES.get((state, action))


def test_a_closed_case_never_moves_again() -> None:
    assert [state for state in CLOSED if possible(state)] == []


def test_every_state_is_reached_from_an_application() -> None:
    reached, waiting = {CaseState.APPLIED}, [CaseState.APPLIED]
    while waiting:
        state = waiting.pop()
        found = {MOVES[state, action] for action in possible(state)} - reached
        reached |= found
        waiting.extend(found)
    assert reached == set(CaseState)


def test_a_certificate_is_granted_only_after_a_review() -> None:
    assert [state for (state, action) in MOVES if action is Action.GRANT] == [CaseState.REVIEWED]


def test_every_action_has_its_permission() -> None:
    assert set(PERMISSION_FOR) == set(Action)
    assert set(rules.PERMISSION_FOR) == set(TaskAction)


@pytest.mark.parametrize(("state", "action"), TASK_PAIRS)
def test_a_task_moves_only_as_the_table_says(state: TaskState, action: TaskAction) -> None:
    assert rules.move(state, action) == rules.MOVES.get((state, action))


def test_a_verified_task_can_only_be_opened_again() -> None:
    assert [action for (state, action) in rules.MOVES if state is TaskState.VERIFIED] == [TaskAction.REOPEN]


def test_only_submitted_evidence_is_verified() -> None:
    assert [state for (state, action) in rules.MOVES if action is TaskAction.VERIFY] == [TaskState.SUBMITTED]


def test_a_task_is_due_by_the_shorter_of_the_two_deadlines() -> None:
    day = date(2026, 11, 22)
    assert due_on(day, 60, 30) == day + timedelta(days=30)
    assert due_on(day, 60, 90) == day + timedelta(days=60)
    assert due_on(day, None, 45) == day + timedelta(days=45)
    assert due_on(day, None, None) is None
