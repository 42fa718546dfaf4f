"""Applications that wait in the office: what applicants wrote, and how the office links them to a supplier."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import history
from app.accounts.permissions import Actor
from app.db import db
from app.errors import NotAllowedNow, NotFound
from app.suppliers.listing import SUPPLIERS
from app.suppliers.models import Application, LegalForm, ProductKind, RunningBody, Supplier
from app.suppliers.particulars import Body, Unit
from app.suppliers.parts import add_part
from app.suppliers.search import SUPPLIER_WORDS, look_for
from app.suppliers.search import page as search_page
from app.suppliers.service import register_supplier
from app.suppliers.words import plain

MOST_MATCHES = 8
MOST_WAITING = 200


def waiting() -> Sequence[Application]:
    """Applications from the public form that are not linked to a supplier yet, the oldest first."""
    unlinked = select(Application).where(Application.supplier_id.is_(None))
    return db.session.scalars(unlinked.order_by(Application.submitted_at, Application.id).limit(MOST_WAITING)).all()


def get_waiting(application_id: uuid.UUID) -> Application:
    """An application that is not linked yet.

    Raises:
        NotFound: there is none.
        NotAllowedNow: someone linked it already.
    """
    application = db.session.get(Application, application_id)
    if application is None:
        raise NotFound(_("There is no such application."))
    if application.supplier_id is not None:
        raise NotAllowedNow(_("This application is linked to a supplier already."))
    return application


def likely_suppliers(application: Application) -> Sequence[Supplier]:
    """Suppliers whose running body has the applicant's NIP, then those with the words of the unit's name."""
    wrote = application.particulars
    by_nip = select(Supplier).join(RunningBody, RunningBody.id == Supplier.running_body_id)
    by_nip = by_nip.where(RunningBody.nip == wrote.get("nip", "")).order_by(Supplier.sort_key, Supplier.id)
    found = list(db.session.scalars(by_nip.limit(MOST_MATCHES)))
    by_name = look_for(SUPPLIER_WORDS, wrote.get("unit_name", ""))
    named = search_page(SUPPLIERS, by_name, []).rows[:MOST_MATCHES] if by_name.words else []
    return [*found, *(supplier for supplier in named if supplier not in found)]


def products_to_take(application: Application, supplier: Supplier | None = None) -> list[str]:
    """The products that the application names and the supplier does not have yet."""
    known = {plain(product.name) for product in supplier.products} if supplier else set()
    return [name for name in application.product_scope if plain(name) not in known]


def link(
    application: Application, supplier: Supplier, kinds: Mapping[str, ProductKind], *, actor: Actor, at: datetime
) -> None:
    """Say which supplier the application is about, and take over what it names and the supplier does not have.

    ``kinds``: product's name → kind, for those that are to be taken over; the kind decides what the audit asks.
    """
    if application.supplier_id is not None:
        raise NotAllowedNow(_("This application is linked to a supplier already."))
    application.supplier_id = supplier.id
    db.session.flush()
    subject = history.About(application.id, supplier_id=supplier.id)
    history.record("application:link", subject, actor=actor, at=at, after={"supplier": supplier.name})
    for name in products_to_take(application, supplier):
        if name in kinds:
            add_part(supplier, "product", {"name": name, "kind": kinds[name]}, actor=actor, at=at)
    places = {plain(site.name) for site in supplier.sites}
    for site in application.site_scope:
        if plain(site) not in places:
            add_part(supplier, "site", {"name": site}, actor=actor, at=at)
    wrote = application.particulars
    contact = {column: wrote.get(f"contact_{column}", "") for column in ("name", "function", "email", "phone")}
    if contact["name"] and contact["email"].casefold() not in {one.email.casefold() for one in supplier.contacts}:
        add_part(supplier, "contact", contact, actor=actor, at=at)


def register_applicant(
    application: Application, kinds: Mapping[str, ProductKind], *, actor: Actor, at: datetime
) -> Supplier:
    """A new supplier from what the applicant wrote, and the application linked to it.

    Raises:
        Invalid: what the applicant wrote is wrong, for instance the NIP.
    """
    wrote = application.particulars
    supplier = register_supplier(unit_of(wrote), body_of(wrote), actor=actor, at=at)
    link(application, supplier, kinds, actor=actor, at=at)
    return supplier


def unit_of(wrote: Mapping[str, str]) -> Unit:
    """The unit that an applicant wrote about."""
    return Unit(
        name=wrote["unit_name"],
        legal_form=LegalForm(wrote["unit_form"]),
        street=wrote.get("street", ""),
        postal_code=wrote.get("postal_code", ""),
        town=wrote.get("town", ""),
    )


def body_of(wrote: Mapping[str, str]) -> Body:
    """The running body that an applicant wrote about; the unit itself when nothing else was said."""
    form = LegalForm(wrote.get("body_form") or wrote["unit_form"])
    return Body(
        name=wrote.get("body_name") or wrote["unit_name"],
        legal_form=form,
        nip=wrote.get("nip", ""),
        krs=wrote.get("krs", ""),
    )
