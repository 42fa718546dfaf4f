"""The public register: what anybody may ask about a certificate, and the lists of certificates.

Lists are paged by key and searched by the beginnings of words, in time that does not grow with the register.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, select, true, tuple_

from app import history
from app.certificates.lifecycle import CertificateState, PublicState, state_on
from app.certificates.models import Certificate, CertificateWord
from app.certificates.number import read_number
from app.db import db
from app.suppliers.search import begins
from app.suppliers.words import search_words

PAGE = 50
FEW = 1_000
MOST_WORDS = 8
_BEHIND = "~"
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


@dataclass(frozen=True)
class Page:
    """Certificates in order; ``after`` is the key of the next page, empty on the last."""

    rows: Sequence[Certificate]
    after: str


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


def page(visible: ColumnElement[bool], wanted: Wanted, today: date, after: str = "") -> Page:
    """The next fifty certificates under the condition ``visible``, by holder in Polish order."""
    query = select(Certificate).where(visible, _in_state(wanted.state, today), _matches(wanted.words))
    query = query.order_by(Certificate.sort_key, Certificate.id).limit(PAGE + 1)
    if key := _read_key(after):
        query = query.where(tuple_(Certificate.sort_key, Certificate.id) > tuple_(*key))
    rows = db.session.scalars(query).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Page(rows[:PAGE], f"{last.id}{_BEHIND}{last.sort_key}" if last else "")


def _read_key(after: str) -> tuple[str, uuid.UUID] | None:
    certificate_id, _separator, sort_key = after.partition(_BEHIND)
    try:
        return sort_key, uuid.UUID(certificate_id)
    except ValueError:
        return None


def _in_state(state: str, today: date) -> ColumnElement[bool]:
    stored, first, last = Certificate.state, Certificate.valid_from, Certificate.valid_until
    conditions: dict[str, ColumnElement[bool]] = {
        PublicState.VALID: and_(stored == CertificateState.VALID, first <= today, last >= today),
        PublicState.NOT_YET_VALID: and_(stored == CertificateState.VALID, first > today, last >= today),
        PublicState.SUSPENDED: and_(stored == CertificateState.SUSPENDED, last >= today),
        PublicState.WITHDRAWN: stored == CertificateState.WITHDRAWN,
        PublicState.EXPIRED: and_(stored != CertificateState.WITHDRAWN, last < today),
    }
    return conditions.get(state, true())


def _matches(text: str) -> ColumnElement[bool]:
    """Every word of the text begins a word of the certificate. The rarest is read from the index of words."""
    if number := read_number(text):
        return Certificate.number == number.text
    words = search_words(text)[:MOST_WORDS]
    if not words:
        return true()
    counted = {word: _hits(word) for word in words}
    rarest = min(words, key=lambda word: counted[word])
    others = [_has(word) for word in words if word != rarest]
    if counted[rarest] > FEW:
        return and_(_has(rarest), *others)
    few = select(CertificateWord.certificate_id).where(begins(CertificateWord.word, rarest))
    return and_(Certificate.id.in_(few), *others)


def _hits(word: str) -> int:
    """How many words of certificates begin so, counted no further than just beyond ``FEW``."""
    some: Select[int] = select(literal_column("1")).where(begins(CertificateWord.word, word)).limit(FEW + 1)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def _has(word: str) -> ColumnElement[bool]:
    mine = select(CertificateWord.word).where(
        CertificateWord.certificate_id == Certificate.id, begins(CertificateWord.word, word)
    )
    return mine.exists()


IN_REGISTER: ColumnElement[bool] = Certificate.public.is_(True)
