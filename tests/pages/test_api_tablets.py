"""Whose tablet it is, whether it lost its work, and what the office learns from its calls."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.permissions import Role
from app.audits.models import Audit
from app.db import db
from app.history import HistoryRecord
from app.tablets import logs, service
from app.tablets.models import Tablet as NotedTablet
from app.tablets.models import TabletLoss
from app.web import now
from tests.factories import make_user, sign_in_as
from tests.tablets import OURS, Tablet, other_tablet
from tests.visits import make_audit, new_id


def had_tablet(client: FlaskClient) -> bool:
    said: dict[str, Any] = client.get("/api/v1/me").get_json()
    return bool(said["had_tablet"])


def test_a_tablet_that_once_held_an_audit_is_recognised(client: FlaskClient, tablet: Tablet) -> None:
    client.get(f"{tablet.root}/bundle")
    assert not had_tablet(client)  # nothing is kept yet: the page may go away, or load again in another language
    answer = client.get(f"{tablet.root}/guidance")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert had_tablet(client)
    assert "tablet=" in client.get(f"{tablet.root}/bundle").headers["Set-Cookie"]  # for longer


def test_on_a_shared_tablet_everybody_has_a_mark_of_their_own(client: FlaskClient, iga: Any, olaf: Any) -> None:
    audit = make_audit(iga, olaf)
    client.get(f"/api/v1/audits/{audit.id}/guidance")
    sign_in_as(client, olaf)
    assert not had_tablet(client)
    client.get(f"/api/v1/audits/{audit.id}/guidance")
    assert had_tablet(client)
    sign_in_as(client, iga)
    assert had_tablet(client)


def test_nothing_is_taken_in_the_name_of_somebody_else(tablet: Tablet, olaf: Any, iga: Any) -> None:
    op = tablet.score("EKO-ZAR-01", 3)
    batch = {"proto": 1, "device_id": "tablet-1", "ops": [op]}
    for owner, status in ((str(olaf.id), 401), (str(iga.id), 200)):
        answer = tablet.client.post(f"{tablet.root}/ops", json=batch, headers=OURS | {"X-Audit-User": owner})
        assert answer.status_code == status
        assert answer.get_json().get("error") == ("other_user" if status == 401 else None)
        for part in ("bundle", "guidance"):
            asked = tablet.client.get(f"{tablet.root}/{part}", headers={"X-Audit-User": owner})
            assert asked.status_code == status


def test_lost_work_is_reported_once_and_recorded(client: FlaskClient, iga: Any) -> None:
    for _again in range(2):
        answer = client.post("/api/v1/tablets/loss", json={"device_id": "t1", "expected": 12, "found": 0}, headers=OURS)
        assert answer.status_code == 200
    report = db.session.scalars(select(TabletLoss)).one()
    assert (report.user.name, report.expected, report.found) == ("Iga Lewandowska", 12, 0)
    record = db.session.scalars(select(HistoryRecord)).one()
    assert (record.tag, record.after["expected"]) == ("tablet:report_loss", 12)


@pytest.mark.parametrize("said", [{}, {"expected": -1}, {"expected": "many"}, {"expected": 1, "device_id": "x" * 65}])
def test_a_report_that_cannot_be_understood_is_refused(client: FlaskClient, iga: Any, said: dict[str, Any]) -> None:
    assert client.post("/api/v1/tablets/loss", json=said, headers=OURS).status_code == 422
    assert db.session.scalars(select(TabletLoss)).first() is None


def test_only_auditors_have_tablets_that_report(app: Flask, audit: Audit) -> None:
    client = other_tablet(app, audit, make_user(Role.SUPPLIER_CONTACT)).client
    assert client.post("/api/v1/tablets/loss", json={"expected": 1}, headers=OURS).status_code == 403


def test_a_call_that_only_sends_answers_leaves_no_note(tablet: Tablet) -> None:
    tablet.take(tablet.score("EKO-ZAR-01", 3))
    assert db.session.scalars(select(NotedTablet)).first() is None


def test_polls_waiting_work_and_holes_are_noted(tablet: Tablet) -> None:
    tablet.send(app="1.4.0")
    noted = db.session.scalars(select(NotedTablet)).one()
    assert (noted.app, noted.unsent, noted.unsent_since, noted.gap) == ("1.4.0", 0, None, False)
    tablet.send(tablet.score("EKO-ZAR-01", 3), pending_after=12)
    db.session.refresh(noted)
    since = noted.unsent_since
    assert (noted.unsent, noted.contiguous_seq) == (12, 1)
    tablet.send(tablet.score("EKO-ZAR-02", 3), pending_after=11)
    db.session.refresh(noted)
    assert (noted.unsent, noted.unsent_since) == (11, since)
    tablet.seq += 1
    tablet.send(tablet.score("EKO-ZAR-03", 3))
    db.session.refresh(noted)
    assert (noted.unsent, noted.gap, noted.contiguous_seq) == (0, True, 2)


def test_waiting_is_counted_anew_after_everything_was_sent(tablet: Tablet) -> None:
    tablet.send(tablet.score("EKO-ZAR-01", 3), pending_after=1)
    noted = db.session.scalars(select(NotedTablet)).one()
    noted.unsent_since = noted.seen_at = now() - timedelta(days=5)
    db.session.commit()
    assert service.overview(now())[0].unsent == 0, "its later operation left nothing behind"
    noted.unsent = 1
    tablet.send(tablet.score("EKO-ZAR-02", 3))
    tablet.send(tablet.score("EKO-ZAR-03", 3), pending_after=1)
    db.session.refresh(noted)
    assert noted.unsent_since is not None
    assert now() - noted.unsent_since < timedelta(minutes=1)


def told(**changed: Any) -> dict[str, Any]:
    event = {"at": "2026-12-04T10:02:11.000Z", "event": "opened", "audit": new_id(), "online": False, "unknown": [1]}
    return {"device_id": "tablet-1", "events": [event | changed]}


def test_a_tablet_is_asked_for_its_log_where_no_answer_waits_for_it_until_it_has_told(
    tablet: Tablet, client: FlaskClient
) -> None:
    assert client.post("/api/v1/tablets/log", json=told(), headers=OURS).status_code == 404
    logs.ask("tablet-1", actor=make_user(Role.COORDINATOR).actor, at=now())
    assert "log_wanted" not in tablet.take(tablet.score("EKO-ZAR-01", 3))
    for _until_it_tells in range(2):
        assert tablet.send().get_json()["log_wanted"] is True
    other = {"proto": 1, "device_id": "other", "ops": []}
    assert "log_wanted" not in client.post(f"{tablet.root}/ops", json=other, headers=OURS).get_json()
    assert client.post("/api/v1/tablets/log", json=told(), headers=OURS).status_code == 200
    assert "log_wanted" not in tablet.send().get_json()
    log = logs.find("tablet-1")
    assert log is not None
    assert log.user is not None
    assert log.user.name == "Iga Lewandowska"
    assert [(line.at.isoformat(), line.words) for line in logs.lines(log)] == [
        ("2026-12-04T10:02:11+00:00", "Otwarto audyt bez sieci")
    ]
    assert client.post("/api/v1/tablets/log", json=told(), headers=OURS).status_code == 404


@pytest.mark.parametrize(
    "changed",
    [
        {"at": "yesterday"},
        {"at": "0001-01-01T00:00:00Z"},
        {"event": "x" * 65},
        {"trouble": "\x00"},
        {"event": "\ud800"},
    ],
)
def test_a_log_that_cannot_be_shown_is_refused(client: FlaskClient, iga: Any, changed: dict[str, Any]) -> None:
    logs.ask("tablet-1", actor=iga.actor, at=now())
    body = json.dumps(told(**changed))
    answer = client.post("/api/v1/tablets/log", data=body, content_type="application/json", headers=OURS)
    assert answer.status_code == 422
    assert logs.is_wanted("tablet-1")
