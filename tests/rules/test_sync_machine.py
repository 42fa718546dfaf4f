"""Thousands of visits with a bad network against the rules of merging, in memory: nothing lost, nothing overwritten."""

import os
import random
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.accounts.permissions import Actor
from app.audits.intake import Intake, Outcome, Question, outcome_of, receipt_of
from app.audits.merge import Head, Receipt
from app.audits.visits import Visit
from app.audits.wire import Batch, read_op
from app.checklists import library
from tests.model_tablet import Key, Shown
from tests.model_world import World
from tests.network import play

SEQUENCES = 10_000
AT = datetime(2026, 11, 22, tzinfo=UTC)


class Whole(dict[Any, Any]):
    """A mapping that knows of everything: what is not there was looked for and is not there."""

    def __contains__(self, _key: object) -> bool:
        return True

    def __missing__(self, _key: object) -> None:
        return None


class MemoryServer:
    """The intake of operations on what one process remembers."""

    def __init__(self) -> None:
        checklist = library.published("base", "2026.1")
        self.actor = Actor(id=uuid.UUID(int=1), name="Iga", roles=frozenset())
        self.visit = Visit(
            uuid.UUID(int=2), uuid.UUID(int=3), checklist, {}, 0, closed=False, may_fill=True, disputed=False
        )
        self.stood: dict[Key, Head] = {}
        self.receipts: dict[str, Receipt | None] = Whole()
        self.asked: list[Question] = []
        self.pictures: dict[uuid.UUID, Any] = Whole()
        self.answered: dict[str, Outcome] = {}

    def receive(self, batch: Mapping[str, Any], *, commit: bool) -> list[dict[str, Any]]:
        if not commit:
            return []
        read = Batch(proto=1, **batch)
        intake = Intake(self.visit, read, self.actor, AT, self.stood, 1_000)
        intake.receipts, intake.questions, intake.photos = self.receipts, self.asked, self.pictures
        return [self._result(intake, raw) for raw in batch["ops"]]

    def _result(self, intake: Intake, raw: dict[str, Any]) -> dict[str, Any]:
        if raw["op_id"] not in self.answered:
            op = read_op(raw)
            assert op is not None, raw
            outcome = outcome_of(intake, op)
            self.visit.cursor += 1
            self.receipts[raw["op_id"]] = receipt_of(intake, op, outcome, intake.visit.cursor)
            self.answered[raw["op_id"]] = {**outcome, "cursor": self.visit.cursor}
        return {"op_id": raw["op_id"], **self.answered[raw["op_id"]]}

    def heads(self) -> dict[Key, Shown]:
        return {key: Shown(head.value, head.op_id) for key, head in self.stood.items()}

    def questions(self) -> set[tuple[Key, str]]:
        return {(one.key, str(one.op_id)) for one in self.asked if one.resolved_by_op is None}

    def photos(self) -> set[str]:
        return {str(name) for name, one in self.pictures.items() if one["removed_at"] is None}

    def close(self) -> None:
        self.visit = replace(self.visit, closed=True)


def first_seed() -> int:
    """The seed of the first visit: ``BASE_TEST_SEED``, else another one each time."""
    return int(os.environ.get("BASE_TEST_SEED") or random.SystemRandom().randrange(10**9))


def test_a_choice_heard_before_the_late_receipt_leaves_nothing_to_ask() -> None:
    world = World.of(MemoryServer(), tablets=2)
    one, other = world.tablets
    key = ("EKO-SUR-04", "score")
    one.answer(key, 3)
    world.sync(one)
    other.answer(key, 0)
    world.lose_reply(other, most=200)  # a conflict, of which its author does not hear
    world.sync(one)
    one.resolve(key, 1)
    world.sync(one)
    world.sync(other, most=0)
    world.drain()
    assert not other.lost[key]
    assert other.at(key).value == 1


def test_ten_thousand_visits_with_a_bad_network(capsys: pytest.CaptureFixture[str]) -> None:
    first, steps = first_seed(), 0
    for seed in range(first, first + SEQUENCES):
        try:
            steps += play(World.of(MemoryServer(), tablets=1 + seed % 3), random.Random(seed))
        except AssertionError as failed:
            raise AssertionError(f"BASE_TEST_SEED={seed}: {failed}") from failed
    with capsys.disabled():
        print(f"\n{SEQUENCES} visits, {steps} steps, seeds {first} to {first + SEQUENCES - 1}")
