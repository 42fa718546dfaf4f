"""Typed makers of what tests need, through the services where that is cheap."""

import itertools
import uuid
from collections.abc import Mapping
from datetime import datetime

from flask.testing import FlaskClient
from flask_security import hash_password
from stdnum.pl import nip

from app.accounts import sign_ins
from app.accounts.models import User
from app.accounts.permissions import STAFF_ROLES, Actor, Role
from app.db import db
from app.suppliers import service as suppliers
from app.suppliers.models import Application, ApplicationChannel, LegalForm, ProductKind, Supplier
from app.suppliers.particulars import Body, Unit
from app.suppliers.parts import add_part
from app.web import now

PASSWORD = "base-demo-2026"
_numbers = itertools.count(1)


def make_user(
    *roles: Role,
    name: str = "",
    email: str = "",
    password: str | None = None,
    language: str = "pl",
    active: bool = True,
    at: datetime | None = None,
) -> User:
    """A person with an account. Without ``password`` they can only be signed in by the ``sign_in`` fixture."""
    number = next(_numbers)
    user = User(
        email=email or f"person{number}@base.example.org",
        name=name or f"Osoba {number}",
        language=language,
        password=hash_password(password) if password else None,
        active=active,
        is_staff=not STAFF_ROLES.isdisjoint(roles),
        role_names=sorted(roles),
        fs_uniquifier=uuid.uuid4().hex,
        created_at=at or now(),
    )
    db.session.add(user)
    db.session.flush()
    return user


def sign_in_as(client: FlaskClient, user: User) -> None:
    """Put a live sign-in of this person into the client's session, without the slow password."""
    opened = sign_ins.open_sign_in(user, device="test", address="127.0.0.1", at=now())
    db.session.commit()
    with client.session_transaction() as session:
        session.permanent = True
        session["_user_id"] = user.fs_uniquifier
        session["_fresh"] = True
        session["sign_in"] = str(opened.id)
        session["fs_paa"] = now().timestamp()


# Checksums right, numbers that cannot be issued (domain document, section 5).
NIPS = (
    "1000142077", "1000273187", "2000314567", "2000456296", "3000527832", "3000689144",
    "4000712352", "4000846070", "5000931480", "5000162739", "6000274918", "6000385167",
)  # fmt: skip
MAJA = Actor(id=None, name="Maja Nowicka", roles=frozenset({Role.COORDINATOR}))


def make_nip(number: int) -> str:
    """The ``number``-th NIP with a right check digit and a prefix that is never issued."""
    candidates = (f"900{digits:07d}" for digits in itertools.count(number * 20))
    return next(candidate for candidate in candidates if nip.is_valid(candidate))


def make_running_body(name: str = "", legal_form: LegalForm = LegalForm.NGO_S, nip: str = "") -> Body:
    """The particulars of a legal person."""
    number = next(_numbers)
    return Body(name=name or f"Stowarzyszenie Próba {number}", legal_form=legal_form, nip=nip or make_nip(number))


def make_supplier(
    name: str = "",
    *,
    legal_form: LegalForm = LegalForm.WTZ,
    town: str = "Puck",
    county_code: str = "2211",
    body: Body | None = None,
    products: Mapping[str, ProductKind] | None = None,
    contact: User | None = None,
    actor: Actor = MAJA,
    at: datetime | None = None,
) -> Supplier:
    """A registered supplier; ``products``: name → kind; ``contact``: the person whose supplier it is."""
    at = at or now()
    name = name or f"WTZ Próba {next(_numbers)}"
    unit = Unit(name, legal_form, town=town, postal_code="84-100", county_code=county_code)
    supplier = suppliers.register_supplier(unit, body or make_running_body(), actor=actor, at=at)
    for product, kind in (products or {}).items():
        add_part(supplier, "product", {"name": product, "kind": kind}, actor=actor, at=at)
    if contact is not None:
        suppliers.link_contact(supplier.id, contact, actor=actor, at=at)
    db.session.refresh(supplier)
    return supplier


def make_application(
    supplier: Supplier | None = None, *, actor: Actor = MAJA, at: datetime | None = None, **particulars: str
) -> Application:
    """An application: of a known supplier, else as it comes from the public form."""
    wrote = {
        "unit_name": "WTZ „Nowa Pracownia”",
        "unit_form": "wtz",
        "postal_code": "84-100",
        "town": "Puck",
        "body_name": "Fundacja „Nowa”",
        "body_form": "ngo_f",
        "nip": NIPS[0],
        "contact_name": "Jan Próbny",
        "contact_email": "jan@example.org",
        **particulars,
    }
    submission = suppliers.Submission(["miski"], [], {} if supplier else wrote, consent_terms=True)
    channel = ApplicationChannel.OFFICE if supplier else ApplicationChannel.PUBLIC
    return suppliers.submit_application(submission, channel=channel, supplier=supplier, actor=actor, at=at or now())
