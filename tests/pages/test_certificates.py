"""Pages of certificates: the public answers, the register, the decision."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.permissions import Role
from app.certificates import service
from app.certificates.lifecycle import PublicReason
from app.certificates.models import Certificate, CertificateWord
from app.certificates.number import number_for
from app.certificates.rendering import render_certificate
from app.db import db
from app.formats import today_in_poland
from app.remediation import service as remediation
from app.suppliers import search
from app.suppliers.models import Advice
from app.web import now
from tests import cases
from tests.cases import Cast, make_cast
from tests.factories import make_user, sign_in_as
from tests.page import Visitor

GOOD = number_for(2026, 1)


@pytest.fixture
def cast(app: Flask) -> Cast:
    return make_cast()


@pytest.fixture
def certificate(cast: Cast) -> Certificate:
    """A certificate valid today."""
    _case, made = cases.certified_case(cast)
    today = today_in_poland()
    made.valid_from, made.valid_until = today - timedelta(days=1), today + timedelta(days=700)
    db.session.commit()
    return made


def test_a_valid_number_shows_the_certificate(visitor: Visitor, certificate: Certificate) -> None:
    page = visitor.get(f"/c/{GOOD}")
    assert page.h1 == "WTZ „Wiatraki”"
    assert "Ważny dziś" in page.text
    for word in ("Fundacja Morze", "świece sojowe", "pracownia w Lipnie", "BASE z wyróżnieniem", GOOD):
        assert word in page.text


@pytest.mark.parametrize("typed", ["base-2026-00001-{}", "BASE 2026 00001 {}", "BASE202600001{}", "BASE-2O26-OOOO1-{}"])
def test_other_ways_of_writing_the_number(visitor: Visitor, certificate: Certificate, typed: str) -> None:
    assert visitor.get(f"/c/{typed.format(GOOD[-2:])}").h1 == "WTZ „Wiatraki”"
    assert visitor.get(f"/C/{typed.format(GOOD[-2:])}").h1 == "WTZ „Wiatraki”"


def test_three_different_answers(visitor: Visitor, certificate: Certificate) -> None:
    found = visitor.get(f"/c/{GOOD}")
    unknown = visitor.get(f"/c/{number_for(2026, 77)}", status=404)
    mistyped = visitor.get(f"/c/{GOOD[:-1]}{(int(GOOD[-1]) + 1) % 10}", status=422)
    assert len({found.h1, unknown.h1, mistyped.h1}) == 3


@pytest.mark.parametrize(
    "typed", ["x", "BASE", "%3Cscript%3E", "BASE-2026-00001", "żółć", "9" * 2000, "BASE-2026-00001-00"]
)
def test_any_other_text_is_mistyped(visitor: Visitor, typed: str) -> None:
    visitor.get(f"/c/{typed}", status=422)


def test_the_json_answers(client: FlaskClient, certificate: Certificate) -> None:
    response = client.get(f"/api/c/{GOOD}")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    answer = response.get_json()
    assert (answer["number"], answer["state"], answer["holder"]) == (GOOD, "valid", "WTZ „Wiatraki”")
    assert answer["scope"] == {"products": ["świece sojowe", "torby z płótna"], "sites": ["pracownia w Lipnie"]}
    assert answer["valid_until"] == certificate.valid_until.isoformat()
    unknown = client.get(f"/api/c/{number_for(2026, 77)}")
    assert (unknown.status_code, unknown.get_json()["state"]) == (404, "unknown")
    mistyped = client.get("/api/c/BASE-2026-00001-00")
    assert (mistyped.status_code, mistyped.get_json()["state"]) == (422, "mistyped")


def test_the_json_has_nothing_internal(client: FlaskClient, cast: Cast, certificate: Certificate) -> None:
    service.suspend(
        certificate, reason=PublicReason.SERIOUS_FINDING, note="Sekretna skarga", actor=cast.robert.actor, at=now()
    )
    assert "Sekretna" not in json.dumps(client.get(f"/api/c/{GOOD}").get_json(), ensure_ascii=False)
    assert "Sekretna" not in client.get(f"/c/{GOOD}").text


def test_the_state_is_shown_at_once(visitor: Visitor, cast: Cast, certificate: Certificate) -> None:
    robert = cast.robert.actor
    service.suspend(certificate, reason=PublicReason.SERIOUS_FINDING, note="x", actor=robert, at=now())
    page = visitor.get(f"/c/{GOOD}")
    assert "Zawieszony od" in page.text
    assert "Stwierdzono poważną niezgodność" in page.text
    service.reinstate(certificate, note="x", actor=robert, at=now())
    assert "Ważny dziś" in visitor.get(f"/c/{GOOD}").text
    service.withdraw(certificate, reason=PublicReason.MISUSE_OF_MARK, note="x", actor=robert, at=now())
    page = visitor.get(f"/c/{GOOD}")
    assert "Cofnięty" in page.text
    assert "Ważny dziś" not in page.text
    assert "Znów ważny" in page.text, "the history keeps every change"


def test_expiry_needs_no_job(visitor: Visitor, certificate: Certificate) -> None:
    today = today_in_poland()
    certificate.valid_until = today
    assert "Ważny dziś" in visitor.get(f"/c/{GOOD}").text
    certificate.valid_from, certificate.valid_until = today - timedelta(days=9), today - timedelta(days=1)
    assert "Wygasł" in visitor.get(f"/c/{GOOD}").text
    certificate.valid_from = certificate.valid_until = today + timedelta(days=1)
    assert "Jeszcze nie obowiązuje" in visitor.get(f"/c/{GOOD}").text


def test_checking_a_typed_number(visitor: Visitor, certificate: Certificate) -> None:
    page = visitor.get("/verify-certificate")
    assert page.status == 200
    assert visitor.get("/verify-certificate?number=base 2026 00001 " + GOOD[-2:]).h1 == "WTZ „Wiatraki”"
    visitor.get("/verify-certificate?number=" + number_for(2026, 77), status=404)
    assert visitor.get("/verify-certificate?number=BASE-2026-00001-00", status=422).errors()
    assert visitor.get("/verify-certificate?number=", status=422).errors()


@pytest.mark.parametrize(
    "words", ["wiatraki", "WIATR", "lipno", "swiece", "świece sojowe", "morze", GOOD, "00001", "wtz lip"]
)
def test_the_register_finds_it_by(visitor: Visitor, certificate: Certificate, words: str) -> None:
    assert GOOD in visitor.get(f"/register?q={words}").text


@pytest.mark.parametrize(
    "query", ["q=zamek", "q=wiatraki zamek", "state=withdrawn", "state=expired", "q=" + number_for(2026, 2)]
)
def test_the_register_does_not_find_it_by(visitor: Visitor, certificate: Certificate, query: str) -> None:
    assert GOOD not in visitor.get(f"/register?{query}").text


def test_the_register_is_paged_and_its_queries_do_not_grow(
    visitor: Visitor, certificate: Certificate, query_count: Callable[[], Any]
) -> None:
    with query_count() as few:
        visitor.get("/register")
    copy_certificate(certificate, 120)
    with query_count() as many:
        page = visitor.get("/register")
    assert int(many) == int(few) <= 4, many.statements
    seen = [page]
    while "Następne pozycje" in seen[-1].links:
        seen.append(visitor.get(seen[-1].links["Następne pozycje"]))
    numbers = [number for page in seen for number in page.text.split() if number.startswith("BASE-20")]
    assert len(numbers) == len(set(numbers)) == 121


def copy_certificate(certificate: Certificate, times: int, words: Sequence[str] = (), first: int = 2) -> None:
    """Certificates like this one, with consecutive numbers and these words for the search, each with its number too."""
    values = {c.name: getattr(certificate, c.name) for c in Certificate.__table__.columns if c.name != "id"}
    for place in range(times):
        sequence = first + place
        values.update(sequence=sequence, number=number_for(2026, sequence), sort_key=f"pracownia {place // 2}")
        copy = Certificate(**values)
        db.session.add(copy)
        db.session.flush()
        own = [*words, f"{sequence:05d}"] if words else []
        db.session.add_all(CertificateWord(certificate_id=copy.id, word=word, sort_key=copy.sort_key) for word in own)
    db.session.commit()


@pytest.mark.parametrize("words", ["pracownia wtz", "p w", "wtz", "0 p"])
def test_the_register_is_searched_by_words_that_very_many_have(
    visitor: Visitor, certificate: Certificate, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    """Two frequent words once were an error 500: the second was tied to the word that the query joins."""
    monkeypatch.setattr(search, "FEW", 2)
    monkeypatch.setattr(search, "WALKED", 30)
    copy_certificate(certificate, 120, words=["pracownia", "wtz"])
    seen = [visitor.get(f"/register?q={words}")]
    while further := seen[-1].links.get("Następne pozycje") or seen[-1].links.get("Szukaj dalej"):
        seen.append(visitor.get(further))
    numbers = [number for page in seen for number in page.text.split() if number.startswith("BASE-20")]
    expected = {number_for(2026, sequence) for sequence in range(2, 122)}
    assert len(numbers) == len(set(numbers))
    assert set(numbers) - {GOOD} == expected


def test_a_search_that_has_not_come_to_its_end_says_so(
    visitor: Visitor, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW", 2)
    monkeypatch.setattr(search, "WALKED", 10)
    copy_certificate(certificate, 20, words=["pracownia"])
    copy_certificate(certificate, 20, words=["warsztat"], first=22)
    page = visitor.get("/register?q=pracownia warsztat")
    assert "Szukaj dalej" in page.links
    assert "W tej części listy nic nie znaleziono" in page.text


def test_one_without_consent_is_not_public(visitor: Visitor, certificate: Certificate) -> None:
    certificate.public = False
    visitor.get(f"/c/{GOOD}", status=404)
    assert GOOD not in visitor.get("/register").text
    visitor.get(f"/c/{GOOD}/certificate.pdf", status=404)


def test_the_pdf_for_everyone(client: FlaskClient, visitor: Visitor, certificate: Certificate) -> None:
    visitor.get(f"/c/{GOOD}/certificate.pdf", status=404)
    render_certificate({"certificate_id": str(certificate.id)})
    response = client.get(f"/c/{GOOD}/certificate.pdf")
    assert response.mimetype == "application/pdf"
    assert response.data.startswith(b"%PDF")


# Review and decision.


def test_reviewing_and_deciding_by_hand(client: FlaskClient, visitor: Visitor, cast: Cast) -> None:
    case = cases.case_under_review(cast, levels={cases.MAJOR: "nie", cases.MINOR: 1})
    sign_in_as(client, cast.robert)
    page = visitor.get(f"/cases/{case.id}/review")
    assert "Iga Lewandowska" in page.text
    assert "Sprawdzone na miejscu." in page.text
    assert visitor.send(page, {"recommendation": "send_back", "note": ""}, status=422).errors()
    visitor.send(page, {"recommendation": "grant", "note": "Teczka pełna."})
    page = visitor.get(f"/cases/{case.id}/decision")
    assert "Nic nie stoi na przeszkodzie" in page.text
    assert visitor.send(page, {"outcome": "granted", "rationale": ""}, status=422).errors()
    done = visitor.send(page, {"outcome": "granted", "rationale": "Spełnia wymagania."})
    assert done.h1 == "WTZ „Wiatraki”"
    assert GOOD in done.text
    again = visitor.get(f"/cases/{case.id}/decision")
    assert "dokładnie takie jak te, na których oparto decyzję" in again.text


def test_the_picture_shows_what_the_decision_is_taken_on(client: FlaskClient, visitor: Visitor, cast: Cast) -> None:
    """A minor past its day counts as a major: in the reasons, and in the result above them."""
    case = cases.reviewed_case(cast, levels={cases.MINOR: 1})
    sign_in_as(client, cast.robert)
    address = f"/cases/{case.id}/decision"
    assert "Po naprawie: BASE" in visitor.get(address).text
    (task,) = [task for task in remediation.tasks_of(case) if task.criterion == cases.MINOR]
    task.due_on = today_in_poland() - timedelta(days=1)
    db.session.flush()
    page = visitor.get(address)
    assert "Certyfikatu nie można jeszcze wydać" in page.text
    assert "Po naprawie: Bez certyfikatu" in page.text


def test_the_server_refuses_with_the_reasons_of_the_page(client: FlaskClient, visitor: Visitor, cast: Cast) -> None:
    case = cases.reviewed_case(cast, consents=False)
    sign_in_as(client, cast.robert)
    page = visitor.get(f"/cases/{case.id}/decision")
    sentence = "Dostawca nie zgodził się na wpis do publicznego rejestru."
    assert sentence in page.text
    refused = visitor.send(page, {"outcome": "granted", "rationale": "x"}, status=422)
    assert refused.errors() == [sentence]


def test_who_audited_sees_why_they_cannot_decide(client: FlaskClient, visitor: Visitor, cast: Cast) -> None:
    cast.iga.role_names = sorted([Role.AUDITOR, Role.REVIEWER, Role.DECISION_MAKER])
    case = cases.reviewed_case(cast)
    sign_in_as(client, cast.iga)
    for step in ("review", "decision"):
        page = visitor.get(f"/cases/{case.id}/{step}")
        assert "nie może Pani ani Pan" in page.text or "22 listopada 2026" in page.text
        assert not page.all("textarea")


def test_who_advised_sees_why_they_cannot_decide(client: FlaskClient, visitor: Visitor, cast: Cast) -> None:
    case = cases.reviewed_case(cast)
    today = today_in_poland()
    db.session.add(Advice(supplier_id=case.supplier_id, adviser_id=cast.robert.id, given_on=today, topic="ceny"))
    sign_in_as(client, cast.robert)
    page = visitor.get(f"/cases/{case.id}/decision")
    assert not page.all("textarea")


def test_managing_a_certificate_by_hand(
    client: FlaskClient, visitor: Visitor, cast: Cast, certificate: Certificate
) -> None:
    sign_in_as(client, cast.robert)
    page = visitor.get(f"/certificates/{certificate.id}/suspend")
    assert visitor.send(page, {"reason": "serious_finding", "note": ""}, status=422).errors()
    shown = visitor.send(page, {"reason": "serious_finding", "note": "Skarga odbiorcy"})
    assert "Skarga odbiorcy" in shown.text
    visitor.send(visitor.get(f"/certificates/{certificate.id}/reinstate"), {"note": "Wyjaśnione"})
    shown = visitor.send(
        visitor.get(f"/certificates/{certificate.id}/withdraw"),
        {"reason": "misuse_of_mark", "note": "Znak na wyrobach"},
    )
    assert "Cofnięty" in shown.text


def test_the_supplier_sees_their_certificate_without_internal_reasons(
    client: FlaskClient, visitor: Visitor, cast: Cast, certificate: Certificate
) -> None:
    service.suspend(
        certificate, reason=PublicReason.SERIOUS_FINDING, note="Skarga odbiorcy", actor=cast.robert.actor, at=now()
    )
    sign_in_as(client, cast.tomek)
    page = visitor.get(f"/certificates/{certificate.id}")
    assert "Skarga odbiorcy" not in page.text
    assert "Skarga odbiorcy" not in visitor.get(f"/cases/{certificate.case_id}").text
    assert GOOD in visitor.get("/certificates").text
    for action in ("suspend", "reinstate", "withdraw"):
        visitor.get(f"/certificates/{certificate.id}/{action}", status=403)


def test_another_supplier_sees_nothing(client: FlaskClient, visitor: Visitor, certificate: Certificate) -> None:
    sign_in_as(client, make_user(Role.SUPPLIER_CONTACT, name="Zosia Bajkowa"))
    for path in ("", "/certificate.pdf"):
        visitor.get(f"/certificates/{certificate.id}{path}", status=404)
    visitor.get(f"/cases/{certificate.case_id}/certificate", status=404)
    assert GOOD not in visitor.get("/certificates").text
