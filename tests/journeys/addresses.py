"""The addresses of every page, with the demo's own ids filled in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from app import create_app
from app.accounts.models import User
from app.audits.models import Audit, Case, Finding, Photo
from app.certificates.models import Certificate
from app.checklists import library
from app.config import Settings
from app.db import Entity, db
from app.remediation.models import Evidence, Task
from app.suppliers.models import Application, Supplier

MISTYPED, UNKNOWN = "BASE-2026-00001-59", "BASE-2026-99999-85"
# Links from letters and drafts that somebody has to make first: the journeys that make them look at these pages.
MADE_BY_JOURNEYS = {
    "accounts.accept_invitation", "security.reset_password", "supplier_imports.preview", "tablets.preview",
    "security.mf_recovery", "security.mf_recovery_codes", "security.two_factor_rescue", "security.tf_select",
    "security.two_factor_token_validation",
}  # fmt: skip
NO_PAGES = {
    "static", "language", "api.show_photo", "api.show_thumbnail", "tablet.manifest", "tablet.service_worker",
    "tablet.shell_of_version", "tablet.words",
}  # fmt: skip


@dataclass(frozen=True)
class Address:
    """Where one page is, and whose view answers."""

    endpoint: str
    path: str


def addresses(data: Path) -> list[Address]:
    """Every rule that answers GET, with each of the demo's examples for what it needs.

    Raises:
        AssertionError: a rule needs something that nobody gave an example for.
    """
    app = create_app(Settings(environment="test", data_dir=data))
    with app.app_context():
        examples = _examples()
        found = list(_filled(app, examples))
        db.session.remove()
        db.engine.dispose()
    return found


def _filled(app: Flask, examples: Mapping[str, Callable[[Mapping[str, Any]], list[Any]]]) -> Iterable[Address]:
    places = app.url_map.bind("127.0.0.1")
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in NO_PAGES | MADE_BY_JOURNEYS or rule.alias:
            continue
        chosen: list[dict[str, Any]] = [{}]
        for name in sorted(rule.arguments, key=_order):
            assert name in examples, f"{rule.rule}: no example for <{name}>"
            chosen = [{**one, name: value} for one in chosen for value in examples[name](one)]
        for values in chosen:
            yield Address(rule.endpoint, places.build(rule.endpoint, values))


def _order(name: str) -> tuple[bool, str]:
    """What belongs to something else comes after it."""
    return name in {"criterion", "evidence_id", "part_id", "photo_id", "version"}, name


def _examples() -> dict[str, Callable[[Mapping[str, Any]], list[Any]]]:
    """For each name in a rule: the values to try, given those that were chosen before."""
    cases = _one_each(select(Case).order_by(Case.number), lambda case: case.state)
    certificates = _one_each(select(Certificate).order_by(Certificate.number), lambda each: each.state)
    tasks = _one_each(select(Task).order_by(Task.due_on, Task.id), lambda task: (task.state, task.finding.grade))
    supplier = db.session.scalars(select(Supplier).join(Case).order_by(Case.number)).first()
    assert supplier is not None
    parts: dict[str, list[Any]] = {"site": supplier.sites, "product": supplier.products, "contact": supplier.contacts}
    versions = [library.current("base")]
    unlinked = select(Application.id).where(Application.supplier_id.is_(None)).limit(1)
    return {
        "_place": lambda _: [],  # the same page as without it
        "application_id": lambda _: list(db.session.scalars(unlinked)),
        "case_id": lambda _: [case.id for case in cases],
        "criterion": lambda chosen: [
            each.criterion
            for each in db.session.scalars(select(Finding).where(Finding.case_id == chosen["case_id"]).limit(1))
        ],
        "photo_id": lambda chosen: [
            each.id
            for each in db.session.scalars(select(Photo).join(Audit).where(Audit.case_id == chosen["case_id"]).limit(1))
        ],
        "audit_id": lambda _: [
            each.id for each in _one_each(select(Audit).order_by(Audit.started_at), lambda audit: audit.state)
        ],
        "certificate_id": lambda _: [each.id for each in certificates],
        "number": lambda _: [*(each.number for each in certificates), MISTYPED, UNKNOWN],
        "action": lambda _: ["suspend", "withdraw"],
        "task_id": lambda _: [task.id for task in tasks],
        "evidence_id": lambda chosen: [
            each.id
            for each in db.session.scalars(select(Evidence).where(Evidence.task_id == chosen["task_id"]).limit(1))
        ],
        "supplier_id": lambda _: [supplier.id],
        "supplier": lambda _: [supplier.id],
        "kind": lambda _: list(parts),
        "part_id": lambda chosen: [each.id for each in parts[chosen["kind"]][:1]],
        "format": lambda _: ["xlsx", "csv"],
        "user_id": lambda _: list(db.session.scalars(select(User.id).order_by(User.email).limit(2))),
        "name": lambda _: [each.id for each in versions],
        "version": lambda _: [each.version for each in versions],
    }


def _one_each(query: Any, kind: Callable[[Any], object]) -> list[Any]:
    """The first row of each kind."""
    first: dict[object, Entity] = {}
    for row in db.session.scalars(query):
        first.setdefault(kind(row), row)
    return list(first.values())
