"""The public register: what anybody may ask about a certificate, and the lists of certificates.

Lists are paged by key and searched by the beginnings of words, in time that does not grow with the register.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, select, true

from app import history
from app.certificates.lifecycle import CertificateState, PublicState, state_on
from app.certificates.models import Certificate, CertificateWord
from app.certificates.number import read_number
from app.db import Base, db
from app.suppliers.search import Listed, Page, WordIndex, are_few, look_for
from app.suppliers.search import page as search_page

WORDS = WordIndex(Base.metadata.tables[CertificateWord.__tablename__], "certificate_id")
CERTIFICATES = Listed(Certificate, Certificate.sort_key, Certificate.id)
SHOWN_TAGS = {
    "certificate:grant": "granted",
    "certificate:suspend": "suspended",
    "certificate:reinstate": "reinstated",
    "certificate:withdraw": "withdrawn",
}


class Finding(StrEnum):
    """The three answers about a number."""

    MISTYPED = "mistyped"
    UNKNOWN = "unknown"
    FOUND = "found"


@dataclass(frozen=True)
class Answer:
    """What the register says about a number. ``number`` is the tidy one, or what was typed when it is mistyped."""

    finding: Finding
    number: str
    certificate: Certificate | None = None


@dataclass(frozen=True)
class Event:
    """A dated change of state; ``reason`` is a public reason's code or empty."""

    on: datetime
    what: str
    reason: str


@dataclass(frozen=True)
class Wanted:
    """What narrows a list; empty texts narrow nothing."""

    words: str = ""
    state: str = ""


def look_up(typed: str) -> Answer:
    """Is the number mistyped, never issued, or found? Of a certificate with editions, the newest or the one named."""
    read = read_number(typed)
    if read is None:
        return Answer(Finding.MISTYPED, " ".join(typed.split())[:60])
    query = select(Certificate).where(Certificate.number == read.text, Certificate.public)
    if read.edition is not None:
        query = query.where(Certificate.edition == read.edition)
    certificate = db.session.scalar(query.order_by(Certificate.edition.desc()).limit(1))
    if certificate is None:
        return Answer(Finding.UNKNOWN, read.text)
    return Answer(Finding.FOUND, read.text, certificate)


def public_state(certificate: Certificate, today: date) -> PublicState:
    """What the certificate is on a day in Poland."""
    return state_on(certificate.state, certificate.valid_from, certificate.valid_until, today)


def public_answer(typed: str, today: date) -> dict[str, Any]:
    """What the register says about a number on a day in Poland, as plain values: the same for page, API and export.

    ``state`` is ``valid``, ``not_yet_valid``, ``suspended``, ``withdrawn`` or ``expired``; for a number that is not
    in the register ``unknown``, for one that cannot be ``mistyped``.
    """
    answer = look_up(typed)
    if answer.certificate is None:
        return {"number": answer.number, "state": answer.finding.value, "as_of": today.isoformat()}
    certificate = answer.certificate
    content = certificate.content
    holder = content["holder"]
    return {
        "number": certificate.number,
        "edition": certificate.edition,
        "state": public_state(certificate, today).value,
        "as_of": today.isoformat(),
        "public_reason": certificate.public_reason or None,
        "holder": holder["name"],
        "running_body": holder["running_body"],
        "holder_address": holder["address"],
        "nip": holder["nip"],
        "krs": holder["krs"],
        "scheme": {key: content["scheme"][key] for key in ("id", "version", "title")},
        "grade": content["grade"]["title"],
        "scope": content["scope"],
        "areas": [{key: area[key] for key in ("id", "title", "percent")} for area in content["areas"]],
        "granted_on": certificate.granted_on.isoformat(),
        "valid_from": certificate.valid_from.isoformat(),
        "valid_until": certificate.valid_until.isoformat(),
        "suspended_on": certificate.suspended_on.isoformat() if certificate.suspended_on else None,
        "withdrawn_on": certificate.withdrawn_on.isoformat() if certificate.withdrawn_on else None,
        "replaces": content["replaces"],
        "issuer": content["issuer"]["name"],
        "address": content["address"],
        "pdf_sha256": certificate.pdf_sha256 or None,
    }


def events(certificate: Certificate) -> list[Event]:
    """The dated history of states that everybody may see, the last one first."""
    return [
        Event(record.at, SHOWN_TAGS[record.tag], str(record.after.get("public_reason") or ""))
        for record in history.timeline(subject_id=certificate.id)
        if record.tag in SHOWN_TAGS
    ]


def page(visible: ColumnElement[bool], wanted: Wanted, today: date, after: str = "") -> Page[Certificate]:
    """The next fifty certificates under the condition ``visible``, by holder in Polish order."""
    conditions = [visible, _in_state(wanted.state, today)]
    number = read_number(wanted.words)
    if number:
        conditions.append(Certificate.number == number.text)
    search = look_for(WORDS, "" if number else wanted.words)
    return search_page(CERTIFICATES, search, conditions, after)


def _in_state(state: str, today: date) -> ColumnElement[bool]:
    stored, first, last = Certificate.state, Certificate.valid_from, Certificate.valid_until
    match state:
        case PublicState.VALID:
            return and_(stored == CertificateState.VALID, first <= today, last >= today)
        case PublicState.NOT_YET_VALID:
            return and_(stored == CertificateState.VALID, _if_few(first > today), last >= today)
        case PublicState.SUSPENDED:
            return and_(stored == CertificateState.SUSPENDED, last >= today)
        case PublicState.WITHDRAWN:
            return stored == CertificateState.WITHDRAWN
        case PublicState.EXPIRED:
            return and_(stored != CertificateState.WITHDRAWN, _if_few(last < today))
    return true()


def _if_few(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same condition; where few certificates meet it, they are read from its index and not along the list."""
    if not are_few(Certificate, [condition]):
        return condition
    return Certificate.id.in_(select(Certificate.id).where(condition).correlate(None))


IN_REGISTER: ColumnElement[bool] = Certificate.public.is_(True)
