"""Pages of applications: the public form, the one for a known supplier, and linking in the office."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.permissions import Actor, Permission
from app.audits.service import open_case, open_numbers
from app.db import db
from app.errors import Invalid
from app.limits import public_form
from app.mail import queue_letter
from app.suppliers import applications as waiting_room
from app.suppliers import service
from app.suppliers.application_forms import LinkForm, PublicForm, SupplierForm
from app.suppliers.models import Application, ApplicationChannel
from app.web import language, now, public, requires, the_actor

applications = Blueprint("applications", __name__)
Answer = str | Response | tuple[str, int]


@applications.route("/apply", methods=["GET", "POST"])
@public
@public_form
def apply() -> Answer:
    """Apply for certification without an account."""
    form = PublicForm()
    if form.validate_on_submit() and form.follows_rules():
        if not form.is_by_a_program():
            _receive(form)
        return redirect(url_for("applications.received"))
    return render_template("applications/apply.html", form=form), 422 if form.is_submitted() else 200


@applications.get("/apply/received")
@public
def received() -> str:
    """The application arrived; what happens next."""
    return render_template("applications/received.html")


@applications.route("/suppliers/<uuid:supplier_id>/apply", methods=["GET", "POST"])
@requires(Permission.APPLICATION_SUBMIT)
def for_supplier(supplier_id: uuid.UUID) -> Answer:
    """Apply for a supplier that is known; the case opens at once."""
    actor, at = the_actor(), now()
    supplier = service.get_supplier(supplier_id, actor)
    form = SupplierForm()
    form.offer(supplier)
    if form.validate_on_submit():
        channel = ApplicationChannel.OFFICE if actor.may(Permission.SUPPLIER_EDIT) else ApplicationChannel.SUPPLIER
        application = service.submit_application(
            form.submission(), channel=channel, supplier=supplier, actor=actor, at=at
        )
        return _open(application, actor)
    numbers = open_numbers(supplier.id, actor)
    page = render_template("applications/for_supplier.html", form=form, supplier=supplier, numbers=numbers)
    return page, 422 if form.is_submitted() else 200


@applications.get("/applications")
@requires(Permission.APPLICATION_REVIEW)
def index() -> str:
    """Applications from the public form that are not linked to a supplier yet."""
    return render_template("applications/index.html", waiting=waiting_room.waiting())


@applications.route("/applications/<uuid:application_id>", methods=["GET", "POST"])
@requires(Permission.APPLICATION_REVIEW)
def link(application_id: uuid.UUID) -> Answer:
    """Link an application to a supplier, known or new; its case opens in the same step."""
    actor, at = the_actor(), now()
    application = waiting_room.get_waiting(application_id)
    form = LinkForm()
    form.ask(application.product_scope)
    if form.validate_on_submit():
        try:
            _link(application, request.form.get("supplier", ""), form, actor)
        except Invalid as refused:
            form.form_errors.extend(refused.reasons)
        else:
            return _open(application, actor)
    likely = waiting_room.likely_suppliers(application)
    page = render_template("applications/link.html", application=application, likely=likely, form=form, at=at)
    return page, 422 if form.is_submitted() else 200


def _link(application: Application, chosen: str, form: LinkForm, actor: Actor) -> None:
    kinds = form.chosen(application.product_scope)
    if chosen == "new":
        waiting_room.register_applicant(application, kinds, actor=actor, at=now())
        return
    try:
        supplier_id = uuid.UUID(chosen)
    except ValueError:
        raise Invalid(_("Choose the supplier, or register a new one.")) from None
    waiting_room.link(application, service.get_supplier(supplier_id, actor), kinds, actor=actor, at=now())


def _open(application: Application, actor: Actor) -> Response:
    case = open_case(application, actor=actor, at=now())
    db.session.commit()
    flash(_("The case %(number)s is open.", number=case.number), "success")
    return redirect(url_for("audits.show", case_id=case.id))


def _receive(form: PublicForm) -> None:
    applicant = Actor(id=None, name=form.contact_name.data or "", roles=frozenset())
    at, submission = now(), form.submission()
    service.submit_application(submission, channel=ApplicationChannel.PUBLIC, supplier=None, actor=applicant, at=at)
    queue_letter(
        "application_received",
        to=form.contact_email.data or "",
        name=applicant.name,
        language=language(),
        at=at,
        submission=submission,
    )
    db.session.commit()
