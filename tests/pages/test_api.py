"""The tablet's interface from outside: who gets in, what comes back, what is refused."""

import gzip
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.permissions import Role
from app.audits import results
from app.audits.models import Audit
from app.db import db
from tests.factories import make_user, sign_in_as
from tests.tablets import OURS, Tablet, other_tablet
from tests.visits import jpeg, make_audit, new_id


def test_me_says_who_is_signed_in(client: FlaskClient, iga: Any) -> None:
    said = client.get("/api/v1/me").get_json()
    assert (said["user_id"], said["name"], said["proto"]) == (str(iga.id), "Iga Lewandowska", 1)
    assert said["server_time"].endswith("+00:00")


def test_the_bundle_holds_all_that_an_audit_needs(tablet: Tablet) -> None:
    said = tablet.bundle()
    assert said["template"]["checklist"] == "base"
    assert sum(len(section["criteria"]) for area in said["template"]["areas"] for section in area["sections"]) == 75
    assert said["answers"] == said["photos"] == said["conflicts"] == []
    assert said["facts"][0] == {"fact": "products", "value": ["craft"], "head_op": None}
    assert said["may_fill"] is True


def test_the_bundle_is_small(tablet: Tablet) -> None:
    answer = tablet.client.get(f"{tablet.root}/bundle", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) <= 20_000
    assert json.loads(gzip.decompress(answer.data))["proto"] == 1


def test_what_a_question_unfolds_comes_apart_from_it(tablet: Tablet) -> None:
    bundle, said = tablet.bundle(), tablet.client.get(f"{tablet.root}/guidance").get_json()
    assert said["digest"] == bundle["audit"]["checklist"]["digest"]
    assert said["proto"] == 1
    criteria = [one for area in bundle["template"]["areas"] for part in area["sections"] for one in part["criteria"]]
    assert {one["id"] for one in criteria if one["guided"]} == said["guidance"].keys()
    assert not [one["id"] for one in criteria if one.keys() & {"why", "look_for", "law"}]
    first = said["guidance"]["EKO-ZAR-01"]
    assert first["why"].startswith("Gdy brakuje osoby i celu")
    assert first["look_for"][0] == {"kind": "interview", "text": "kierownik i jedna osoba z zespołu"}
    assert first["law"].startswith("dobra praktyka")


def test_the_guidance_speaks_the_language_of_the_bundle(tablet: Tablet, iga: Any) -> None:
    assert tablet.client.get(f"{tablet.root}/guidance").get_json()["language"] == tablet.bundle()["language"] == "pl"
    iga.language = "en"
    db.session.commit()
    said = tablet.client.get(f"{tablet.root}/guidance").get_json()
    assert said["language"] == tablet.bundle()["language"] == "en"
    assert "interview" in {sign["kind"] for sign in said["guidance"]["EKO-ZAR-01"]["look_for"]}
    assert not said["guidance"]["EKO-ZAR-01"]["why"].startswith("Gdy")


def test_an_answer_is_applied_and_stands_in_the_bundle(tablet: Tablet) -> None:
    op = tablet.score("EKO-ZAR-01", 3)
    said = tablet.take(op)
    assert said["results"] == [{"op_id": op["op_id"], "status": "applied", "head_op": op["op_id"], "cursor": 1}]
    assert (said["cursor"], said["contiguous_seq"], said["gap"]) == (1, 1, False)
    answer = tablet.bundle()["answers"][0]
    assert (answer["criterion"], answer["field"], answer["value"]) == ("EKO-ZAR-01", "score", 3)
    assert answer["head_op"] == op["op_id"]


def test_repeating_an_operation_changes_nothing(tablet: Tablet) -> None:
    op = tablet.score("EKO-ZAR-01", 3)
    first, second = tablet.take(op), tablet.take(op)
    assert first["results"] == second["results"]
    assert second["cursor"] == first["cursor"] == 1
    assert len(tablet.bundle()["answers"]) == 1


def test_an_operation_id_is_not_used_twice(tablet: Tablet) -> None:
    op = tablet.score("EKO-ZAR-01", 3)
    tablet.take(op)
    assert tablet.result({**op, "value": 4})["code"] == "op_reuse"
    assert tablet.result({**op, "seq": op["seq"] + 7})["code"] == "op_reuse"
    assert len(tablet.bundle()["answers"]) == 1
    assert tablet.bundle()["answers"][0]["value"] == 3


def test_a_number_of_a_device_is_not_used_twice(tablet: Tablet) -> None:
    tablet.take(tablet.score("EKO-ZAR-01", 3))
    tablet.seq = 0
    assert tablet.result(tablet.score("EKO-ZAR-02", 3))["code"] == "seq_reuse"


