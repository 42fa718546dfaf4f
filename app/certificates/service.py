"""Review, decision and certificates: who may, when, and what is kept of it."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select, text, true

from app import history, jobs
from app.accounts.models import User
from app.accounts.organisation import the_organisation
from app.accounts.permissions import Actor, Role
from app.audits.models import Case
from app.audits.service import step, visible_cases
from app.audits.states import PERMISSION_FOR as CASE_PERMISSION_FOR
from app.audits.states import Action
from app.certificates import letters, seal
from app.certificates.content import Terms, content_of
from app.certificates.file import CaseFile, file_of, sealed_file
from app.certificates.lifecycle import (
    PERMISSION_FOR,
    CertificateAction,
    CertificateState,
    PublicReason,
    last_day,
    move,
)
from app.certificates.models import Certificate, CertificateWord, Decision, Outcome, Recommendation, Review
from app.certificates.number import number_for
from app.certificates.rendering import KIND
from app.certificates.words import sentences
from app.config import current_settings
from app.db import db
from app.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from app.formats import local_day
from app.suppliers.words import search_words, sort_key

USUAL_MONTHS = 24
# Kept beside the change and not as its note: the supplier reads the notes of a case's history.
INTERNAL_REASON = "internal_reason"
_NUMBER_LOCK = 7_204_110  # any constant: on PostgreSQL one transaction at a time takes a number


def visible_certificates(actor: Actor) -> ColumnElement[bool]:
    """The condition on ``Certificate`` for what this person may see: those of the cases they see."""
    if actor.sees_every_case:
        return true()
    return Certificate.case_id.in_(select(Case.id).where(visible_cases(actor)))


def get_certificate(certificate_id: uuid.UUID, actor: Actor) -> Certificate:
    """One certificate.

    Raises:
        NotFound: it does not exist, or not for this person.
    """
    found = db.session.scalar(select(Certificate).where(Certificate.id == certificate_id, visible_certificates(actor)))
    if found is None:
        raise NotFound(_("There is no such certificate."))
    return found


def certificate_of(case: Case) -> Certificate | None:
    """The newest edition of the case's certificate."""
    return db.session.scalar(
        select(Certificate).where(Certificate.case_id == case.id).order_by(Certificate.edition.desc()).limit(1)
    )


def decision_of(case: Case) -> Decision | None:
    """The decision on a case."""
    return db.session.scalar(select(Decision).where(Decision.case_id == case.id))


def review(case: Case, *, recommendation: Recommendation, note: str, actor: Actor, at: datetime) -> Review:
    """Look at the complete file and recommend, or send it back to remediation with a note.

    Raises:
        Forbidden: the role does not include it, or the person audited this case or advised this supplier.
        Invalid: sending back or recommending a refusal needs a note.
        NotAllowedNow: the case is not under review.
    """
    action = Action.SEND_BACK if recommendation is Recommendation.SEND_BACK else Action.REVIEW
    _check_person(case, action, actor, at)
    note = note.strip()
    if recommendation is not Recommendation.GRANT and not note:
        raise Invalid(_("Write what is missing or why you recommend a refusal."))
    made = Review(case_id=case.id, reviewer_id=actor.id, recommendation=recommendation, note=note, at=at)
    case.reviewed_at = at if action is Action.REVIEW else None
    # a recommendation stays within the foundation; what is missing must reach those who complete it
    told = note if action is Action.SEND_BACK else ""
    step(case, action, actor=actor, at=at, role=Role.REVIEWER, note=told)
    db.session.add(made)
    db.session.flush()
    return made


