"""Where audits live on tablets, and rescue files, on both databases."""

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.permissions import Role
from app.audits.models import Answer, Photo
from app.audits.sync import take
from app.audits.wire import Batch
from app.db import begin_writing, db
from app.tablets import rescue, service
from app.tablets.rescue_file import read_rescue
from app.web import now
from tests.factories import make_user
from tests.visits import jpeg, make_audit, new_id


def test_a_device_is_seen_by_its_notes_and_by_its_operations() -> None:
    iga = make_user(Role.AUDITOR, name="Iga")
    audit = make_audit(iga)
    db.session.commit()
    at = now()

    def call(device: str, pending: int, seq: int | None, when: Any) -> None:
        said = {"kind": "answer.set", "criterion": "EKO-ZAR-01", "field": "comment", "value": "x"}
        ops = [] if seq is None else [{"op_id": new_id(), "seq": seq, **said}]
        batch = Batch(proto=1, device_id=device, pending_after=pending, ops=ops)
        _visit, received, _seen = take(audit.id, batch, actor=iga.actor, at=when, largest_photo=1)
        if service.is_worth_noting(batch, received):
            service.note(audit.id, batch, received, actor=iga.actor, at=when)
        db.session.commit()

    call("waits", 3, 1, at - timedelta(days=4))
    call("sent all since", 3, 1, at - timedelta(days=4))
    call("sent all since", 0, 2, at - timedelta(days=1))
    call("lost one", 0, 1, at)
    call("lost one", 0, 3, at)
    found = {one.device_id: one for one in service.overview(at)}
    assert [one.device_id for one in service.overview(at)] == ["lost one", "waits", "sent all since"]
    assert (found["waits"].unsent, found["waits"].is_late(at)) == (3, True)
    assert (found["sent all since"].unsent, found["sent all since"].is_late(at)) == (0, False)
    assert found["lost one"].gap
    assert service.alarms(at) == 2


def test_a_rescue_file_is_taken_over_once() -> None:
    iga, maja = make_user(Role.AUDITOR, name="Iga"), make_user(Role.COORDINATOR, name="Maja")
    audit, content, photo_id = make_audit(iga), jpeg(), new_id()
    db.session.commit()
    sha256 = hashlib.sha256(content).hexdigest()
    photo = {"id": photo_id, "criterion": "EKO-ZAR-01", "sha256": sha256, "bytes": len(content), "mime": "image/jpeg"}
    ops = [
        {"op_id": new_id(), "seq": 1, "kind": "answer.set", "criterion": "EKO-ZAR-01", "field": "score", "value": 3},
        {"op_id": new_id(), "seq": 2, "kind": "photo.add", "photo": photo},
    ]
    bytes_base64 = base64.b64encode(content).decode()
    rescued = {
        "audit_id": str(audit.id),
        "ops": ops,
        "photos": [{"id": photo_id, "sha256": sha256, "bytes_base64": bytes_base64}],
    }
    whole = {"format": "base-rescue", "version": 1, "user_id": str(iga.id), "device_id": "t", "audits": [rescued]}
    file = json.dumps(whole).encode()
    for _again in range(2):
        begin_writing()
        kept = rescue.keep(read_rescue(file), file, actor=maja.actor, at=now())
        prepared = rescue.prepare(kept, largest_mb=15)
        taken = rescue.take(prepared, kept, actor=maja.actor, at=now(), largest_photo=1_000_000)
        db.session.commit()
        assert (taken.applied, taken.photos, taken.rejected, taken.photos_left) == (2, 1, 0, 0)
    assert db.session.scalars(select(Answer.by_id)).all() == [iga.id]
    assert db.session.scalars(select(Photo.stored_at)).one() is not None
    assert not rescue.read(kept).is_new
