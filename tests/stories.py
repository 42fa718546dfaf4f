"""Cases played to where a test needs them, by the demo's stage: the same people, the same services, no shortcut."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.accounts.permissions import Actor
from app.audits.models import Finding
from app.audits.results import findings_of
from app.demo.service import add_cast, add_supplier, contact_of, samples
from app.demo.stage import Stage, user
from app.remediation.models import Task

BEGIN = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
MAJOR, MINOR, OBSERVATION = "BIZ-WYR-03", "EKN-KOS-03", "EKO-KOM-01"
STORY: Mapping[str, Any] = {"percent": 72, "low": {MAJOR: "nie", MINOR: 1}}


def enter(
    code: str = "DST-01", *, begin: datetime = BEGIN, story: Mapping[str, Any] = STORY, cast: bool = True
) -> Stage:
    """The cast and one sample supplier, whose contact has just decided to apply."""
    if cast:
        add_cast(begin - timedelta(days=2))
    sample = next(each for each in samples() if each["code"] == code)
    supplier = add_supplier(sample, begin - timedelta(days=1))
    return Stage(supplier, begin, contact_of(supplier), story)


def applied(**entered: Any) -> Stage:
    """The application has come in."""
    stage = enter(**entered)
    stage.apply([product.name for product in stage.supplier.products])
    return stage


def planned(**entered: Any) -> Stage:
    """The visit is planned and nothing binds the team."""
    stage = applied(**entered)
    stage.plan(visit_in_days=15)
    return stage


def audited(**entered: Any) -> Stage:
    """The audit is under way and everything is answered."""
    stage = planned(**entered)
    stage.fill(stage.audit(visit_in_days=15))
    return stage


def reported(**entered: Any) -> Stage:
    """The report is issued and remediation is open."""
    stage = audited(**entered)
    assert stage.case.audit is not None
    stage.report(stage.case.audit)
    return stage


def actor(first_name: str) -> Actor:
    """One of the cast: maja, iga, olaf, robert, ada, hanna, zosia …"""
    return user(f"{first_name}@base.example.org").actor


def finding_at(stage: Stage, criterion: str) -> Finding:
    """The finding of the case at a criterion."""
    return next(finding for finding in findings_of(stage.case) if finding.criterion == criterion)


def task_at(tasks: list[Task] | Any, criterion: str) -> Task:
    """The task at a criterion."""
    found: Task = next(task for task in tasks if task.criterion == criterion)
    return found
