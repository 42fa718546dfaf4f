"""A new password by e-mail."""

import re

from flask import Flask
from sqlalchemy import select

from app.accounts.permissions import Role
from app.db import db
from app.handlers import HANDLERS
from app.jobs import Job, run_due
from tests.factories import PASSWORD, make_user
from tests.letters import letters, link_in
from tests.page import Visitor

IGA = "iga@base.example.org"
NEW = "cztery-nowe-slowa-razem"


def ask(visitor: Visitor, email: str) -> str:
    return visitor.send(visitor.get("/reset"), {"email": email}).text


def test_known_and_unknown_addresses_get_the_same_answer(visitor: Visitor) -> None:
    make_user(Role.AUDITOR, email=IGA, password=PASSWORD)
    assert ask(visitor, IGA) == ask(visitor, "nobody@base.example.org")
    assert len(db.session.scalars(select(Job)).all()) == 1


def test_the_link_sets_a_new_password_once(app: Flask, visitor: Visitor) -> None:
    make_user(Role.AUDITOR, name="Iga Lewandowska", email=IGA, password=PASSWORD)
    ask(visitor, IGA)
    run_due(app, HANDLERS)
    (letter,) = letters(app)
    assert letter["To"] == "Iga Lewandowska <iga@base.example.org>"
    assert letter["Subject"] == "Odnośnik do ustawienia nowego hasła"
    link = link_in(letter)
    assert link.startswith("http://127.0.0.1:8000/reset/")
    path = re.sub(r"^http://[^/]+", "", link)
    page = visitor.send(visitor.get(path), {"password": NEW, "password_confirm": NEW})
    assert page.h1 == "Zaloguj się"
    assert visitor.send(page, {"email": IGA, "password": NEW}).h1 == "Moja praca"
    fresh = Visitor(app.test_client())
    assert "już nie działa" in fresh.get(path).text


def test_the_link_names_the_product_not_the_host_of_the_request(app: Flask, visitor: Visitor) -> None:
    make_user(Role.AUDITOR, email=IGA, password=PASSWORD)
    page = visitor.get("/reset")
    token = page.all("input", name="csrf_token")[0].get("value")
    visitor.client.post(
        "/reset", data={"email": IGA, "csrf_token": token}, headers={"X-Forwarded-Host": "evil.example"}
    )
    run_due(app, HANDLERS)
    assert link_in(letters(app)[0]).startswith("http://127.0.0.1:8000/")


def test_a_mangled_link_says_so(visitor: Visitor) -> None:
    assert "już nie działa" in visitor.get("/reset/nonsense").text


def test_letters_in_the_queue_cannot_be_read_without_the_key(visitor: Visitor) -> None:
    make_user(Role.AUDITOR, email=IGA, password=PASSWORD)
    ask(visitor, IGA)
    assert "/reset/" not in str(db.session.scalars(select(Job.payload)).all())
