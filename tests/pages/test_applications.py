"""Applications: the public form, the office's linking, and the one for a known supplier."""

from typing import Any

import pytest
from sqlalchemy import select

from app import history
from app.accounts.permissions import Role
from app.audits.models import Case
from app.audits.states import CaseState
from app.db import db
from app.jobs import Job
from app.suppliers.models import Application, ApplicationChannel, ProductKind, Supplier
from tests.factories import NIPS, make_application, make_running_body, make_supplier, make_user
from tests.page import Visitor

WROTE = {
    "unit_name": "WTZ „Morska Szuflada”",
    "unit_form": "wtz",
    "postal_code": "84-100",
    "town": "Puck",
    "body_name": "Stowarzyszenie „Przystań Dłoni”",
    "body_form": "ngo_s",
    "nip": "100-014-20-77",
    "contact_name": "Hanna Przykładowska",
    "contact_email": "morska.szuflada@example.org",
    "products": "Miseczka ceramiczna\nBrelok filcowy\n\n",
    "consent_terms": "y",
    "consent_register": "y",
}


@pytest.fixture
def maja(visitor: Visitor, sign_in: Any) -> Visitor:
    sign_in(visitor.client, make_user(Role.COORDINATOR, name="Maja Nowicka"))
    return visitor


def only_application() -> Application | None:
    return db.session.scalar(select(Application))


