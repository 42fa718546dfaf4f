"""Pages of review, decision and certificates, for the foundation and for suppliers."""

import uuid
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import history, storage, timeline
from app.accounts.permissions import Permission
from app.audits.models import Case
from app.audits.pictures import picture_of
from app.audits.service import get_case
from app.certificates import register, service
from app.certificates.file import CaseFile, file_of
from app.certificates.forms import DecisionForm, ListForm, ReasonForm, ReinstateForm, ReviewForm
from app.certificates.lifecycle import CertificateAction, PublicReason, move
from app.certificates.models import Certificate, Outcome, Recommendation
from app.certificates.words import sentences
from app.checklists.words import words
from app.db import db
from app.errors import Invalid, NotAllowedNow, NotFound
from app.formats import today_in_poland
from app.web import language, now, requires, the_actor

certificates = Blueprint("certificates", __name__)


@certificates.get("/certificates")
@requires(Permission.CERTIFICATE_READ)
def index() -> str:
    """The certificates that this person may see, by holder."""
    wanted = register.Wanted(request.args.get("q", ""), request.args.get("state", ""))
    visible = service.visible_certificates(the_actor())
    page = register.page(visible, wanted, today_in_poland(), request.args.get("after", ""))
    return render_template(
        "certificates/index.html", page=page, form=ListForm(request.args), state_today=_state_today, wanted=wanted
    )


@certificates.get("/certificates/<uuid:certificate_id>")
@requires(Permission.CERTIFICATE_READ)
def show(certificate_id: uuid.UUID) -> str:
    """One certificate: state today, what it states, what can be done, and its history."""
    actor = the_actor()
    certificate = service.get_certificate(certificate_id, actor)
    return render_template(
        "certificates/show.html",
        certificate=certificate,
        state=_state_today(certificate),
        possible=[action for action in CertificateAction if move(certificate.state, action)],
        records=_records(certificate, staff=actor.is_staff),
    )


@certificates.get("/certificates/<uuid:certificate_id>/certificate.pdf")
@requires(Permission.CERTIFICATE_READ)
def download(certificate_id: uuid.UUID) -> Response:
    """The certificate to print."""
    return pdf_of(service.get_certificate(certificate_id, the_actor()))


@certificates.get("/cases/<uuid:case_id>/certificate")
@requires(Permission.CERTIFICATE_READ)
def of_case(case_id: uuid.UUID) -> Response:
    """To the certificate of a case."""
    certificate = service.certificate_of(get_case(case_id, the_actor()))
    if certificate is None:
        raise NotFound(_("This case has no certificate."))
    return redirect(url_for("certificates.show", certificate_id=certificate.id))


