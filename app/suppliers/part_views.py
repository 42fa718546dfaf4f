"""Pages of what belongs to a supplier: places, products and people."""

import uuid

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import history, timeline
from app.accounts.permissions import Permission
from app.db import db
from app.errors import Conflict
from app.suppliers import parts, service
from app.suppliers.forms import PART_FORMS, part_values, version_seen
from app.web import now, requires, the_actor

supplier_parts = Blueprint("supplier_parts", __name__, url_prefix="/suppliers/<uuid:supplier_id>")
KIND = "/<any(site, product, contact):kind>"
Answer = str | Response | tuple[str, int]


@supplier_parts.route(f"{KIND}s/new", methods=["GET", "POST"])
@requires(Permission.SUPPLIER_EDIT)
def add(supplier_id: uuid.UUID, kind: str) -> Answer:
    """Add a place, a product or a contact."""
    supplier = service.get_supplier(supplier_id, the_actor())
    form = PART_FORMS[kind]()
    if form.validate_on_submit():
        parts.add_part(supplier, kind, part_values(form), actor=the_actor(), at=now())
        db.session.commit()
        return _to(supplier_id, kind)
    page = render_template("suppliers/part.html", form=form, supplier=supplier, kind=kind, part=None)
    return page, 422 if form.is_submitted() else 200


@supplier_parts.route(f"{KIND}s/<uuid:part_id>", methods=["GET", "POST"])
@requires(Permission.SUPPLIER_EDIT)
def change(supplier_id: uuid.UUID, kind: str, part_id: uuid.UUID) -> Answer:
    """Change a place, a product or a contact."""
    supplier = service.get_supplier(supplier_id, the_actor())
    part = parts.get_part(supplier, kind, part_id)
    form = PART_FORMS[kind](obj=part)
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            parts.change_part(part, part_values(form), version=version_seen(form), actor=the_actor(), at=now())
        except Conflict:
            status, form.version.data = 409, str(part.version)
        else:
            db.session.commit()
            return _to(supplier_id, kind)
    changes = timeline.entries(history.timeline(subject_id=part.id, limit=1)) if status == 409 else []
    page = render_template("suppliers/part.html", form=form, supplier=supplier, kind=kind, part=part, changes=changes)
    return page, status


@supplier_parts.post(f"{KIND}s/<uuid:part_id>/remove")
@requires(Permission.SUPPLIER_EDIT)
def remove(supplier_id: uuid.UUID, kind: str, part_id: uuid.UUID) -> Response:
    """Remove a place, a product or a contact."""
    supplier = service.get_supplier(supplier_id, the_actor())
    parts.remove_part(parts.get_part(supplier, kind, part_id), actor=the_actor(), at=now())
    db.session.commit()
    return _to(supplier_id, kind)


def _to(supplier_id: uuid.UUID, kind: str) -> Response:
    return redirect(url_for("suppliers.show", supplier_id=supplier_id, _anchor=f"{kind}s"))
