"""The demo's cases as the page tests find them."""

from sqlalchemy import select

from app.audits.models import Case
from app.db import db
from app.remediation.models import Task
from app.remediation.rules import TaskState
from app.suppliers.models import Supplier


def case_of(name: str) -> Case:
    found = db.session.scalar(select(Case).join(Supplier).where(Supplier.name.contains(name)))
    assert found is not None
    return found


def path_of(name: str, *parts: str) -> str:
    return "/".join((f"/cases/{case_of(name).id}", *parts))


def task_in(name: str, state: TaskState) -> Task:
    found = db.session.scalar(select(Task).where(Task.case_id == case_of(name).id, Task.state == state))
    assert found is not None
    return found
