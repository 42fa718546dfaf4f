"""Visits with a bad network against the real functions, on both databases; the server may die before it commits."""

import itertools
from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.permissions import Role
from app.audits.changes import changes_since
from app.audits.models import AnswerConflict, Photo
from app.audits.past import heads_of
from app.audits.service import finish_audit
from app.audits.sync import take
from app.audits.wire import Batch
from app.db import begin_writing, db
from app.web import now
from tests.factories import make_user
from tests.model_tablet import Key, Shown
from tests.model_world import World
from tests.network import VisitMachine
from tests.visits import make_audit


class DatabaseServer:
    """What the interface does with a batch, on an audit of its own; each device belongs to another auditor."""

    def __init__(self, team: Mapping[str, User]) -> None:
        begin_writing()
        self.team = team
        self.audit = make_audit(*team.values())
        db.session.commit()

    def receive(self, batch: Mapping[str, Any], *, commit: bool) -> list[dict[str, Any]]:
        actor = self.team[batch["device_id"]].actor
        read = Batch(proto=1, **batch)
        _visit, received, _seen = take(self.audit.id, read, actor=actor, at=now(), largest_photo=1_000)
        if commit:
            db.session.commit()
        else:
            db.session.rollback()
        return received.results

    def heads(self) -> dict[Key, Shown]:
        return {key: Shown(head.value, head.op_id) for key, head in heads_of(self.audit.id).items()}

    def questions(self) -> set[tuple[Key, str]]:
        rows = db.session.scalars(
            select(AnswerConflict).where(
                AnswerConflict.audit_id == self.audit.id, AnswerConflict.resolved_by_op.is_(None)
            )
        )
        return {((row.criterion, row.field), str(row.op_id)) for row in rows}

    def photos(self) -> set[str]:
        standing = select(Photo.id).where(Photo.audit_id == self.audit.id, Photo.removed_at.is_(None))
        return set(map(str, db.session.scalars(standing)))

    def close(self) -> None:
        begin_writing()
        db.session.refresh(self.audit)
        finish_audit(self.audit, actor=self.team["tablet-1"].actor, at=now())
        db.session.commit()


class DatabaseMachine(VisitMachine):
    """At the end everything that was sent is listed in its order, to a device that asks from the beginning."""

    def teardown(self) -> None:
        super().teardown()
        server = self.world.server
        assert isinstance(server, DatabaseServer)
        listed = [(one["cursor"], one["op_id"]) for one in changes_since(server.audit.id, 0)]
        assert listed == [(one["cursor"], one["op_id"]) for one in self.world.log]


def test_visits_with_a_bad_network_on_a_database() -> None:
    team = {f"tablet-{number}": make_user(Role.AUDITOR, name=f"Audytor {number}") for number in (1, 2, 3)}
    db.session.commit()
    numbers = itertools.count(1)

    def machine() -> DatabaseMachine:
        return DatabaseMachine(World.of(DatabaseServer(team), tablets=3, number=next(numbers)))

    run_state_machine_as_test(
        machine,  # type: ignore[arg-type]  # any factory will do
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
