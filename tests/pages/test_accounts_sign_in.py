"""Signing in and out, and what ends a session."""

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.accounts.models import SignIn, User
from app.accounts.permissions import Role
from app.accounts.security import ask_to_sign_in
from app.db import db
from app.history import HistoryRecord
from app.jobs import Job
from app.web import now
from tests.factories import PASSWORD, make_user, sign_in_as
from tests.page import Page, Visitor

SignInFixture = Callable[[FlaskClient, User], None]
IGA = "iga@base.example.org"


def iga() -> User:
    return make_user(Role.AUDITOR, name="Iga Lewandowska", email=IGA, password=PASSWORD)


def test_with_the_right_password_a_person_comes_to_their_work(visitor: Visitor) -> None:
    iga()
    assert visitor.sign_in(IGA, PASSWORD).h1 == "Moja praca"


def test_the_capitals_of_the_address_do_not_matter(visitor: Visitor) -> None:
    iga()
    assert visitor.sign_in("Iga@BASE.example.org", PASSWORD).h1 == "Moja praca"


def test_a_wrong_password_and_an_unknown_person_get_the_same_answer(visitor: Visitor) -> None:
    iga()
    answers = []
    for email, password in ((IGA, "wrong-password"), ("nobody@base.example.org", PASSWORD)):
        page = visitor.send(visitor.get("/login"), {"email": email, "password": password}, status=422)
        answers.append(page.text.replace(email, ""))
    assert answers[0] == answers[1]
    assert "nie pasują do siebie" in answers[0]


def test_after_signing_in_people_come_to_the_page_they_wanted(visitor: Visitor) -> None:
    iga()
    page = visitor.get("/team")
    assert page.h1 == "Zaloguj się"
    assert visitor.send(page, {"email": IGA, "password": PASSWORD}).h1 == "Zespół"


def test_nobody_is_sent_to_another_site(client: FlaskClient, visitor: Visitor) -> None:
    iga()
    page = visitor.get("/login?next=https://evil.example/")
    answer = visitor.send(page, {"email": IGA, "password": PASSWORD})
    assert answer.response.request.host == "localhost"


def test_the_session_lasts_thirty_days(client: FlaskClient, visitor: Visitor) -> None:
    iga()
    visitor.sign_in(IGA, PASSWORD)
    cookie = client.get_cookie("base_session")
    assert cookie is not None
    assert cookie.max_age == timedelta(days=30).total_seconds() or cookie.expires is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_the_api_answers_401_in_json_without_a_session(client: FlaskClient) -> None:
    with client.application.test_request_context("/api/v1/anything"):
        response = ask_to_sign_in()
    assert response.status_code == 401
    assert response.get_json() == {"proto": 1, "error": "signin"}


def test_a_link_alone_signs_nobody_out(visitor: Visitor, sign_in: SignInFixture) -> None:
    sign_in(visitor.client, iga())
    page = visitor.get("/logout")
    assert page.h1 == "Wyloguj się"
    assert visitor.get("/account").h1 == "Moje konto"
    visitor.send(page, form="/logout")
    assert visitor.get("/account").h1 == "Zaloguj się"
    assert db.session.scalars(select(SignIn.ended_at)).all() != [None]


def test_a_closed_account_is_signed_out_at_once(visitor: Visitor, sign_in: SignInFixture) -> None:
    user = iga()
    sign_in(visitor.client, user)
    assert visitor.get("/account").h1 == "Moje konto"
    user.active = False
    assert visitor.get("/account").h1 == "Zaloguj się"


def test_a_closed_account_cannot_sign_in(visitor: Visitor) -> None:
    iga().active = False
    visitor.send(visitor.get("/login"), {"email": IGA, "password": PASSWORD}, status=422)


def test_the_signed_in_person_and_the_sign_in_are_read_in_one_query(
    client: FlaskClient, sign_in: SignInFixture, query_count: Callable[..., object]
) -> None:
    sign_in(client, iga())
    client.get("/logout")
    with query_count() as queries:  # type: ignore[attr-defined]  # a context manager
        client.get("/logout")
    assert int(queries) == 1, queries.statements


