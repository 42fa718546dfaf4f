"""Many people signing in while others write: nobody meets a locked database."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.accounts.models import SignIn
from app.accounts.permissions import Role
from app.db import begin_writing, db
from tests.factories import PASSWORD, make_user
from tests.page import Visitor


@pytest.fixture
def dialect() -> str:
    """SQLite: PostgreSQL locks rows and has no such trouble."""
    return "sqlite"


def write_often(app: Flask) -> None:
    for _ in range(40):
        with app.app_context():
            begin_writing()
            db.session.execute(text("UPDATE user SET position = position || 'x'"))
            db.session.commit()


def sign_in_often(app: Flask, email: str) -> None:
    for _ in range(3):
        with app.app_context():
            assert Visitor(app.test_client()).sign_in(email, PASSWORD).h1 == "Moja praca"


def test_signing_in_while_others_write(app: Flask) -> None:
    emails = [make_user(Role.AUDITOR, password=PASSWORD).email for _ in range(4)]
    db.session.commit()
    with ThreadPoolExecutor(5) as people:
        working = [people.submit(write_often, app), *(people.submit(sign_in_often, app, one) for one in emails)]
    for one in working:
        one.result()
    assert db.session.scalar(select(func.count()).select_from(SignIn)) == 12


def test_a_read_that_turns_into_a_write_waits_its_turn(app: Flask) -> None:
    """With a deferred transaction the second writer would fail at once: its snapshot is old."""
    make_user(Role.AUDITOR, email="iga@base.example.org")
    db.session.commit()
    assert db.session.execute(text("SELECT position FROM user")).scalar() == ""
    with app.app_context():
        db.session.execute(text("UPDATE user SET position = 'a'"))
        db.session.commit()
    db.session.execute(text("UPDATE user SET position = position || 'b'"))
    db.session.commit()
    assert db.session.execute(text("SELECT position FROM user")).scalar() == "ab"