def test_a_hole_in_the_numbers_is_noticed(tablet: Tablet) -> None:
    ops = [tablet.score("EKO-ZAR-01", level) for level in (1, 2, 3, 4)]
    said = tablet.take(ops[0], ops[1], ops[3])
    assert (said["contiguous_seq"], said["gap"]) == (2, True)
    said = tablet.take(ops[2])
    assert (said["contiguous_seq"], said["gap"]) == (4, False)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"criterion": "EKO-XXX-99", "field": "score", "value": 1}, "unknown_criterion"),
        ({"criterion": "EKO-ZAR-02", "field": "colour", "value": 1}, "unknown_field"),
        ({"criterion": "EKO-ZAR-02", "field": "score", "value": 5}, "bad_value"),
        ({"criterion": "EKO-ZAR-02", "field": "score", "value": "tak"}, "bad_value"),
        ({"criterion": "EKO-ZAR-02", "field": "score", "value": True}, "bad_value"),
        ({"criterion": "EKO-ZAR-02", "field": "score", "value": [2]}, "bad_value"),
        ({"criterion": "EKO-ZAR-01", "field": "na", "value": "bo tak"}, "na_not_allowed"),
        ({"criterion": "EKO-SUR-04", "field": "na", "value": " \n"}, "reason_needed"),
        ({"criterion": "EKO-SUR-04", "field": "na", "value": "x" * 2001}, "too_long"),
        ({"criterion": "EKO-SUR-04", "field": "comment", "value": "x" * 10_001}, "too_long"),
        ({"criterion": "EKO-SUR-04", "field": "comment", "value": "\ud800"}, "bad_op"),
        ({"criterion": "EKO-SUR-04", "field": "score", "value": 2**64}, "bad_op"),
        ({"criterion": "EKO-SUR-04", "field": "finding", "value": "grave"}, "bad_value"),
        ({"kind": "photo.add"}, "bad_op"),
        ({"kind": "photo.remove", "photo": {"id": new_id()}}, "unknown_photo"),
        ({"kind": "profile.set", "fact": "colour", "value": "red"}, "unknown_fact"),
        ({"kind": "profile.set", "fact": "products", "value": ["ships"]}, "bad_value"),
        ({"kind": "answer.guess"}, "bad_op"),
        ({"op_id": "17"}, "bad_op"),
        ({"seq": -1}, "bad_op"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_code(tablet: Tablet, said: dict[str, Any], code: str) -> None:
    op = {**tablet.op(), **said}
    good = tablet.score("EKO-ZAR-01", 2)
    results = {one["op_id"]: one for one in tablet.take(op, good)["results"]}
    assert (results[op["op_id"]]["status"], results[op["op_id"]]["code"]) == ("rejected", code)
    assert results[good["op_id"]]["status"] == "applied"


def test_two_devices_that_disagree_are_both_kept_and_a_person_chooses(app: Flask, iga: Any, olaf: Any) -> None:
    audit = make_audit(iga, olaf)
    client = app.test_client()
    sign_in_as(client, iga)
    first, second = Tablet(client, audit), other_tablet(app, audit, olaf)
    hers, his = first.score("EKO-ZAR-01", 3), second.score("EKO-ZAR-01", 1)
    first.take(hers)
    result = second.result(his)
    assert (result["status"], result["head_op"]) == ("conflict", hers["op_id"])
    assert (result["theirs"]["value"], result["theirs"]["by"]) == (3, "Iga Lewandowska")
    question = first.bundle()["conflicts"][0]
    assert (question["value"], question["by"], question["op_id"]) == (1, "Olaf Zieliński", his["op_id"])
    choice = first.op(
        "answer.resolve",
        criterion="EKO-ZAR-01",
        field="score",
        chosen=his["op_id"],
        resolves=[his["op_id"]],
        base_op=hers["op_id"],
    )
    assert first.result(choice)["status"] == "applied"
    bundle = second.bundle()
    assert bundle["conflicts"] == []
    assert bundle["answers"][0]["value"] == 1
    assert bundle["answers"][0]["head_op"] == choice["op_id"]


def test_two_devices_that_agree_do_not_disturb_each_other(app: Flask, iga: Any, olaf: Any) -> None:
    audit = make_audit(iga, olaf)
    client = app.test_client()
    sign_in_as(client, iga)
    first, second = Tablet(client, audit), other_tablet(app, audit, olaf)
    hers = first.score("EKO-ZAR-01", 3)
    first.take(hers)
    his = second.score("EKO-ZAR-01", "3")
    said = second.take(his)
    assert (said["results"][0]["status"], said["results"][0]["head_op"]) == ("applied", hers["op_id"])
    assert [change["op_id"] for change in said["changes"]] == [hers["op_id"]]
    assert second.result(second.score("EKO-ZAR-01", 4, base_op=his["op_id"]))["status"] == "applied"


def test_a_level_and_not_applicable_exclude_each_other(tablet: Tablet) -> None:
    tablet.take(tablet.op(criterion="EKO-SUR-04", field="na", value="Bez drewna"))
    result = tablet.result(tablet.score("EKO-SUR-04", 2))
    assert (result["status"], result["clears"]) == ("applied", "na")
    standing = {one["field"]: one["value"] for one in tablet.bundle()["answers"]}
    assert standing == {"na": None, "score": 2}


def test_the_list_of_operations_is_complete_and_in_order(tablet: Tablet) -> None:
    ops = [tablet.score("EKO-ZAR-01", 1), tablet.score("EKO-ZAR-02", 9), tablet.score("EKO-ZAR-03", 2)]
    tablet.take(*ops)
    listed = tablet.client.get(f"{tablet.root}/ops?since=0").get_json()["ops"]
    assert [one["op_id"] for one in listed] == [one["op_id"] for one in ops]
    assert [one["cursor"] for one in listed] == [1, 2, 3]
    assert listed[1]["result"]["code"] == "bad_value"
    later = tablet.client.get(f"{tablet.root}/ops?since=2").get_json()["ops"]
    assert [one["op_id"] for one in later] == [ops[2]["op_id"]]
    assert tablet.client.get(f"{tablet.root}/ops?since=x").status_code == 422


def test_a_long_visit_is_listed_whole(tablet: Tablet) -> None:
    for _batch in range(3):
        tablet.take(*[tablet.op(criterion="EKO-ZAR-01", field="comment", value=str(n)) for n in range(200)])
    listed = tablet.client.get(f"{tablet.root}/ops?since=0").get_json()
    assert [one["cursor"] for one in listed["ops"]] == list(range(1, 601))
    assert listed["last"] == 600


def test_a_corrected_fact_stands_in_the_bundle(tablet: Tablet) -> None:
    said = tablet.take(tablet.op("profile.set", fact="products", value=["food"]))
    assert said["results"][0]["status"] == "applied"
    assert tablet.bundle()["facts"][0]["value"] == ["food"]


@pytest.mark.parametrize("nothing", [None, "", []])
def test_a_fact_may_be_cleared_and_the_audit_still_be_scored(tablet: Tablet, audit: Audit, nothing: object) -> None:
    tablet.take(tablet.op("profile.set", fact="products", value=nothing))
    db.session.refresh(audit)
    assert audit.profile["products"] == []
    assert results.gaps(audit).unanswered


def test_photos_are_announced_then_sent_and_stripped(tablet: Tablet) -> None:
    photo_id, content = new_id(), jpeg()
    assert tablet.put(photo_id, content).status_code == 409
    tablet.take(tablet.announce(photo_id, content))
    path = f"{tablet.root}/photos/{photo_id}"
    assert tablet.client.head(path).status_code == 404
    assert tablet.put(photo_id, content, **{"X-Content-SHA256": "0" * 64}).status_code == 422
    assert tablet.put(photo_id, jpeg(5)).status_code == 409
    for _again in range(2):
        said = tablet.put(photo_id, content).get_json()
        assert said["sha256"] == hashlib.sha256(content).hexdigest()
    assert tablet.client.head(path).status_code == 200
    whole, small = tablet.client.get(path), tablet.client.get(f"{path}/thumbnail")
    assert whole.data == content
    assert small.mimetype == "image/jpeg"
    assert whole.headers["Cache-Control"] == small.headers["Cache-Control"] == "no-store"  # whoever has it next
    assert tablet.bundle()["photos"][0]["stored"] is True
    tablet.take(tablet.op("photo.remove", photo={"id": photo_id}))
    assert tablet.client.get(path).status_code == 404
    assert tablet.bundle()["photos"] == []


def test_bytes_that_are_no_picture_are_refused(tablet: Tablet) -> None:
    photo_id, content = new_id(), b"\xff\xd8\xff" + b"\1" * 500
    tablet.take(tablet.announce(photo_id, content))
    answer = tablet.put(photo_id, content)
    assert answer.status_code == 422
    assert tablet.client.head(f"{tablet.root}/photos/{photo_id}").status_code == 404


def test_too_much_at_once_is_413(tablet: Tablet) -> None:
    assert tablet.send(*[tablet.score("EKO-ZAR-01", 1) for _ in range(201)]).status_code == 413
    assert tablet.send(tablet.op(criterion="EKO-ZAR-01", field="comment", value="x" * 256_000)).status_code == 413


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 422),
        ('{"proto": 1, "device_id": "a", "ops": [{"value": NaN}]}', 422),
        ("[" * 9_000, 422),
        ("[]", 422),
        ('{"proto": 2, "device_id": "a", "ops": []}', 422),
        ("", 422),
    ],
)
def test_a_malformed_body_is_422(tablet: Tablet, body: str, status: int) -> None:
    answer = tablet.client.post(f"{tablet.root}/ops", data=body, content_type="application/json", headers=OURS)
    assert (answer.status_code, answer.get_json()["proto"]) == (status, 1)


