"""Reviewing, deciding, and what is kept of it."""

import json
import re
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import history
from app.accounts.permissions import Role
from app.audits.models import Case
from app.audits.states import CaseState
from app.certificates import service
from app.certificates.file import file_of
from app.certificates.lifecycle import CertificateState
from app.certificates.models import Certificate, Decision, Outcome, Recommendation, Review
from app.certificates.number import number_for, read_number
from app.certificates.rules import Ground
from app.checklists import library
from app.checklists.scoring import score
from app.db import begin_writing, db
from app.errors import Forbidden, Invalid, NotAllowedNow
from app.jobs import Job
from app.remediation import service as remediation
from app.suppliers.models import Advice
from tests import cases
from tests.cases import DECISION, Cast, make_cast
from tests.factories import make_user

RATIONALE = "Wymagania spełnione."


@pytest.fixture
def cast(database: Flask) -> Cast:
    return make_cast()


def decide(case: Case, actor: Any, outcome: Outcome = Outcome.GRANTED, **more: Any) -> Decision:
    return service.decide(case, outcome=outcome, rationale=RATIONALE, actor=actor, at=more.pop("at", DECISION), **more)


def recommend(case: Case, actor: Any, what: Recommendation = Recommendation.GRANT, note: str = "Uwagi.") -> Review:
    return service.review(case, recommendation=what, note=note, actor=actor, at=DECISION - timedelta(days=1))


def letters() -> list[str]:
    """The letters about certificates that wait to be sent."""
    waiting = db.session.scalars(select(Job).where(Job.kind == "mail.send").order_by(Job.id))
    return [job.payload["template"] for job in waiting if job.payload["template"].startswith("certificate")]


def test_a_reviewed_case_becomes_a_certificate(cast: Cast) -> None:
    case = cases.reviewed_case(cast)
    decision = decide(case, cast.robert.actor)
    certificate = service.certificate_of(case)
    assert certificate is not None
    assert case.state is CaseState.CERTIFIED
    assert certificate.number == number_for(2026, 1)
    assert (certificate.granted_on, certificate.valid_from) == (date(2026, 11, 22), date(2026, 11, 22))
    assert certificate.valid_until == date(2028, 11, 21)
    assert certificate.state is CertificateState.VALID
    assert certificate.decision_id == decision.id


def test_everything_the_certificate_states_is_copied(cast: Cast) -> None:
    case, certificate = cases.certified_case(cast)
    case.supplier.name = "Nowa nazwa"
    content = certificate.content
    assert content["holder"]["name"] == "WTZ „Wiatraki”"
    assert content["holder"]["running_body"] == "Fundacja Morze"
    assert content["holder"]["address"] == "ul. Młyńska 3, 87-600 Lipno"
    assert content["issuer"]["name"] == "Fundacja HELISA"
    assert content["scope"] == {"products": ["świece sojowe", "torby z płótna"], "sites": ["pracownia w Lipnie"]}
    assert content["scheme"]["version"] == "2026.1"
    assert content["grade"]["title"] == "BASE z wyróżnieniem"
    assert content["decision_maker"]["name"] == "Robert Kamiński"
    assert content["address"].endswith(f"/c/{certificate.number}")
    assert [area["id"] for area in content["areas"]] == ["EKO", "EKN", "BIZ"]


def test_area_results_are_printed_only_with_consent(cast: Cast) -> None:
    case = cases.reviewed_case(cast)
    case.consent_scores = False
    decide(case, cast.robert.actor)
    certificate = service.certificate_of(case)
    assert certificate is not None
    assert certificate.content["areas"] == []


def test_the_day_counts_in_poland(cast: Cast) -> None:
    case = cases.reviewed_case(cast)
    decide(case, cast.robert.actor, at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    certificate = service.certificate_of(case)
    assert certificate is not None
    assert certificate.granted_on == date(2027, 1, 1)
    assert certificate.number == number_for(2027, 1)


def test_validity_may_begin_later_but_never_before_the_decision(cast: Cast) -> None:
    case = cases.reviewed_case(cast)
    with pytest.raises(Invalid):
        decide(case, cast.robert.actor, valid_from=date(2026, 11, 21))
    decide(case, cast.robert.actor, valid_from=date(2027, 1, 1))
    certificate = service.certificate_of(case)
    assert certificate is not None
    assert (certificate.valid_from, certificate.valid_until) == (date(2027, 1, 1), date(2028, 12, 31))


def test_who_audited_neither_reviews_nor_decides(cast: Cast) -> None:
    iga = cast.iga
    iga.role_names = sorted([Role.AUDITOR, Role.REVIEWER, Role.DECISION_MAKER])
    case = cases.case_under_review(cast)
    with pytest.raises(Forbidden, match="22 listopada 2026"):
        recommend(case, iga.actor)
    recommend(case, cast.robert.actor)
    for outcome in Outcome:
        with pytest.raises(Forbidden, match="22 listopada 2026"):
            decide(case, iga.actor, outcome)
    assert case.state is CaseState.REVIEWED


@pytest.mark.parametrize(
    ("given_on", "allowed"), [(date(2024, 11, 21), True), (date(2024, 11, 22), False), (date(2026, 11, 1), False)]
)
def test_who_advised_decides_only_after_two_years(cast: Cast, given_on: date, allowed: bool) -> None:
    ada = make_user(Role.REVIEWER, Role.DECISION_MAKER, name="Ada Wiśniewska")
    case = cases.reviewed_case(cast)
    db.session.add(Advice(supplier_id=case.supplier_id, adviser_id=ada.id, given_on=given_on, topic="ceny"))
    db.session.flush()
    if allowed:
        assert decide(case, ada.actor).outcome is Outcome.GRANTED
    else:
        with pytest.raises(Forbidden):
            decide(case, ada.actor)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.DECISION_MAKER])
