"""The job that prints the report of an audit once and keeps the file with its digest."""

import hashlib
import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update

from app import history, storage
from app.accounts.permissions import SYSTEM
from app.audits.models import Case
from app.audits.service import about
from app.db import begin_writing, db
from app.remediation.report import content_of

KIND = "report.render"


def render_report(payload: dict[str, Any]) -> None:
    """Print the report of the case named in ``payload``, unless it is printed already. Twice changes nothing."""
    # WeasyPrint takes over a second and 60 MB to import: only the worker pays, and only when it prints.
    from app.audits import report_pdf  # noqa: PLC0415  # see above

    case = db.session.get(Case, uuid.UUID(payload["case_id"]))
    if case is None or case.audit is None or case.report_key:
        return
    content, case_id = content_of(case, case.audit), case.id
    db.session.rollback()  # no transaction stays open while the pages are drawn
    keep_pdf(case_id, report_pdf.render_report(content))


def keep_pdf(case_id: uuid.UUID, pdf: bytes) -> None:
    """Store a printed report and note where, unless another run was faster. Commits."""
    digest = hashlib.sha256(pdf).hexdigest()
    key = f"reports/{case_id}/{digest}.pdf"
    storage.put(key, pdf)  # before the row that names it; a file that nothing names does no harm
    begin_writing()
    # without the version counter: printing must not refuse what somebody changes on a page at the same time
    done = db.session.execute(
        update(Case)
        .where(Case.id == case_id, Case.report_key == "")
        .values(report_key=key, report_sha256=digest)
        .execution_options(synchronize_session=False)
        .returning(Case.id)
    ).first()
    if done is not None:
        case = db.session.get_one(Case, case_id)
        history.record("report:print", about(case), actor=SYSTEM, at=datetime.now(UTC), after={"sha256": digest})
    db.session.commit()
