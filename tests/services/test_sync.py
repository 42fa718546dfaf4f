"""A tablet's operations, on both databases: what stands, what is kept, what is asked."""

import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.accounts.models import User
from app.accounts.permissions import Role
from app.audits.bundle import bundle
from app.audits.changes import changes_since
from app.audits.models import Answer, AnswerConflict, Audit, Operation, Photo
from app.audits.service import finish_audit
from app.audits.sync import Received, take
from app.audits.visits import open_visit
from app.audits.wire import Batch
from app.db import db
from app.web import now
from tests.factories import make_user
from tests.visits import make_audit, new_id


class Device:
    """One tablet at one audit, without HTTP."""

    def __init__(self, audit: Audit, user: User, name: str) -> None:
        self.audit, self.user, self.name = audit, user, name
        self.seq = self.cursor = 0

    def op(self, criterion: str, field: str, value: object, **more: Any) -> dict[str, Any]:
        self.seq += 1
        said = {"criterion": criterion, "field": field, "value": value}
        return {"op_id": new_id(), "seq": self.seq, "kind": "answer.set", **said, **more}

    def send(self, *ops: dict[str, Any]) -> Received:
        batch = Batch(proto=1, device_id=self.name, cursor=self.cursor, ops=list(ops))
        _visit, received, _before = take(self.audit.id, batch, actor=self.user.actor, at=now(), largest_photo=1_000_000)
        db.session.commit()
        return received


@pytest.fixture
def team() -> tuple[Device, Device]:
    iga, olaf = make_user(Role.AUDITOR, name="Iga"), make_user(Role.AUDITOR, name="Olaf")
    audit = make_audit(iga, olaf)
    db.session.commit()
    return Device(audit, iga, "tablet-1"), Device(audit, olaf, "tablet-2")


def standing(audit: Audit) -> dict[str, object]:
    rows = db.session.execute(select(Answer).where(Answer.audit_id == audit.id)).scalars()
    return {f"{row.criterion}/{row.field}": row.value for row in rows}


def count(model: Any) -> int:
    return int(db.session.scalar(select(func.count()).select_from(model)) or 0)


def test_a_chain_of_answers_leaves_one_that_stands_and_all_in_the_record(team: tuple[Device, Device]) -> None:
    hers, _his = team
    base = None
    for level in (1, 2, 4):
        op = hers.op("EKO-ZAR-01", "score", level, base_op=base)
        hers.send(op)
        base = op["op_id"]
    assert standing(hers.audit) == {"EKO-ZAR-01/score": 4}
    assert [one["value"] for one in changes_since(hers.audit.id, 0)] == [1, 2, 4]


def test_a_whole_batch_sent_twice_changes_nothing(team: tuple[Device, Device]) -> None:
    hers, _his = team
    ops = [hers.op("EKO-ZAR-01", "score", 1), hers.op("EKO-ZAR-02", "score", 2)]
    first, again = hers.send(*ops), hers.send(*ops)
    assert first.results == again.results
    assert (count(Operation), hers.audit.cursor) == (2, 2)


def before_the_first_hole(numbers: set[int]) -> int | None:
    """The last of the numbers that follow each other from the first one on."""
    run = [number for number in sorted(numbers) if set(range(min(numbers), number)) <= numbers]
    return run[-1] if run else None


@given(batches=st.lists(st.lists(st.integers(1, 8), max_size=3), max_size=8))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_missing_number_is_known_in_whatever_order_the_others_come(
    team: tuple[Device, Device], batches: list[list[int]]
) -> None:
    device = Device(team[0].audit, team[0].user, new_id())
    there: set[int] = set()
    for numbers in batches:
        received = device.send(*({**device.op("EKO-ZAR-01", "comment", "Tak."), "seq": seq} for seq in numbers))
        there |= set(numbers)
        end = before_the_first_hole(there)
        assert (received.contiguous_seq, received.gap) == (end, bool(there) and end != max(there))


def test_operations_are_applied_in_the_order_of_their_numbers(team: tuple[Device, Device]) -> None:
    hers, _his = team
    first = hers.op("EKO-ZAR-01", "score", 1)
    second = hers.op("EKO-ZAR-01", "score", 2, base_op=first["op_id"])
    received = hers.send(second, first)
    assert {one["status"] for one in received.results} == {"applied"}
    assert standing(hers.audit) == {"EKO-ZAR-01/score": 2}


