"""Signing in and out, and what ends a session."""

from collections.abc import Callable

from flask.testing import FlaskClient

from app.accounts.models import User
from app.accounts.permissions import Role
from tests.factories import PASSWORD, make_user
from tests.page import Visitor

SignIn = Callable[[FlaskClient, User], None]


def test_with_the_right_password_a_person_comes_to_their_work(visitor: Visitor) -> None:
    make_user(Role.AUDITOR, name="Iga", email="iga@base.example.org", password=PASSWORD)
    page = visitor.sign_in("iga@base.example.org", PASSWORD)
    assert page.h1 == "Moja praca"


def test_the_fixture_signs_in(visitor: Visitor, sign_in: SignIn) -> None:
    sign_in(visitor.client, make_user(Role.AUDITOR, name="Iga"))
    assert "Iga" in visitor.get("/").text
