"""Pages of suppliers: the list, one supplier, registering and changing; facts and advice."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app import history, timeline
from app.accounts.permissions import Permission
from app.accounts.service import people_with_role
from app.audits.models import Case
from app.audits.service import SCHEME, visible_cases
from app.checklists import library
from app.db import db
from app.errors import Conflict, Invalid
from app.suppliers import listing, names, places, service
from app.suppliers.facts import derived_facts, known_facts, set_facts
from app.suppliers.forms import (
    CHOOSE,
    AdviceForm,
    ChangeBodyForm,
    ChangeUnitForm,
    FilterForm,
    RegisterForm,
    body_values,
    choices_of,
    facts_form,
    mark,
    unit_values,
    version_seen,
)
from app.suppliers.particulars import body_problems, tidy_body, tidy_unit, unit_problems
from app.web import now, requires, the_actor

suppliers = Blueprint("suppliers", __name__, url_prefix="/suppliers")
suppliers.add_app_template_filter(names.legal_form)
suppliers.add_app_template_filter(names.short_form)
suppliers.add_app_template_filter(names.product_kind)
suppliers.add_app_template_filter(names.people)
suppliers.add_app_template_filter(places.place_name)
Answer = str | Response | tuple[str, int]


@suppliers.get("")
@requires(Permission.SUPPLIER_READ)
def index() -> str:
    """The suppliers this person may see, in Polish order."""
    form = FilterForm(request.args)
    wanted = listing.wanted(request.args)
    after, search = request.args.get("after", ""), listing.search_for(wanted)
    page = listing.page(the_actor(), wanted, after, search)
    count = None if after else listing.count(the_actor(), wanted, search)
    return render_template("suppliers/index.html", page=page, count=count, form=form, wanted=listing.as_query(wanted))


@suppliers.get("/<uuid:supplier_id>")
@requires(Permission.SUPPLIER_READ)
def show(supplier_id: uuid.UUID) -> str:
    """One supplier: facts, running body, places, products, people, cases, history."""
    actor = the_actor()
    supplier = service.get_supplier(supplier_id, actor)
    cases = select(Case).where(Case.supplier_id == supplier.id, visible_cases(actor)).order_by(Case.applied_at.desc())
    return render_template(
        "suppliers/show.html",
        supplier=supplier,
        cases=db.session.scalars(cases).all(),
        advice=service.advice_for(supplier) if actor.is_staff else [],
        facts=_facts_in_words(known_facts(supplier, _profile())),
        corrected=supplier.profile,
        records=timeline.entries(history.timeline(supplier_id=supplier.id, limit=50)) if actor.is_staff else [],
    )


@suppliers.route("/new", methods=["GET", "POST"])
@requires(Permission.SUPPLIER_EDIT)
def register() -> Answer:
    """Register a supplier, with a new running body or one that is known."""
    form = RegisterForm()
    if form.validate_on_submit() and _right(form):
        try:
            supplier = service.register_supplier(
                form.unit.form.entered(), form.body.form.entered(), actor=the_actor(), at=now()
            )
        except Invalid as refused:
            form.form_errors.extend(refused.reasons)
        else:
            db.session.commit()
            flash(_("The supplier is registered."), "success")
            return _to(supplier.id)
    return render_template("suppliers/register.html", form=form), 422 if form.is_submitted() else 200


@suppliers.route("/<uuid:supplier_id>/change", methods=["GET", "POST"])
@requires(Permission.SUPPLIER_EDIT)
def change(supplier_id: uuid.UUID) -> Answer:
    """Change what is known about the unit."""
    supplier = service.get_supplier(supplier_id, the_actor())
    form = ChangeUnitForm(data={"unit": unit_values(supplier), "version": supplier.version})
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit() and _right(form):
        try:
            service.change_supplier(
                supplier, form.unit.form.entered(), version=version_seen(form), actor=the_actor(), at=now()
            )
        except Conflict:
            status, form.version.data = 409, str(supplier.version)
        else:
            db.session.commit()
            return _to(supplier.id)
    changes = timeline.entries(history.timeline(subject_id=supplier.id, limit=1)) if status == 409 else []
    return render_template("suppliers/change.html", form=form, supplier=supplier, changes=changes), status


@suppliers.route("/<uuid:supplier_id>/running-body", methods=["GET", "POST"])
@requires(Permission.SUPPLIER_EDIT)
def change_body(supplier_id: uuid.UUID) -> Answer:
    """Change what is known about the running body."""
    supplier = service.get_supplier(supplier_id, the_actor())
    body = supplier.running_body
    form = ChangeBodyForm(data={"body": body_values(body), "version": body.version})
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit() and _right(form):
        try:
            service.change_running_body(
                supplier, form.body.form.entered(), version=version_seen(form), actor=the_actor(), at=now()
            )
        except Conflict:
            status, form.version.data = 409, str(body.version)
        except Invalid as refused:
            form.form_errors.extend(refused.reasons)
        else:
            db.session.commit()
            return _to(supplier.id)
    changes = timeline.entries(history.timeline(subject_id=body.id, limit=1)) if status == 409 else []
    units = service.units_of(body)
    page = render_template("suppliers/body.html", form=form, supplier=supplier, units=units, changes=changes)
    return page, status


@suppliers.route("/<uuid:supplier_id>/facts", methods=["GET", "POST"])
@requires(Permission.SUPPLIER_EDIT)
def facts(supplier_id: uuid.UUID) -> Answer:
    """Correct the facts that decide which criteria apply."""
    supplier = service.get_supplier(supplier_id, the_actor())
    profile = _profile()
    form = facts_form(profile)(data=known_facts(supplier, profile))
    if form.validate_on_submit():
        wanted = {name: form[name].data for name in profile}
        set_facts(supplier, wanted, profile, actor=the_actor(), at=now())
        db.session.commit()
        return _to(supplier.id)
    derived = _facts_in_words(derived_facts(supplier))
    page = render_template("suppliers/facts.html", form=form, supplier=supplier, derived=derived, profile=profile)
    return page, 422 if form.is_submitted() else 200


@suppliers.route("/<uuid:supplier_id>/advice", methods=["GET", "POST"])
@requires(Permission.SUPPLIER_EDIT)
def log_advice(supplier_id: uuid.UUID) -> Answer:
    """Note who advised the supplier; it keeps that person out of its audits and decisions."""
    supplier = service.get_supplier(supplier_id, the_actor())
    people = {str(user.id): user for role in service.ADVISING for user in people_with_role(role)}
    form = AdviceForm()
    form.adviser.choices = [CHOOSE, *choices_of({key: user.name for key, user in people.items()})]
    if form.validate_on_submit() and form.given_on.data:
        adviser, topic = people[form.adviser.data], form.topic.data or ""
        try:
            service.log_advice(
                supplier, adviser=adviser, given_on=form.given_on.data, topic=topic, actor=the_actor(), at=now()
            )
        except Invalid as refused:
            form.given_on.errors = refused.reasons
        else:
            db.session.commit()
            return _to(supplier.id)
    return render_template("suppliers/advice.html", form=form, supplier=supplier), 422 if form.is_submitted() else 200


def _right(form: RegisterForm | ChangeUnitForm | ChangeBodyForm) -> bool:
    """Judge what was entered by the rules, and put each sentence at its field."""
    right = True
    if "unit" in form:
        right = mark(form.unit.form, unit_problems(tidy_unit(form.unit.form.entered())))
    if "body" in form:
        right = mark(form.body.form, body_problems(tidy_body(form.body.form.entered()))) and right
    return right


def _profile() -> dict[str, list[str]]:
    return {name: list(values) for name, values in library.current(SCHEME).content.profile.items()}


def _facts_in_words(facts: dict[str, list[str]]) -> list[tuple[str, str, str]]:
    """Fact, its name and its values as words."""
    return [
        (name, names.fact(name), ", ".join(names.fact_value(name, value) for value in values))
        for name, values in facts.items()
    ]


def _to(supplier_id: uuid.UUID) -> Response:
    return redirect(url_for("suppliers.show", supplier_id=supplier_id))
