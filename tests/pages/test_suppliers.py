"""Pages of suppliers: who sees which, registering, changing, the list and what it costs."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from app import history
from app.accounts.models import User
from app.accounts.permissions import Role
from app.db import db
from app.suppliers import parts
from app.suppliers import service as suppliers
from app.suppliers.models import LegalForm, ProductKind, Supplier
from app.web import now
from tests.factories import MAJA, NIPS, make_running_body, make_supplier, make_user
from tests.page import Visitor

Sign = Any


@pytest.fixture
def maja(visitor: Visitor, sign_in: Sign) -> Visitor:
    """Maja coordinates."""
    sign_in(visitor.client, make_user(Role.COORDINATOR, name="Maja Nowicka"))
    return visitor


def as_user(visitor: Visitor, sign_in: Sign, *roles: Role, name: str = "") -> User:
    user = make_user(*roles, name=name)
    sign_in(visitor.client, user)
    return user


ENTERED = {
    "unit-name": "WTZ „Morska Szuflada”",
    "unit-legal_form": "wtz",
    "unit-town": "Puck",
    "unit-postal_code": "84100",
    "unit-county_code": "2211",
    "unit-participants": "30",
    "unit-at_risk": "5",
    "body-name": "Stowarzyszenie „Przystań Dłoni”",
    "body-legal_form": "ngo_s",
    "body-nip": "100-014-20-77",
    "body-regon": "990014202",
    "body-krs": "0009990014",
}


def test_the_coordinator_registers_a_workshop_and_its_running_body(maja: Visitor) -> None:
    page = maja.send(maja.get("/suppliers/new"), ENTERED)

    assert page.h1 == "WTZ „Morska Szuflada”"
    supplier = db.session.scalar(select(Supplier))
    assert supplier is not None
    assert (supplier.postal_code, supplier.people) == ("84-100", {"participants": 30, "at_risk": 5})
    assert supplier.running_body.nip == "1000142077"


def test_wrong_numbers_are_said_at_their_fields_and_nothing_is_saved(maja: Visitor) -> None:
    wrong = ENTERED | {"body-nip": "1000142078", "body-regon": "12", "unit-postal_code": "84"}

    page = maja.send(maja.get("/suppliers/new"), wrong, status=422)

    assert any("NIP 1000142078 ma złą cyfrę kontrolną" in sentence for sentence in page.errors())
    assert any("REGON ma 9 cyfr, a tu jest ich 2" in sentence for sentence in page.errors())
    assert "1000142078" in page.source, "what was typed stays"
    assert db.session.scalar(select(Supplier)) is None


def test_a_foundation_is_itself_the_legal_person(maja: Visitor) -> None:
    entered = ENTERED | {"unit-name": "Fundacja „Zioła z Borów”", "unit-legal_form": "ngo_f", "unit_is_body": "y"}
    entered |= {"body-name": "", "body-legal_form": "", "body-nip": NIPS[8], "body-regon": "", "body-krs": ""}

    page = maja.send(maja.get("/suppliers/new"), entered)

    assert page.h1 == "Fundacja „Zioła z Borów”"
    assert db.session.scalars(select(Supplier)).one().running_body.name == "Fundacja „Zioła z Borów”"


def test_a_workshop_cannot_be_its_own_legal_person(maja: Visitor) -> None:
    page = maja.send(maja.get("/suppliers/new"), ENTERED | {"unit_is_body": "y"}, status=422)

    assert page.errors()


def test_each_page_of_a_supplier_opens(maja: Visitor) -> None:
    supplier = make_supplier(products={"Miska": ProductKind.CRAFT})
    product = supplier.products[0]
    address = f"/suppliers/{supplier.id}"

    for path in ("", "/change", "/running-body", "/facts", "/advice", "/apply", "/sites/new", "/contacts/new"):
        maja.get(address + path)
    maja.get(f"{address}/products/{product.id}")
    maja.get("/suppliers/import")


def test_changing_shows_what_changed_in_the_history(maja: Visitor) -> None:
    supplier = make_supplier(town="Puck")

    page = maja.send(maja.get(f"/suppliers/{supplier.id}/change"), {"unit-town": "Słupsk"})

    record = history.timeline(supplier_id=supplier.id)[0]
    assert (record.tag, record.before, record.after) == ("supplier:change", {"town": "Puck"}, {"town": "Słupsk"})
    assert "Słupsk" in page.text


def test_a_change_by_someone_else_is_shown_and_what_was_typed_is_kept(maja: Visitor) -> None:
    supplier = make_supplier(town="Puck")
    opened = maja.get(f"/suppliers/{supplier.id}/change")
    changed = replace(suppliers.unit_as_entered(supplier), street="Nowa 1")
    suppliers.change_supplier(supplier, changed, version=supplier.version, actor=MAJA, at=now())

    page = maja.send(opened, {"unit-town": "Słupsk"}, status=409)

    assert "Nowa 1" in page.text
    assert 'value="Słupsk"' in page.source
    maja.send(page)
    assert supplier.town == "Słupsk"


def test_products_decide_the_facts_until_a_person_corrects_them(maja: Visitor) -> None:
    supplier = make_supplier()
    address = f"/suppliers/{supplier.id}"
    maja.send(maja.get(f"{address}/products/new"), {"name": "Miód", "kind": "food", "net_price": "19.00"})
    assert "Żywność" in maja.get(address).text

    page = maja.send(maja.get(f"{address}/facts"), {"products": ["food", "craft"], "legal_form": ["wtz"]})

    assert "Żywność, Rękodzieło (ustalono ręcznie)" in page.text
    assert supplier.profile == {"products": ["food", "craft"]}


@pytest.mark.parametrize(
    ("kind", "mine", "theirs"),
    [
        ("product", {"name": "Misa"}, {"note": "ręcznie malowana"}),
        ("site", {"name": "pracownia"}, {"town": "Hel"}),
        ("contact", {"phone": "58 123 45 67"}, {"function": "kierowniczka"}),
    ],
)
def test_nobody_overwrites_a_change_that_they_did_not_see(
    maja: Visitor, kind: str, mine: dict[str, str], theirs: dict[str, str]
) -> None:
    supplier = make_supplier()
    made = {
        "product": {"name": "Miska", "kind": ProductKind.CRAFT},
        "site": {"name": "dom"},
        "contact": {"name": "Ewa"},
    }
    part = parts.add_part(supplier, kind, made[kind], actor=MAJA, at=now())
    address = f"/suppliers/{supplier.id}/{kind}s/{part.id}"
    opened = maja.get(address)
    parts.change_part(part, theirs, version=part.version, actor=MAJA, at=now())

    page = maja.send(opened, mine, form=address, status=409)

    assert "W międzyczasie ktoś inny to zmienił" in page.text
    for name, value in theirs.items():
        assert getattr(part, name) == value
    maja.send(page, form=address)
    for name, value in mine.items():
        assert getattr(part, name) == value


def test_a_contact_changes_what_the_supplier_says_about_them(visitor: Visitor, sign_in: Sign) -> None:
    hanna = as_user(visitor, sign_in, Role.SUPPLIER_CONTACT, name="Hanna Przykładowska")
    supplier = make_supplier(contact=hanna)
    supplier.contacts[0].function, supplier.contacts[0].phone = "kierowniczka", "58 111 11 11"
    db.session.commit()

    page = visitor.get("/account")
    assert 'value="58 111 11 11"' in page.source
    assert 'value="kierowniczka"' in page.source
    visitor.send(page, {"name": "Hanna Nowa", "phone": "58 222 22 22", "language": "en"})

    contact = supplier.contacts[0]
    assert (contact.name, contact.function, contact.phone) == ("Hanna Nowa", "kierowniczka", "58 222 22 22")
    assert (hanna.name, hanna.language) == ("Hanna Nowa", "en")
    record = history.timeline(supplier_id=supplier.id)[0]
    assert (record.tag, record.actor_name) == ("contact:change", "Hanna Przykładowska")
    assert record.after == {"name": "Hanna Nowa", "phone": "58 222 22 22"}


def test_staff_have_no_telephone_at_a_supplier(maja: Visitor) -> None:
    assert 'name="phone"' not in maja.get("/account").source


def test_a_product_is_changed_and_removed(maja: Visitor) -> None:
    supplier = make_supplier(products={"Miska": ProductKind.CRAFT})
    address = f"/suppliers/{supplier.id}/products/{supplier.products[0].id}"

    maja.send(maja.get(address), {"name": "Misa"}, form=address)
    assert supplier.products[0].name == "Misa"
    page = maja.send(maja.get(address), form="/remove")
    assert "Misa" not in page.links
    assert supplier.products == []


def test_a_wrong_ean_is_refused(maja: Visitor) -> None:
    supplier = make_supplier()

    page = maja.send(
        maja.get(f"/suppliers/{supplier.id}/products/new"),
        {"name": "Miód", "kind": "food", "ean": "2990000000379"},
        status=422,
    )

    assert any("EAN 2990000000379" in sentence for sentence in page.errors())


def test_advice_is_noted_and_counts(maja: Visitor) -> None:
    supplier, ada = make_supplier(), make_user(Role.ADVISER, name="Ada Wiśniewska")

    page = maja.send(
        maja.get(f"/suppliers/{supplier.id}/advice"),
        {"adviser": str(ada.id), "given_on": "2026-05-12", "topic": "etykiety"},
    )

    assert "Ada Wiśniewska, 12 maja 2026" in page.text
    assert suppliers.advised(supplier.id, ada.id, now().date().replace(year=2026, month=1, day=1))


def test_the_list_finds_by_beginnings_without_diacritics_and_narrows(maja: Visitor) -> None:
    make_supplier("Fundacja „Lniany Wątek”", legal_form=LegalForm.NGO_F, town="Słupsk", county_code="2263")
    make_supplier("WTZ „Wiatraki”", town="Nowy Dwór Gdański", county_code="2210")

    assert "Lniany Wątek" in maja.get("/suppliers?q=slup").text
    assert "Wiatraki" not in maja.get("/suppliers?q=slup").text
    assert "Wiatraki" in maja.get("/suppliers?legal_form=wtz&county=2210").text
    assert "Lniany" not in maja.get("/suppliers?legal_form=wtz").text
    assert maja.get("/suppliers?q=nikogo").text.count("Żaden dostawca nie pasuje") == 1


def test_the_list_is_paged_by_key(maja: Visitor) -> None:
    body = make_running_body()
    for number in range(60):
        make_supplier(f"WTZ {number:03d}", body=body)

    first = maja.get("/suppliers")
    second = maja.get(first.links["Następne pozycje"])

    assert "60 dostawców" in first.text
    assert "WTZ 049" in first.text
    assert "WTZ 050" in second.text
    assert "WTZ 049" not in second.text


def test_list_and_page_take_a_fixed_number_of_queries(maja: Visitor, query_count: Any) -> None:
    body = make_running_body()
    for number in range(30):
        made = make_supplier(f"WTZ {number}", body=body, products={"a": ProductKind.FOOD, "b": ProductKind.CRAFT})

    with query_count() as listed:
        maja.get("/suppliers")
    with query_count() as searched:
        maja.get("/suppliers?q=wtz+puck")
    with query_count() as shown:
        maja.get(f"/suppliers/{made.id}")

    assert int(listed) <= 4, listed.statements
    assert int(searched) <= 8, searched.statements
    assert int(shown) <= 9, shown.statements


def test_a_contact_sees_only_their_own_supplier(visitor: Visitor, sign_in: Sign) -> None:
    zosia = as_user(visitor, sign_in, Role.SUPPLIER_CONTACT, name="Zofia Bajkowa")
    own, other = make_supplier("Tkalnia", contact=zosia), make_supplier("WTZ „Wiatraki”")

    assert visitor.get(f"/suppliers/{own.id}").h1 == "Tkalnia"
    visitor.get(f"/suppliers/{other.id}", status=404)
    visitor.get(f"/suppliers/{other.id}/apply", status=404)
    assert "Wiatraki" not in visitor.get("/suppliers").text
    visitor.get(f"/suppliers/{own.id}/change", status=403)
    assert "Historia" not in visitor.get(f"/suppliers/{own.id}").text


def test_an_adviser_sees_only_those_they_advise(visitor: Visitor, sign_in: Sign) -> None:
    ada = as_user(visitor, sign_in, Role.ADVISER)
    advised, other = make_supplier("Tkalnia"), make_supplier()
    suppliers.log_advice(advised, adviser=ada, given_on=now().date(), topic="", actor=MAJA, at=now())

    visitor.get(f"/suppliers/{advised.id}")
    visitor.get(f"/suppliers/{other.id}", status=404)


def test_an_unknown_supplier_is_404(maja: Visitor) -> None:
    maja.get(f"/suppliers/{uuid.uuid4()}", status=404)
