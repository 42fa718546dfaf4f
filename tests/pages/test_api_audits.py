"""What the tablet's first screen asks: which audits can this person fill in, and is the app new enough?"""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.accounts.permissions import Role
from app.audits.models import Audit
from app.audits.states import AuditState
from app.db import db
from tests.factories import make_user, sign_in_as
from tests.visits import make_audit


def listed(client: FlaskClient) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = client.get("/api/v1/audits").get_json()["audits"]
    return said


def test_the_team_sees_the_audits_that_it_can_fill_in(client: FlaskClient, audit: Audit) -> None:
    (one,) = listed(client)
    assert one == {
        "id": str(audit.id),
        "case_id": str(audit.case_id),
        "number": audit.case.number,
        "supplier": "WTZ „Wiatraki”",
        "visit_on": "2026-11-22",
        "state": "in_progress",
    }


def test_finished_audits_are_not_listed(client: FlaskClient, audit: Audit) -> None:
    audit.state = AuditState.FINISHED
    db.session.flush()
    assert listed(client) == []


def test_other_peoples_audits_are_not_listed(app: Flask, audit: Audit, olaf: Any) -> None:
    make_audit(olaf)
    for person in (make_user(Role.AUDITOR), make_user(Role.COORDINATOR), make_user(Role.SUPPLIER_CONTACT)):
        client = app.test_client()
        sign_in_as(client, person)
        assert listed(client) == []


def test_the_next_visit_comes_first(client: FlaskClient, iga: Any) -> None:
    later, sooner = make_audit(iga, supplier="Później"), make_audit(iga, supplier="Wcześniej")
    sooner.case.visit_on = later.case.visit_on.replace(year=2025) if later.case.visit_on else None
    db.session.flush()
    assert [one["supplier"] for one in listed(client)] == ["Wcześniej", "Później"]


def test_the_list_takes_one_query_beside_the_sign_in(client: FlaskClient, iga: Any, query_count: Any) -> None:
    for _number in range(3):
        make_audit(iga)
    listed(client)
    with query_count() as queries:
        assert len(listed(client)) == 3
    assert int(queries) <= 3, queries.statements


def test_anyone_may_ask_for_the_version(client: FlaskClient) -> None:
    said = client.get("/api/v1/version").get_json()
    assert said["proto"] == 1
    assert said["min_client"] == "1.2.0"
    assert said["app"] >= said["min_client"]
