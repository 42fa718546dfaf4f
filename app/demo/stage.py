"""Plays one sample supplier's story through the services, as people would do it by hand."""

import hashlib
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from app import jobs
from app.accounts.models import User
from app.accounts.permissions import Actor
from app.audits import findings, photos, results, service, sync
from app.audits.models import Audit, Case
from app.audits.states import CaseState
from app.audits.visits import open_visit
from app.audits.wire import Batch
from app.certificates import service as certificates
from app.certificates.models import Certificate, Outcome, Recommendation
from app.checklists.grading import meeting_levels
from app.db import db
from app.demo.answers import demo_answers
from app.demo.cast import AUDITOR, COORDINATOR, DECIDER, LEAD
from app.demo.picture import sample_picture
from app.formats import local_day
from app.images import take_image
from app.remediation import files
from app.remediation import service as remediation
from app.remediation.models import Task
from app.suppliers import service as suppliers
from app.suppliers.models import ApplicationChannel, Supplier

MOST_OPS = 200


@dataclass
class Stage:
    """One supplier's case being played; ``at`` is the clock of the play and moves on with every step."""

    supplier: Supplier
    at: datetime
    contact: Actor
    story: Mapping[str, Any]
    case: Case = field(init=False)

    def later(self, days: int = 0, hours: int = 0) -> datetime:
        """Let time pass."""
        self.at += timedelta(days=days, hours=hours)
        return self.at

    def actor(self, email: str) -> Actor:
        return user(email).actor

    def apply(self, products: Collection[str]) -> None:
        """The supplier applies and the office opens the case."""
        submission = suppliers.Submission(
            product_scope=list(products),
            site_scope=[f"{self.supplier.town}, {self.supplier.street}"],
            consent_register=True,
            consent_scores=True,
            consent_terms=True,
        )
        application = suppliers.submit_application(
            submission, channel=ApplicationChannel.SUPPLIER, supplier=self.supplier, actor=self.contact, at=self.at
        )
        self.case = service.open_case(application, actor=self.actor(COORDINATOR), at=self.later(hours=2))

    def plan(self, visit_in_days: int) -> None:
        """The office accepts the application and plans the visit; the team declares that nothing binds it."""
        office = self.actor(COORDINATOR)
        service.accept(self.case, actor=office, at=self.later(days=2))
        visit_on = local_day(self.at + timedelta(days=visit_in_days))
        team = [user(AUDITOR)]
        service.plan(self.case, lead=user(LEAD), auditors=team, visit_on=visit_on, actor=office, at=self.later(hours=1))
        for email in (LEAD, AUDITOR):
            service.declare_no_conflict(self.case, actor=self.actor(email), at=self.later(hours=1))

    def audit(self, visit_in_days: int) -> Audit:
        """The lead auditor starts the audit on site."""
        return service.start_audit(self.case, actor=self.actor(LEAD), at=self.later(days=visit_in_days))

    def fill(self, audit: Audit, *, only: int | None = None) -> None:
        """Answer the criteria as a tablet does: operations in batches, then the bytes of the photos."""
        checklist = results.checklist_of(self.case)
        answers = demo_answers(
            checklist,
            audit.profile,
            percent=self.story.get("percent", 75),
            fixed=self.story.get("low", {}) | self.story.get("plan_only", {}),
            high=self.story.get("high", ()),
            seed=self.case.number,
        )
        chosen = dict(list(answers.items())[:only])
        ops = [op for name, answer in chosen.items() for op in _operations(name, answer)]
        pictures = {name: sample_picture(name) for name in list(chosen)[:: max(len(chosen) // 4, 1)][:4]}
        shots = {str(uuid.uuid5(audit.id, name)): (name, picture) for name, picture in pictures.items()}
        ops += [_photo_operation(photo, name, picture) for photo, (name, picture) in shots.items()]
        self._send(audit, ops)
        for photo, (_name, picture) in shots.items():
            visit = open_visit(audit.id, self.actor(LEAD), writing=True)
            photos.store(visit, uuid.UUID(photo), take_image(picture), at=self.at)

    def _send(self, audit: Audit, ops: list[dict[str, Any]]) -> None:
        numbered = [{**op, "seq": seq, "op_id": str(uuid.uuid5(audit.id, f"op{seq}"))} for seq, op in enumerate(ops, 1)]
        for start in range(0, len(numbered), MOST_OPS):
            batch = Batch(proto=1, device_id="demo", ops=numbered[start : start + MOST_OPS])
            visit = open_visit(audit.id, self.actor(LEAD), writing=True)
            largest = current_app.config["MAX_CONTENT_LENGTH"]
            reply = sync.receive(visit, batch, actor=self.actor(LEAD), at=self.later(), largest_photo=largest)
            refused = [result for result in reply.results if result["status"] != "applied"]
            if refused:
                raise RuntimeError(f"the demo's answers were refused: {refused[:3]}")

    def report(self, audit: Audit) -> list[Task]:
        """Finish the visit, complete the findings, issue the report; tasks open."""
        lead = self.actor(LEAD)
        db.session.refresh(audit)
        findings.close_visit(audit, actor=lead, at=self.later(hours=4))
        for finding in results.findings_of(self.case):
            if not finding.evidence:
                evidence = "Obserwacja w pracowni i rozmowa z kierownikiem."
                findings.edit(finding, **_completed(finding, evidence), actor=lead, at=self.at)
        findings.issue_report(self.case, actor=lead, at=self.later(days=3))
        tasks = remediation.open_tasks(self.case, actor=lead, at=self.at)
        jobs.queue("report.render", {"case_id": str(self.case.id)}, at=self.at, unique_key=f"report:{self.case.id}")
        return tasks

    def propose_plan(self, task: Task, *, accepted: bool = True) -> None:
        """The supplier proposes a plan and the auditor accepts it."""
        remediation.propose_plan(
            task,
            correction=task.action,
            cause="Nikt nie był za to wyznaczony.",
            corrective_action="Wyznaczamy osobę i wpisujemy sprawdzenie do kalendarza.",
            owner_name=self.contact.name,
            planned_on=local_day(self.at) + timedelta(days=40),
            actor=self.contact,
            at=self.later(days=1),
        )
        if accepted:
            remediation.accept_plan(task, actor=self.actor(LEAD), at=self.later(days=1))

    def submit(self, task: Task) -> None:
        """The supplier shows what was done."""
        picture = take_image(sample_picture(f"Dowód {task.criterion}"))
        name = f"dowod-{task.criterion.lower()}.jpg"
        files.add_evidence(task, picture, name, actor=self.contact, at=self.later(hours=5))
        note = "Gotowe. Na zdjęciu widać, co zmieniliśmy."
        remediation.submit(task, note=note, actor=self.contact, at=self.later(hours=1))

    def verify(self, task: Task) -> None:
        """The auditor accepts the evidence with the level that meets the criterion."""
        level = meeting_levels(results.checklist_of(self.case), task.criterion)[0]
        note = "Dowód pokazuje, że wymaganie jest spełnione."
        remediation.verify(task, new_value=level, note=note, actor=self.actor(LEAD), at=self.later(days=1))

    def review(self) -> None:
        """The team hands the file over; someone else reviews it and recommends to grant."""
        remediation.send_to_review(self.case, actor=self.actor(LEAD), at=self.later(days=1))

    def recommend(self) -> None:
        """The reviewer recommends to grant."""
        note = "Akta są kompletne, dowody potwierdzają usunięcie niezgodności dużych."
        decider = self.actor(DECIDER)
        certificates.review(
            self.case, recommendation=Recommendation.GRANT, note=note, actor=decider, at=self.later(days=2)
        )

    def grant(self) -> Certificate:
        """The decision maker grants the certificate."""
        rationale = "Wynik po naprawie spełnia warunki oceny; nie ma otwartych niezgodności dużych."
        certificates.decide(
            self.case, outcome=Outcome.GRANTED, rationale=rationale, actor=self.actor(DECIDER), at=self.later(days=1)
        )
        certificate = certificates.certificate_of(self.case)
        if certificate is None:
            raise RuntimeError("the decision made no certificate")
        return certificate

    @property
    def is_open(self) -> bool:
        return self.case.state is CaseState.REMEDIATION


def user(email: str) -> User:
    """One of the cast."""
    return db.session.execute(select(User).where(User.email == email)).scalar_one()


def _operations(criterion: str, answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    fields = {"value": "score", "note": "comment"}
    return [
        {"kind": "answer.set", "criterion": criterion, "field": fields[key], "value": value, "base_op": None}
        for key, value in answer.items()
    ]


def _photo_operation(photo: str, criterion: str, picture: bytes) -> dict[str, Any]:
    described = {"id": photo, "criterion": criterion, "sha256": hashlib.sha256(picture).hexdigest()}
    return {"kind": "photo.add", "photo": {**described, "bytes": len(picture), "mime": "image/jpeg"}}


def _completed(finding: Any, evidence: str) -> dict[str, str]:
    return {
        "requirement": finding.requirement,
        "not_met": finding.not_met or "Wymaganie nie jest spełnione.",
        "evidence": evidence,
        "grade": finding.grade,
        "grade_comment": finding.grade_comment,
    }
