"""A case from the application to the start of the audit: who does what, when, and what is written down."""

from datetime import date, timedelta

import pytest

from app import history, jobs
from app.accounts.models import User
from app.accounts.permissions import Actor, Role
from app.audits import letters, service
from app.audits.models import Case
from app.audits.states import CaseState, TeamRole
from app.db import db
from app.demo.stage import Stage, user
from app.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from app.formats import local_day
from app.suppliers import service as suppliers
from app.suppliers.models import Contact
from tests.factories import make_user
from tests.stories import actor, applied, enter, planned


def iga() -> User:
    return user("iga@base.example.org")


def olaf() -> User:
    return user("olaf@base.example.org")


def letter_names() -> list[str]:
    return [job.payload["template"] for job in db.session.query(jobs.Job).filter_by(kind="mail.send").order_by("id")]


def plan(stage: Stage, visit_on: date, *, lead: User | None = None, auditors: tuple[User, ...] = ()) -> None:
    service.plan(stage.case, lead=lead or iga(), auditors=auditors, visit_on=visit_on, actor=actor("maja"), at=stage.at)


def in_days(stage: Stage, days: int) -> date:
    return local_day(stage.at) + timedelta(days=days)


def advise(stage: Stage, adviser: User, given_on: date) -> None:
    suppliers.log_advice(
        stage.supplier, adviser=adviser, given_on=given_on, topic="Cennik", actor=actor("maja"), at=stage.at
    )


def accepted() -> Stage:
    stage = applied()
    service.accept(stage.case, actor=actor("maja"), at=stage.at)
    return stage


def test_cases_are_numbered_within_the_year() -> None:
    first, second = applied(), applied(code="DST-02", cast=False)
    assert (first.case.number, second.case.number) == ("2026/00001", "2026/00002")


def test_an_outsider_does_not_find_the_case() -> None:
    stage = applied()
    enter("DST-11", cast=False)
    for outsider in ("zosia", "iga", "ada"):
        with pytest.raises(NotFound):
            service.get_case(stage.case.id, actor(outsider))
    for insider in ("maja", "robert", "kuba", "hanna"):
        assert service.get_case(stage.case.id, actor(insider)) is stage.case


def test_accepting_tells_the_supplier() -> None:
    accepted()
    assert letter_names() == ["case_accepted"]


def test_declining_needs_a_reason_and_without_one_nothing_changes() -> None:
    stage = applied()
    with pytest.raises(Invalid):
        service.decline(stage.case, reason="  ", actor=actor("maja"), at=stage.at)
    assert stage.case.state is CaseState.APPLIED
    service.decline(stage.case, reason="Brak zgody na regulamin.", actor=actor("maja"), at=stage.at)
    assert stage.case.closing_reason == "Brak zgody na regulamin."
    assert letter_names() == ["case_declined"]


def test_a_refused_step_leaves_the_case_as_it_was() -> None:
    stage = applied()
    records = len(history.timeline(case_id=stage.case.id))
    with pytest.raises(Forbidden):
        service.accept(stage.case, actor=actor("robert"), at=stage.at)
    with pytest.raises(NotAllowedNow):
        plan(stage, in_days(stage, 20))
    assert stage.case.accepted_at is None
    assert stage.case.team == []
    assert stage.case.visit_on is None
    assert len(history.timeline(case_id=stage.case.id)) == records


def test_the_history_names_the_role_that_carries_the_step() -> None:
    stage = applied()
    both = Actor(actor("maja").id, "Maja Nowicka", frozenset({Role.ADMINISTRATOR, Role.COORDINATOR}))
    service.accept(stage.case, actor=both, at=stage.at)
    (accept, *_earlier) = history.timeline(case_id=stage.case.id)
    assert (accept.tag, accept.role) == ("case:accept", "coordinator")
    assert (accept.before, accept.after) == ({"state": "applied"}, {"state": "accepted"})


def test_a_visit_cannot_be_planned_for_a_day_that_is_over() -> None:
    stage = accepted()
    with pytest.raises(Invalid):
        plan(stage, in_days(stage, -1))
    assert stage.case.state is CaseState.ACCEPTED


def test_less_than_fourteen_days_ahead_is_said_and_allowed() -> None:
    stage = accepted()
    plan(stage, in_days(stage, 3))
    assert service.notice_days(stage.case) == 3
    plan(stage, in_days(stage, 14))
    assert service.notice_days(stage.case) is None


def test_planning_tells_the_supplier_and_asks_the_team() -> None:
    stage = accepted()
    plan(stage, in_days(stage, 20), auditors=(olaf(),))
    assert letter_names() == ["case_accepted", "visit_planned", "visit_planned_team", "visit_planned_team"]


