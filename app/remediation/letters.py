"""E-mails about remediation, to every contact of the supplier."""

from datetime import datetime

from app import mail
from app.audits.letters import case_words, contacts_of, send
from app.audits.models import Case
from app.remediation.models import Task


def tell_reported(case: Case, *, tasks: int, at: datetime) -> None:
    """The report is issued; ``tasks`` are waiting."""
    words = {**case_words(case), "link": mail.link("remediation.case", case_id=case.id)}
    send("report_issued", contacts_of(case.supplier_id), at=at, tasks=tasks, **words)


def tell_returned(task: Task, *, at: datetime) -> None:
    """The auditor asks for more, and says what."""
    link = mail.link("remediation.task", task_id=task.id)
    send("task_returned", contacts_of(task.case.supplier_id), at=at, task=task, link=link)


def tell_verified(task: Task, *, at: datetime) -> None:
    """The auditor accepted the evidence."""
    link = mail.link("remediation.case", case_id=task.case_id)
    send("task_verified", contacts_of(task.case.supplier_id), at=at, task=task, link=link)


def tell_sent_to_review(case: Case, *, at: datetime) -> None:
    """The file is complete and somebody else looks at it."""
    send("sent_to_review", contacts_of(case.supplier_id), at=at, **case_words(case))
