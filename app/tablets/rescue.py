"""Takes a rescue file in: the same way as if the tablet had sent it, in the name of whoever recorded it.

The author must be on the audit's team. It does not matter whether their account has been closed or their role taken
since: what they recorded while they audited belongs to the audit, and the history says who brought it in.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import history, storage
from app.accounts.models import User
from app.accounts.permissions import Actor, Role
from app.audits import photos
from app.audits.merge import Status
from app.audits.models import Audit, Case, Operation, Photo, TeamMember
from app.audits.states import AuditState
from app.audits.sync import receive
from app.audits.visits import Visit, open_for_author
from app.audits.wire import MOST_OPS, Batch, read_op
from app.db import db
from app.errors import Conflict, Invalid, NotFound
from app.images import Picture, take_image
from app.suppliers.models import Supplier
from app.tablets.models import RescueFile
from app.tablets.rescue_file import Rescue, RescuedAudit, read_rescue

AT_ONCE = 500


@dataclass(frozen=True)
class Found:
    """What a rescue file holds for one audit, and how much of it is new."""

    audit_id: uuid.UUID
    case_id: uuid.UUID
    supplier_id: uuid.UUID
    number: str
    supplier: str
    finished: bool
    operations: int
    new_operations: int
    photos: int
    new_photos: int


@dataclass(frozen=True)
class Preview:
    """A rescue file as the office looks at it before taking it in."""

    author: User
    device_id: str
    audits: Sequence[Found]

    @property
    def is_new(self) -> bool:
        return any(one.new_operations or one.new_photos for one in self.audits)


@dataclass
class Taken:
    """What became of a rescue file: operations by their answer, photos by whether they were kept."""

    applied: int = 0
    conflicts: int = 0
    rejected: int = 0
    photos: int = 0
    photos_left: int = 0


@dataclass(frozen=True)
class Prepared:
    """A rescue file ready to be taken in; its pictures are cleaned already."""

    rescue: Rescue
    preview: Preview
    sha256: str
    pictures: dict[uuid.UUID, Picture] = field(default_factory=dict)


def keep(rescue: Rescue, content: bytes, *, actor: Actor, at: datetime) -> RescueFile:
    """Keep an uploaded file (read, and as it came) until it is confirmed; the person's earlier one goes.

    Raises:
        Invalid: nobody here could have recorded it; the sentence says why.
    """
    look(rescue)
    for earlier in db.session.scalars(select(RescueFile).where(RescueFile.uploaded_by_id == actor.id)).all():
        storage.remove(earlier.key)
        db.session.delete(earlier)
    kept = RescueFile(key=f"rescue/{uuid.uuid4()}/file.json", uploaded_by_id=actor.id, uploaded_at=at)
    kept.sha256 = storage.put(kept.key, content)
    db.session.add(kept)
    db.session.flush()
    return kept


def get(file_id: uuid.UUID, actor: Actor) -> RescueFile:
    """The person's own uploaded file.

    Raises:
        NotFound: it was replaced by a newer one, or is someone else's.
    """
    mine = select(RescueFile).where(RescueFile.id == file_id, RescueFile.uploaded_by_id == actor.id)
    kept = db.session.scalar(mine)
    if kept is None:
        raise NotFound(_("This rescue file is no longer here. Upload it again."))
    return kept


def read(kept: RescueFile) -> Preview:
    """What an uploaded file holds, and what of it is new today."""
    return look(read_rescue(storage.get(kept.key)))


def look(rescue: Rescue) -> Preview:
    """What is in the file and what of it is new.

    Raises:
        Invalid: its author is unknown, one of its audits does not exist, or the author is not on its team.
    """
    author = db.session.get(User, rescue.user_id)
    if author is None:
        raise Invalid(_("Nobody with an account here recorded this file."))
    return Preview(author, rescue.device_id, [_found(audit, author) for audit in rescue.audits])


def _found(rescued: RescuedAudit, author: User) -> Found:
    row = db.session.execute(
        select(Audit.state, Audit.case_id, Case.number, Case.supplier_id, Supplier.name, TeamMember.id.label("place"))
        .select_from(Audit)
        .join(Case, Case.id == Audit.case_id)
        .join(Supplier, Supplier.id == Case.supplier_id)
        .outerjoin(TeamMember, (TeamMember.case_id == Case.id) & (TeamMember.user_id == author.id))
        .where(Audit.id == rescued.audit_id)
    ).first()
    if row is None:
        raise Invalid(_("The file names an audit that does not exist here: %(id)s.", id=rescued.audit_id))
    if row.place is None:
        raise Invalid(_("%(person)s is not on the audit team of %(supplier)s.", person=author.name, supplier=row.name))
    ids = {op.op_id for op in map(read_op, rescued.ops) if op is not None}
    known = set(_stored_operations(ids))
    here = {photo.id for photo in _stored_photos({photo.id for photo in rescued.photos})}
    return Found(
        audit_id=rescued.audit_id,
        case_id=row.case_id,
        supplier_id=row.supplier_id,
        number=row.number,
        supplier=row.name,
        finished=row.state is not AuditState.IN_PROGRESS,
        operations=len(rescued.ops),
        new_operations=len(ids - known),
        photos=len(rescued.photos),
        new_photos=len({photo.id for photo in rescued.photos} - here),
    )


def _stored_operations(ids: set[uuid.UUID]) -> Iterator[uuid.UUID]:
    for some in _parts(ids):
        yield from db.session.scalars(select(Operation.op_id).where(Operation.op_id.in_(some)))


def _stored_photos(ids: set[uuid.UUID]) -> Iterator[Photo]:
    """Those whose bytes are here, or that were removed."""
    settled = Photo.stored_at.is_not(None) | Photo.removed_at.is_not(None)
    for some in _parts(ids):
        yield from db.session.scalars(select(Photo).where(Photo.id.in_(some), settled))


def _parts(ids: set[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    ordered = sorted(ids)
    return (ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE))


def prepare(kept: RescueFile, *, largest_mb: int) -> Prepared:
    """Read the file once more and clean its pictures: slow work, before anybody has to wait for it.

    Raises:
        Invalid: see ``keep``; what the file names may have changed since.
    """
    rescue = read_rescue(storage.get(kept.key))
    prepared = Prepared(rescue, look(rescue), kept.sha256)
    for audit in rescue.audits:
        for photo in audit.photos:
            try:
                prepared.pictures[photo.id] = take_image(photo.content(), largest_mb=largest_mb)
            except Invalid:
                continue  # no picture: it is counted as left behind
    return prepared


def take(prepared: Prepared, kept: RescueFile, *, actor: Actor, at: datetime, largest_photo: int) -> Taken:
    """Take the file in. What is here already changes nothing, so doing it twice does no harm."""
    taken = Taken()
    author, found = prepared.preview.author, {one.audit_id: one for one in prepared.preview.audits}
    for audit in sorted(prepared.rescue.audits, key=lambda one: one.audit_id):  # locks in one order
        visit = open_for_author(audit.audit_id, author.id)
        _take_operations(visit, audit, prepared, taken, at=at, largest_photo=largest_photo)
        _take_photos(visit, audit, prepared, taken, at=at)
        _note(found[audit.audit_id], prepared, actor=actor, at=at)
    kept.imported_at = at
    db.session.flush()
    return taken


def _take_operations(
    visit: Visit, audit: RescuedAudit, prepared: Prepared, taken: Taken, *, at: datetime, largest_photo: int
) -> None:
    """In batches as a tablet sends them, in the order of their numbers; what cannot be read comes last."""
    read = [(read_op(raw), raw) for raw in audit.ops]
    ordered = sorted(((op.seq, raw) for op, raw in read if op is not None), key=lambda one: one[0])
    said = [raw for _seq, raw in ordered] + [raw for op, raw in read if op is None]
    for start in range(0, len(said), MOST_OPS):
        ops = said[start : start + MOST_OPS]
        batch = Batch(proto=1, device_id=prepared.rescue.device_id, cursor=audit.cursor, ops=ops)
        author = prepared.preview.author.actor
        for result in receive(visit, batch, actor=author, at=at, largest_photo=largest_photo).results:
            taken.applied += result["status"] == Status.APPLIED
            taken.conflicts += result["status"] == Status.CONFLICT
            taken.rejected += result["status"] == Status.REJECTED


def _take_photos(visit: Visit, audit: RescuedAudit, prepared: Prepared, taken: Taken, *, at: datetime) -> None:
    for rescued in audit.photos:
        picture = prepared.pictures.get(rescued.id)
        try:
            here = photos.check_content(photos.announced(visit, rescued.id), rescued.content(), rescued.sha256)
        except Conflict:  # never announced, refused, or removed: there is nothing that it belongs to
            taken.photos_left += 1
            continue
        if here:
            taken.photos += 1
        elif picture is None or visit.closed:
            taken.photos_left += 1
        else:
            photos.store(visit, rescued.id, picture, at=at)
            taken.photos += 1


def _note(found: Found, prepared: Prepared, *, actor: Actor, at: datetime) -> None:
    """Say in the history who brought what in; a file that holds nothing new leaves no record."""
    if not (found.new_operations or found.new_photos):
        return
    about = history.About(found.audit_id, supplier_id=found.supplier_id, case_id=found.case_id)
    said = {
        "person": prepared.preview.author.name,
        "device_id": prepared.rescue.device_id,
        "operations": found.new_operations,
        "photos": found.new_photos,
        "sha256": prepared.sha256,
    }
    history.record("tablet:take_rescue_file", about, actor=actor, at=at, role=Role.COORDINATOR, after=said)
