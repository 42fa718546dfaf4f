"""Cases on their way to a decision, with the cast of the tests; made through the services from the visit on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from app.accounts.models import User
from app.accounts.permissions import Role
from app.audits import findings
from app.audits.models import Answer, Audit, Case
from app.audits.results import checklist_of
from app.audits.service import finish_audit
from app.certificates import service as certificates
from app.certificates.models import Certificate, Outcome, Recommendation
from app.checklists.checklist import Checklist
from app.checklists.scoring import applicable
from app.db import db
from app.remediation import service as remediation
from app.remediation.models import Task
from app.suppliers.models import Contact
from tests.factories import make_user
from tests.visits import make_audit

VISIT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
REPORT = VISIT + timedelta(days=3)
DECISION = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
MAJOR, MINOR = "EKO-ODP-02", "EKN-KOS-01"


@dataclass(frozen=True)
class Cast:
    """Iga audits, Robert reviews and decides, Maja coordinates, Tomek is the supplier's contact."""

    iga: User
    robert: User
    maja: User
    tomek: User


def make_cast() -> Cast:
    return Cast(
        iga=make_user(Role.AUDITOR, name="Iga Lewandowska"),
        robert=make_user(Role.REVIEWER, Role.DECISION_MAKER, name="Robert Kamiński"),
        maja=make_user(Role.COORDINATOR, Role.ADMINISTRATOR, name="Maja Nowicka"),
        tomek=make_user(Role.SUPPLIER_CONTACT, name="Tomek Zmyślony"),
    )


def audited_case(
    cast: Cast, *, levels: Mapping[str, Any] | None = None, name: str = "WTZ „Wiatraki”", consents: bool = True
) -> Case:
    """A case whose report is issued: the best level everywhere but at ``levels``."""
    audit = make_audit(cast.iga, supplier=name)
    case = audit.case
    case.consent_register = case.consent_scores = consents
    case.product_scope, case.site_scope = ["świece sojowe", "torby z płótna"], ["pracownia w Lipnie"]
    supplier = case.supplier
    supplier.street, supplier.postal_code, supplier.town = "ul. Młyńska 3", "87-600", "Lipno"
    db.session.add(
        Contact(supplier_id=supplier.id, user_id=cast.tomek.id, name="Tomek Zmyślony", email=cast.tomek.email)
    )
    _answer(audit, levels or {}, cast.iga)
    finish_audit(audit, actor=cast.iga.actor, at=VISIT + timedelta(hours=5))
    for finding in findings.draft(audit, actor=cast.iga.actor, at=VISIT + timedelta(hours=5)):
        finding.evidence = finding.evidence or "Widziane podczas wizyty."
        finding.not_met = finding.not_met or "Poziom niższy od wymaganego."
    findings.issue_report(case, actor=cast.iga.actor, at=REPORT)
    remediation.open_tasks(case, actor=cast.iga.actor, at=REPORT)
    db.session.flush()
    return case


def case_under_review(cast: Cast, **made: Any) -> Case:
    """Everything that blocks is verified, everything else has an accepted plan; the file is with the reviewer."""
    case = audited_case(cast, **made)
    checklist = checklist_of(case)
    for task in remediation.tasks_of(case):
        if checklist.content.findings[task.finding.grade].blocks_certificate:
            verify(task, cast, best_level(checklist, task.criterion))
        else:
            accept_plan(task, cast)
    remediation.send_to_review(case, actor=cast.iga.actor, at=REPORT + timedelta(days=9))
    return case


def reviewed_case(cast: Cast, **made: Any) -> Case:
    """The review recommends the certificate."""
    case = case_under_review(cast, **made)
    certificates.review(
        case,
        recommendation=Recommendation.GRANT,
        note="Teczka pełna.",
        actor=cast.robert.actor,
        at=DECISION - timedelta(days=1),
    )
    return case


def certified_case(cast: Cast, **made: Any) -> tuple[Case, Certificate]:
    """A case with its certificate."""
    case = reviewed_case(cast, **made)
    certificates.decide(
        case, outcome=Outcome.GRANTED, rationale="Wymagania spełnione.", actor=cast.robert.actor, at=DECISION
    )
    certificate = certificates.certificate_of(case)
    assert certificate is not None
    return case, certificate


def accept_plan(task: Task, cast: Cast) -> None:
    remediation.propose_plan(
        task,
        correction="Poprawimy od razu.",
        cause="Brak opisu.",
        corrective_action="Opiszemy i przeszkolimy.",
        owner_name="Tomek Zmyślony",
        planned_on=date(2027, 1, 15),
        actor=cast.tomek.actor,
        at=REPORT + timedelta(days=1),
    )
    remediation.accept_plan(task, actor=cast.iga.actor, at=REPORT + timedelta(days=2))


def verify(task: Task, cast: Cast, level: object) -> None:
    remediation.submit(task, note="Zrobione, zdjęcia u Państwa.", actor=cast.tomek.actor, at=REPORT + timedelta(days=3))
    remediation.verify(
        task, new_value=level, note="Sprawdzone na miejscu.", actor=cast.iga.actor, at=REPORT + timedelta(days=4)
    )


def best_level(checklist: Checklist, criterion: str) -> Any:
    return checklist.scale_of(checklist.criteria[criterion]).levels[-1].value


def _answer(audit: Audit, levels: Mapping[str, Any], auditor: User) -> None:
    checklist = checklist_of(audit.case)
    answers = {name: {"value": best_level(checklist, name)} for name in checklist.criteria}
    for criterion in applicable(checklist, audit.profile, answers):
        value = levels.get(criterion, answers[criterion]["value"])
        db.session.add(
            Answer(
                audit_id=audit.id,
                criterion=criterion,
                field="score",
                value=value,
                head_op=uuid4(),
                by_id=auditor.id,
                at=VISIT,
            )
        )
    db.session.flush()