@pytest.mark.parametrize(("days_before_the_visit", "allowed"), [(10, False), (729, False), (732, True)])
def test_who_advised_within_two_years_does_not_audit(days_before_the_visit: int, allowed: bool) -> None:
    stage = accepted()
    visit_on = in_days(stage, 5)
    advise(stage, olaf(), visit_on - timedelta(days=days_before_the_visit))
    if allowed:
        plan(stage, visit_on, auditors=(olaf(),))
        assert service.member(stage.case, olaf().id)
        return
    with pytest.raises(Invalid, match="Olaf Zieliński"):
        plan(stage, visit_on, auditors=(olaf(),))
    assert stage.case.team == []


def test_somebody_who_speaks_for_the_supplier_does_not_audit_it() -> None:
    stage = accepted()
    relative = make_user(Role.AUDITOR, name="Ewa Bliska")
    db.session.add(Contact(supplier_id=stage.supplier.id, user_id=relative.id, name="Ewa Bliska", email=""))
    db.session.flush()
    with pytest.raises(Invalid, match="Ewa Bliska"):
        plan(stage, in_days(stage, 20), lead=relative)


def test_only_active_auditors_audit() -> None:
    stage = accepted()
    with pytest.raises(Invalid, match="Robert"):
        plan(stage, in_days(stage, 20), lead=user("robert@base.example.org"))


def test_a_changed_plan_keeps_the_declarations_of_those_who_stay() -> None:
    stage = planned()
    plan(stage, in_days(stage, 30), lead=olaf())
    (place,) = stage.case.team
    assert (place.user_id, place.role) == (olaf().id, TeamRole.LEAD_AUDITOR)
    assert place.declared_at is not None
    plan(stage, in_days(stage, 30), lead=olaf(), auditors=(iga(),))
    assert [place.user.name for place in stage.case.team if place.declared_at is None] == ["Iga Lewandowska"]
    (record, *_earlier) = history.timeline(case_id=stage.case.id)
    assert record.before["team"] == ["Olaf Zieliński"]
    assert sorted(record.after["team"]) == ["Iga Lewandowska", "Olaf Zieliński"]


def test_the_audit_starts_when_everyone_on_the_team_has_declared() -> None:
    stage = accepted()
    plan(stage, in_days(stage, 20), auditors=(olaf(),))
    service.declare_no_conflict(stage.case, actor=actor("iga"), at=stage.at)
    with pytest.raises(NotAllowedNow, match="Olaf"):
        stage.audit(visit_in_days=20)
    assert stage.case.audit is None
    service.declare_no_conflict(stage.case, actor=actor("olaf"), at=stage.at)
    audit = stage.audit(visit_in_days=0)
    assert stage.case.state is CaseState.IN_AUDIT
    assert audit.checklist_digest
    assert set(audit.profile) == {"products", "legal_form"}


def test_an_audit_does_not_start_before_somebody_said_what_the_supplier_makes() -> None:
    stage = planned()
    for person in (iga(), olaf()):
        if service.member(stage.case, person.id):
            service.declare_no_conflict(stage.case, actor=person.actor, at=stage.at)
    supplier = stage.supplier
    for product in list(supplier.products):
        db.session.delete(product)
    db.session.flush()
    db.session.refresh(supplier)

    with pytest.raises(NotAllowedNow) as refused:
        service.start_audit(stage.case, actor=iga().actor, at=stage.at)
    assert (len(refused.value.reasons), stage.case.state) == (2, CaseState.PLANNED)

    supplier.profile = {"products": ["craft"]}  # the office said it by hand
    audit = service.start_audit(stage.case, actor=iga().actor, at=stage.at)
    assert audit.profile["products"] == ["craft"]


def test_only_the_team_declares_and_starts() -> None:
    stage = accepted()
    plan(stage, in_days(stage, 20))
    for refused in (service.declare_no_conflict, service.start_audit):
        with pytest.raises(Forbidden):
            refused(stage.case, actor=actor("olaf"), at=stage.at)


def test_advice_given_after_the_plan_stops_the_audit() -> None:
    stage = planned()
    advise(stage, olaf(), local_day(stage.at))
    with pytest.raises(NotAllowedNow, match="Olaf"):
        stage.audit(visit_in_days=15)
    assert stage.case.state is CaseState.PLANNED


def test_letters_go_to_the_account_of_a_contact_who_has_one() -> None:
    stage = applied()
    assert [each.email for each in letters.contacts_of(stage.supplier.id)] == ["hanna@base.example.org"]


def test_a_case_says_who_audited_it_and_when() -> None:
    stage = planned()
    assert service.took_part(stage.case, iga().id) == stage.case.visit_on
    assert service.took_part(stage.case, actor("robert").id) is None


def test_several_roles_add_up_in_what_a_person_sees() -> None:
    stage = applied()
    adviser = user("ada@base.example.org")
    advise(stage, adviser, local_day(stage.at))
    found = db.session.scalars(db.select(Case).where(service.visible_cases(adviser.actor))).all()
    assert found == [stage.case]
