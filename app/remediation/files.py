"""Files that show what the supplier did. Removed ones stay, marked."""

import hashlib
from datetime import datetime

from flask_babel import gettext as _

from app import storage
from app.accounts.permissions import Actor, Permission
from app.audits.service import is_contact
from app.audits.states import CaseState
from app.db import db
from app.errors import Forbidden, Invalid, NotAllowedNow
from app.images import Document, Picture
from app.remediation.models import Evidence, Task
from app.remediation.rules import TaskState
from app.remediation.service import record

MOST_FILES = 20


def add_evidence(task: Task, document: Document | Picture, file_name: str, *, actor: Actor, at: datetime) -> Evidence:
    """Keep a file with a task. The same file again adds nothing.

    Raises:
        NotAllowedNow: the task is with the auditor or verified.
    """
    _check_editable(task, actor)
    kept = [evidence for evidence in task.evidence if evidence.removed_at is None]
    sha256 = hashlib.sha256(document.content).hexdigest()
    for evidence in kept:
        if evidence.sha256 == sha256:
            return evidence
    if len(kept) >= MOST_FILES:
        raise Invalid(_("A task holds at most %(number)d files.", number=MOST_FILES))
    key = f"evidence/{task.id}/{sha256}.{document.mime.rpartition('/')[2]}"
    storage.put(key, document.content)
    thumbnail_key = ""
    if isinstance(document, Picture):
        thumbnail_key = f"evidence/{task.id}/{sha256}.thumbnail.jpeg"
        storage.put(thumbnail_key, document.thumbnail)
    evidence = Evidence(
        task=task,
        file_name=file_name[-200:],
        mime=document.mime,
        size=len(document.content),
        sha256=sha256,
        key=key,
        thumbnail_key=thumbnail_key,
        added_by_id=actor.id,
        added_at=at,
    )
    db.session.add(evidence)
    db.session.flush()
    record(
        "evidence:add",
        task,
        actor=actor,
        at=at,
        after={"file": evidence.file_name, "sha256": evidence.sha256},
    )
    return evidence


def remove_evidence(evidence: Evidence, *, actor: Actor, at: datetime) -> None:
    """Take a file off a task; the record stays."""
    _check_editable(evidence.task, actor)
    if evidence.removed_at is None:
        evidence.removed_at = at
        record("evidence:remove", evidence.task, actor=actor, at=at, before={"file": evidence.file_name})


def _check_editable(task: Task, actor: Actor) -> None:
    if not actor.may(Permission.EVIDENCE_SUBMIT) or not is_contact(task.case.supplier_id, actor.id):
        raise Forbidden(_("Only the supplier adds evidence."))
    if task.case.state is not CaseState.REMEDIATION or task.state in {TaskState.SUBMITTED, TaskState.VERIFIED}:
        raise NotAllowedNow(_("This task is with the auditor now."))
