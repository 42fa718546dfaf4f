"""The rescue file of a tablet: everything it could not send, as one JSON file. Reading it changes nothing."""

import base64
import binascii
import hashlib
import json
from typing import Annotated, Any, Literal, NoReturn
from uuid import UUID

from flask_babel import gettext as _
from pydantic import Field, ValidationError

from app.audits.wire import Count, Name, Sha256, Shape
from app.errors import Invalid

FORMAT = "base-rescue"
VERSION = 1
LARGEST = 60_000_000


class RescuedPhoto(Shape):
    """The bytes of a photo or signature."""

    id: UUID
    sha256: Sha256
    mime: str = ""
    bytes_base64: str

    def content(self) -> bytes:
        """The bytes.

        Raises:
            Invalid: they are damaged.
        """
        try:
            content = base64.b64decode(self.bytes_base64, validate=True)
        except (binascii.Error, ValueError):
            raise Invalid(_("Photo %(id)s in this file is damaged. Save the rescue file anew.", id=self.id)) from None
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise Invalid(_("Photo %(id)s in this file is not the one that was taken.", id=self.id))
        return content


class RescuedAudit(Shape):
    """What one audit had not sent."""

    audit_id: UUID
    cursor: Count = 0
    ops: Annotated[list[dict[str, Any]], Field(max_length=20_000)] = []
    photos: Annotated[list[RescuedPhoto], Field(max_length=2_000)] = []


class Rescue(Shape):
    """A whole file: one person's work on one device."""

    format: Literal["base-rescue"]
    version: Literal[1]
    user_id: UUID
    device_id: Name
    audits: Annotated[list[RescuedAudit], Field(min_length=1, max_length=100)]


def read_rescue(content: bytes) -> Rescue:
    """The file, its photos whole.

    Raises:
        Invalid: it is too large, no JSON, no rescue file, of another version or damaged; the sentence says which.
    """
    if len(content) > LARGEST:
        raise Invalid(_("The file is too large. At most %(limit)s MB are accepted.", limit=LARGEST // 1_000_000))
    try:
        said = json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Invalid(_("This is not a rescue file: it cannot be read as JSON.")) from None
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise Invalid(_("This is not a rescue file of a BASE tablet."))
    if said.get("version") != VERSION:
        raise Invalid(
            _("This rescue file has version %(version)s; version 1 is understood.", version=said.get("version"))
        )
    try:
        rescue = Rescue.model_validate(said)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise Invalid(_("This rescue file is incomplete or damaged, at “%(place)s”.", place=where)) from None
    for audit in rescue.audits:
        for photo in audit.photos:
            photo.content()
    return rescue


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are not JSON
