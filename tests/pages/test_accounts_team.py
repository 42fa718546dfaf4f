"""The team page, invitations, roles, closing accounts."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import labels
from app.accounts.models import Invitation, User
from app.accounts.permissions import PERMISSIONS, Role
from app.db import db
from app.handlers import HANDLERS
from app.jobs import run_due
from app.suppliers.models import Contact
from tests.factories import PASSWORD, make_supplier, make_user, sign_in_as
from tests.letters import letters, link_in
from tests.page import Page, Visitor, text_of

NEW = "cztery-nowe-slowa-razem"


@pytest.fixture
def maja(visitor: Visitor) -> User:
    """The coordinator, signed in."""
    user = make_user(Role.COORDINATOR, name="Maja Nowicka", email="maja@base.example.org", password=PASSWORD)
    sign_in_as(visitor.client, user)
    return user


@pytest.fixture
def kuba(visitor: Visitor) -> User:
    """The administrator, signed in."""
    user = make_user(Role.ADMINISTRATOR, name="Kuba Dąbrowski", email="kuba@base.example.org")
    sign_in_as(visitor.client, user)
    return user


def invite(visitor: Visitor, **fields: object) -> Page:
    letter = {"email": "iga@base.example.org", "name": "Iga Lewandowska", "roles": ["auditor"], "language": "pl"}
    return visitor.send(visitor.get("/team/invite"), {**letter, **fields})


def path_of_letter(app: Flask) -> str:
    run_due(app, HANDLERS)
    return re.sub(r"^http://[^/]+", "", link_in(letters(app)[-1]))


def test_the_permission_table_is_the_one_that_is_enforced(visitor: Visitor, maja: User) -> None:
    page = visitor.get("/team")
    table = page.all("table", class_="permissions")[0]
    rows = [row for row in table.iter("tr") if list(row.iter("td"))]
    assert len(rows) == len(labels.PERMISSIONS)
    for permission, row in zip(labels.PERMISSIONS, rows, strict=True):
        shown = [text_of(cell) != "nie" for cell in row.iter("td")]
        assert shown == [permission in PERMISSIONS[role] for role in labels.ROLES], permission


def test_an_invited_person_opens_an_account_and_works(app: Flask, visitor: Visitor, maja: User) -> None:
    assert "Zaproszenie jest w drodze" in invite(visitor).text
    path = path_of_letter(app)
    guest = Visitor(app.test_client())
    page = guest.get(path)
    assert page.h1 == "Witamy w BASE"
    assert "Maja Nowicka" in page.text
    page = guest.send(page, {"password": NEW, "password_confirm": NEW})
    assert guest.send(page, {"email": "iga@base.example.org", "password": NEW}).h1 == "Moja praca"
    iga = db.session.scalar(select(User).where(User.email == "iga@base.example.org"))
    assert iga is not None
    assert (iga.role_names, iga.is_staff) == (["auditor"], True)
    assert Visitor(app.test_client()).get(path, status=404).status == 404


def test_the_secret_of_an_invitation_is_nowhere_in_the_database(app: Flask, visitor: Visitor, maja: User) -> None:
    invite(visitor)
    secret = path_of_letter(app).rpartition("/")[2]
    with db.engine.connect() as connection:
        dump = "\n".join(
            str(connection.exec_driver_sql(f'SELECT * FROM "{table}"').all())  # noqa: S608  # our own table names
            for table in ("job", "invitation", "history")
        )
    assert secret not in dump


def test_sending_again_replaces_the_link_and_withdrawing_ends_it(app: Flask, visitor: Visitor, maja: User) -> None:
    invite(visitor)
    first = path_of_letter(app)
    visitor.send(visitor.get("/team"), form="/send-again")
    second = path_of_letter(app)
    guest = Visitor(app.test_client())
    guest.get(first, status=404)
    guest.get(second)
    visitor.send(visitor.get("/team"), form="/withdraw")
    guest.get(second, status=404)


def test_a_short_password_is_refused_and_the_invitation_stays_open(app: Flask, visitor: Visitor, maja: User) -> None:
    invite(visitor)
    guest = Visitor(app.test_client())
    page = guest.send(
        guest.get(path_of_letter(app)), {"password": "krotkie", "password_confirm": "krotkie"}, status=422
    )
    assert page.errors() == ["Wybierz hasło, które ma co najmniej 12 znaków."]
    assert db.session.scalar(select(Invitation.accepted_at)) is None


def test_a_suppliers_contact_is_linked_to_the_supplier(app: Flask, visitor: Visitor, maja: User) -> None:
    supplier = make_supplier("WTZ Wiatraki")
    page = visitor.get(f"/team/invite?supplier={supplier.id}&email=tomek@base.example.org&name=Tomek")
    assert "WTZ Wiatraki" in page.h1
    token = page.all("input", name="csrf_token")[-1].get("value")
    sent = visitor.client.post(
        f"/team/invite?supplier={supplier.id}",
        data={"email": "tomek@base.example.org", "name": "Tomek", "language": "pl", "csrf_token": token},
    )
    assert sent.status_code == 302
    history = visitor.get(f"/suppliers/{supplier.id}").text
    assert "Osoba kontaktowa dostawcy" in history
    assert "supplier_contact" not in history
    guest = Visitor(app.test_client())
    guest.send(guest.get(path_of_letter(app)), {"password": NEW, "password_confirm": NEW})
    contact = db.session.scalar(select(Contact))
    assert contact is not None
    assert contact.supplier_id == supplier.id
    assert contact.user_id == db.session.scalar(select(User.id).where(User.email == "tomek@base.example.org"))


def test_a_coordinator_is_not_offered_the_administrators_role(visitor: Visitor, maja: User) -> None:
    page = visitor.get("/team/invite")
    offered = [one.get("value") for one in page.all("input", name="roles")]
    assert "administrator" not in offered
    assert "auditor" in offered
    token = page.all("input", name="csrf_token")[-1].get("value")
    fields = {"email": "x@base.example.org", "name": "X", "roles": "administrator", "language": "pl"}
    answer = visitor.client.post("/team/invite", data={**fields, "csrf_token": token})
    assert answer.status_code == 422
    assert db.session.scalar(select(Invitation)) is None


def test_an_address_with_an_account_or_an_invitation_is_not_invited_again(visitor: Visitor, maja: User) -> None:
    make_user(Role.AUDITOR, email="iga@base.example.org")
    fields = {"email": "IGA@base.example.org", "name": "Iga", "roles": ["auditor"]}
    page = visitor.send(visitor.get("/team/invite"), fields, status=422)
    assert page.errors() == ["Ktoś z tym adresem ma już konto."]


def test_what_an_invitation_lacks_is_listed_in_the_order_of_its_fields(visitor: Visitor, maja: User) -> None:
    page = visitor.send(visitor.get("/team/invite"), {"email": "", "name": "", "roles": []}, status=422)
    fields = [str(link.get("href"))[1:] for box in page.all("div", role="alert") for link in box.iter("a")]
    assert [one.partition("-")[0] for one in fields] == ["email", "name", "roles"]


def test_an_administrator_gives_roles(visitor: Visitor, kuba: User) -> None:
    iga = make_user(Role.AUDITOR, name="Iga Lewandowska")
    page = visitor.get(f"/team/{iga.id}")
    page = visitor.send(page, {"roles": ["auditor", "reviewer"]}, form="/roles")
    assert "Audytor, Recenzent" in page.text or "ma od teraz nowe role" in page.text
    db.session.refresh(iga)
    assert iga.role_names == ["auditor", "reviewer"]


def test_closing_an_account_signs_the_person_out_at_once(app: Flask, visitor: Visitor, maja: User) -> None:
    iga = make_user(Role.AUDITOR, name="Iga Lewandowska")
    hers = Visitor(app.test_client())
    sign_in_as(hers.client, iga)
    assert hers.get("/account").h1 == "Moje konto"
    visitor.send(visitor.get(f"/team/{iga.id}"), form="/close")
    assert hers.get("/account").h1 == "Zaloguj się"
    visitor.send(visitor.get(f"/team/{iga.id}"), form="/reopen")
    db.session.refresh(iga)
    assert iga.active


def test_a_coordinator_ends_all_sessions_of_a_person(app: Flask, visitor: Visitor, maja: User) -> None:
    iga = make_user(Role.AUDITOR, name="Iga Lewandowska")
    hers = Visitor(app.test_client())
    sign_in_as(hers.client, iga)
    visitor.send(visitor.get(f"/team/{iga.id}"), form="/sign-out")
    assert hers.get("/account").h1 == "Zaloguj się"


def test_others_see_the_team_but_cannot_change_it(visitor: Visitor) -> None:
    iga = make_user(Role.AUDITOR, name="Iga Lewandowska")
    sign_in_as(visitor.client, iga)
    page = visitor.get("/team")
    assert "Zaproś osobę" not in page.text
    assert not [form for form in page.all("form") if "/team" in (form.get("action") or "")]


def test_the_team_page_costs_the_same_however_many_people_there_are(
    client: FlaskClient, maja: User, query_count: Callable[..., object]
) -> None:
    client.get("/team")
    counts = []
    for more in (1, 80):
        for _ in range(more):
            make_user(Role.AUDITOR)
        db.session.commit()
        with query_count() as queries:  # type: ignore[attr-defined]  # a context manager
            client.get("/team")
        counts.append(int(queries))
    assert counts[0] == counts[1] <= 6


def test_people_are_paged_by_name(visitor: Visitor, maja: User) -> None:
    for number in range(60):
        make_user(Role.AUDITOR, name=f"Osoba {number:02}")
    first = visitor.get("/team")
    assert "Osoba 48" in first.text
    assert "Osoba 50" not in first.text
    second = visitor.get(first.links["Następne pozycje"])
    assert "Osoba 50" in second.text
    assert "Osoba 48" not in second.text