def test_a_browser_unused_for_a_month_is_signed_out(visitor: Visitor, sign_in: SignInFixture) -> None:
    sign_in(visitor.client, iga())
    db.session.execute(update(SignIn).values(last_seen_at=now() - timedelta(days=31)))
    assert visitor.get("/account").h1 == "Zaloguj się"


def test_that_a_browser_is_in_use_is_noted_every_few_minutes(client: FlaskClient, sign_in: SignInFixture) -> None:
    sign_in(client, iga())
    before = now() - timedelta(minutes=6)
    db.session.execute(update(SignIn).values(last_seen_at=before))
    client.get("/account")
    noted = db.session.scalar(select(SignIn.last_seen_at))
    assert noted is not None
    assert noted > before
    client.get("/account")
    assert db.session.scalar(select(SignIn.last_seen_at)) == noted


def test_one_ends_ones_other_browsers(visitor: Visitor, sign_in: SignInFixture) -> None:
    user = iga()
    other = visitor.client.application.test_client()
    sign_in_as(other, user)
    sign_in(visitor.client, user)
    page = visitor.get("/account")
    assert "ta przeglądarka" in page.text
    visitor.send(page, form="/end-others")
    assert visitor.get("/account").h1 == "Moje konto"
    assert other.get("/account").status_code == 302


def test_one_ends_one_other_browser_but_nobody_elses(visitor: Visitor, sign_in: SignInFixture) -> None:
    user, stranger = iga(), make_user(Role.AUDITOR)
    other, theirs = (visitor.client.application.test_client() for _ in range(2))
    sign_in_as(other, user)
    sign_in_as(theirs, stranger)
    sign_in(visitor.client, user)
    page = visitor.get("/account")
    visitor.send(page, form="/end")
    assert other.get("/account").status_code == 302
    of_stranger = db.session.scalar(select(SignIn.id).where(SignIn.user_id == stranger.id))
    token = page.form("/account/sign-ins/end-others") if len(page.all("form")) > 4 else None
    del token
    answer = visitor.client.post(f"/account/sign-ins/{of_stranger}/end", data={"csrf_token": csrf(page)})
    assert answer.status_code == 404
    assert theirs.get("/account").status_code == 200


def csrf(page: Page) -> str:
    tokens = page.all("input", name="csrf_token")
    return str(tokens[0].get("value"))


def test_changing_the_password_signs_other_browsers_out(visitor: Visitor) -> None:
    user = iga()
    other = visitor.client.application.test_client()
    sign_in_as(other, user)
    visitor.sign_in(IGA, PASSWORD)
    new = "cztery-nowe-slowa-razem"
    page = visitor.send(
        visitor.get("/change"), {"password": PASSWORD, "new_password": new, "new_password_confirm": new}
    )
    assert page.h1 == "Moje konto"
    assert other.get("/account").status_code == 302
    tags = db.session.scalars(select(HistoryRecord.tag)).all()
    assert tags == ["account:change_password"]
    assert [job.payload["template"] for job in db.session.scalars(select(Job))] == ["password_changed"]
    visitor.client.application.test_client()
    assert new not in str([job.payload for job in db.session.scalars(select(Job))])


def test_a_short_or_mistyped_new_password_is_refused_with_the_reason(visitor: Visitor) -> None:
    iga()
    visitor.sign_in(IGA, PASSWORD)
    words = {"password": PASSWORD, "new_password": "krotkie", "new_password_confirm": "krotkie"}
    page = visitor.send(visitor.get("/change"), words, status=422)
    assert page.errors() == ["Wybierz hasło, które ma co najmniej 12 znaków."]
    words = {"password": PASSWORD, "new_password": "cztery nowe slowa", "new_password_confirm": "cztery nowe"}
    page = visitor.send(visitor.get("/change"), words, status=422)
    assert page.errors() == ["Hasła się różnią. Wpisz dwa razy to samo."]