def test_no_other_role_decides(cast: Cast, role: Role) -> None:
    case = cases.reviewed_case(cast)
    with pytest.raises(Forbidden):
        decide(case, make_user(role).actor)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.REVIEWER])
def test_no_other_role_reviews(cast: Cast, role: Role) -> None:
    case = cases.case_under_review(cast)
    with pytest.raises(Forbidden):
        recommend(case, make_user(role).actor)


def test_no_certificate_without_consent_to_the_register(cast: Cast) -> None:
    case = cases.reviewed_case(cast, consents=False)
    with pytest.raises(NotAllowedNow, match="rejestr"):
        decide(case, cast.robert.actor)
    assert decide(case, cast.robert.actor, Outcome.REFUSED).outcome is Outcome.REFUSED
    assert service.certificate_of(case) is None


def test_no_certificate_when_the_review_is_against_it(cast: Cast) -> None:
    case = cases.case_under_review(cast)
    recommend(case, cast.robert.actor, Recommendation.REFUSE)
    with pytest.raises(NotAllowedNow):
        decide(case, cast.robert.actor)


def test_an_overdue_minor_blocks(cast: Cast) -> None:
    case = cases.reviewed_case(cast, levels={cases.MINOR: 1})
    (task,) = remediation.tasks_of(case)
    assert task.due_on is not None
    late = datetime.combine(task.due_on + timedelta(days=1), DECISION.timetz())
    with pytest.raises(NotAllowedNow, match=cases.MINOR):
        decide(case, cast.robert.actor, at=late)
    assert decide(case, cast.robert.actor).sealed["open_minors"] == [cases.MINOR]


def test_a_changed_checklist_is_noticed(cast: Cast) -> None:
    case = cases.reviewed_case(cast)
    assert case.audit is not None
    case.audit.checklist_digest = "0" * 64
    file = file_of(case, cast.robert.actor, DECISION)
    assert [reason.ground for reason in file.reasons] == [Ground.CHECKLIST_CHANGED]
    with pytest.raises(NotAllowedNow):
        decide(case, cast.robert.actor)


def test_a_result_that_does_not_certify_is_refused_with_what_is_missing(cast: Cast) -> None:
    checklist = library.published("base", "2026.1")
    low = {
        name: 0
        for name, criterion in checklist.criteria.items()
        if criterion.class_name == "development" and criterion.scale == "maturity"
    }
    case = cases.reviewed_case(cast, levels=low)
    file = file_of(case, cast.robert.actor, DECISION)
    assert [reason.ground for reason in file.reasons] == [Ground.GRADE]
    with pytest.raises(NotAllowedNow) as refused:
        decide(case, cast.robert.actor)
    assert len(refused.value.reasons) > 1


def test_sending_back_needs_a_note_and_opens_remediation_again(cast: Cast) -> None:
    case = cases.case_under_review(cast, levels={cases.MINOR: 1})
    with pytest.raises(Invalid):
        recommend(case, cast.robert.actor, Recommendation.SEND_BACK, note=" ")
    recommend(case, cast.robert.actor, Recommendation.SEND_BACK, note="Brakuje zdjęcia.")
    assert case.state is CaseState.REMEDIATION
    remediation.send_to_review(case, actor=cast.iga.actor, at=DECISION)
    recommend(case, cast.robert.actor)
    assert [review.recommendation for review in file_of(case, cast.robert.actor, DECISION).reviews] == [
        Recommendation.GRANT,
        Recommendation.SEND_BACK,
    ]
    assert decide(case, cast.robert.actor).outcome is Outcome.GRANTED


def test_a_case_is_decided_once(cast: Cast) -> None:
    case, _certificate = cases.certified_case(cast)
    for outcome in Outcome:
        with pytest.raises(NotAllowedNow):
            decide(case, cast.robert.actor, outcome)
    assert db.session.scalar(select(func.count()).select_from(Certificate)) == 1


@pytest.mark.parametrize("state", [state for state in CaseState if state is not CaseState.REVIEWED])
def test_no_decision_in_another_state(cast: Cast, state: CaseState) -> None:
    case = cases.reviewed_case(cast)
    case.state = state
    for outcome in Outcome:
        with pytest.raises(NotAllowedNow):
            decide(case, cast.robert.actor, outcome)


