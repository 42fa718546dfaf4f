"""Suppliers and their running bodies: who sees them, how they are registered, changed, advised and linked to people."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, false, or_, select, true
from sqlalchemy.orm import selectinload

from app import history
from app.accounts.models import User
from app.accounts.permissions import STAFF_ROLES, Actor, Role
from app.db import db
from app.errors import Conflict, Invalid, NotFound
from app.formats import local_day
from app.suppliers.models import (
    Advice,
    Application,
    ApplicationChannel,
    Contact,
    RunningBody,
    Supplier,
    SupplierWord,
)
from app.suppliers.particulars import Body, Unit, body_problems, tidy_body, tidy_unit, unit_problems
from app.suppliers.words import search_words, sort_key

SEES_EVERY_SUPPLIER = STAFF_ROLES - {Role.ADVISER}
ADVISING = (Role.ADVISER, Role.AUDITOR, Role.COORDINATOR)
"""Who may have given a supplier expert support; also those who audit, so that the guard can see it."""


def visible_suppliers(actor: Actor) -> ColumnElement[bool]:
    """The condition on ``Supplier`` for what this person may see.

    Staff see all; advisers those they advise; contacts their own. Several roles add up.
    """
    if actor.has(*SEES_EVERY_SUPPLIER):
        return true()
    ways: list[ColumnElement[bool]] = [false()]
    if actor.has(Role.SUPPLIER_CONTACT):
        ways.append(Supplier.id.in_(select(Contact.supplier_id).where(Contact.user_id == actor.id)))
    if actor.has(Role.ADVISER):
        ways.append(Supplier.id.in_(select(Advice.supplier_id).where(Advice.adviser_id == actor.id)))
    return or_(*ways)


def get_supplier(supplier_id: uuid.UUID, actor: Actor) -> Supplier:
    """One supplier with its running body, sites, products and contacts.

    Raises:
        NotFound: it does not exist, or not for this person.
    """
    supplier = db.session.scalar(
        select(Supplier)
        .where(Supplier.id == supplier_id, visible_suppliers(actor))
        .options(selectinload(Supplier.sites), selectinload(Supplier.products), selectinload(Supplier.contacts))
    )
    if supplier is None:
        raise NotFound(_("There is no such supplier."))
    return supplier


def register_supplier(unit: Unit, body: Body, *, actor: Actor, at: datetime) -> Supplier:
    """A new supplier. A running body that is known by its NIP is taken as it stands; it may run several units.

    Raises:
        Invalid: something entered is wrong, or this body already has a unit of this name.
    """
    unit, body = tidy_unit(unit), tidy_body(body)
    _refuse(*unit_problems(unit).values(), *body_problems(body).values())
    known = body_with_nip(body.nip)
    if known is not None and _unit_named(known, unit.name) is not None:
        raise Invalid(_("%(name)s is already in the list, with the same running body.", name=unit.name))
    supplier = Supplier(
        **entered(unit),
        running_body=known or RunningBody(**entered(body)),
        sort_key="",
        profile={},
        created_at=at,
    )
    db.session.add(supplier)
    db.session.flush()
    keep_findable(supplier)
    history.record(
        "supplier:register",
        about(supplier),
        actor=actor,
        at=at,
        after={"name": unit.name, "running_body": supplier.running_body.name, "nip": body.nip},
    )
    return supplier


def body_with_nip(nip: str) -> RunningBody | None:
    """The running body with this NIP (ten bare digits)."""
    return db.session.scalar(select(RunningBody).where(RunningBody.nip == nip))


def _unit_named(body: RunningBody, name: str) -> uuid.UUID | None:
    return db.session.scalar(
        select(Supplier.id).where(Supplier.running_body_id == body.id, Supplier.sort_key == sort_key(name))
    )


def units_of(body: RunningBody) -> Sequence[Supplier]:
    """The units that a body runs, in order."""
    units = select(Supplier).where(Supplier.running_body_id == body.id)
    return db.session.scalars(units.order_by(Supplier.sort_key, Supplier.id)).all()


def change_supplier(supplier: Supplier, unit: Unit, *, version: int, actor: Actor, at: datetime) -> None:
    """Change what is known about the unit. ``version`` is the one that the person was looking at.

    Raises:
        Invalid: something entered is wrong.
        Conflict: someone else changed it in the meantime.
    """
    unit = tidy_unit(unit)
    _refuse(*unit_problems(unit).values())
    if _change(supplier, unit, version, tag="supplier:change", about=about(supplier), actor=actor, at=at):
        keep_findable(supplier)


def change_running_body(supplier: Supplier, body: Body, *, version: int, actor: Actor, at: datetime) -> None:
    """Change what is known about the legal person that runs ``supplier``, and maybe other units.

    Raises:
        Invalid: something entered is wrong, or another body has this NIP.
        Conflict: someone else changed it in the meantime.
    """
    body, kept = tidy_body(body), supplier.running_body
    _refuse(*body_problems(body).values())
    other = body_with_nip(body.nip)
    if other is not None and other.id != kept.id:
        raise Invalid(_("The NIP %(nip)s belongs to another running body: %(name)s.", nip=body.nip, name=other.name))
    subject = history.About(kept.id, supplier_id=supplier.id)
    if _change(kept, body, version, tag="running_body:change", about=subject, actor=actor, at=at):
        for unit in units_of(kept):
            keep_findable(unit)


def _change(
    kept: Supplier | RunningBody,
    wanted: Unit | Body,
    version: int,
    *,
    tag: str,
    about: history.About,
    actor: Actor,
    at: datetime,
) -> bool:
    """Take over what differs; one record with what changed. False when nothing did."""
    values = entered(wanted)
    before = {name: getattr(kept, name) for name, value in values.items() if getattr(kept, name) != value}
    if not before:
        return False
    if kept.version != version:
        raise Conflict(_("Someone else changed this in the meantime. Look at the present version first."))
    after = {name: values[name] for name in before}
    for name, value in after.items():
        setattr(kept, name, value)
    db.session.flush()
    history.record(tag, about, actor=actor, at=at, before=before, after=after)
    return True


def entered(particulars: Unit | Body) -> dict[str, object]:
    """The particulars as values of columns."""
    return {item.name: getattr(particulars, item.name) for item in fields(particulars)}


def unit_as_entered(supplier: Supplier) -> Unit:
    """What is known about the unit, as it would be entered."""
    return Unit(**{item.name: getattr(supplier, item.name) for item in fields(Unit)})


def keep_findable(supplier: Supplier) -> None:
    """Bring the sort key and the words by which a supplier is found up to date."""
    body = supplier.running_body
    supplier.sort_key = sort_key(supplier.name)
    db.session.execute(delete(SupplierWord).where(SupplierWord.supplier_id == supplier.id))
    db.session.add_all(
        SupplierWord(supplier_id=supplier.id, word=word, sort_key=supplier.sort_key)
        for word in search_words(supplier.name, supplier.town, body.name, body.nip, body.krs)
    )
    db.session.flush()


def about(supplier: Supplier) -> history.About:
    """How the history refers to a supplier."""
    return history.About(supplier.id, supplier_id=supplier.id)


def _refuse(*problems: str) -> None:
    if problems:
        raise Invalid(*problems)


def log_advice(supplier: Supplier, *, adviser: User, given_on: date, topic: str, actor: Actor, at: datetime) -> Advice:
    """Note that someone advised a supplier; for two years this person neither audits it nor decides about it."""
    if given_on > local_day(at):
        raise Invalid(_("The day of the advice cannot be in the future."))
    advice = Advice(supplier_id=supplier.id, adviser_id=adviser.id, given_on=given_on, topic=topic.strip())
    db.session.add(advice)
    db.session.flush()
    after = {"adviser": adviser.name, "given_on": given_on, "topic": advice.topic}
    history.record("advice:log", about(supplier), actor=actor, at=at, after=after)
    return advice


def advice_for(supplier: Supplier) -> Sequence[tuple[Advice, str]]:
    """The advice given to a supplier, the last first, each with the adviser's name."""
    given = select(Advice, User.name).join(User, User.id == Advice.adviser_id)
    given = given.where(Advice.supplier_id == supplier.id).order_by(Advice.given_on.desc(), Advice.id.desc()).limit(50)
    return [(advice, name) for advice, name in db.session.execute(given)]


