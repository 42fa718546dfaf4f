"""Pages of cases, findings, results, remediation and the start page, as each of the cast sees them."""

import io
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import select

from app import create_app, jobs
from app.audits.models import Case
from app.audits.results import findings_of
from app.audits.states import CaseState
from app.config import Settings
from app.db import db
from app.demo.picture import sample_picture
from app.demo.service import add_cast, play, samples
from app.demo.stage import user
from app.formats import local_day, today_in_poland
from app.handlers import HANDLERS
from app.remediation import service as remediation
from app.remediation.models import Task
from app.remediation.rules import TaskState
from app.web import now
from tests.conftest import make_tables
from tests.factories import sign_in_as
from tests.page import Page, Visitor
from tests.pages.played import case_of, path_of, task_in

PLAYED = ("DST-01", "DST-02", "DST-06", "DST-08", "DST-10", "DST-11")
STAFF = ("maja", "iga", "robert", "kuba")
MOST_QUERIES = 25


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with six sample cases in different states; tests take copies."""
    folder = tmp_path_factory.mktemp("played")
    app = create_app(Settings(environment="test", data_dir=folder))
    with app.app_context(), force_locale("pl"):
        make_tables(db.engine)
        add_cast(now() - timedelta(weeks=60))
        for sample in samples():
            if sample["code"] in PLAYED:
                play(sample, now())
        db.session.commit()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return folder


@pytest.fixture
def settings(settings: Settings, played: Path) -> Settings:
    shutil.copytree(played, settings.data_dir, dirs_exist_ok=True)
    return settings


@pytest.fixture
def enter(client: FlaskClient) -> Callable[[str], Visitor]:
    """``enter("iga")``: one of the cast, signed in."""

    def signed_in(first_name: str) -> Visitor:
        sign_in_as(client, user(f"{first_name}@base.example.org"))
        return Visitor(client)

    return signed_in


@pytest.mark.parametrize("who", ["maja", "iga", "olaf", "robert", "kuba", "ada", "hanna", "tomek", "zosia"])
def test_everyone_has_a_start_page(enter: Callable[[str], Visitor], query_count: Any, who: str) -> None:
    visitor = enter(who)
    with query_count() as queries:
        page = visitor.get("/")
    assert page.h1 == "Moja praca"
    assert int(queries) <= MOST_QUERIES, queries.statements


def test_auditors_come_from_their_work_to_the_app(enter: Callable[[str], Visitor]) -> None:
    assert enter("iga").get("/").links["Audyty na tym tablecie"] == "/app/"
    assert "Audyty na tym tablecie" not in enter("maja").get("/").links


def test_the_front_page_says_what_base_is(visitor: Visitor) -> None:
    page = visitor.get("/")
    assert {"Złóż wniosek o certyfikat", "Sprawdź certyfikat"} <= set(page.links) or "/login" in page.links.values()


@pytest.mark.parametrize("who", STAFF)
@pytest.mark.parametrize("name", ["Szuflada", "Wiatraki", "Sad za", "Lniany", "Pszczela"])
def test_staff_read_every_page_of_a_case(
    enter: Callable[[str], Visitor], query_count: Any, who: str, name: str
) -> None:
    visitor = enter(who)
    case = case_of(name)
    paths = [path_of(name)]
    if case.audit_started_at:
        paths += [path_of(name, "findings"), path_of(name, "result")]
    if case.reported_at:
        paths.append(path_of(name, "tasks"))
    for path in paths:
        with query_count() as queries:
            page = visitor.get(path)
        assert case.supplier.name in page.text
        assert int(queries) <= MOST_QUERIES, (path, queries.statements)


def test_the_list_of_cases_needs_few_queries_and_survives_a_broken_key(
    enter: Callable[[str], Visitor], query_count: Any
) -> None:
    visitor = enter("maja")
    with query_count() as queries:
        page = visitor.get("/cases")
    assert int(queries) <= 6, queries.statements
    assert "WTZ „Wiatraki”" in page.text
    only = visitor.get("/cases?state=planned&q=sad")
    assert "Sad za Wałem" in only.text
    assert "Wiatraki" not in only.text
    for broken in ("x", "2026-01-01~x", "2026-01-01T00:00:00~00000000-0000-0000-0000-000000000000"):
        visitor.get(f"/cases?after={broken}")


def test_another_suppliers_case_does_not_exist_for_zosia(enter: Callable[[str], Visitor]) -> None:
    zosia = enter("zosia")
    for parts in ((), ("findings",), ("result",), ("tasks",), ("report.pdf",)):
        zosia.get(path_of("Szuflada", *parts), status=404)
    task = task_in("Szuflada", TaskState.OPEN)
    zosia.get(f"/tasks/{task.id}", status=404)
    assert "Szuflada" not in zosia.get("/cases").text
    assert zosia.get(path_of("Tkalnia")).h1 == "Stowarzyszenie „Tkalnia Spotkań”"


def test_ada_sees_the_suppliers_she_helps_and_their_cases(enter: Callable[[str], Visitor]) -> None:
    ada = enter("ada")
    for path in ("/", "/cases", "/suppliers"):
        page = ada.get(path)
        assert "Szuflada" in page.text
        assert "Wiatraki" in page.text
        assert "Lniany" not in page.text
    ada.get(path_of("Lniany"), status=404)


def test_the_demo_visits_on_the_planned_day(enter: Callable[[str], Visitor]) -> None:
    enter("maja")
    started = db.session.scalars(select(Case).where(Case.audit_started_at.is_not(None))).all()
    assert started
    assert all(local_day(case.audit_started_at) == case.visit_on for case in started if case.audit_started_at)


def test_the_demos_evidence_does_not_contradict_its_findings(enter: Callable[[str], Visitor]) -> None:
    enter("maja")
    found = [finding for finding in findings_of(case_of("Szuflada")) if finding.grade in {"major", "minor"}]
    assert any(finding.evidence.startswith("Nie okazano: ") for finding in found)
    assert not [finding.evidence for finding in found if finding.evidence.startswith("Okazano: ")]


def test_an_auditor_sees_only_the_cases_they_are_on(enter: Callable[[str], Visitor]) -> None:
    iga = enter("iga")
    iga.get(path_of("Tkalnia"), status=404)
    iga.get(path_of("Szuflada"))


def test_a_supplier_sees_no_result_before_the_report(enter: Callable[[str], Visitor]) -> None:
    enter("maja")
    case = case_of("Szuflada")
    case.reported_at = None
    hanna = enter("hanna")
    for parts in (("findings",), ("result",), ("tasks",)):
        hanna.get(path_of("Szuflada", *parts), status=404)


@pytest.mark.parametrize(("who", "parts"), [("iga", ("plan",)), ("robert", ("decline",)), ("hanna", ("plan",))])
def test_a_role_without_the_step_is_refused(enter: Callable[[str], Visitor], who: str, parts: tuple[str, ...]) -> None:
    enter(who).get(path_of("Szuflada", *parts), status=403)


def test_the_office_accepts_plans_and_the_team_starts(enter: Callable[[str], Visitor]) -> None:
    maja = enter("maja")
    page = maja.send(maja.get(path_of("Tkalnia")), form="/accept")
    assert "Wybierz zespół audytujący" in page.text
    form = maja.get(path_of("Tkalnia", "plan"))
    soon = (today_in_poland() + timedelta(days=4)).isoformat()
    iga = str(user("iga@base.example.org").id)
    page = maja.send(form, {"visit_on": soon, "lead": iga})
    assert "Iga Lewandowska" in page.text
    assert "Czternaście dni" in page.text
    iga_visits = enter("iga")
    page = iga_visits.send(iga_visits.get(path_of("Tkalnia")), form="/declare")
    assert page.form("/start") is not None


def test_wrong_input_comes_back_with_a_summary_and_changes_nothing(enter: Callable[[str], Visitor]) -> None:
    maja = enter("maja")
    form = maja.get(path_of("Sad za", "plan"))
    yesterday = (today_in_poland() - timedelta(days=1)).isoformat()
    page = maja.send(form, {"visit_on": yesterday}, status=422)
    assert any("minął" in error for error in page.errors())
    page = maja.send(maja.get(path_of("Tkalnia", "decline")), {"reason": ""}, status=422)
    assert page.errors() == ["Napisz, dlaczego wniosek jest odrzucony."]
    assert case_of("Tkalnia").state is CaseState.APPLIED


def test_a_plan_made_on_an_old_page_is_a_conflict(enter: Callable[[str], Visitor]) -> None:
    maja = enter("maja")
    old = maja.get(path_of("Sad za", "plan"))
    day = (today_in_poland() + timedelta(days=30)).isoformat()
    maja.send(old, {"visit_on": day})
    page = maja.send(old, {"visit_on": (today_in_poland() + timedelta(days=31)).isoformat()}, status=409)
    assert "ktoś inny to zmienił" in page.text
    assert case_of("Sad za").visit_on == today_in_poland() + timedelta(days=30)


def test_a_step_that_is_not_possible_now_is_a_conflict(enter: Callable[[str], Visitor]) -> None:
    maja = enter("maja")
    page = maja.get(path_of("Tkalnia"))
    maja.send(page, form="/accept")
    maja.send(page, form="/accept", status=409)


def test_the_result_explains_every_condition_section_and_answer(enter: Callable[[str], Visitor]) -> None:
    hanna = enter("hanna")
    page = hanna.get(path_of("Szuflada", "result"))
    assert "Wynik łączny: co najmniej 70%" in page.text
    assert "Odpady" in page.text
    assert "BIZ-WYR-03" in page.text
    photos = [image.get("src", "") for image in page.all("img")]
    assert photos
    for address in photos[:2]:
        assert hanna.client.get(address).mimetype == "image/jpeg"
        assert hanna.client.get(address.partition("?")[0]).mimetype == "image/jpeg"
    zosia = enter("zosia")
    assert zosia.client.get(photos[0]).status_code == 404


def test_no_condition_is_called_met_before_everything_is_answered(enter: Callable[[str], Visitor]) -> None:
    iga = enter("iga")
    assert iga.get(path_of("Szuflada", "result")).all("span", class_="met")
    page = iga.get(path_of("Pszczela", "result"))
    assert "jeszcze nie wiadomo" in page.text
    assert not page.all("span", class_="met")
    assert "Wynik ogólny" not in page.text


def test_the_supplier_shows_what_was_done_and_the_auditor_accepts(enter: Callable[[str], Visitor]) -> None:
    hanna = enter("hanna")
    task_id = task_in("Szuflada", TaskState.OPEN).id
    page = hanna.get(path_of("Szuflada", "tasks"))
    assert "Co teraz zrobić" in page.text
    assert "Jak wygląda dobrze" in page.text
    file = (io.BytesIO(sample_picture("Gotowe")), "zdjęcie z telefonu.jpg")
    page = hanna.send(hanna.get(f"/tasks/{task_id}"), {"files": file}, form="/evidence")
    assert "zdjęcie z telefonu.jpg" in page.text
    page = hanna.send(page, {"note": "Zlecono badanie."}, form="/submit")
    assert "Wysłane do sprawdzenia" in page.text
    iga = enter("iga")
    page = iga.send(iga.get(f"/tasks/{task_id}"), {"note": "Jest raport."}, form="/verify")
    assert "Gotowe i zweryfikowane" in page.text
    case = case_of("Szuflada")
    result = remediation.result_after(case)
    assert result is not None
    assert result.findings["major"] == 1


def test_a_file_that_is_neither_photo_nor_pdf_is_refused_with_a_sentence(enter: Callable[[str], Visitor]) -> None:
    hanna = enter("hanna")
    task = task_in("Szuflada", TaskState.OPEN)
    page = hanna.get(f"/tasks/{task.id}")
    for upload in ((io.BytesIO(b"MZ\x90 program"), "zdjecie.jpg"), (io.BytesIO(b""), "")):
        assert hanna.send(page, {"files": upload}, form="/evidence", status=422).errors()
    assert task_in("Szuflada", TaskState.OPEN).evidence == []


def test_done_without_a_file_or_a_word_says_what_is_missing(enter: Callable[[str], Visitor]) -> None:
    hanna = enter("hanna")
    task = task_in("Szuflada", TaskState.OPEN)
    page = hanna.send(hanna.get(f"/tasks/{task.id}"), {"note": ""}, form="/submit", status=422)
    assert page.errors()


def test_a_plan_beyond_the_time_of_the_grade_is_refused_on_the_field(enter: Callable[[str], Visitor]) -> None:
    hanna = enter("hanna")
    task = task_in("Szuflada", TaskState.OPEN)
    far = (today_in_poland() + timedelta(days=400)).isoformat()
    said = {"correction": "Badanie", "owner_name": "Hanna", "planned_on": far}
    page = hanna.send(hanna.get(f"/tasks/{task.id}"), said, form="/plan", status=422)
    assert any("najdłuższy czas" in error for error in page.errors())


def test_returning_needs_a_reason(enter: Callable[[str], Visitor]) -> None:
    iga = enter("iga")
    task = task_in("Szuflada", TaskState.SUBMITTED)
    page = iga.get(f"/tasks/{task.id}")
    iga.send(page, {"reason": ""}, form="/return", status=422)
    assert "Zwróć do uzupełnienia" in iga.get(f"/tasks/{task.id}").text
    page = iga.send(page, {"reason": "Brakuje ceny za 500 sztuk."}, form="/return")
    assert "Brakuje ceny za 500 sztuk." in page.text


@pytest.mark.parametrize("who", ["maja", "iga", "olaf", "hanna"])
def test_the_list_of_tasks_narrows(enter: Callable[[str], Visitor], query_count: Any, who: str) -> None:
    visitor = enter(who)
    for which in ("", "late", "to_check", "to_do", "nonsense", "late&after=x", "&after=2026-11-22~y"):
        with query_count() as queries:
            visitor.get(f"/tasks?show={which}")
        assert int(queries) <= 10, queries.statements


def test_an_empty_narrowed_list_says_that_no_task_is_in_it(enter: Callable[[str], Visitor]) -> None:
    zosia = enter("zosia")
    assert "Brak otwartych zadań" in zosia.get("/tasks").text
    narrowed = zosia.get("/tasks?show=late").text
    assert "Na tej liście nie ma teraz żadnego zadania" in narrowed
    assert "Brak otwartych zadań" not in narrowed


@pytest.mark.parametrize("state", [TaskState.SUBMITTED, TaskState.PLAN_PROPOSED])
def test_days_late_are_counted_only_while_the_task_is_to_do(enter: Callable[[str], Visitor], state: TaskState) -> None:
    hanna = enter("hanna")
    task = task_in("Szuflada", TaskState.OPEN)
    task.due_on = today_in_poland() - timedelta(days=12)
    db.session.commit()
    assert "12 dni po terminie" in hanna.get(f"/tasks/{task.id}").text
    task.state = state
    db.session.commit()
    page = hanna.get(f"/tasks/{task.id}").text
    assert "po terminie" not in page.lower()
    assert "Nadal można" not in page


def test_whoever_sent_everything_reads_that_the_auditors_have_it_now(enter: Callable[[str], Visitor]) -> None:
    hanna = enter("hanna")
    assert "Twój ruch" in hanna.get(path_of("Szuflada")).text
    for number, task in enumerate(db.session.scalars(select(Task).where(Task.case_id == case_of("Szuflada").id))):
        task.state = TaskState.PLAN_PROPOSED if number else TaskState.SUBMITTED
    db.session.commit()
    for path in ("/", path_of("Szuflada")):
        page = hanna.get(path)
        assert "Wszystko wysłane" in page.text
        assert "Twój ruch" not in page.text


def test_the_supplier_writes_a_remark_beside_the_findings(enter: Callable[[str], Visitor]) -> None:
    case_of("Szuflada").reported_at = now() - timedelta(days=2)
    hanna = enter("hanna")
    page = hanna.get(path_of("Szuflada", "findings"))
    assert hanna.send(page, {"words": ""}, form="/remarks", status=422).errors() == ["Napisz uwagę."]
    page = hanna.send(page, {"words": "Cennik był w segregatorze."}, form="/remarks")
    assert "Cennik był w segregatorze." in page.text
    assert "Cennik był w segregatorze." in enter("maja").get(path_of("Szuflada", "findings")).text


def test_the_supplier_reads_the_history_without_what_the_foundation_does_among_itself(
    enter: Callable[[str], Visitor],
) -> None:
    assert "Uzupełniono ustalenie" in enter("maja").get(path_of("Szuflada")).text
    page = enter("hanna").get(path_of("Szuflada"))
    assert "Raport wydany" in page.text
    assert "Uzupełniono ustalenie" not in page.text


def test_who_audited_reads_why_they_do_not_review(enter: Callable[[str], Visitor]) -> None:
    audited = user("iga@base.example.org")
    audited.role_names = ["auditor", "reviewer"]
    page = enter("iga").get(path_of("Lniany"))
    assert "Masz za sobą audyt u tego dostawcy" in page.text
    assert "Zrób przegląd sprawy" not in page.links


def test_the_report_is_a_file_once_the_worker_printed_it(app: Flask, enter: Callable[[str], Visitor]) -> None:
    hanna = enter("hanna")
    hanna.get(path_of("Szuflada", "report.pdf"), status=404)
    job = db.session.query(jobs.Job).filter_by(unique_key=f"report:{case_of('Szuflada').id}").one()
    payload = dict(job.payload)
    db.session.commit()
    HANDLERS["report.render"](payload)
    key = case_of("Szuflada").report_key
    HANDLERS["report.render"](payload)
    assert case_of("Szuflada").report_key == key
    answer = hanna.client.get(path_of("Szuflada", "report.pdf"))
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
    assert len(case_of("Szuflada").report_sha256) == 64


@pytest.mark.parametrize("who", ["maja", "iga", "hanna"])
def test_the_pages_are_complete_in_english(enter: Callable[[str], Visitor], who: str) -> None:
    user(f"{who}@base.example.org").language = "en"
    visitor = enter(who)
    task = task_in("Szuflada", TaskState.SUBMITTED)
    addresses = ("/", path_of("Szuflada"), path_of("Szuflada", "result"), f"/tasks/{task.id}")
    pages: list[Page] = [visitor.get(address) for address in addresses]
    assert [page.root.get("lang") for page in pages] == ["en"] * 4
