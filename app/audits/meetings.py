"""The opening and the closing meeting, the supplier's word on a finding, signatures: what they may hold. Pure.

Meetings are answers to criteria of their own, so they merge, conflict and are recorded like every answer; they never
count in the score. A signature is a picture bound to the digest of what stood when it was made.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from app.audits.merge import Head, empty
from app.checklists.canonical import digest

OPENING = "meeting:opening"
CLOSING = "meeting:closing"
FIELDS = {OPENING: ("attendees", "held_at"), CLOSING: ("attendees", "held_at", "unsigned")}
RESPONSE = "response"
MOST_PEOPLE = 50
POLAND = ZoneInfo("Europe/Warsaw")

PersonName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Function = Annotated[str, StringConstraints(max_length=120)]
Words = Annotated[str, StringConstraints(max_length=2_000)]


class PictureKind(StrEnum):
    """What a picture is: evidence for a criterion, or somebody's hand."""

    PHOTO = "photo"
    SIGNATURE = "signature"


class Stand(StrEnum):
    """Does the supplier agree with a finding?"""

    AGREED = "agreed"
    DISPUTED = "disputed"


class _Exact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Attendee(_Exact):
    """Somebody who was there."""

    name: PersonName
    role: Function = ""


class Response(_Exact):
    """The supplier's word on one finding."""

    stand: Stand
    words: Words = ""


class Signed(BaseModel):
    """Who signed what: ``digest`` of everything that stood, ``strokes`` the lines as drawn."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    signer: PersonName
    role: Function = ""
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    strokes: list[Any] = Field([], max_length=500)


class _Meeting(_Exact):
    attendees: Annotated[list[Attendee], Field(min_length=1, max_length=MOST_PEOPLE)] | None = None
    held_at: Annotated[str, StringConstraints(max_length=40)] | None = None
    unsigned: Annotated[Words, StringConstraints(min_length=1, strip_whitespace=True)] | None = None


Refusal = Literal["unknown_field", "bad_value", "too_long"]


def meeting_refusal(meeting: str, field: str, value: Any) -> Refusal | None:
    """The code that says why ``value`` cannot stand in a field of a meeting; None (nothing) clears it."""
    if field not in FIELDS[meeting]:
        return "unknown_field"
    if value is None:
        return None
    try:
        _Meeting.model_validate({field: value})
    except ValidationError as error:
        return _code(error)
    return "bad_value" if field == "held_at" and instant(value) is None else None


def response_refusal(value: Any) -> Refusal | None:
    """The code that says why ``value`` cannot be the supplier's word on a finding."""
    try:
        Response.model_validate(value)
    except ValidationError as error:
        return _code(error)
    return None


def instant(text: str) -> datetime | None:
    """The instant that a tablet's clock wrote, without a time zone the clock in Poland; None when it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=POLAND)


def digest_of(heads: Mapping[tuple[str, str], Head], photos: Mapping[str, str]) -> str:
    """What a signature is bound to: SHA-256 over the canonical JSON of everything that stands.

    ``photos``: id → SHA-256 of those that are no signatures. Fields that were cleared are left out.
    """
    answers = {f"{criterion}/{name}": head.op_id for (criterion, name), head in heads.items() if not empty(head.value)}
    return digest({"answers": answers, "photos": dict(photos)})


def _code(error: ValidationError) -> Refusal:
    return (
        "too_long" if any(item["type"] in {"string_too_long", "too_long"} for item in error.errors()) else "bad_value"
    )
