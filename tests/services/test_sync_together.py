"""Two auditors who save in the same instant: who looked before the other one wrote must look again."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import User
from app.accounts.permissions import Actor, Role
from app.audits.models import Audit, Operation
from app.audits.sync import take
from app.audits.wire import Batch
from app.db import db
from app.web import now
from tests.factories import make_user
from tests.visits import make_audit, new_id

ROUNDS = 12
TOGETHER = 4
CRITERIA = ("EKO-ZAR-01", "EKO-ZAR-02", "EKO-ENE-01")


@pytest.fixture
def audit_and_team(app: Flask) -> tuple[uuid.UUID, list[Actor]]:
    people: list[User] = [make_user(Role.AUDITOR, name=f"Auditor {number}") for number in range(TOGETHER)]
    audit = make_audit(*people)
    db.session.commit()
    return audit.id, [person.actor for person in people]


def test_of_answers_in_the_same_instant_only_one_stands_and_none_is_lost(
    app: Flask, audit_and_team: tuple[uuid.UUID, list[Actor]]
) -> None:
    audit_id, team = audit_and_team
    together = threading.Barrier(TOGETHER)
    heads: list[str | None] = [None]

    def save(place: int, number: int, criterion: str, base: str | None) -> tuple[str, str]:
        op_id = new_id()
        op = {"op_id": op_id, "seq": number, "kind": "answer.set", "criterion": criterion, "field": "comment",
              "value": f"round {number} of {place}", "base_op": base}  # fmt: skip
        batch = Batch(proto=1, device_id=f"tablet-{place}", cursor=0, ops=[op])
        with app.app_context():
            together.wait()
            _visit, received, _before = take(audit_id, batch, actor=team[place], at=now(), largest_photo=1)
            db.session.commit()
            return op_id, str(received.results[0]["status"])

    with ThreadPoolExecutor(TOGETHER) as pool:
        for number in range(1, ROUNDS + 1):
            work = [pool.submit(save, place, number, "EKO-ZAR-01", heads[-1]) for place in range(TOGETHER)]
            said = [each.result(30) for each in work]
            applied = [op_id for op_id, status in said if status == "applied"]
            assert len(applied) == 1, f"round {number}: {said}"
            heads.append(applied[0])
            assert {status for _op_id, status in said} == {"applied", "conflict"}
    assert db.session.scalar(select(func.count()).select_from(Operation)) == ROUNDS * TOGETHER, "every value is kept"


def test_answers_to_different_questions_in_the_same_instant_all_stand_with_numbers_of_their_own(
    app: Flask, audit_and_team: tuple[uuid.UUID, list[Actor]]
) -> None:
    audit_id, team = audit_and_team
    together = threading.Barrier(len(CRITERIA))

    def save(place: int, number: int) -> str:
        op = {"op_id": new_id(), "seq": number, "kind": "answer.set", "criterion": CRITERIA[place],
              "field": "comment", "value": str(number), "base_op": bases[place]}  # fmt: skip
        batch = Batch(proto=1, device_id=f"tablet-{place}", cursor=0, ops=[op])
        with app.app_context():
            together.wait()
            _visit, received, _before = take(audit_id, batch, actor=team[place], at=now(), largest_photo=1)
            db.session.commit()
        bases[place] = str(op["op_id"])
        return str(received.results[0]["status"])

    bases: list[str | None] = [None] * len(CRITERIA)
    with ThreadPoolExecutor(len(CRITERIA)) as pool:
        for number in range(1, ROUNDS + 1):
            work = [pool.submit(save, place, number) for place in range(len(CRITERIA))]
            assert [each.result(30) for each in work] == ["applied"] * len(CRITERIA)
    db.session.rollback()
    cursors = list(db.session.scalars(select(Operation.cursor).order_by(Operation.cursor)))
    assert cursors == list(range(1, ROUNDS * len(CRITERIA) + 1))
    assert db.session.scalar(select(Audit.cursor).where(Audit.id == audit_id)) == cursors[-1]
