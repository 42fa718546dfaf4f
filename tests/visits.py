"""An audit under way, made directly: what the tests of the tablet start from."""

import io
import itertools
import uuid
from datetime import date

from PIL import Image

from app.accounts.models import User
from app.audits.models import Audit, Case, TeamMember
from app.audits.states import CaseState, TeamRole
from app.checklists import library
from app.db import db
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


def jpeg(shade: int = 120) -> bytes:
    """A small photo."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 90, 60)).save(out, "JPEG")
    return out.getvalue()


def new_id() -> str:
    return str(uuid.uuid4())
