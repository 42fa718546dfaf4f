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
MOST_WHOLE_WORDS = 12
Key = tuple[str, uuid.UUID]
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
    conditions = [visible, _in_state(wanted.state, today)]
    number = read_number(wanted.words)
    words = [] if number else search_words(wanted.words)[:MOST_WORDS]
    if number:
        conditions.append(Certificate.number == number.text)
    key = _read_key(after)
    rows = _found(words, conditions, key) if words else _listed(conditions, key)
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Page(rows[:PAGE], f"{last.id}{_BEHIND}{last.sort_key}" if last else "")


def _listed(conditions: Sequence[ColumnElement[bool]], key: Key | None) -> Sequence[Certificate]:
    """One more than a page, walking the list in its own order."""
    query = select(Certificate).where(*conditions).order_by(Certificate.sort_key, Certificate.id).limit(PAGE + 1)
    if key:
        query = query.where(tuple_(Certificate.sort_key, Certificate.id) > tuple_(*key))
    return db.session.scalars(query).all()


def _found(words: Sequence[str], conditions: list[ColumnElement[bool]], key: Key | None) -> Sequence[Certificate]:
    """One more than a page of those that have a word beginning with each of ``words``.

    A beginning that few have is read from the index of words; one that many have is followed word by word, each in
    the list's order; only a beginning of very many words (one or two letters) is looked up along the list.
    """
    counted = {word: _hits(word) for word in words}
    rarest = min(words, key=lambda word: counted[word])
    conditions = [*conditions, *(_has(word) for word in words if word != rarest)]
    if counted[rarest] <= FEW:
        few = select(CertificateWord.certificate_id).where(begins(CertificateWord.word, rarest))
        return _listed([*conditions, Certificate.id.in_(few)], key)
    whole = _whole_words(rarest)
    if whole is None:
        return _listed([*conditions, _has(rarest)], key)
    found = {one.id: one for word in whole for one in _with_word(word, conditions, key)}
    return sorted(found.values(), key=lambda one: (one.sort_key, one.id))[: PAGE + 1]


def _with_word(word: str, conditions: Sequence[ColumnElement[bool]], key: Key | None) -> Sequence[Certificate]:
    place = (CertificateWord.sort_key, CertificateWord.certificate_id)
    query = (
        select(Certificate)
        .join(CertificateWord, CertificateWord.certificate_id == Certificate.id)
        .where(CertificateWord.word == word, *conditions)
        .order_by(*place)
        .limit(PAGE + 1)
    )
    if key:
        query = query.where(tuple_(*place) > tuple_(*key))
    return db.session.scalars(query).all()


def _whole_words(prefix: str) -> list[str] | None:
    """The words that begin so, or None when they are more than ``MOST_WHOLE_WORDS``."""
    found: list[str] = []
    start = CertificateWord.word >= prefix
    while len(found) <= MOST_WHOLE_WORDS:
        following = db.session.scalar(select(func.min(CertificateWord.word)).where(start))
        if following is None or not following.startswith(prefix):
            return found
        found.append(following)
        start = CertificateWord.word > following
    return None


def _read_key(after: str) -> Key | None:
    certificate_id, _separator, sort_key = after.partition(_BEHIND)
    try:
        return sort_key, uuid.UUID(certificate_id)
    except ValueError:
        return None


def _in_state(state: str, today: date) -> ColumnElement[bool]:
    stored, first, last = Certificate.state, Certificate.valid_from, Certificate.valid_until
    conditions: dict[str, ColumnElement[bool]] = {
        PublicState.VALID: and_(stored == CertificateState.VALID, first <= today, last >= today),
        PublicState.NOT_YET_VALID: and_(stored == CertificateState.VALID, _if_few(first > today), last >= today),
        PublicState.SUSPENDED: and_(stored == CertificateState.SUSPENDED, last >= today),
        PublicState.WITHDRAWN: stored == CertificateState.WITHDRAWN,
        PublicState.EXPIRED: and_(stored != CertificateState.WITHDRAWN, _if_few(last < today)),
    }
    return conditions.get(state, true())


def _if_few(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same condition; where few certificates meet it, they are read from its index and not along the list."""
    some: Select[int] = select(literal_column("1")).select_from(Certificate).where(condition).limit(FEW + 1)
    if (db.session.scalar(select(func.count()).select_from(some.subquery())) or 0) > FEW:
        return condition
    return Certificate.id.in_(select(Certificate.id).where(condition).correlate(None))


def _hits(word: str) -> int:
    """How many words of certificates begin so, counted no further than just beyond ``FEW``."""
    some: Select[int] = select(literal_column("1")).where(begins(CertificateWord.word, word)).limit(FEW + 1)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def _has(word: str) -> ColumnElement[bool]:
    mine = select(CertificateWord.word).where(
        CertificateWord.certificate_id == Certificate.id, begins(CertificateWord.word, word)
    )
    return mine.correlate(Certificate).exists()  # not with the word that a query around it joins


IN_REGISTER: ColumnElement[bool] = Certificate.public.is_(True)
