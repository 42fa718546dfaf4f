"""Which audit lives on which tablet: what devices report, what the office sees, reports of lost work."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from app import history
from app.accounts.models import User
from app.accounts.permissions import Actor, Role
from app.audits.closing import KIND as FINALISE
from app.audits.models import Audit, Case, Operation
from app.audits.states import AuditState
from app.audits.sync import Received
from app.audits.wire import Batch, LostWork
from app.db import begin_writing, db
from app.errors import NotFound
from app.suppliers.models import Supplier
from app.tablets.models import Tablet, TabletLoss

LONG_UNSENT = timedelta(days=3)
MOST_SHOWN = 300


@dataclass(frozen=True)
class Standing:
    """One audit on one device, as the office sees it."""

    audit_id: uuid.UUID
    device_id: str
    case_id: uuid.UUID
    number: str
    supplier: str
    person: str
    seen_at: datetime
    finished: bool
    app: str = ""
    unsent: int = 0
    unsent_since: datetime | None = None
    gap: bool = False

    def is_late(self, at: datetime) -> bool:
        """Has something been waiting on the tablet for three days?"""
        return self.unsent > 0 and self.unsent_since is not None and at - self.unsent_since >= LONG_UNSENT


def is_worth_noting(batch: Batch, received: Received) -> bool:
    """Does the call say more than its answers do? Else the last operation says when the device was seen."""
    return received.gap or batch.pending_after > 0 or not batch.ops


def note(audit_id: uuid.UUID, batch: Batch, received: Received, *, actor: Actor, at: datetime) -> None:
    """Remember what a device said about itself."""
    begin_writing()
    db.session.execute(select(Audit.id).where(Audit.id == audit_id).with_for_update())  # one note after the other
    row = db.session.get(Tablet, (audit_id, batch.device_id))
    if row is None:
        row = Tablet(audit_id=audit_id, device_id=batch.device_id, unsent=0)
        db.session.add(row)
    elif row.unsent and _sent_all_since(row, at):
        row.unsent_since = None
    row.user_id = actor.id  # type: ignore[assignment]  # somebody who is signed in
    row.app = batch.app
    row.unsent = batch.pending_after
    row.unsent_since = (row.unsent_since or at) if batch.pending_after else None
    row.contiguous_seq, row.gap = received.contiguous_seq, received.gap
    row.seen_at = at
    db.session.flush()


def _sent_all_since(row: Tablet, at: datetime) -> bool:
    """Did the device send operations since, without anything left? Then it left no note."""
    later = select(Operation.op_id).where(
        Operation.audit_id == row.audit_id,
        Operation.device_id == row.device_id,
        Operation.received_at > row.seen_at,
        Operation.received_at < at,
    )
    return db.session.scalar(later.limit(1)) is not None


def overview(at: datetime) -> list[Standing]:
    """Where the audits under way live, and every device that still holds something; the most worrying first.

    At most ``MOST_SHOWN``. Two queries, however many there are.
    """
    noted = {(one.audit_id, one.device_id): one for one in _noted()}
    shown = [_merged(noted.pop((one.audit_id, one.device_id), None), one) for one in _last_operations(noted)]
    shown += noted.values()
    kept = [one for one in shown if not one.finished or one.unsent or one.gap]
    return sorted(kept, key=lambda one: (not one.gap, not one.is_late(at), -one.seen_at.timestamp()))[:MOST_SHOWN]


def of_device(device_id: str, at: datetime) -> list[Standing]:
    """The audits of ``overview`` on one device."""
    return [one for one in overview(at) if one.device_id == device_id]


def alarms(at: datetime) -> int:
    """How many tablets need somebody: lost work, a missing number, or work that has waited for long."""
    worrying = select(Tablet.audit_id).where(or_(Tablet.gap, Tablet.unsent_since <= at - LONG_UNSENT)).limit(1)
    lost = db.session.scalar(select(func.count()).where(TabletLoss.settled_at.is_(None))) or 0
    if db.session.scalar(worrying) is None:
        return lost
    return lost + sum(one.gap or one.is_late(at) for one in overview(at))


def _noted() -> Iterator[Standing]:
    query = (
        select(Tablet, Audit.state, Case.id.label("case_id"), Case.number, Supplier.name, User.name.label("person"))
        .join(Audit, Audit.id == Tablet.audit_id)
        .join(Case, Case.id == Audit.case_id)
        .join(Supplier, Supplier.id == Case.supplier_id)
        .join(User, User.id == Tablet.user_id)
        .where(or_(Audit.state == AuditState.IN_PROGRESS, Tablet.unsent > 0, Tablet.gap))
        .order_by(Tablet.seen_at.desc(), Tablet.audit_id, Tablet.device_id)
        .limit(MOST_SHOWN)
    )
    for row in db.session.execute(query):
        tablet = row.Tablet
        yield Standing(
            audit_id=tablet.audit_id,
            device_id=tablet.device_id,
            case_id=row.case_id,
            number=row.number,
            supplier=row.name,
            person=row.person,
            seen_at=tablet.seen_at,
            finished=row.state is not AuditState.IN_PROGRESS,
            app=tablet.app,
            unsent=tablet.unsent,
            unsent_since=tablet.unsent_since,
            gap=tablet.gap,
        )


def _last_operations(noted: dict[tuple[uuid.UUID, str], Standing]) -> Iterator[Standing]:
    """The devices that sent operations to the audits under way, or to noted ones; the end of a visit counts too."""
    audits = {audit_id for audit_id, _device in noted}
    newest = (
        select(Operation.audit_id, Operation.device_id, func.max(Operation.cursor).label("cursor"))
        .join(Audit, Audit.id == Operation.audit_id)
        .where(or_(Audit.state == AuditState.IN_PROGRESS, Audit.id.in_(audits)))
        .group_by(Operation.audit_id, Operation.device_id)
        .subquery()
    )
    query = (
        select(Operation, Audit.state, Case.id.label("case_id"), Case.number, Supplier.name, User.name.label("person"))
        .join(
            newest,
            (newest.c.audit_id == Operation.audit_id) & (newest.c.cursor == Operation.cursor),
        )
        .join(Audit, Audit.id == Operation.audit_id)
        .join(Case, Case.id == Audit.case_id)
        .join(Supplier, Supplier.id == Case.supplier_id)
        .join(User, User.id == Operation.actor_id)
        .order_by(Operation.received_at.desc(), Operation.op_id)
    )
    seen: set[tuple[uuid.UUID, str]] = set()
    for row in db.session.execute(query):
        device_id = row.Operation.device_id.removeprefix(f"{FINALISE}:")
        if (row.Operation.audit_id, device_id) in seen:
            continue
        seen.add((row.Operation.audit_id, device_id))
        yield Standing(
            audit_id=row.Operation.audit_id,
            device_id=device_id,
            case_id=row.case_id,
            number=row.number,
            supplier=row.name,
            person=row.person,
            seen_at=row.Operation.received_at,
            finished=row.state is not AuditState.IN_PROGRESS,
        )


def _merged(noted: Standing | None, sent: Standing) -> Standing:
    """Of what a device noted and its last operation the later one holds: that operation left nothing behind."""
    if noted is None or sent.seen_at > noted.seen_at:
        return replace(sent, app=noted.app if noted else "")
    return noted


def report_loss(lost: LostWork, *, actor: Actor, at: datetime) -> TabletLoss:
    """A tablet found its store empty; told again, it is still one report."""
    known = select(TabletLoss).where(
        TabletLoss.user_id == actor.id,
        TabletLoss.device_id == lost.device_id,
        TabletLoss.expected == lost.expected,
        TabletLoss.found == lost.found,
        TabletLoss.settled_at.is_(None),
    )
    if (report := db.session.scalar(known)) is not None:
        return report
    said = {"device_id": lost.device_id, "expected": lost.expected, "found": lost.found}
    report = TabletLoss(user_id=actor.id, reported_at=at, **said)
    db.session.add(report)
    db.session.flush()
    history.record("tablet:report_loss", history.About(report.id), actor=actor, at=at, role=Role.AUDITOR, after=said)
    return report


def open_losses() -> Sequence[TabletLoss]:
    """The reports of lost work that nobody has looked after yet, the newest first."""
    query = select(TabletLoss).where(TabletLoss.settled_at.is_(None))
    return db.session.scalars(query.order_by(TabletLoss.reported_at.desc(), TabletLoss.id).limit(MOST_SHOWN)).all()


def settle_loss(loss_id: uuid.UUID, *, actor: Actor, at: datetime) -> None:
    """The office has looked after a report of lost work.

    Raises:
        NotFound: there is none that is open.
    """
    report = db.session.get(TabletLoss, loss_id)
    if report is None or report.settled_at is not None:
        raise NotFound(_("There is no such report."))
    report.settled_at = at
    history.record("tablet:settle_loss", history.About(report.id), actor=actor, at=at, role=Role.COORDINATOR)
