"""An audit under way, made directly: what the tests of the tablet start from."""

import hashlib
import io
import itertools
import uuid
from datetime import date
from typing import Any

from PIL import Image

from app.accounts.models import User
from app.audits import photos
from app.audits.models import Audit, Case, TeamMember
from app.audits.states import CaseState, TeamRole
from app.audits.sync import receive
from app.audits.visits import open_visit
from app.audits.wire import Batch
from app.checklists import library
from app.checklists.scoring import applicable
from app.db import db
from app.images import take_image
from app.suppliers.models import (
    Application,
    ApplicationChannel,
    LegalForm,
    RunningBody,
    Supplier,
)
from app.web import now

_numbers = itertools.count(1)


def make_audit(*auditors: User, supplier: str = "WTZ „Wiatraki”", products: tuple[str, ...] = ("craft",)) -> Audit:
    """A visit that has begun, against BASE; the first auditor leads."""
    number = next(_numbers)
    body = RunningBody(name="Fundacja Morze", legal_form=LegalForm.NGO_F, nip=f"{number:010d}")
    unit = Supplier(
        name=supplier, legal_form=LegalForm.WTZ, running_body=body, sort_key=supplier.lower(), created_at=now()
    )
    db.session.add(unit)
    db.session.flush()
    application = Application(supplier_id=unit.id, channel=ApplicationChannel.OFFICE, submitted_at=now())
    db.session.add(application)
    db.session.flush()
    checklist = library.published("base", "2026.1")
    case = Case(
        number=f"2026/{number:05d}",
        supplier_id=unit.id,
        application_id=application.id,
        state=CaseState.IN_AUDIT,
        checklist_id="base",
        checklist_version="2026.1",
        applied_at=now(),
        visit_on=date(2026, 11, 22),
        changed_at=now(),
    )
    case.team = [
        TeamMember(user_id=user.id, role=TeamRole.AUDITOR if place else TeamRole.LEAD_AUDITOR, declared_at=now())
        for place, user in enumerate(auditors)
    ]
    audit = Audit(
        case=case,
        checklist_id="base",
        checklist_version="2026.1",
        checklist_digest=checklist.digest,
        profile={"products": list(products), "legal_form": "wtz"},
        started_at=now(),
    )
    db.session.add(audit)
    db.session.flush()
    return audit


def answer_everything(audit: Audit, user: User) -> None:
    """Give every question of the audit a good answer with its evidence."""
    visit = open_visit(audit.id, user.actor, writing=True)
    asked = [visit.checklist.criteria[name] for name in applicable(visit.checklist, audit.profile, {})]
    ops: list[dict[str, Any]] = []
    content = jpeg()
    sha256 = hashlib.sha256(content).hexdigest()
    for one in asked:
        levels = visit.checklist.scale_of(one).levels
        said = {"kind": "answer.set", "criterion": one.id}
        ops.append({**said, "field": "score", "value": levels[-2].value if len(levels) > 2 else levels[-1].value})
        ops.append({**said, "field": "comment", "value": "Widziane na miejscu"})
        if one.evidence and "photo" in one.evidence.kinds:
            photo = {"id": new_id(), "criterion": one.id, "sha256": sha256, "bytes": len(content), "mime": "image/jpeg"}
            ops.append({"kind": "photo.add", "photo": photo})
    numbered = [{**op, "op_id": new_id(), "seq": seq} for seq, op in enumerate(ops, 1)]
    batch = Batch(proto=1, device_id="prepared", ops=numbered)
    received = receive(visit, batch, actor=user.actor, at=now(), largest_photo=len(content))
    assert {one["status"] for one in received.results} == {"applied"}
    for op in ops:
        if op["kind"] == "photo.add":
            photos.store(visit, uuid.UUID(op["photo"]["id"]), take_image(content), at=now())


def jpeg(shade: int = 120) -> bytes:
    """A small photo."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 90, 60)).save(out, "JPEG")
    return out.getvalue()


def new_id() -> str:
    return str(uuid.uuid4())