@certificates.route("/cases/<uuid:case_id>/review", methods=["GET", "POST"])
@requires(Permission.REVIEW_MAKE)
def review(case_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """The complete file for the reviewer, and the recommendation."""
    case = get_case(case_id, the_actor())
    form = ReviewForm()
    if form.validate_on_submit():
        recommendation = Recommendation(form.recommendation.data)
        try:
            service.review(case, recommendation=recommendation, note=form.note.data or "", actor=the_actor(), at=now())
        except Invalid as refused:
            form.note.errors = list(refused.reasons)
        else:
            db.session.commit()
            flash(_("Your review is saved."), "success")
            return redirect(url_for("audits.show", case_id=case_id))
    return _file_page("certificates/review.html", case, form)


@certificates.route("/cases/<uuid:case_id>/decision", methods=["GET", "POST"])
@requires(Permission.DECISION_MAKE)
def decision(case_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """The complete file for the decision maker, what stands in the way, and the decision."""
    case = get_case(case_id, the_actor())
    form = DecisionForm()
    if form.validate_on_submit():
        try:
            service.decide(
                case,
                outcome=Outcome(form.outcome.data),
                rationale=form.rationale.data or "",
                valid_from=form.valid_from.data,
                actor=the_actor(),
                at=now(),
            )
        except (Invalid, NotAllowedNow) as refused:
            form.form_errors.extend(refused.reasons)
            db.session.rollback()
        else:
            db.session.commit()
            flash(_("The decision is taken and sealed."), "success")
            granted = form.outcome.data == Outcome.GRANTED
            return redirect(url_for("certificates.of_case" if granted else "audits.show", case_id=case_id))
    return _file_page("certificates/decision.html", case, form)


@certificates.route("/certificates/<uuid:certificate_id>/<any(suspend, withdraw):action>", methods=["GET", "POST"])
@requires(Permission.CERTIFICATE_MANAGE)
def stop(certificate_id: uuid.UUID, action: str) -> str | Response | tuple[str, int]:
    """Suspend or withdraw with a reason."""
    certificate = service.get_certificate(certificate_id, the_actor())
    form = ReasonForm()
    if form.validate_on_submit():
        change = service.suspend if action == "suspend" else service.withdraw
        change(
            certificate, reason=PublicReason(form.reason.data), note=form.note.data or "", actor=the_actor(), at=now()
        )
        return _changed(certificate)
    page = render_template("certificates/stop.html", certificate=certificate, form=form, action=action)
    return page, 422 if form.errors else 200


@certificates.route("/certificates/<uuid:certificate_id>/reinstate", methods=["GET", "POST"])
@requires(Permission.CERTIFICATE_MANAGE)
def reinstate(certificate_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """End a suspension."""
    certificate = service.get_certificate(certificate_id, the_actor())
    form = ReinstateForm()
    if form.validate_on_submit():
        service.reinstate(certificate, note=form.note.data or "", actor=the_actor(), at=now())
        return _changed(certificate)
    page = render_template("certificates/stop.html", certificate=certificate, form=form, action="reinstate")
    return page, 422 if form.errors else 200


def pdf_of(certificate: Certificate) -> Response:
    """The stored PDF as an answer.

    Raises:
        NotFound: it is not printed yet.
    """
    if not certificate.pdf_key:
        raise NotFound(_("The certificate is being printed. Try again in a moment."))
    response = send_file(
        storage.open_file(certificate.pdf_key),
        mimetype="application/pdf",
        download_name=f"{certificate.number}.pdf",
        etag=certificate.pdf_sha256,
    )
    response.headers["X-Content-SHA256"] = certificate.pdf_sha256
    return response


def _file_page(template: str, case: Case, form: ReviewForm | DecisionForm) -> tuple[str, int]:
    file = file_of(case, the_actor(), now(), language())
    made = service.decision_of(case)
    page = render_template(
        template,
        case=case,
        file=file,
        picture=_picture(file),
        words=words(file.checklist, language()) if file.checklist else None,
        ties=sentences(file.ties),
        reasons=sentences(file.reasons),
        made=made,
        seal_holds=made is not None and service.seal_holds(made),
        changed=made is not None and service.changed_since(made, file),
        form=form,
    )
    return page, 422 if form.errors else 200


def _picture(file: CaseFile) -> object:
    if file.checklist is None or file.found is None:
        return None
    return picture_of(file.checklist, file.found, file.today, language())


def _state_today(certificate: Certificate) -> str:
    return register.public_state(certificate, today_in_poland()).value


def _records(certificate: Certificate, *, staff: bool) -> list[timeline.Entry]:
    """The timeline; the foundation's own reasons are for its staff only."""
    records = history.timeline(subject_id=certificate.id)
    shown = timeline.entries(records)
    if not staff:
        return shown
    return [
        replace(entry, reason=str(record.after.get(service.INTERNAL_REASON, "")))
        for entry, record in zip(shown, records, strict=True)
    ]


def _changed(certificate: Certificate) -> Response:
    db.session.commit()
    flash(_("Saved. The register shows it from now on."), "success")
    return redirect(url_for("certificates.show", certificate_id=certificate.id))
