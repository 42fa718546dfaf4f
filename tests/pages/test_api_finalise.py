"""The end of the visit: refused with what is missing, done once, and closed for good."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.accounts.permissions import Role
from app.audits.models import Audit
from app.audits.states import AuditState
from app.checklists import library
from app.checklists.scoring import applicable
from app.db import db
from tests.factories import make_user, sign_in_as
from tests.tablets import OURS, Tablet
from tests.visits import jpeg, make_audit, new_id


@pytest.fixture
def audit(client: FlaskClient) -> Audit:
    iga = make_user(Role.AUDITOR, name="Iga Lewandowska")
    sign_in_as(client, iga)
    return make_audit(iga)


@pytest.fixture
def tablet(client: FlaskClient, audit: Audit) -> Tablet:
    return Tablet(client, audit)


def answer_everything(tablet: Tablet) -> None:
    checklist = library.published("base", "2026.1")
    facts = {one["fact"]: one["value"] for one in tablet.bundle()["facts"]}
    asked = [checklist.criteria[name] for name in applicable(checklist, facts, {})]
    tablet.take(*[tablet.score(one.id, "tak" if one.scale == "yes_no" else 3) for one in asked])
    noted = [tablet.op(criterion=one.id, field="comment", value="Widziane na miejscu", base_op=None) for one in asked]
    tablet.take(*noted)
    photos = [(new_id(), one.id) for one in asked if one.evidence and "photo" in one.evidence.kinds]
    for photo_id, criterion in photos:
        tablet.take(tablet.announce(photo_id, jpeg(), criterion))
        assert tablet.put(photo_id, jpeg()).status_code == 200


def manifest(tablet: Tablet) -> dict[str, Any]:
    said = tablet.bundle()
    return {
        "answers": {f"{one['criterion']}/{one['field']}": one["head_op"] for one in said["answers"]},
        "photos": {one["id"]: one["sha256"] for one in said["photos"]},
    }


def finish(tablet: Tablet, known: dict[str, Any], op_id: str = "") -> Any:
    said = {"op_id": op_id or new_id(), "device_id": tablet.device_id, "manifest": known}
    return tablet.client.post(f"{tablet.root}/finalise", json=said, headers=OURS)


def test_an_audit_with_open_questions_cannot_be_finished(tablet: Tablet, audit: Audit) -> None:
    tablet.take(tablet.score("EKO-ZAR-01", 0))
    answer = finish(tablet, manifest(tablet))
    assert answer.status_code == 409
    said = answer.get_json()
    assert "EKO-ZAR-02" in said["unanswered"]
    assert said["without_evidence"] == ["EKO-ZAR-01"]
    assert audit.state is AuditState.IN_PROGRESS


def test_a_complete_audit_is_finished_once_and_then_closed(tablet: Tablet, audit: Audit) -> None:
    answer_everything(tablet)
    known, op_id = manifest(tablet), new_id()
    first = finish(tablet, known, op_id)
    assert (first.status_code, first.get_json().get("status")) == (200, "received"), first.text
    assert finish(tablet, known, op_id).get_json()["status"] == "received"
    assert finish(tablet, known).get_json()["code"] == "closed"
    db.session.refresh(audit)
    assert audit.state is AuditState.FINISHED
    assert tablet.result(tablet.score("EKO-ZAR-01", 1))["code"] == "closed"
    assert tablet.bundle()["may_fill"] is False


def test_what_the_tablet_does_not_know_is_named(tablet: Tablet) -> None:
    answer_everything(tablet)
    known = manifest(tablet)
    photo_id = next(iter(known["photos"]))
    known["photos"] = {new_id(): "0" * 64, **{key: sha for key, sha in known["photos"].items() if key != photo_id}}
    known["answers"]["EKO-ZAR-01/score"] = new_id()
    said = finish(tablet, known).get_json()
    assert said["stale"] == ["EKO-ZAR-01/score", f"photo/{photo_id}"]
    assert len(said["missing_photos"]) == 1


def test_a_raised_finding_without_a_note_is_named(tablet: Tablet) -> None:
    tablet.take(
        tablet.score("EKO-ZAR-02", 1),
        tablet.op(criterion="EKO-ZAR-02", field="finding", value="major"),
    )
    assert finish(tablet, manifest(tablet)).get_json()["grades"] == ["EKO-ZAR-02"]