def test_a_device_that_goes_on_after_its_own_conflict_asks_only_one_question(team: tuple[Device, Device]) -> None:
    hers, his = team
    hers.send(hers.op("EKO-ZAR-01", "score", 3))
    lost = his.op("EKO-ZAR-01", "score", 1)
    his.send(lost)
    later = his.op("EKO-ZAR-01", "score", 2, base_op=lost["op_id"])
    assert his.send(later).results[0]["status"] == "conflict"
    question = db.session.scalars(select(AnswerConflict)).one()
    assert str(question.op_id) == later["op_id"]
    assert standing(hers.audit) == {"EKO-ZAR-01/score": 3}


def test_agreeing_after_a_conflict_settles_it(team: tuple[Device, Device]) -> None:
    hers, his = team
    hers.send(hers.op("EKO-ZAR-01", "score", 3))
    lost = his.op("EKO-ZAR-01", "score", 1)
    his.send(lost)
    his.send(his.op("EKO-ZAR-01", "score", 3, base_op=lost["op_id"]))
    assert db.session.scalars(select(AnswerConflict.resolved_by_op)).one() is not None


def test_a_new_value_settles_a_conflict_too(team: tuple[Device, Device]) -> None:
    hers, his = team
    first = hers.op("EKO-ZAR-01", "score", 3)
    hers.send(first)
    lost = his.op("EKO-ZAR-01", "score", 1)
    his.send(lost)
    choice = hers.op("EKO-ZAR-01", "score", None, chosen=2, resolves=[lost["op_id"]], base_op=first["op_id"])
    received = hers.send({**choice, "kind": "answer.resolve"})
    assert received.results[0]["status"] == "applied"
    assert standing(hers.audit) == {"EKO-ZAR-01/score": 2}
    assert db.session.scalars(select(AnswerConflict.resolved_by_op)).one() == uuid.UUID(choice["op_id"])


def test_a_choice_that_is_no_possible_value_is_refused(team: tuple[Device, Device]) -> None:
    hers, _his = team
    choice = {**hers.op("EKO-ZAR-01", "score", None, chosen=9), "kind": "answer.resolve"}
    assert hers.send(choice).results[0]["code"] == "bad_value"


def test_choosing_an_answer_that_was_replaced_meanwhile_is_a_conflict_and_not_its_id(
    team: tuple[Device, Device],
) -> None:
    hers, his = team
    first = hers.op("EKO-ZAR-01", "comment", "widziane")
    hers.send(first)
    lost = his.op("EKO-ZAR-01", "comment", "nie widziano")
    his.send(lost)
    hers.send(hers.op("EKO-ZAR-01", "comment", "jednak nie", base_op=first["op_id"]))
    chosen = {"chosen": first["op_id"], "resolves": [lost["op_id"]], "base_op": first["op_id"]}
    result = his.send({**his.op("EKO-ZAR-01", "comment", None, **chosen), "kind": "answer.resolve"}).results[0]
    assert (result["status"], result["value"]) == ("conflict", "widziane")
    assert standing(hers.audit) == {"EKO-ZAR-01/comment": "jednak nie"}


def test_who_says_what_they_saw_never_puts_aside_what_their_screen_did_not_show(team: tuple[Device, Device]) -> None:
    hers, his = team
    hers.send(hers.op("EKO-SUR-04", "na", "bez drewna"))
    his.cursor = 1  # his tablet has heard of it, but it did not stand on the screen
    result = his.send(his.op("EKO-SUR-04", "score", 2, rival_op=None)).results[0]
    assert (result["status"], result["theirs"]["field"]) == ("conflict", "na")


def test_every_result_says_its_place_also_when_it_is_repeated(team: tuple[Device, Device]) -> None:
    hers, his = team
    first, second = hers.op("EKO-ZAR-01", "score", 1), hers.op("EKO-ZAR-02", "score", 1)
    hers.send(first)
    his.send(his.op("EKO-ZAR-03", "score", 1))
    assert [one["cursor"] for one in hers.send(first, second).results] == [1, 3]
    assert [one["cursor"] for one in changes_since(hers.audit.id, 0)] == [1, 2, 3]


