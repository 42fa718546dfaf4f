"""What a tablet sends: the shapes of the sync protocol, version 1. Pure."""

import contextlib
import functools
import hashlib
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from app.audits.meetings import PictureKind, Signed

PROTO = 1
OLDEST_PROTO = 1
"""The protocol before ``PROTO`` is understood for at least 90 days after ``PROTO`` was raised."""
SPOKEN = {str(number): number for number in range(OLDEST_PROTO, PROTO + 1)}
"""By what an app says in ``X-Audit-Client``: a tablet that was away for long is answered in the protocol it knows."""
MOST_OPS = 200
MOST_BYTES = 256_000
MOST_EVENTS = 500
PHOTO_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic"})

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00]+$")]
Note = Annotated[str, StringConstraints(max_length=64, pattern=r"^[^\x00]*$")]
Kind = Literal["answer.set", "answer.resolve", "photo.add", "photo.remove", "profile.set"]
Count = Annotated[int, Field(ge=0, lt=2**31)]


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=False)


class PhotoShape(Shape):
    """A photo or a signature that will follow; ``photo.remove`` needs only its id."""

    id: UUID
    kind: PictureKind = PictureKind.PHOTO
    criterion: Name | None = None
    sha256: Sha256 | None = None
    bytes: Annotated[int, Field(gt=0)] | None = None
    mime: Annotated[str, StringConstraints(max_length=40)] | None = None


class Op(Shape):
    """One operation. Which fields count depends on ``kind``."""

    op_id: UUID
    seq: Count
    kind: Kind
    criterion: Name | None = None
    field: Annotated[str, StringConstraints(max_length=16)] | None = None
    value: Any = None
    base_op: UUID | None = Field(None, description="the head that the author had seen")
    rival_op: UUID | None = Field(
        None,
        description="score and na: the head of the other one that the author had seen; left out, the cursor decides",
    )
    chosen: Any = Field(None, description="answer.resolve: the operation whose value stands, or the value itself")
    resolves: Annotated[list[UUID], Field(max_length=100)] = Field(
        default_factory=list, description="answer.resolve: the operations that are settled"
    )
    fact: Name | None = Field(None, description="profile.set: name of the fact")
    photo: PhotoShape | None = None
    signature: Signed | None = Field(None, description="photo.add of a signature: who signed what")
    at_device: Annotated[str, StringConstraints(max_length=40)] = Field(
        "", description="the tablet's clock: shown, never trusted"
    )

    @functools.cached_property
    def name(self) -> str:
        """The id as text, as it stands in heads and answers."""
        return str(self.op_id)


_OPS = TypeAdapter(list[Op])


class Batch(Shape):
    """What a tablet has to say since the last time."""

    proto: Annotated[int, Field(ge=OLDEST_PROTO, le=PROTO)]
    device_id: Name
    app: Annotated[str, StringConstraints(max_length=40)] = ""
    device_now: Annotated[str, StringConstraints(max_length=40)] = ""
    cursor: Count = 0
    pending_after: Count = 0
    ops: list[dict[str, Any]]


class Manifest(Shape):
    """What the tablet believes stands: ``"criterion/field"`` → head, photo id → SHA-256, and what was signed."""

    answers: dict[str, UUID]
    photos: dict[UUID, Sha256]
    signatures: dict[UUID, Sha256] = Field({}, description="signatures may also stand among the photos")
    digest: Sha256 | None = Field(None, description="of the answers and photos, as the signatures are bound to it")


class Finalise(Shape):
    """The end of the visit."""

    op_id: UUID
    manifest: Manifest
    confirmed: bool = Field(False, description="finish although something changed after a signature")
    device_id: Annotated[str, StringConstraints(max_length=64)] = ""


class LostWork(Shape):
    """A tablet whose store is empty although it held work: how many changes it should hold, how many it does."""

    device_id: Note = ""
    expected: Count
    found: Count = 0


class LogEvent(Shape):
    """Something that happened on a tablet: when by its own clock, what, and what belongs to it."""

    at: Annotated[AwareDatetime, Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))]
    event: Note
    audit: Note = ""
    trouble: Note = ""
    online: bool | None = None
    expected: Count | None = None
    back: Count | None = None
    photos: Count | None = None


class TabletEvents(Shape):
    """The log of a tablet, which the office asked for."""

    device_id: Name
    events: Annotated[list[LogEvent], Field(max_length=MOST_EVENTS)]


def read_op(raw: dict[str, Any]) -> Op | None:
    """The operation, or None when it is malformed or says what a database cannot hold.

    That is NUL, half a character, and a number of more than 64 bits.
    """
    try:
        return Op.model_validate(raw) if rb"\u0000" not in _written(raw) else None
    except (ValidationError, orjson.JSONEncodeError):
        return None


def read_ops(raw: list[dict[str, Any]]) -> list[Op | None]:
    """The same for many: at once when all of them can be understood."""
    with contextlib.suppress(ValidationError, orjson.JSONEncodeError):
        if rb"\u0000" not in orjson.dumps(raw):
            return list(_OPS.validate_python(raw))
    return [read_op(one) for one in raw]


def fingerprint(raw: dict[str, Any]) -> str:
    """SHA-256 over what an operation says; two different operations may not share an id."""
    return hashlib.sha256(_written(raw)).hexdigest()


def _written(raw: dict[str, Any]) -> bytes:
    return orjson.dumps(raw, option=orjson.OPT_SORT_KEYS)