def test_anyone_applies_and_gets_a_letter(visitor: Visitor) -> None:
    page = visitor.send(visitor.get("/apply"), WROTE)

    assert page.h1 == "Wniosek do nas dotarł"
    application = only_application()
    assert application is not None
    assert application.channel is ApplicationChannel.PUBLIC
    assert application.product_scope == ["Miseczka ceramiczna", "Brelok filcowy"]
    assert application.particulars["nip"] == "1000142077"
    assert (application.consent_register, application.consent_scores) == (True, False)
    assert db.session.scalar(select(Job.kind)) == "mail.send"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"consent_terms": ""}, "Wniosek wymaga zgody na warunki certyfikacji."),
        ({"products": " \n "}, "Napisz, jakie produkty lub usługi ma objąć certyfikat."),
        ({"nip": "1000142078"}, "NIP 1000142078 ma złą cyfrę kontrolną. Porównaj numer z dokumentem."),
        ({"body_name": ""}, "Napisz, kto prowadzi warsztat lub zakład, i wybierz jego formę prawną."),
        ({"contact_email": "hanna"}, "Adres e-mail wygląda tak: imie@example.org."),
        ({"unit_form": ""}, "Wybierz formę prawną."),
        ({"postal_code": "Puck"}, "Kod pocztowy wygląda tak: 84-100."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(visitor: Visitor, change: Any, sentence: str) -> None:
    wrote = {key: value for key, value in (WROTE | change).items() if value or key != "consent_terms"}

    page = visitor.send(visitor.get("/apply"), wrote, status=422)

    assert sentence in page.errors()
    assert only_application() is None


def test_a_program_that_fills_everything_in_is_not_heard(visitor: Visitor) -> None:
    page = visitor.send(visitor.get("/apply"), WROTE | {"website": "http://spam.example"})

    assert page.h1 == "Wniosek do nas dotarł"
    assert only_application() is None


def test_the_office_links_an_application_by_its_nip_and_the_case_opens(maja: Visitor) -> None:
    known = make_supplier("WTZ „Dawna Nazwa”", body=make_running_body(nip=NIPS[0]))
    application = make_application(nip=NIPS[0])

    page = maja.get(f"/applications/{application.id}")
    assert "WTZ „Dawna Nazwa”" in page.text
    response = maja.client.post(f"/applications/{application.id}", data=token(page) | {"supplier": str(known.id)})

    assert response.status_code == 302
    case = db.session.scalars(select(Case)).one()
    assert (case.supplier_id, case.state) == (known.id, CaseState.APPLIED)
    assert application.supplier_id == known.id
    assert maja.get("/applications").text.count("Żaden wniosek nie czeka") == 1
    maja.get(f"/applications/{application.id}", status=409)


def test_the_office_registers_the_applicant_as_a_new_supplier(maja: Visitor) -> None:
    application = make_application()

    page = maja.get(f"/applications/{application.id}")
    maja.client.post(f"/applications/{application.id}", data=token(page) | {"supplier": "new"})

    supplier = db.session.scalars(select(Supplier)).one()
    assert (supplier.name, supplier.running_body.name) == ("WTZ „Nowa Pracownia”", "Fundacja „Nowa”")
    assert [contact.email for contact in supplier.contacts] == ["jan@example.org"]
    assert db.session.scalars(select(Case.supplier_id)).one() == supplier.id


def test_products_with_a_kind_become_the_new_suppliers_products(maja: Visitor) -> None:
    application = make_application()
    application.product_scope, application.site_scope = ["Miska", "Sok", "Drobiazgi"], ["pracownia na Zielonej"]

    page = maja.get(f"/applications/{application.id}")
    assert "Miska" in page.text
    chosen = {"kinds-0": "craft", "kinds-1": "food", "kinds-2": "", "supplier": "new"}
    maja.client.post(f"/applications/{application.id}", data=token(page) | chosen)

    supplier = db.session.scalars(select(Supplier)).one()
    kinds = {product.name: product.kind for product in supplier.products}
    assert kinds == {"Miska": ProductKind.CRAFT, "Sok": ProductKind.FOOD}
    assert [site.name for site in supplier.sites] == ["pracownia na Zielonej"]
    assert "product:add" in [record.tag for record in history.timeline(supplier_id=supplier.id)]


def test_linking_to_a_known_supplier_adds_what_it_does_not_have(maja: Visitor) -> None:
    known = make_supplier(body=make_running_body(nip=NIPS[0]), products={"MISKA": ProductKind.CRAFT})
    application = make_application(nip=NIPS[0])
    application.product_scope, application.site_scope = ["Miska", "Sok"], ["pracownia"]

    page = maja.get(f"/applications/{application.id}")
    chosen = {"kinds-0": "food", "kinds-1": "food", "supplier": str(known.id)}
    maja.client.post(f"/applications/{application.id}", data=token(page) | chosen)

    db.session.refresh(known)
    kinds = {product.name: product.kind for product in known.products}
    assert kinds == {"MISKA": ProductKind.CRAFT, "Sok": ProductKind.FOOD}
    assert [contact.email for contact in known.contacts] == ["jan@example.org"]
    assert [site.name for site in known.sites] == ["pracownia"]


def test_linking_to_nothing_says_so(maja: Visitor) -> None:
    application = make_application()

    page = maja.get(f"/applications/{application.id}")
    answer = maja.client.post(f"/applications/{application.id}", data=token(page) | {"supplier": "?"})

    assert answer.status_code == 422
    assert application.supplier_id is None


def test_a_contact_applies_for_their_own_supplier(visitor: Visitor, sign_in: Any) -> None:
    hanna = make_user(Role.SUPPLIER_CONTACT, name="Hanna Przykładowska")
    sign_in(visitor.client, hanna)
    own = make_supplier(contact=hanna, products={"Miska": ProductKind.CRAFT, "Dżem": ProductKind.FOOD})

    page = visitor.get(f"/suppliers/{own.id}/apply")
    assert "które obejmie certyfikat (nieobowiązkowe)" not in page.text
    refused = visitor.send(page, status=422)
    assert refused.errors() == [
        "Napisz, jakie produkty lub usługi ma objąć certyfikat.",
        "Wniosek wymaga zgody na warunki certyfikacji.",
    ]
    visitor.client.post(
        f"/suppliers/{own.id}/apply",
        data=token(page) | {"products": ["Dżem"], "more_products": "Sok", "consent_terms": "y"},
    )

    application = only_application()
    assert application is not None
    assert (application.channel, application.product_scope) == (ApplicationChannel.SUPPLIER, ["Dżem", "Sok"])
    assert db.session.scalars(select(Case.product_scope)).one() == ["Dżem", "Sok"]


def test_who_has_no_products_yet_is_asked_for_them_in_words(visitor: Visitor, sign_in: Any) -> None:
    hanna = make_user(Role.SUPPLIER_CONTACT)
    sign_in(visitor.client, hanna)
    own = make_supplier(contact=hanna)

    page = visitor.get(f"/suppliers/{own.id}/apply")
    assert "które obejmie certyfikat (nieobowiązkowe)" not in page.text
    refused = visitor.send(page, {"consent_terms": "y"}, status=422)
    assert refused.links["Napisz, jakie produkty lub usługi ma objąć certyfikat."] == "#more_products"


def test_who_has_an_open_case_reads_its_number_before_applying_again(maja: Visitor, query_count: Any) -> None:
    own = make_supplier()
    path = f"/suppliers/{own.id}/apply"
    with query_count() as before:
        page = maja.get(path)
    assert "Nowy wniosek" not in page.text
    maja.send(page, {"more_products": "Sok", "consent_terms": "y"})
    number = db.session.scalars(select(Case.number)).one()

    with query_count() as queries:
        again = maja.get(path)
    assert f"Otwarta jest jeszcze sprawa {number}." in again.text
    assert int(queries) <= int(before)


def test_only_the_office_sees_waiting_applications(visitor: Visitor, sign_in: Any) -> None:
    sign_in(visitor.client, make_user(Role.AUDITOR))

    visitor.get("/applications", status=403)


def token(page: Any) -> dict[str, str]:
    return {"csrf_token": page.all("input", name="csrf_token")[0].get("value")}