def test_what_an_operation_says_about_itself_does_not_hide_what_the_server_says(team: tuple[Device, Device]) -> None:
    hers, _his = team
    hers.send(hers.op("EKO-ZAR-01", "score", 1, cursor=99, by="Olaf", device_id="other", result="applied"))
    listed = changes_since(hers.audit.id, 0)[0]
    assert (listed["cursor"], listed["by"], listed["device_id"]) == (1, "Iga", "tablet-1")
    assert listed["result"]["status"] == "applied"


def test_a_level_and_not_applicable_from_two_tablets_are_a_question(team: tuple[Device, Device]) -> None:
    hers, his = team
    hers.send(hers.op("EKO-SUR-04", "na", "bez drewna"))
    result = his.send(his.op("EKO-SUR-04", "score", 2)).results[0]
    assert (result["status"], result["theirs"]["field"]) == ("conflict", "na")
    assert standing(hers.audit) == {"EKO-SUR-04/na": "bez drewna"}


def test_facts_corrected_on_two_tablets_are_a_question(team: tuple[Device, Device]) -> None:
    hers, his = team
    fact = {"kind": "profile.set", "fact": "products"}
    assert hers.send({**hers.op("", "", ["food"]), **fact, "criterion": None}).results[0]["status"] == "applied"
    result = his.send({**his.op("", "", ["cosmetics"]), **fact, "criterion": None}).results[0]
    assert result["status"] == "conflict"
    assert hers.audit.profile["products"] == ["food"]


def test_after_the_end_nothing_changes_but_what_came_is_kept(team: tuple[Device, Device]) -> None:
    hers, _his = team
    hers.send(hers.op("EKO-ZAR-01", "score", 1))
    finish_audit(hers.audit, actor=hers.user.actor, at=now())
    db.session.commit()
    result = hers.send(hers.op("EKO-ZAR-02", "score", 1)).results[0]
    assert (result["status"], result["code"]) == ("rejected", "closed")
    assert standing(hers.audit) == {"EKO-ZAR-01/score": 1}
    assert count(Operation) == 2


def test_a_photo_stays_deleted_when_it_is_announced_again(team: tuple[Device, Device]) -> None:
    hers, _his = team
    photo = {"id": new_id(), "criterion": "EKO-ZAR-01", "sha256": "0" * 64, "bytes": 10, "mime": "image/jpeg"}
    add = {**hers.op("EKO-ZAR-01", "", None), "kind": "photo.add", "photo": photo}
    remove = {**hers.op("EKO-ZAR-01", "", None), "kind": "photo.remove", "photo": {"id": photo["id"]}}
    again = {**hers.op("EKO-ZAR-01", "", None), "kind": "photo.add", "photo": photo}
    received = hers.send(add, remove, again)
    assert {one["status"] for one in received.results} == {"applied"}
    assert db.session.scalars(select(Photo.removed_at)).one() is not None
    other = {**hers.op("EKO-ZAR-01", "", None), "kind": "photo.add", "photo": {**photo, "sha256": "1" * 64}}
    assert hers.send(other).results[0]["code"] == "photo_reuse"


def test_photos_of_one_batch_keep_the_order_in_which_they_were_taken(team: tuple[Device, Device]) -> None:
    hers, _his = team
    photos = [
        {"id": new_id(), "criterion": "EKO-ZAR-01", "sha256": f"{at:064}", "bytes": 10, "mime": "image/jpeg"}
        for at in range(6)
    ]
    hers.send(*({**hers.op("EKO-ZAR-01", "", None), "kind": "photo.add", "photo": photo} for photo in photos))
    shown = bundle(open_visit(hers.audit.id, hers.user.actor), hers.user.actor, "pl")["photos"]
    assert [one["id"] for one in shown] == [photo["id"] for photo in photos]


def test_changes_are_those_of_other_devices(team: tuple[Device, Device]) -> None:
    hers, his = team
    hers.send(hers.op("EKO-ZAR-01", "score", 1))
    his.send(his.op("EKO-ZAR-02", "score", 2))
    seen = changes_since(hers.audit.id, 0, but="tablet-1")
    assert [(one["criterion"], one["by"]) for one in seen] == [("EKO-ZAR-02", "Olaf")]
