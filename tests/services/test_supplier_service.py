"""Suppliers through the services, on both databases: visibility, search, paging, facts, links, advice."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from app import history
from app.accounts.permissions import Actor, Role
from app.db import db
from app.errors import Conflict, Invalid, NotFound
from app.suppliers import listing, search
from app.suppliers import service as suppliers
from app.suppliers.applications import likely_suppliers
from app.suppliers.facts import facts_of, known_facts, set_facts
from app.suppliers.models import LegalForm, ProductKind, RunningBody, Supplier, SupplierWord
from app.suppliers.particulars import Body, Unit
from app.suppliers.words import search_words, sort_key
from app.web import now
from tests.factories import MAJA, NIPS, make_application, make_running_body, make_supplier, make_user


def names(text: str) -> list[str]:
    return [supplier.name for supplier in listing.page(MAJA, listing.Wanted(text)).rows]


def test_suppliers_are_found_by_beginnings_of_words_in_any_spelling() -> None:
    make_supplier(
        "ZAZ „Stolarnia nad Słupią”", legal_form=LegalForm.ZAZ, town="Słupsk", body=make_running_body(nip=NIPS[3])
    )
    make_supplier("WTZ „Wiatraki”", town="Nowy Dwór Gdański")

    for text in ("slupsk", "SŁUP", "stolarnia słup", "200-045-62-96", "2000456296"):
        assert names(text) == ["ZAZ „Stolarnia nad Słupią”"], text
    assert names("dwor gdanski") == ["WTZ „Wiatraki”"]
    assert names("stolarnia wiatraki") == []
    assert names("„”") == ["WTZ „Wiatraki”", "ZAZ „Stolarnia nad Słupią”"]


def test_the_list_is_in_polish_order_on_every_database() -> None:
    for name in ("Żuraw", "Łąka", "Zebra", "Lipa", "Ćma", "cis", "Źródło"):
        make_supplier(name)

    assert names("") == ["cis", "Ćma", "Lipa", "Łąka", "Zebra", "Źródło", "Żuraw"]


def test_a_changed_name_or_body_is_found_and_the_old_one_is_not() -> None:
    supplier = make_supplier("WTZ „Stara”", body=make_running_body("Fundacja Dawna", LegalForm.NGO_F, NIPS[0]))

    unit = replace(suppliers.unit_as_entered(supplier), name="WTZ „Nowa”")
    suppliers.change_supplier(supplier, unit, version=supplier.version, actor=MAJA, at=now())
    body = Body("Fundacja Obecna", LegalForm.NGO_F, NIPS[0])
    suppliers.change_running_body(supplier, body, version=supplier.running_body.version, actor=MAJA, at=now())

    assert names("stara") == names("dawna") == []
    assert names("nowa obecna") == ["WTZ „Nowa”"]


def test_pages_follow_each_other_without_gaps_also_for_common_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "FEW", 20)  # so that sixty suppliers are many
    monkeypatch.setattr(search, "WALKED", 30)
    _many(60)
    everyone = [f"WTZ {number:03d}" for number in range(60)]

    for words in ("wtz puck", "p", "wtz", "w p", "0"):  # a whole word, the beginning of one, of many
        found = [one.name for one in listing.everything(MAJA, listing.Wanted(words)) if one.name != "Zzz"]
        assert found == everyone, words


def test_a_page_of_common_words_looks_at_so_many_suppliers_and_says_where_to_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "FEW", 5)
    monkeypatch.setattr(search, "WALKED", 10)
    for number in range(11):
        make_supplier(f"Zielona {number}")
        make_supplier(f"Morska {number}")

    page = listing.page(MAJA, listing.Wanted("zielona morska"))
    assert (list(page.rows), bool(page.after)) == ([], True)
    assert list(listing.everything(MAJA, listing.Wanted("zielona morska"))) == []

    make_supplier("Zielona Morska")
    assert [supplier.name for supplier in listing.everything(MAJA, listing.Wanted("zielona morska"))] == [
        "Zielona Morska"
    ]


def test_a_narrow_list_is_searched_whole_whatever_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "FEW", 5)
    monkeypatch.setattr(search, "WALKED", 5)
    _many(30)
    make_supplier("WTZ „Żagiel”", county_code="2211")

    page = listing.page(MAJA, listing.Wanted("wtz puck", county="2211"))

    assert ([supplier.name for supplier in page.rows], page.after) == (["WTZ „Żagiel”"], "")


def test_counting_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_COUNTED", 10)
    _many(12)

    assert listing.count(MAJA, listing.Wanted()) == listing.Count(10, more=True)
    assert listing.count(MAJA, listing.Wanted("wtz 00")) == listing.Count(10, more=False)


def test_one_running_body_runs_several_units_and_its_particulars_stay() -> None:
    first = make_supplier("WTZ „Raz”", body=make_running_body("Gmina", nip=NIPS[0]))
    second = make_supplier("WTZ „Dwa”", body=make_running_body("Inna nazwa", nip=NIPS[0]))

    assert second.running_body_id == first.running_body_id
    assert second.running_body.name == "Gmina"
    with pytest.raises(Invalid):
        make_supplier("WTZ „DWA”", body=make_running_body("Gmina", nip=NIPS[0]))


def test_a_refused_change_changes_nothing() -> None:
    supplier, other = (
        make_supplier(body=make_running_body(nip=NIPS[0])),
        make_supplier(body=make_running_body(nip=NIPS[1])),
    )
    before = len(history.timeline())

    with pytest.raises(Conflict):
        suppliers.change_supplier(supplier, Unit("Inna", LegalForm.WTZ), version=0, actor=MAJA, at=now())
    taken = Body("Gmina", LegalForm.JST, other.running_body.nip)
    with pytest.raises(Invalid):
        suppliers.change_running_body(supplier, taken, version=supplier.running_body.version, actor=MAJA, at=now())

    assert len(history.timeline()) == before
    assert list(history.breaks()) == []


def test_facts_follow_from_the_record_until_corrected_and_can_be_taken_back() -> None:
    supplier = make_supplier(products={"Miód": ProductKind.FOOD, "Transport": ProductKind.SERVICES})
    profile = {"products": ["food", "craft"], "legal_form": ["wtz"], "employer": ["yes", "no"]}
    assert facts_of(supplier)["products"] == ["food", "services"]
    assert known_facts(supplier, profile) == {"products": ["food"], "legal_form": ["wtz"]}

    set_facts(supplier, {"products": ["food", "craft"], "employer": ["yes"]}, profile, actor=MAJA, at=now())
    assert known_facts(supplier, profile)["products"] == ["food", "craft"]
    set_facts(supplier, {"products": []}, profile, actor=MAJA, at=now())
    assert supplier.profile == {"employer": ["yes"]}
    with pytest.raises(Invalid):
        set_facts(supplier, {"products": ["gold"]}, profile, actor=MAJA, at=now())


def test_an_invited_person_becomes_the_contact_with_their_address_once() -> None:
    supplier, hanna = make_supplier(), make_user(Role.SUPPLIER_CONTACT, email="hanna@example.org")
    assert not _sees(hanna.actor, supplier)

    first = suppliers.link_contact(supplier.id, hanna, actor=MAJA, at=now())
    again = suppliers.link_contact(supplier.id, hanna, actor=MAJA, at=now())

    assert first.id == again.id
    assert _sees(hanna.actor, supplier)


def test_advice_counts_from_its_day_on() -> None:
    supplier, ada = make_supplier(), make_user(Role.ADVISER)
    suppliers.log_advice(supplier, adviser=ada, given_on=date(2026, 5, 12), topic="", actor=MAJA, at=now())

    assert suppliers.advised(supplier.id, ada.id, date(2026, 5, 12))
    assert not suppliers.advised(supplier.id, ada.id, date(2026, 5, 13))
    tomorrow = now().date() + timedelta(days=2)
    with pytest.raises(Invalid):
        suppliers.log_advice(supplier, adviser=ada, given_on=tomorrow, topic="", actor=MAJA, at=now())


def test_advice_of_today_counts_shortly_after_midnight_too() -> None:
    supplier, ada = make_supplier(), make_user(Role.ADVISER)
    at = datetime(2026, 5, 12, 22, 30, tzinfo=UTC)  # half past midnight in Poland
    suppliers.log_advice(supplier, adviser=ada, given_on=date(2026, 5, 13), topic="", actor=MAJA, at=at)

    assert suppliers.advised(supplier.id, ada.id, date(2026, 5, 13))


def test_an_application_is_matched_by_nip_then_by_name() -> None:
    by_nip = make_supplier("Zupełnie inna", body=make_running_body(nip=NIPS[0]))
    by_name = make_supplier("WTZ „Nowa Pracownia” Puck")
    make_supplier("WTZ „Obca”")

    assert [one.id for one in likely_suppliers(make_application(nip=NIPS[0]))] == [by_nip.id, by_name.id]


def _sees(actor: Actor, supplier: Supplier) -> bool:
    try:
        suppliers.get_supplier(supplier.id, actor)
    except NotFound:
        return False
    return True


def _many(count: int) -> None:
    """Suppliers without history, quickly."""
    body = make_supplier("Zzz", town="Hel").running_body_id
    at = now()
    rows = [
        Supplier(
            name=f"WTZ {number:03d}",
            legal_form=LegalForm.WTZ,
            running_body_id=body,
            town="Puck",
            sort_key=sort_key(f"WTZ {number:03d}"),
            created_at=at,
        )
        for number in range(count)
    ]
    db.session.add_all(rows)
    db.session.flush()
    words = [
        {"supplier_id": row.id, "word": word, "sort_key": row.sort_key}
        for row in rows
        for word in search_words(row.name, row.town)
    ]
    db.session.execute(insert(SupplierWord), words)
    assert db.session.scalar(select(RunningBody.id)) is not None
