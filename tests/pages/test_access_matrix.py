"""Every address × every role: the answer follows from the view's mark and the permission table, nothing else."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Select, select
from werkzeug.routing import AnyConverter, IntegerConverter, Rule, UUIDConverter

from app.accounts import sign_ins
from app.accounts.models import User
from app.accounts.permissions import PERMISSIONS, Role
from app.audits.models import Audit, Case, Photo
from app.certificates.models import Certificate
from app.db import db
from app.demo.service import load_demo
from app.remediation.models import Evidence, Task
from app.suppliers.models import Contact, Site, Supplier
from app.web import now
from tests.factories import make_user, sign_in_as
from tests.page import Visitor

UNKNOWN = uuid.UUID(int=7)
TABLET = {"X-Audit-Client": "1", "Origin": "http://localhost"}
Found = TypeVar("Found")
# What the tablet sends; a body that cannot be understood is refused before anybody looks whose audit it is.
BODIES: dict[str, dict[str, object]] = {
    "api.take_ops": {"proto": 1, "device_id": "tablet", "ops": []},
    "api.close_audit": {"proto": 1, "op_id": str(UNKNOWN), "manifest": {"answers": {}, "photos": {}}},
}
METHODS = {"GET", "POST", "PUT", "DELETE", "PATCH"}


@dataclass(frozen=True)
class Address:
    """One method of one rule, with what its view says about access."""

    rule: Rule
    method: str
    view: Any

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule} ({self.rule.endpoint})"

    @property
    def access(self) -> str | None:
        return getattr(self.view, "access", None)

    def open_to(self, role: Role) -> bool:
        permissions = getattr(self.view, "permissions", ())
        return self.access == "signed_in" or any(permission in PERMISSIONS[role] for permission in permissions)

    def takes_id(self, name: str) -> bool:
        return isinstance(self.rule._converters[name], UUIDConverter)  # noqa: SLF001  # werkzeug shows them nowhere else

    def path(self, **known: uuid.UUID) -> str:
        """The address with ``known`` ids where objects are named, else with ids of nothing."""
        values = {name: known.get(name) or self._dummy(name) for name in self.rule.arguments}
        built = self.rule.build(values)
        assert built is not None
        return str(built[1])

    def _dummy(self, name: str) -> object:
        converter = self.rule._converters[name]  # noqa: SLF001  # werkzeug shows them nowhere else
        if isinstance(converter, AnyConverter):
            return min(converter.items)
        return {UUIDConverter: UNKNOWN, IntegerConverter: 1}.get(type(converter), "0")


def addresses(app: Flask) -> list[Address]:
    return [
        Address(rule, method, app.view_functions[rule.endpoint])
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) & METHODS)
    ]


def guarded(app: Flask) -> Iterator[Address]:
    """What is not public. Signing out is public, and would end the session of the test."""
    return (one for one in addresses(app) if one.access != "public")


def ask(client: FlaskClient, address: Address, path: str, token: str) -> Any:
    """Send the request as the product's own pages would: with a right token, or as the tablet."""
    if address.method == "GET":
        return client.get(path)
    if address.method == "PUT":
        return client.put(path, data=b"a picture", content_type="image/jpeg", headers=TABLET)
    body: dict[str, Any] = (
        {"json": BODIES.get(address.rule.endpoint, {})} if path.startswith("/api/") else {"data": {"csrf_token": token}}
    )
    return client.open(path, method=address.method, headers=TABLET, **body)


def csrf(client: FlaskClient, path: str) -> str:
    return str(Visitor(client).get(path).all("input", name="csrf_token")[0].get("value"))


def test_every_view_says_who_may_see_it(app: Flask) -> None:
    silent = [str(one) for one in addresses(app) if one.access not in {"public", "signed_in", "requires"}]
    assert not silent


def test_nobody_gets_in_without_signing_in(app: Flask, client: FlaskClient) -> None:
    token = csrf(client, "/login")
    for one in guarded(app):
        path = one.path()
        answer = ask(client, one, path, token)
        if path.startswith("/api/"):
            assert answer.status_code == 401, str(one)
            assert (answer.json["proto"], answer.json["error"]) == (1, "signin"), str(one)
        else:
            assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/login"), str(one)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_gets_in_where_the_table_lets_it(app: Flask, client: FlaskClient, role: Role) -> None:
    sign_in_as(client, make_user(role))
    token, wrong = csrf(client, "/logout"), []
    for one in guarded(app):
        status = ask(client, one, one.path(), token).status_code
        right = status not in {401, 403} and status < 500 if one.open_to(role) else status == 403
        if not right:
            wrong.append(f"{one}: {status}, though the table says {one.open_to(role)}")
    assert not wrong, "\n".join(wrong)


def test_zosia_gets_404_for_everything_that_is_not_hers(app: Flask, client: FlaskClient) -> None:
    load_demo(now())
    zosia = db.session.scalars(select(User).where(User.email == "zosia@base.example.org")).one()
    theirs = objects_of_others(zosia)
    sign_in_as(client, zosia)
    token, wrong = csrf(client, "/logout"), []
    for one in guarded(app):
        named = {name for name in one.rule.arguments if one.takes_id(name)}
        if not named or not one.open_to(Role.SUPPLIER_CONTACT):
            continue
        assert named <= theirs.keys(), f"{one}: add {named - theirs.keys()} to objects_of_others()"
        status = ask(client, one, one.path(**theirs), token).status_code
        if status != 404:
            wrong.append(f"{one}: {status}")
    assert not wrong, "\n".join(wrong)


def objects_of_others(person: User) -> dict[str, uuid.UUID]:
    """By the name of an address's argument: a real object of somebody else's supplier. New kinds are added here."""
    mine = db.session.scalars(select(Contact.supplier_id).where(Contact.user_id == person.id)).one()
    not_mine = Supplier.id != mine
    evidence = the_first(select(Evidence).join(Task).join(Case).join(Case.supplier).where(not_mine))
    photo = the_first(
        select(Photo).join(Audit, Audit.id == Photo.audit_id).join(Case).join(Case.supplier).where(not_mine)
    )
    certificate = the_first(select(Certificate).join(Supplier, Supplier.id == Certificate.supplier_id).where(not_mine))
    site = the_first(select(Site).join(Site.supplier).where(not_mine))
    other = make_user(Role.SUPPLIER_CONTACT)
    opened = sign_ins.open_sign_in(other, device="", address="", at=now())
    return {
        "audit_id": photo.audit_id,
        "case_id": evidence.task.case_id,
        "certificate_id": certificate.id,
        "evidence_id": evidence.id,
        "part_id": site.id,
        "photo_id": photo.id,
        "sign_in_id": opened.id,
        "supplier": site.supplier_id,
        "supplier_id": site.supplier_id,
        "task_id": evidence.task_id,
        "user_id": other.id,
    }


def the_first(query: Select[Found]) -> Found:
    found = db.session.scalars(query.limit(1)).first()
    assert found is not None, f"the demo has none of these:\n{query}"
    return found
