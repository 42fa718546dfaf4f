"""The checklist browser: public, narrowed to what applies, searchable, in both languages."""

import io
import json
import zipfile
from typing import Any

from app.accounts.permissions import Role
from app.suppliers.models import ProductKind
from tests.factories import make_supplier, make_user
from tests.page import Visitor

BASE = "/checklists/base/2026.1"


def test_anyone_reads_what_will_be_asked(visitor: Visitor) -> None:
    index = visitor.get("/checklists")
    page = visitor.get(BASE)

    assert BASE in index.links.values()
    assert "75 z 75 kryteriów" in page.text
    assert "Kto u Państwa odpowiada za sprawy ekologiczne" in page.text or "EKO-ZAR-01" in page.text
    assert len(page.all("details", class_="criterion")) == 75
    assert "Warunek certyfikatu" in page.text


def test_the_checklist_is_there_in_english(visitor: Visitor) -> None:
    visitor.client.set_cookie("language", "en")

    page = visitor.get(BASE)

    assert page.root.get("lang") == "en"
    assert "75 of 75 criteria" in page.text
    assert "What the auditor looks for" in page.text


def test_a_reader_sees_only_what_applies(visitor: Visitor) -> None:
    food = visitor.get(f"{BASE}?products=food&legal_form=wtz").text
    craft = visitor.get(f"{BASE}?products=craft").text

    assert "BIZ-ZYW-01" in food
    assert "BIZ-WYR-01" not in food
    assert "BIZ-WYR-01" in craft
    assert "BIZ-ZYW-01" not in craft


def test_words_are_found_without_diacritics(visitor: Visitor) -> None:
    found = visitor.get(f"{BASE}?q=ODPADOW")
    nothing = visitor.get(f"{BASE}?q=xyzzy")

    assert 0 < len(found.all("details", class_="criterion")) < 75
    assert "Żadne kryterium nie pasuje" in nothing.text


def test_everything_opens_for_printing(visitor: Visitor) -> None:
    page = visitor.get(f"{BASE}?all=1")

    assert len(page.all("details", open="")) == 75


def test_a_suppliers_page_leads_to_what_applies_to_it(visitor: Visitor, sign_in: Any) -> None:
    contact = make_user(Role.SUPPLIER_CONTACT)
    sign_in(visitor.client, contact)
    own, other = make_supplier(contact=contact, products={"Miód": ProductKind.FOOD}), make_supplier()

    page = visitor.get(f"/checklists/for/{own.id}")

    assert page.response.request.path == BASE
    assert "BIZ-ZYW-01" in page.text
    assert "BIZ-WYR-01" not in page.text
    visitor.get(f"/checklists/for/{other.id}", status=404)


def test_the_checklist_can_be_taken_away(visitor: Visitor) -> None:
    bundle = json.loads(visitor.client.get(f"{BASE}/checklist.json").data)
    archive = zipfile.ZipFile(io.BytesIO(visitor.client.get(f"{BASE}/checklist.zip").data))

    assert bundle["checklist"] == "base"
    assert "2026.1/checklist.yaml" in archive.namelist()


def test_an_unpublished_checklist_is_not_there(visitor: Visitor) -> None:
    visitor.get("/checklists/base/1999", status=404)
    visitor.get("/checklists/..%2F../x", status=404)


def test_the_page_is_light(visitor: Visitor, query_count: Any) -> None:
    with query_count() as queries:
        answer = visitor.client.get(BASE, headers={"Accept-Encoding": "gzip"})

    assert len(answer.data) < 60_000
    assert int(queries) == 0, queries.statements