def advised(supplier_id: uuid.UUID, user_id: uuid.UUID | None, since: date) -> bool:
    """Has this person advised the supplier on or after the day ``since``?"""
    given = select(Advice.id).where(
        Advice.supplier_id == supplier_id, Advice.adviser_id == user_id, Advice.given_on >= since
    )
    return db.session.scalar(given.limit(1)) is not None


def link_contact(supplier_id: uuid.UUID, user: User, *, actor: Actor, at: datetime) -> Contact:
    """Make a person with an account a contact of the supplier: the contact with their e-mail, else a new one."""
    contacts = db.session.scalars(select(Contact).where(Contact.supplier_id == supplier_id).order_by(Contact.id)).all()
    linked = next((one for one in contacts if one.user_id == user.id), None)
    if linked is not None:
        return linked
    by_email = (one for one in contacts if one.user_id is None and one.email.lower() == user.email.lower())
    contact = next(by_email, None)
    if contact is None:
        contact = Contact(supplier_id=supplier_id, name=user.name, email=user.email)
        db.session.add(contact)
    contact.user_id = user.id
    db.session.flush()
    subject = history.About(contact.id, supplier_id=supplier_id)
    history.record("contact:link", subject, actor=actor, at=at, after={"person": user.name})
    return contact


@dataclass(frozen=True)
class Submission:
    """What an applicant asks for. ``particulars``: as the applicant wrote them, see ``applications``."""

    product_scope: list[str]
    site_scope: list[str]
    particulars: Mapping[str, str] = field(default_factory=dict)
    consent_register: bool = False
    consent_scores: bool = False
    consent_terms: bool = False
    message: str = ""


def submit_application(
    submission: Submission,
    *,
    channel: ApplicationChannel,
    supplier: Supplier | None,
    actor: Actor,
    at: datetime,
) -> Application:
    """An application as it reaches the office. The caller opens the case once a supplier is linked.

    Raises:
        Invalid: nothing is in scope, or the terms are not agreed to.
    """
    if not submission.product_scope:
        raise Invalid(_("Say which products or services are to be covered."))
    if not submission.consent_terms:
        raise Invalid(_("The application needs agreement to the terms."))
    application = Application(
        **{item.name: getattr(submission, item.name) for item in fields(submission)},
        supplier_id=supplier.id if supplier else None,
        channel=channel,
        submitted_at=at,
        submitted_by_id=actor.id,
    )
    db.session.add(application)
    db.session.flush()
    history.record(
        "application:submit",
        history.About(application.id, supplier_id=application.supplier_id),
        actor=actor,
        at=at,
        after={"channel": channel, "products": submission.product_scope},
    )
    return application