def decide(
    case: Case, *, outcome: Outcome, rationale: str, actor: Actor, at: datetime, valid_from: date | None = None
) -> Decision:
    """Grant or refuse, for good: what it was taken on is sealed with a digest. A grant makes the certificate.

    ``valid_from`` defaults to the day of the decision in Poland.

    Raises:
        Forbidden: the role does not include it, or the person audited this case or advised this supplier.
        Invalid: no rationale, or a validity that begins before the decision.
        NotAllowedNow: the case is not reviewed, or something stands in the way; the reasons name it.
    """
    action = Action.GRANT if outcome is Outcome.GRANTED else Action.REFUSE
    file = _check_person(case, action, actor, at)
    if not rationale.strip():
        raise Invalid(_("Write the reasons of the decision."))
    granted_on = local_day(at)
    valid_from = valid_from or granted_on
    if valid_from < granted_on:
        raise Invalid(_("The certificate cannot be valid before the day of the decision."))
    if outcome is Outcome.GRANTED and file.reasons:
        raise NotAllowedNow(*sentences(file.reasons))
    told = rationale.strip() if action is Action.REFUSE else ""
    step(case, action, actor=actor, at=at, role=Role.DECISION_MAKER, note=told)
    content = sealed_file(file)
    made = Decision(
        case_id=case.id,
        decision_maker_id=actor.id,
        outcome=outcome,
        rationale=rationale.strip(),
        at=at,
        sealed=content,
        digest=seal.digest_of(content),
    )
    db.session.add(made)
    case.decided_at = at
    db.session.flush()
    _record("decision:seal", made.id, case, actor=actor, at=at, after={"outcome": outcome, "digest": made.digest})
    if outcome is Outcome.GRANTED:
        certificate = _issue(file, made, granted_on, valid_from, actor=actor, at=at)
        letters.tell_granted(certificate, at=at)
    else:
        letters.tell_refused(case, made, at=at)
    return made


def suspend(certificate: Certificate, *, reason: PublicReason, note: str, actor: Actor, at: datetime) -> None:
    """Suspend at once; ``reason`` is public, ``note`` is for the foundation only."""
    certificate.suspended_on = local_day(at)
    _change(certificate, CertificateAction.SUSPEND, reason=reason, note=note, actor=actor, at=at)


def reinstate(certificate: Certificate, *, note: str, actor: Actor, at: datetime) -> None:
    """End a suspension: the reason for it is gone."""
    certificate.suspended_on = None
    _change(certificate, CertificateAction.REINSTATE, reason=None, note=note, actor=actor, at=at)


def withdraw(certificate: Certificate, *, reason: PublicReason, note: str, actor: Actor, at: datetime) -> None:
    """Withdraw for good."""
    certificate.withdrawn_on = local_day(at)
    _change(certificate, CertificateAction.WITHDRAW, reason=reason, note=note, actor=actor, at=at)


def answers_json(decision: Decision) -> dict[str, Any]:
    """The answers that were decided on, in the shape of an answers file: ``flask checklist score`` reads it."""
    return seal.answers_file(decision.sealed)


def result_json(decision: Decision) -> dict[str, Any]:
    """The result that was decided on, as ``flask checklist score`` prints it."""
    result: dict[str, Any] = decision.sealed["result"]
    return result


def seal_holds(decision: Decision) -> bool:
    """Is the sealed document still the one whose digest was kept?"""
    return seal.digest_of(decision.sealed) == decision.digest


def changed_since(decision: Decision, file: CaseFile) -> bool:
    """Has anything in the file changed since the decision was sealed? Then it needs a new decision."""
    return file.after is None or seal.digest_of(sealed_file(file)) != decision.digest


def _check_person(case: Case, action: Action, actor: Actor, at: datetime) -> CaseFile:
    if not actor.may(CASE_PERMISSION_FOR[action]):
        raise Forbidden(_("Your role does not include this step."))
    file = file_of(case, actor, at)
    if file.ties:
        raise Forbidden(*sentences(file.ties))
    return file


