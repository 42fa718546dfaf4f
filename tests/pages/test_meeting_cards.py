"""What pages, letters and the report say about meetings, the supplier's word and signatures."""

import re
from typing import Any

import pytest
from flask import Flask

from app.accounts.models import User
from app.accounts.permissions import Role
from app.audits.meetings import CLOSING, OPENING
from app.audits.models import Audit
from app.db import db
from app.handlers import HANDLERS
from app.jobs import run_due
from app.remediation.report import content_of
from app.suppliers.models import Contact
from tests.factories import make_user, sign_in_as
from tests.letters import letters, text_of_letter
from tests.page import Page, Visitor
from tests.pages.test_api_meetings import PEOPLE, finish, say, sign
from tests.tablets import Tablet
from tests.visits import answer_everything


@pytest.fixture
def visited(tablet: Tablet, audit: Audit, iga: User) -> Tablet:
    """A visit in which everything is answered but one thing is bad, and everybody has signed."""
    answer_everything(audit, iga)
    head = next(
        one for one in tablet.bundle()["answers"] if (one["criterion"], one["field"]) == ("EKO-ZAR-02", "score")
    )
    say(tablet, "EKO-ZAR-02", "score", 0, head["head_op"])
    say(tablet, OPENING, "attendees", PEOPLE)
    say(tablet, OPENING, "held_at", "2026-11-22T08:00:00Z")
    say(tablet, CLOSING, "attendees", [*PEOPLE, {"name": "Jan Zmyślony", "role": ""}])
    say(tablet, "EKO-ZAR-02", "response", {"stand": "disputed", "words": "Segregujemy od maja."})
    sign(tablet)
    return tablet


def office_page(app: Flask, audit: Audit, part: str = "") -> Page:
    client = app.test_client()
    sign_in_as(client, make_user(Role.COORDINATOR, name="Maja Nowicka"))
    return Visitor(client).get(f"/cases/{audit.case_id}{part}")


def test_the_case_page_shows_who_was_there_and_who_signed(app: Flask, visited: Tablet, audit: Audit) -> None:
    page = office_page(app, audit)
    assert re.search("Spotkanie otwierające 22 listopada 2026, 09:00 ?Anna Próbna, kierowniczka pracowni", page.text)
    assert "Jan Zmyślony" in page.text
    assert "Potwierdza to, co tu jest" in page.text
    picture = next(one for one in page.all("img") if one.get("alt") == "Podpis: Anna Próbna")
    client = visited.client
    assert client.get(str(picture.get("src"))).mimetype == "image/png"


def test_a_change_after_the_signature_is_said(app: Flask, visited: Tablet, audit: Audit) -> None:
    say(visited, "EKO-ZAR-03", "response", {"stand": "agreed", "words": ""})
    for part in ("", "/findings"):
        assert "Zmienione po podpisie" in office_page(app, audit, part).text


def test_a_case_without_meetings_says_nothing_about_them(app: Flask, tablet: Tablet, audit: Audit) -> None:
    tablet.take(tablet.score("EKO-ZAR-01", 3))
    assert "Spotkania i podpisy" not in office_page(app, audit).text


def test_the_findings_say_whether_the_supplier_agrees(app: Flask, visited: Tablet, audit: Audit) -> None:
    assert finish(visited).status_code == 200
    page = office_page(app, audit, "/findings")
    assert "Dostawca się nie zgadza Segregujemy od maja." in page.text


def test_the_report_says_it_too(visited: Tablet, audit: Audit) -> None:
    assert finish(visited).status_code == 200
    db.session.refresh(audit)
    content = content_of(audit.case, audit)
    finding = next(one for one in content["findings"] if one["criterion"] == "EKO-ZAR-02")
    assert (finding["stand"], finding["words"]) == ("disputed", "Segregujemy od maja.")
    assert content["meetings"]["opening"]["attendees"] == PEOPLE
    (signature,) = content["meetings"]["signatures"]
    assert (signature["signer"], signature["holds"]) == ("Anna Próbna", True)
    assert signature["picture"].startswith("iVBOR")


@pytest.mark.parametrize(("language", "words"), [("pl", "Ustalenia audytu"), ("en", "What the audit found")])
def test_the_supplier_gets_the_list_of_findings_at_once(
    app: Flask, visited: Tablet, audit: Audit, language: str, words: str
) -> None:
    tomek = make_user(Role.SUPPLIER_CONTACT, name="Tomek", email="tomek@example.org", language=language)
    contact: dict[str, Any] = {"user_id": tomek.id, "name": "Tomek", "email": "tomek@example.org"}
    db.session.add(Contact(supplier_id=audit.case.supplier_id, **contact))
    assert finish(visited).status_code == 200
    run_due(app, HANDLERS)
    (letter,) = letters(app)
    assert words in letter["Subject"]
    text = text_of_letter(letter)
    assert re.search(r"^- .+ \[EKO-ZAR-02\]", text, re.MULTILINE)
    assert f"/cases/{audit.case_id}" in text
