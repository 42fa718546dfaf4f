"""The job that prints a certificate once and keeps the file with its digest."""

import hashlib
import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update

from app import history, storage
from app.accounts.permissions import SYSTEM
from app.certificates.models import Certificate
from app.db import begin_writing, db

KIND = "certificate.render"


def render_certificate(payload: dict[str, Any]) -> None:
    """Print the certificate named in ``payload``, unless it is printed already. Doing it twice changes nothing."""
    # WeasyPrint takes over a second and 60 MB to import: only the worker pays, and only when it prints.
    from app.certificates import document  # noqa: PLC0415  # see above

    certificate = db.session.get(Certificate, uuid.UUID(payload["certificate_id"]))
    if certificate is None or certificate.pdf_key:
        return
    content, case_id, supplier_id = certificate.content, certificate.case_id, certificate.supplier_id
    certificate_id = certificate.id
    db.session.rollback()  # no transaction stays open while the page is drawn
    keep_pdf(certificate_id, document.render(content), supplier_id=supplier_id, case_id=case_id)


def keep_pdf(certificate_id: uuid.UUID, pdf: bytes, *, supplier_id: uuid.UUID, case_id: uuid.UUID) -> None:
    """Store a rendered certificate and note where, unless another run was faster. Commits."""
    digest = hashlib.sha256(pdf).hexdigest()
    key = f"certificates/{certificate_id}/{digest}.pdf"
    storage.put(key, pdf)  # before the row that names it; a file that nothing names does no harm
    at = datetime.now(UTC)
    begin_writing()
    # without the version counter: printing must not refuse what somebody changes on a page at the same time
    done = db.session.execute(
        update(Certificate)
        .where(Certificate.id == certificate_id, Certificate.pdf_key == "")
        .values(pdf_key=key, pdf_sha256=digest, rendered_at=at)
        .execution_options(synchronize_session=False)
        .returning(Certificate.id)
    ).first()
    if done is not None:
        about = history.About(certificate_id, supplier_id=supplier_id, case_id=case_id)
        history.record("certificate:print", about, actor=SYSTEM, at=at, after={"sha256": digest})
    db.session.commit()