def _issue(
    file: CaseFile, decision: Decision, granted_on: date, valid_from: date, *, actor: Actor, at: datetime
) -> Certificate:
    case, checklist, result = file.case, file.checklist, file.after
    decision_maker = db.session.get(User, actor.id)
    if checklist is None or result is None or decision_maker is None:
        raise NotAllowedNow(_("The file is not complete."))
    months = next(grade.valid_months for grade in checklist.content.grades if grade.id == result.grade)
    year, sequence = granted_on.year, next_sequence(granted_on.year)
    terms = Terms(
        number=number_for(year, sequence),
        edition=1,
        address=public_address(number_for(year, sequence)),
        granted_on=granted_on,
        valid_from=valid_from,
        valid_until=last_day(valid_from, months or USUAL_MONTHS),
        replaces=_replaced_number(case, granted_on),
    )
    content = content_of(case, checklist, result, terms, decision_maker=decision_maker, issuer=the_organisation())
    certificate = Certificate(
        number=terms.number,
        edition=terms.edition,
        year=year,
        sequence=sequence,
        case_id=case.id,
        supplier_id=case.supplier_id,
        decision_id=decision.id,
        content=content,
        holder_name=case.supplier.name,
        sort_key=sort_key(case.supplier.name),
        public=case.consent_register,
        granted_on=granted_on,
        valid_from=valid_from,
        valid_until=terms.valid_until,
    )
    db.session.add(certificate)
    db.session.flush()
    make_findable(certificate)
    granted = {"number": terms.number, "state": certificate.state, "valid_until": terms.valid_until}
    _record("certificate:grant", certificate.id, case, actor=actor, at=at, after=granted)
    jobs.queue(KIND, {"certificate_id": str(certificate.id)}, at=at, unique_key=f"{KIND}:{certificate.id}")
    return certificate


def next_sequence(year: int) -> int:
    """The next free sequence of a year, in the caller's transaction.

    On SQLite writers wait for each other anyway; on PostgreSQL a lock of its own is held until the transaction
    ends. The unique constraint is the last word on both.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key, :year)"), {"key": _NUMBER_LOCK, "year": year})
    return (db.session.scalar(select(func.max(Certificate.sequence)).where(Certificate.year == year)) or 0) + 1


def public_address(number: str) -> str:
    """The address of a certificate's public page, as printed."""
    return f"{current_settings().public_url}/c/{number}"


def make_findable(certificate: Certificate) -> None:
    """Write the words by which the register finds this certificate."""
    holder, scope = certificate.content["holder"], certificate.content["scope"]
    said = search_words(
        holder["name"],
        holder["legal_form"],
        holder["running_body"],
        holder["town"],
        holder["nip"],
        *scope["products"],
        *scope["sites"],
        certificate.number,
        f"{certificate.sequence:05d}",
    )
    db.session.add_all(
        CertificateWord(certificate_id=certificate.id, word=word, sort_key=certificate.sort_key) for word in said
    )
    db.session.flush()


def _replaced_number(case: Case, on: date) -> str | None:
    query = (
        select(Certificate.number)
        .where(
            Certificate.supplier_id == case.supplier_id,
            Certificate.state != CertificateState.WITHDRAWN,
            Certificate.valid_until >= on,
        )
        .order_by(Certificate.valid_until.desc(), Certificate.id.desc())
    )
    return db.session.scalar(query.limit(1))


def _change(
    certificate: Certificate,
    action: CertificateAction,
    *,
    reason: PublicReason | None,
    note: str,
    actor: Actor,
    at: datetime,
) -> None:
    if not actor.may(PERMISSION_FOR[action]):
        raise Forbidden(_("Your role does not include this step."))
    target = move(certificate.state, action)
    if target is None:
        raise NotAllowedNow(_("This step is not possible in the present state of the certificate."))
    if not note.strip():
        raise Invalid(_("Write why, for the foundation's records."))
    before = {"state": certificate.state, "public_reason": certificate.public_reason}
    certificate.state = target
    certificate.public_reason = reason.value if reason else ""
    after = {"state": target, "public_reason": certificate.public_reason, INTERNAL_REASON: note.strip()}
    _record(f"certificate:{action}", certificate.id, certificate.case, actor=actor, at=at, before=before, after=after)
    letters.tell_changed(certificate, action, at=at)


def _record(tag: str, subject: uuid.UUID, case: Case, *, actor: Actor, at: datetime, **changed: Any) -> None:
    about = history.About(subject, supplier_id=case.supplier_id, case_id=case.id)
    history.record(tag, about, actor=actor, at=at, role=Role.DECISION_MAKER, **changed)


def certificates_of_supplier(supplier_id: uuid.UUID) -> Sequence[Certificate]:
    """The certificates of a supplier, the newest first."""
    return db.session.scalars(
        select(Certificate)
        .where(Certificate.supplier_id == supplier_id)
        .order_by(Certificate.granted_on.desc(), Certificate.id.desc())
    ).all()
