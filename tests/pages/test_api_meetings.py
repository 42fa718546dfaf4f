"""Meetings and signatures through the tablet's interface, up to the end of the visit."""

import hashlib
import io
from typing import Any

import pytest
from PIL import Image

from app.audits.meetings import CLOSING, OPENING
from app.audits.merge import empty
from app.audits.models import Audit
from app.checklists.canonical import digest
from tests.tablets import OURS, Tablet
from tests.visits import answer_everything, new_id

PEOPLE = [{"name": "Anna Próbna", "role": "kierowniczka pracowni"}]


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (300, 120), (0, 0, 0, 0)).save(out, "PNG")
    return out.getvalue()


def say(tablet: Tablet, criterion: str, field: str, value: object, base_op: str | None = None) -> dict[str, Any]:
    """Set one field; what the server answered."""
    return tablet.result(tablet.op(criterion=criterion, field=field, value=value, base_op=base_op))


def manifest(tablet: Tablet) -> dict[str, Any]:
    """What stands, as the tablet says it at the end."""
    said = tablet.bundle()
    given = [one for one in said["answers"] if not empty(one["value"])]
    answers = {f"{one['criterion']}/{one['field']}": one["head_op"] for one in given}
    photos = {one["id"]: one["sha256"] for one in said["photos"] if one["kind"] == "photo"}
    signatures = {one["id"]: one["sha256"] for one in said["photos"] if one["kind"] == "signature"}
    bound = digest({"answers": answers, "photos": photos})
    return {"answers": answers, "photos": photos, "signatures": signatures, "digest": bound}


def sign(tablet: Tablet, *, signer: str = "Anna Próbna", content: bytes = b"") -> str:
    """Sign what stands now; the id of the signature."""
    photo_id, content = new_id(), content or png()
    sha256 = hashlib.sha256(content).hexdigest()
    photo = {"id": photo_id, "criterion": CLOSING, "kind": "signature", "sha256": sha256, "bytes": len(content)}
    signature = {"signer": signer, "role": "kierowniczka", "digest": manifest(tablet)["digest"], "strokes": [[1, 2]]}
    op = tablet.op("photo.add", photo={**photo, "mime": "image/png"}, signature=signature)
    assert tablet.result(op)["status"] == "applied"
    sent = tablet.client.put(f"{tablet.root}/photos/{photo_id}", data=content, content_type="image/png", headers=OURS)
    assert sent.status_code == 200, sent.text
    return photo_id


def finish(tablet: Tablet, **more: Any) -> Any:
    said = {"op_id": new_id(), "device_id": tablet.device_id, "manifest": manifest(tablet), **more}
    return tablet.client.post(f"{tablet.root}/finalise", json=said, headers=OURS)


@pytest.fixture
def answered(tablet: Tablet, audit: Audit, iga: Any) -> Tablet:
    """A tablet at an audit in which everything is answered."""
    answer_everything(audit, iga)
    return tablet


def test_meetings_and_the_suppliers_word_are_answers_like_others(tablet: Tablet) -> None:
    assert say(tablet, OPENING, "attendees", PEOPLE)["status"] == "applied"
    assert say(tablet, "EKO-ZAR-01", "response", {"stand": "agreed", "words": ""})["status"] == "applied"
    standing = {(one["criterion"], one["field"]): one["value"] for one in tablet.bundle()["answers"]}
    assert standing[OPENING, "attendees"] == PEOPLE
    assert standing["EKO-ZAR-01", "response"]["stand"] == "agreed"


def test_a_choice_between_two_lists_of_people_is_settled_like_any_other(tablet: Tablet) -> None:
    first = tablet.op(criterion=OPENING, field="attendees", value=PEOPLE)
    tablet.take(first)
    tablet.device_id, others = "tablet-2", [*PEOPLE, {"name": "Jan Zmyślony", "role": ""}]
    lost = tablet.op(criterion=OPENING, field="attendees", value=others)
    assert tablet.result(lost)["status"] == "conflict"
    choice = tablet.op(
        "answer.resolve",
        criterion=OPENING,
        field="attendees",
        chosen=others,
        resolves=[lost["op_id"]],
        base_op=first["op_id"],
    )
    assert tablet.result(choice)["status"] == "applied"
    bad = tablet.op("answer.resolve", criterion=OPENING, field="attendees", chosen=[], base_op=choice["op_id"])
    assert tablet.result(bad)["code"] == "bad_value"


