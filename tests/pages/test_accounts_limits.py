"""Guessing passwords gets slow, for the guesser only."""

import pytest
from flask import Flask

from app.accounts.permissions import Role
from app.config import Settings
from tests.factories import PASSWORD, make_user
from tests.page import Visitor

IGA = "iga@base.example.org"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in_limit": "3 per minute"})


def guess(app: Flask, *, times: int, address: str, email: str = IGA) -> list[int]:
    answers = []
    for _ in range(times):
        visitor = Visitor(app.test_client())
        visitor.client.environ_base["REMOTE_ADDR"] = address
        page = visitor.get("/login")
        token = page.all("input", name="csrf_token")[0].get("value")
        fields = {"email": email, "password": "a wrong guess", "csrf_token": token}
        answers.append(visitor.client.post("/login", data=fields).status_code)
    return answers


def test_too_many_wrong_passwords_from_one_address_get_429_with_the_time_to_wait(app: Flask) -> None:
    make_user(Role.AUDITOR, email=IGA, password=PASSWORD)
    assert guess(app, times=4, address="192.0.2.1") == [422, 422, 422, 429]
    visitor = Visitor(app.test_client())
    visitor.client.environ_base["REMOTE_ADDR"] = "192.0.2.1"
    page = visitor.send(visitor.get("/login"), {"email": IGA, "password": PASSWORD}, status=429)
    assert page.h1 == "Zbyt wiele prób"
    assert 0 < int(page.response.headers["Retry-After"]) <= 61


def test_many_addresses_guessing_at_one_account_are_slowed_together(app: Flask) -> None:
    make_user(Role.AUDITOR, email=IGA, password=PASSWORD)
    answers = [guess(app, times=1, address=f"192.0.2.{number}")[0] for number in range(1, 5)]
    assert answers == [422, 422, 422, 429]


def test_a_stranger_cannot_lock_out_somebody_in_their_own_browser(app: Flask) -> None:
    make_user(Role.AUDITOR, email=IGA, password=PASSWORD)
    own = Visitor(app.test_client())
    own.client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    own.sign_in(IGA, PASSWORD)
    own.send(own.get("/logout"), form="/logout")
    for number in range(1, 5):
        guess(app, times=1, address=f"192.0.2.{number}")
    assert own.sign_in(IGA, PASSWORD).h1 == "Moja praca"


def test_signing_in_rightly_is_never_slowed(app: Flask) -> None:
    make_user(Role.AUDITOR, email=IGA, password=PASSWORD)
    for _ in range(5):
        assert Visitor(app.test_client()).sign_in(IGA, PASSWORD).h1 == "Moja praca"


def test_letters_to_one_address_are_few_whether_it_is_known_or_not(app: Flask) -> None:
    make_user(Role.AUDITOR, email=IGA, password=PASSWORD)
    for email in (IGA, "nobody@base.example.org"):
        answers = []
        for number in range(6):
            visitor = Visitor(app.test_client())
            visitor.client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number + 10}"
            token = visitor.get("/reset").all("input", name="csrf_token")[0].get("value")
            answer = visitor.client.post("/reset", data={"email": email, "csrf_token": token})
            answers.append(answer.status_code)
        assert answers == [200] * 5 + [429]


def test_the_page_speaks_english_too(app: Flask) -> None:
    guess(app, times=3, address="192.0.2.1")
    visitor = Visitor(app.test_client())
    visitor.client.environ_base["REMOTE_ADDR"] = "192.0.2.1"
    visitor.get("/language/en")
    page = visitor.send(visitor.get("/login"), {"email": IGA, "password": "x"}, status=429)
    assert page.root.get("lang") == "en"
