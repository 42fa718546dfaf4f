"""E-mails about decisions and certificates, to every contact of the supplier."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import mail
from app.accounts.models import User
from app.audits.models import Case
from app.certificates.lifecycle import CertificateAction
from app.certificates.models import Certificate, Decision
from app.certificates.words import public_reason
from app.db import db
from app.suppliers.models import Contact

POLISH = "pl"


def tell_granted(certificate: Certificate, *, at: datetime) -> None:
    """The certificate is granted."""
    _tell(certificate.supplier_id, "certificate_granted", at=at, certificate=certificate, **_links(certificate))


def tell_refused(case: Case, decision: Decision, *, at: datetime) -> None:
    """The certificate is refused, and why."""
    link = mail.link("audits.show", case_id=case.id)
    _tell(case.supplier_id, "certificate_refused", at=at, reasons=decision.rationale, link=link)


def tell_changed(certificate: Certificate, action: CertificateAction, *, at: datetime) -> None:
    """The certificate is suspended, valid again or withdrawn."""
    _tell(
        certificate.supplier_id,
        "certificate_changed",
        at=at,
        certificate=certificate,
        action=action.value,
        public_reason=public_reason(certificate.public_reason),
        **_links(certificate),
    )


def _links(certificate: Certificate) -> dict[str, str]:
    return {
        "public_page": str(certificate.content["address"]),
        "link": mail.link("certificates.show", certificate_id=certificate.id),
    }


def _tell(supplier_id: Any, letter: str, *, at: datetime, **words: Any) -> None:
    for email, name, language in _recipients(supplier_id):
        mail.queue_letter(letter, to=email, name=name, language=language, at=at, **words)


def _recipients(supplier_id: Any) -> Iterator[tuple[str, str, str]]:
    """Address, name and language of each contact with an e-mail; people with an account get it at the account's."""
    query = (
        select(Contact.email, Contact.name, User.email, User.language)
        .join(User, User.id == Contact.user_id, isouter=True)
        .where(Contact.supplier_id == supplier_id)
        .order_by(Contact.id)
    )
    for contact_email, name, user_email, language in db.session.execute(query):
        if address := user_email or contact_email:
            yield address, name, language or POLISH
