"""Roles, the last administrator, closing accounts, the organisation."""

import pytest
from sqlalchemy import select

from app.accounts import service
from app.accounts.models import User
from app.accounts.organisation import edit_organisation, the_organisation
from app.accounts.permissions import Role
from app.db import db
from app.errors import Conflict, Forbidden, Invalid, NotAllowedNow
from app.history import HistoryRecord, breaks
from app.web import now
from tests.factories import make_user


def test_nobody_changes_their_own_roles() -> None:
    kuba = make_user(Role.ADMINISTRATOR)
    with pytest.raises(Forbidden):
        service.change_roles(kuba, frozenset({Role.AUDITOR}), actor=kuba.actor, at=now())


def test_a_coordinator_neither_gives_nor_takes_the_administrators_role() -> None:
    maja, kuba, iga = make_user(Role.COORDINATOR), make_user(Role.ADMINISTRATOR), make_user(Role.AUDITOR)
    for user, roles in ((iga, {Role.AUDITOR, Role.ADMINISTRATOR}), (kuba, {Role.AUDITOR})):
        with pytest.raises(Forbidden):
            service.change_roles(user, frozenset(roles), actor=maja.actor, at=now())
    with pytest.raises(Forbidden):
        service.close_account(kuba, actor=maja.actor, at=now())


def test_the_last_administrator_stays() -> None:
    kuba, ewa = make_user(Role.ADMINISTRATOR), make_user(Role.ADMINISTRATOR)
    service.change_roles(ewa, frozenset({Role.AUDITOR}), actor=kuba.actor, at=now())
    former = ewa.actor
    with pytest.raises(Forbidden):
        service.close_account(kuba, actor=former, at=now())
    other = make_user(Role.ADMINISTRATOR, active=False)
    with pytest.raises(NotAllowedNow):
        service.close_account(kuba, actor=other.actor, at=now())
    with pytest.raises(NotAllowedNow):
        service.change_roles(kuba, frozenset({Role.AUDITOR}), actor=other.actor, at=now())


def test_a_suppliers_contact_gets_no_role_at_the_foundation() -> None:
    kuba, hanna = make_user(Role.ADMINISTRATOR), make_user(Role.SUPPLIER_CONTACT)
    with pytest.raises((Forbidden, Invalid)):
        service.change_roles(hanna, frozenset({Role.AUDITOR}), actor=kuba.actor, at=now())


def test_changed_roles_are_in_the_history() -> None:
    kuba, iga = make_user(Role.ADMINISTRATOR), make_user(Role.AUDITOR)
    service.change_roles(iga, frozenset({Role.AUDITOR, Role.REVIEWER}), actor=kuba.actor, at=now())
    (entry,) = db.session.scalars(select(HistoryRecord)).all()
    assert entry.tag == "account:change_roles"
    assert (entry.before, entry.after) == ({"roles": ["auditor"]}, {"roles": ["auditor", "reviewer"]})
    assert list(breaks()) == []


def test_people_with_a_role_are_the_active_ones_by_name() -> None:
    make_user(Role.AUDITOR, Role.REVIEWER, name="Olaf")
    make_user(Role.AUDITOR, name="Iga")
    make_user(Role.AUDITOR, name="Ala", active=False)
    make_user(Role.COORDINATOR, name="Maja")
    assert [user.name for user in service.people_with_role(Role.AUDITOR)] == ["Iga", "Olaf"]


def test_addresses_are_found_however_they_are_capitalised() -> None:
    iga = make_user(Role.AUDITOR, email="Iga@base.example.org")
    found = service.find_by_email(" iga@BASE.example.org ")
    assert isinstance(found, User)
    assert found.id == iga.id


def test_the_organisation_cannot_be_changed_from_an_old_version() -> None:
    kuba = make_user(Role.ADMINISTRATOR)
    words = {"name": "Fundacja HELISA", "address": "Gdańsk", "email": "", "website": ""}
    seen = the_organisation().version
    edit_organisation(words, version=seen, actor=kuba.actor, at=now())
    with pytest.raises(Conflict):
        edit_organisation({**words, "address": "Gdynia"}, version=seen, actor=kuba.actor, at=now())
    edit_organisation({**words, "address": "Sopot"}, version=the_organisation().version, actor=kuba.actor, at=now())
    assert the_organisation().address == "Sopot"
