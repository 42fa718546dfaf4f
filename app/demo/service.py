"""Fills an empty database with the cast and the sample suppliers, through the services, so that the rules hold."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from flask_babel import force_locale
from flask_security import hash_password
from sqlalchemy import select

from app.accounts.models import Organisation, User
from app.accounts.permissions import STAFF_ROLES, Actor, Role
from app.audits.service import SCHEME
from app.certificates import service as certificates
from app.certificates.lifecycle import PublicReason
from app.checklists import library
from app.db import begin_writing, db
from app.demo.cast import ADVISER, CAST, COORDINATOR, DECIDER, PASSWORD, Person
from app.demo.stage import Stage, user
from app.errors import NotAllowedNow
from app.formats import local_day
from app.suppliers import facts
from app.suppliers import service as suppliers
from app.suppliers.models import Contact, LegalForm, Product, ProductKind, Site, Supplier
from app.suppliers.particulars import Body, Unit

SAMPLES = Path(__file__).parent / "suppliers.yaml"
WEEKS_BEFORE = {"applied": 1, "planned": 2, "in_audit": 3, "remediation": 6, "under_review": 16, "certified": 40}
LONGEST_STORY = 40
VISIT_IN_DAYS = 16


def load_demo(at: datetime) -> None:
    """The whole demo; commits.

    Raises:
        NotAllowedNow: the database has people in it already.
    """
    if db.session.scalar(select(User.id).limit(1)) is not None:
        raise NotAllowedNow("The database is not empty; the demo fills only an empty one.")
    begin_writing()
    with force_locale("pl"):
        add_cast(at - timedelta(weeks=LONGEST_STORY + 2))
        for sample in samples():
            play(sample, at)
    db.session.commit()


def samples() -> list[dict[str, Any]]:
    """The sample suppliers as written in ``suppliers.yaml``."""
    loaded: list[dict[str, Any]] = yaml.load(SAMPLES.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return loaded


def add_cast(at: datetime) -> None:
    """The foundation and its people; the contacts come with their suppliers."""
    db.session.add(
        Organisation(
            name="Fundacja HELISA",
            address="ul. Przykładowa 1, 80-001 Gdańsk",
            email="base@example.org",
            website="https://example.org",
        )
    )
    password = hash_password(PASSWORD)
    for person in CAST:
        db.session.add(_account(person, password, at))
    db.session.flush()


def _account(person: Person, password: str, at: datetime) -> User:
    return User(
        email=person.email,
        name=person.name,
        position=person.position,
        language=person.language,
        password=password,
        is_staff=not STAFF_ROLES.isdisjoint(person.roles),
        role_names=[str(role) for role in person.roles],
        fs_uniquifier=uuid.uuid4().hex,
        created_at=at,
    )


def add_supplier(sample: dict[str, Any], at: datetime) -> Supplier:
    """One sample supplier with its running body, place, products and contacts."""
    office = user(COORDINATOR).actor
    unit = Unit(
        legal_form=LegalForm(sample["legal_form"]),
        local_regon=sample.get("local_regon", ""),
        **{name: sample[name] for name in ("name", "street", "postal_code", "town", "county_code", "support_centre")},
        people=sample["people"],
    )
    body = sample["running_body"]
    supplier = suppliers.register_supplier(
        unit, Body(**{**body, "legal_form": LegalForm(body["legal_form"])}), actor=office, at=at
    )
    place = {name: sample[name] for name in ("street", "postal_code", "town")}
    db.session.add(Site(supplier_id=supplier.id, name="Pracownia", **place))
    for product in sample["products"]:
        db.session.add(Product(supplier_id=supplier.id, **{**product, "kind": ProductKind(product["kind"])}))
    db.session.add(Contact(supplier_id=supplier.id, **sample["contact"]))
    db.session.flush()
    db.session.refresh(supplier)
    _give_account(supplier, sample["code"], at)
    return supplier


def _give_account(supplier: Supplier, code: str, at: datetime) -> None:
    """The supplier's contact can sign in: one of the cast, else with an account of their own."""
    contact = supplier.contacts[0]
    cast = next((person for person in CAST if person.supplier == code), None)
    if cast is not None:
        person = user(cast.email)
        contact.email = cast.email
    else:
        described = Person("", contact.name, (Role.SUPPLIER_CONTACT,), contact.function)
        person = _account(described, str(user(COORDINATOR).password), at)
        person.email = contact.email
        db.session.add(person)
    db.session.flush()
    suppliers.link_contact(supplier.id, person, actor=user(COORDINATOR).actor, at=at)


