"""What belongs to a supplier: places, products and people; added, changed and removed, each change recorded."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import history
from app.accounts.permissions import Actor
from app.db import db
from app.errors import Conflict, NotFound
from app.suppliers.models import Contact, Product, Site, Supplier

Part = Site | Product | Contact
KINDS: Mapping[str, type[Part]] = {"site": Site, "product": Product, "contact": Contact}


def get_part(supplier: Supplier, kind: str, part_id: uuid.UUID) -> Part:
    """One place, product or contact of the supplier.

    Raises:
        NotFound: it is not this supplier's.
    """
    model = KINDS[kind]
    part = db.session.scalar(select(model).where(model.id == part_id, model.supplier_id == supplier.id))
    if not isinstance(part, Part):
        raise NotFound(_("There is no such entry."))
    return part


def add_part(supplier: Supplier, kind: str, values: Mapping[str, object], *, actor: Actor, at: datetime) -> Part:
    """A new place, product or contact; ``values`` by column."""
    part = KINDS[kind](supplier_id=supplier.id, **values)
    db.session.add(part)
    db.session.flush()
    after = {name: value for name, value in values.items() if value}
    history.record(f"{kind}:add", _about(part), actor=actor, at=at, after=after)
    return part


def change_part(part: Part, values: Mapping[str, object], *, version: int, actor: Actor, at: datetime) -> None:
    """Take over what differs; nothing is recorded when nothing does. ``version`` is the one that the person saw.

    Raises:
        Conflict: someone else changed it in the meantime.
    """
    before = {name: getattr(part, name) for name, value in values.items() if getattr(part, name) != value}
    if not before:
        return
    if part.version != version:
        raise Conflict(_("Someone else changed this in the meantime. Look at the present version first."))
    after = {name: values[name] for name in before}
    for name, value in after.items():
        setattr(part, name, value)
    db.session.flush()
    history.record(f"{_kind(part)}:change", _about(part), actor=actor, at=at, before=before, after=after)


def contacts_of(user_id: uuid.UUID) -> Sequence[Contact]:
    """What suppliers know about a person who speaks for them: one contact for each supplier."""
    own = select(Contact).where(Contact.user_id == user_id).order_by(Contact.id)
    return db.session.scalars(own).all()


def keep_own_contacts(user_id: uuid.UUID, *, name: str, function: str, phone: str, actor: Actor, at: datetime) -> None:
    """Take over what a person says about themselves into their suppliers' contacts."""
    for contact in contacts_of(user_id):
        said = {"name": name, "function": function, "phone": phone}
        change_part(contact, said, version=contact.version, actor=actor, at=at)


def remove_part(part: Part, *, actor: Actor, at: datetime) -> None:
    """Remove it. A contact who had an account no longer sees the supplier."""
    history.record(f"{_kind(part)}:remove", _about(part), actor=actor, at=at, before={"name": part.name})
    db.session.delete(part)
    db.session.flush()


def _kind(part: Part) -> str:
    return part.__tablename__


def _about(part: Part) -> history.About:
    return history.About(part.id, supplier_id=part.supplier_id)