@pytest.mark.parametrize(
    ("headers", "content_type", "status"),
    [
        ({}, "application/json", 403),
        (OURS | {"Origin": "https://evil.example"}, "application/json", 403),
        (OURS | {"Sec-Fetch-Site": "cross-site"}, "application/json", 403),
        (OURS, "text/plain", 415),
        (OURS | {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, "application/json", 200),
    ],
)
def test_a_page_of_another_site_cannot_send(
    tablet: Tablet, headers: dict[str, str], content_type: str, status: int
) -> None:
    body = json.dumps({"proto": 1, "device_id": "a", "ops": []})
    answer = tablet.client.post(f"{tablet.root}/ops", data=body, content_type=content_type, headers=headers)
    assert answer.status_code == status


def test_without_a_sign_in_the_answer_is_401_in_json(app: Flask, audit: Audit) -> None:
    tablet = Tablet(app.test_client(), audit)
    for answer in (
        tablet.send(tablet.score("EKO-ZAR-01", 1)),
        tablet.client.get("/api/v1/me"),
        tablet.client.get(f"{tablet.root}/bundle"),
        tablet.client.get(f"{tablet.root}/guidance"),
        tablet.put(new_id(), jpeg()),
    ):
        assert (answer.status_code, answer.mimetype, answer.get_json()["proto"]) == (401, "application/json", 1)
        assert answer.get_json()["server_time"]
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        (Role.AUDITOR, 404, 404),
        (Role.ADVISER, 404, 404),
        (Role.SUPPLIER_CONTACT, 404, 404),
        (Role.COORDINATOR, 200, 403),
        (Role.REVIEWER, 200, 403),
    ],
)
def test_only_the_team_writes_and_staff_who_see_the_case_read(
    app: Flask, audit: Audit, role: Role, reads: int, writes: int
) -> None:
    tablet = other_tablet(app, audit, make_user(role))
    assert tablet.client.get(f"{tablet.root}/bundle").status_code == reads
    assert tablet.client.get(f"{tablet.root}/guidance").status_code == reads
    assert tablet.client.get(f"{tablet.root}/ops").status_code == reads
    assert tablet.send(tablet.score("EKO-ZAR-01", 1)).status_code == writes