def contact_of(supplier: Supplier) -> Actor:
    """The supplier's contact with an account."""
    return next(db.session.get_one(User, each.user_id) for each in supplier.contacts if each.user_id).actor


def play(sample: dict[str, Any], today: datetime) -> Stage:
    """One sample supplier and its story up to where it stands today."""
    story = sample["story"]
    goal = "certified" if story["state"] == "suspended" else story["state"]
    number = int(sample["code"].removeprefix("DST-"))
    morning = today.replace(hour=8, minute=0, second=0)  # so that what takes hours ends on the same day
    begin = morning - timedelta(
        weeks=WEEKS_BEFORE[goal] - (number * 3 % 16 if goal == "certified" else 0), days=number % 5
    )
    supplier = add_supplier(sample, begin - timedelta(days=1))
    if "products" in story:
        profile = library.current(SCHEME).content.profile
        wanted = {"products": story["products"]}
        facts.set_facts(supplier, wanted, profile, actor=user(COORDINATOR).actor, at=begin)
    stage = Stage(supplier, begin, contact_of(supplier), story)
    stage.apply(story.get("scope") or [product["name"] for product in sample["products"]])
    if goal != "applied":
        _play_visit(stage, goal)
    if story["state"] == "suspended":
        _suspend(stage)
    if "advice" in story:
        _advise(stage, story["advice"])
    return stage


def _play_visit(stage: Stage, goal: str) -> None:
    stage.plan(visit_in_days=VISIT_IN_DAYS)
    if goal == "planned":
        return
    audit = stage.audit(visit_in_days=VISIT_IN_DAYS)
    stage.fill(audit, only=6 if goal == "in_audit" else None)
    if goal != "in_audit":
        _play_remediation(stage, stage.report(audit), goal)


def _play_remediation(stage: Stage, tasks: Sequence[Any], goal: str) -> None:
    if goal == "remediation":
        _play_beginning(stage, tasks)
        return
    for task in tasks:
        if task.criterion in stage.story.get("plan_only", {}):
            stage.propose_plan(task)
        else:
            stage.submit(task)
            stage.verify(task)
    stage.review()
    if goal == "certified":
        stage.recommend()
        stage.grant()


def _play_beginning(stage: Stage, tasks: Sequence[Any]) -> None:
    """The first task waits for the auditor, the second has a plan, the others are to do."""
    for number, task in enumerate(tasks[:2]):
        if number == 0:
            stage.submit(task)
        else:
            stage.propose_plan(task, accepted=False)


def _suspend(stage: Stage) -> None:
    certificate = certificates.certificate_of(stage.case)
    if certificate is not None:
        note = "Nowa kompozycja zapachowa świecy bez nowej etykiety CLP."
        decider = user(DECIDER).actor
        certificates.suspend(
            certificate, reason=PublicReason.SERIOUS_FINDING, note=note, actor=decider, at=stage.later(days=30)
        )


def _advise(stage: Stage, topic: str) -> None:
    """The adviser helps this supplier."""
    suppliers.log_advice(
        stage.supplier,
        adviser=user(ADVISER),
        given_on=local_day(stage.at),
        topic=topic,
        actor=user(COORDINATOR).actor,
        at=stage.at,
    )
