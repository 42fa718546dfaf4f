"""The page of the audit screen: the same for everyone, closed to those who do not see the audit."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import User
from app.accounts.permissions import Role
from app.audits.models import Audit
from tests.factories import make_user, sign_in_as
from tests.page import Page
from tests.visits import make_audit, new_id


@pytest.fixture
def iga(app: Flask) -> User:
    return make_user(Role.AUDITOR, name="Iga Lewandowska")


@pytest.fixture
def audit(iga: User) -> Audit:
    return make_audit(iga)


def page_for(app: Flask, audit: Audit, user: User) -> Page:
    client = app.test_client()
    sign_in_as(client, user)
    return Page(client.get(f"/app/audits/{audit.id}"))


def test_the_page_is_the_same_for_everyone(app: Flask, audit: Audit, iga: User) -> None:
    hers = page_for(app, audit, iga)
    his = page_for(app, audit, make_user(Role.COORDINATOR, name="Maja Nowicka"))
    assert hers.source == his.source
    assert "Lewandowska" not in hers.source
    assert "csrf" not in hers.source


def test_the_page_speaks_the_persons_language(app: Flask, audit: Audit, iga: User) -> None:
    assert "nie dotyczy" in page_for(app, audit, iga).source
    iga.language = "en"
    assert "not applicable" in page_for(app, audit, iga).source


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SUPPLIER_CONTACT, Role.ADVISER])
def test_who_does_not_see_the_audit_does_not_find_it(app: Flask, audit: Audit, role: Role) -> None:
    client = app.test_client()
    sign_in_as(client, make_user(role))
    assert client.get(f"/app/audits/{audit.id}").status_code == 404
    assert client.get(f"/app/audits/{new_id()}").status_code == 404


def test_without_a_sign_in_the_page_asks_for_one(client: FlaskClient, audit: Audit) -> None:
    answer = client.get(f"/app/audits/{audit.id}")
    assert answer.status_code == 302
    assert re.search(r"/login\?next=.*audits", answer.headers["Location"])