def test_the_bundle_says_who_signed_and_leaves_the_strokes_to_the_record(tablet: Tablet) -> None:
    photo_id = sign(tablet)
    shown = tablet.bundle()["photos"][0]
    assert (shown["id"], shown["kind"], shown["stored"]) == (photo_id, "signature", True)
    assert shown["signature"]["signer"] == "Anna Próbna"
    assert "strokes" not in shown["signature"]
    listed = tablet.client.get(f"{tablet.root}/ops").get_json()["ops"]
    assert listed[0]["signature"]["strokes"] == [[1, 2]]


def test_a_visit_ends_with_signatures_bound_to_what_stands(answered: Tablet) -> None:
    say(answered, CLOSING, "attendees", PEOPLE)
    sign(answered)
    sign(answered, signer="Iga Lewandowska")
    said = finish(answered).get_json()
    assert (said["status"], said["changed_after_signature"]) == ("received", [])
    assert said["digest"] == manifest(answered)["digest"]


def test_what_changed_after_a_signature_is_named_and_the_visit_stays_open(answered: Tablet) -> None:
    photo_id = sign(answered)
    say(answered, "EKO-ZAR-01", "response", {"stand": "disputed", "words": "Segregujemy od maja."})
    refused = finish(answered)
    assert refused.status_code == 409
    assert refused.get_json()["changed_after_signature"] == [photo_id]
    assert refused.get_json()["digest"] == manifest(answered)["digest"]
    answered.take(answered.op("photo.remove", photo={"id": photo_id}))
    sign(answered)
    assert finish(answered).get_json()["status"] == "received"


def test_a_person_may_finish_although_something_changed(answered: Tablet) -> None:
    photo_id = sign(answered)
    say(answered, "EKO-ZAR-01", "response", {"stand": "agreed", "words": ""})
    said = finish(answered, confirmed=True).get_json()
    assert (said["status"], said["changed_after_signature"]) == ("received", [photo_id])


def test_a_reason_why_nobody_signed_is_enough(answered: Tablet) -> None:
    sign(answered)
    say(answered, CLOSING, "unsigned", "Kierowniczka musiała wyjechać.")
    assert finish(answered).get_json()["status"] == "received"


def test_a_visit_may_end_without_signatures(answered: Tablet) -> None:
    assert finish(answered).get_json()["status"] == "received"


def test_a_signature_whose_picture_has_not_arrived_keeps_the_visit_open(answered: Tablet) -> None:
    photo = {"id": new_id(), "criterion": CLOSING, "kind": "signature", "sha256": "0" * 64, "bytes": 9}
    signature = {"signer": "Anna", "role": "", "digest": manifest(answered)["digest"]}
    answered.take(answered.op("photo.add", photo={**photo, "mime": "image/png"}, signature=signature))
    assert finish(answered).get_json()["missing_photos"] == [photo["id"]]


def test_a_signature_that_the_tablet_does_not_know_is_stale(answered: Tablet) -> None:
    photo_id = sign(answered)
    known = {**manifest(answered), "signatures": {}}
    assert finish(answered, manifest=known).get_json()["stale"] == [f"photo/{photo_id}"]


def test_a_repeated_end_is_the_same_end(answered: Tablet) -> None:
    sign(answered)
    said = {"op_id": new_id(), "device_id": answered.device_id, "manifest": manifest(answered)}
    replies = [answered.client.post(f"{answered.root}/finalise", json=said, headers=OURS).get_json() for _ in range(2)]
    assert [one["status"] for one in replies] == ["received", "received"]
    assert replies[0]["digest"] == replies[1]["digest"]
