"""The session cookie is signed anew once a day, not with every page."""

from datetime import UTC, datetime, timedelta

import time_machine
from flask.testing import FlaskClient

from app.accounts.permissions import Role
from tests.factories import PASSWORD, make_user
from tests.page import Visitor

MORNING = datetime(2026, 11, 2, 8, tzinfo=UTC)


def _renewed(client: FlaskClient) -> bool:
    return any("base_session=" in cookie for cookie in client.get("/").headers.getlist("Set-Cookie"))


def test_the_cookie_is_sent_again_once_a_day_so_that_it_lives_on_where_it_is_used(client: FlaskClient) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        make_user(Role.AUDITOR, email="iga@base.example.org", password=PASSWORD)
        Visitor(client).sign_in("iga@base.example.org", PASSWORD)
        assert not _renewed(client)
        clock.move_to(MORNING + timedelta(days=1))
        assert _renewed(client)
        assert not _renewed(client)


def test_who_comes_back_within_thirty_days_stays_signed_in(client: FlaskClient) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        make_user(Role.AUDITOR, email="iga@base.example.org", password=PASSWORD)
        Visitor(client).sign_in("iga@base.example.org", PASSWORD)
        for visit in range(1, 4):
            clock.move_to(MORNING + timedelta(days=20 * visit))
            assert Visitor(client).get("/").h1 == "Moja praca"