def test_an_unknown_audit_is_404(client: FlaskClient, iga: Any) -> None:
    assert client.get(f"/api/v1/audits/{new_id()}/bundle").status_code == 404
    assert client.get(f"/api/v1/audits/{new_id()}/guidance").status_code == 404
    assert client.get("/api/v1/audits/1/bundle").get_json()["proto"] == 1


def test_saving_one_answer_takes_few_queries(tablet: Tablet, query_count: Callable[[], Any]) -> None:
    first = tablet.score("EKO-ZAR-01", 1)
    tablet.take(first)
    tablet.cursor = 1
    with query_count() as queries:
        tablet.take(tablet.score("EKO-ZAR-01", 2, base_op=first["op_id"]))
    assert int(queries) <= 9, queries.statements


def test_opening_the_bundle_takes_few_queries(tablet: Tablet, query_count: Callable[[], Any]) -> None:
    with query_count() as queries:
        tablet.bundle()
    assert int(queries) <= 8, queries.statements
    with query_count() as queries:
        tablet.client.get(f"{tablet.root}/guidance")
    assert int(queries) <= 2, queries.statements


def test_the_interface_is_described_completely(app: Flask, client: FlaskClient) -> None:
    said = client.get("/api/v1/openapi.json").get_json()
    assert said["openapi"] == "3.1.0"
    described = {(path, method.upper()) for path, methods in said["paths"].items() for method in methods}
    routes = {
        (re.sub(r"<uuid:(\w+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if rule.endpoint.startswith("api.") and method not in {"HEAD", "OPTIONS"}
    }
    assert described == routes - {("/api/v1/openapi.json", "GET")}