def test_reasons_are_needed_for_a_decision(cast: Cast) -> None:
    case = cases.reviewed_case(cast)
    with pytest.raises(Invalid):
        service.decide(case, outcome=Outcome.GRANTED, rationale="  ", actor=cast.robert.actor, at=DECISION)


def test_the_seal_gives_the_same_result_again(cast: Cast) -> None:
    case = cases.reviewed_case(cast, levels={cases.MAJOR: "nie", cases.MINOR: 1})
    decision = decide(case, cast.robert.actor)
    db.session.expire_all()
    answers = service.answers_json(decision)
    again = score(library.published("base", "2026.1"), answers["profile"], answers["answers"])
    assert again.as_json() == service.result_json(decision)
    assert service.seal_holds(decision)
    assert re.fullmatch(r"[0-9a-f]{64}", decision.digest)
    assert answers["answers"][cases.MAJOR]["value"] == "tak", "the verified level counts, not the one found"
    assert {finding["criterion"] for finding in decision.sealed["findings"]} >= {cases.MAJOR, cases.MINOR}
    json.dumps(answers)


def test_a_change_after_the_decision_shows(cast: Cast) -> None:
    case = cases.reviewed_case(cast, levels={cases.MINOR: 1})
    decision = decide(case, cast.robert.actor)
    assert not service.changed_since(decision, file_of(case, cast.robert.actor, DECISION))
    (task,) = remediation.tasks_of(case)
    task.corrective_action = "Coś innego"
    db.session.flush()
    assert service.changed_since(decision, file_of(case, cast.robert.actor, DECISION))


@pytest.mark.parametrize("model", [Decision, Review])
def test_decisions_and_reviews_never_change(cast: Cast, model: type[Decision] | type[Review]) -> None:
    cases.certified_case(cast)
    row = db.session.scalars(select(model)).one()
    setattr(row, "rationale" if model is Decision else "note", "Inaczej")
    with pytest.raises(RuntimeError, match="never changed"):
        db.session.flush()
    db.session.rollback()


def test_a_decision_is_never_deleted(cast: Cast) -> None:
    cases.certified_case(cast)
    db.session.delete(db.session.scalars(select(Review)).one())
    with pytest.raises(RuntimeError, match="never changed"):
        db.session.flush()
    db.session.rollback()


def test_numbers_of_a_year_follow_each_other(cast: Cast) -> None:
    numbers = [cases.certified_case(cast, name=f"Pracownia {place}")[1].number for place in range(3)]
    assert numbers == [number_for(2026, place) for place in (1, 2, 3)]
    assert all(read_number(number) for number in numbers)


def test_decisions_at_the_same_time_get_different_numbers(app: Flask, cast: Cast) -> None:
    made = [cases.reviewed_case(cast, name=f"Pracownia {place}").id for place in range(4)]
    robert = cast.robert.actor
    db.session.commit()
    together, failed = threading.Barrier(len(made)), []

    def decide_one(case_id: Any) -> None:
        with app.app_context():
            try:
                together.wait()
                begin_writing()
                case = db.session.get(Case, case_id)
                assert case is not None
                decide(case, robert)
                db.session.commit()
            except Exception as error:  # noqa: BLE001  # shown by the assertion below
                failed.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=decide_one, args=(case_id,)) for case_id in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert sorted(db.session.scalars(select(Certificate.sequence))) == [1, 2, 3, 4]
    assert list(history.breaks()) == []


def test_the_database_refuses_a_number_twice(cast: Cast) -> None:
    _case, certificate = cases.certified_case(cast)
    values = {
        column.name: getattr(certificate, column.name)
        for column in Certificate.__table__.columns
        if column.name != "id"
    }
    db.session.add(Certificate(**values))
    with pytest.raises(Exception, match=r"(?i)unique"):
        db.session.flush()
    db.session.rollback()


def test_a_grant_queues_the_print_once_and_tells_the_supplier(cast: Cast) -> None:
    cases.certified_case(cast)
    assert list(db.session.scalars(select(Job.kind))).count("certificate.render") == 1
    assert letters() == ["certificate_granted"]


def test_a_refusal_tells_the_supplier(cast: Cast) -> None:
    decide(cases.reviewed_case(cast), cast.robert.actor, Outcome.REFUSED)
    assert letters() == ["certificate_refused"]


def test_a_second_certificate_says_what_it_replaces(cast: Cast) -> None:
    _case, first = cases.certified_case(cast)
    second_case = cases.reviewed_case(cast, name="Inna")
    second_case.supplier = first.supplier
    db.session.flush()
    decide(second_case, cast.robert.actor, at=DECISION + timedelta(days=400))
    second = service.certificate_of(second_case)
    assert second is not None
    assert second.content["replaces"] == first.number


# Suspended, valid again, withdrawn.
