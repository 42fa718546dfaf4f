"""The second factor: set up, asked for, recovered, required."""

from datetime import timedelta

import pytest
from flask import Flask
from passlib.totp import TOTP  # type: ignore[import-untyped]  # it has no types
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.permissions import Role
from app.config import Settings
from app.db import db
from app.history import HistoryRecord
from app.web import now
from tests.factories import PASSWORD, make_user, sign_in_as
from tests.page import Page, Visitor, text_of

IGA = "iga@base.example.org"


def iga() -> User:
    return make_user(Role.AUDITOR, name="Iga Lewandowska", email=IGA, password=PASSWORD)


def key_on(page: Page) -> str:
    return text_of(page.all("code")[0])


def code(key: str, *, later: timedelta = timedelta()) -> str:
    return str(TOTP(key=key.replace("-", "").replace(" ", ""), format="base32").generate(now() + later).token)


def set_up(visitor: Visitor) -> str:
    """Sign in, turn the second factor on; returns the key of the authenticator app."""
    visitor.sign_in(IGA, PASSWORD)
    page = visitor.send(visitor.get("/tf-setup"), {"setup": "authenticator"})
    assert 'class="qr"' in page.source
    key = key_on(page)
    done = visitor.send(page, {"code": code(key)})
    assert done.h1 == "Moje konto"
    assert "Drugi składnik jest włączony" in done.text
    return key


def test_after_the_password_the_code_of_the_app_is_asked_for(app: Flask, visitor: Visitor) -> None:
    iga()
    key = set_up(visitor)
    fresh = Visitor(app.test_client())
    page = fresh.sign_in(IGA, PASSWORD)
    assert page.h1 == "Drugi składnik"
    assert fresh.get("/account").h1 == "Zaloguj się"
    page = fresh.sign_in(IGA, PASSWORD)
    refused = fresh.send(page, {"code": "000000"}, status=422)
    assert refused.errors() == ["Ten kod się nie zgadza. Wpisz ten, który aplikacja pokazuje teraz."]
    assert fresh.send(refused, {"code": code(key, later=timedelta(seconds=30))}).h1 == "Moja praca"


def test_a_code_works_once(app: Flask, visitor: Visitor) -> None:
    iga()
    key = set_up(visitor)
    seen = code(key, later=timedelta(seconds=30))
    first, second = Visitor(app.test_client()), Visitor(app.test_client())
    assert first.send(first.sign_in(IGA, PASSWORD), {"code": seen}).h1 == "Moja praca"
    second.send(second.sign_in(IGA, PASSWORD), {"code": seen}, status=422)


def test_a_recovery_code_lets_in_once(app: Flask, visitor: Visitor) -> None:
    iga()
    set_up(visitor)
    page = visitor.send(visitor.get("/mf-recovery-codes"))
    codes = [text_of(one) for one in page.all("code")]
    assert len(codes) == 8
    stored = db.session.scalar(select(User.mf_recovery_codes).where(User.email == IGA))
    assert codes[0] not in str(stored)
    for status, h1 in ((200, "Moja praca"), (422, "Zaloguj się kodem zapasowym")):
        fresh = Visitor(app.test_client())
        fresh.sign_in(IGA, PASSWORD)
        assert fresh.send(fresh.get("/mf-recovery"), {"code": codes[0]}, status=status).h1 == h1


def test_turning_it_on_and_off_is_in_the_history_without_the_secret(visitor: Visitor) -> None:
    iga()
    set_up(visitor)
    page = visitor.get("/tf-setup")
    visitor.send(page, {"setup": "disable"})
    records = db.session.scalars(select(HistoryRecord).order_by(HistoryRecord.seq)).all()
    assert [one.tag for one in records] == ["account:turn_on_second_factor", "account:turn_off_second_factor"]
    assert [one.after for one in records] == [{}, {}]


def test_setting_it_up_long_after_signing_in_asks_for_the_password(visitor: Visitor) -> None:
    sign_in_as(visitor.client, iga())
    with visitor.client.session_transaction() as session:
        session["fs_paa"] = (now() - timedelta(hours=3)).timestamp()
    page = visitor.get("/tf-setup")
    assert page.h1 == "Potwierdź, że to Ty"
    assert visitor.send(page, {"password": PASSWORD}).h1 == "Drugi składnik"


class TestWhereItIsRequired:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"require_second_factor": True})

    def test_staff_are_led_to_set_it_up_first(self, visitor: Visitor) -> None:
        iga()
        page = visitor.sign_in(IGA, PASSWORD)
        assert page.h1 == "Drugi składnik"
        assert visitor.get("/account").h1 == "Zaloguj się"
        page = visitor.sign_in(IGA, PASSWORD)
        page = visitor.send(page, {"setup": "authenticator"})
        assert visitor.send(page, {"code": code(key_on(page))}).h1 == "Moja praca"

    def test_staff_signed_in_without_it_must_sign_in_again(self, visitor: Visitor) -> None:
        sign_in_as(visitor.client, iga())
        assert visitor.get("/account").h1 == "Zaloguj się"

    def test_it_cannot_be_turned_off(self, visitor: Visitor) -> None:
        iga()
        page = visitor.send(visitor.sign_in(IGA, PASSWORD), {"setup": "authenticator"})
        visitor.send(page, {"code": code(key_on(page))})
        page = visitor.get("/tf-setup")
        visitor.send(page, {"setup": "disable"})
        assert db.session.scalar(select(User.tf_totp_secret).where(User.email == IGA))

    def test_suppliers_contacts_need_none(self, visitor: Visitor) -> None:
        make_user(Role.SUPPLIER_CONTACT, email="hanna@base.example.org", password=PASSWORD)
        assert visitor.sign_in("hanna@base.example.org", PASSWORD).h1 == "Moja praca"
