"""What the answers of an audit add up to: answers in the shape of an answers file, scores, gaps, findings."""

import json
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Text, Uuid, bindparam, cast, func, select

from app.audits.evidence import without_evidence
from app.audits.live import answers_from
from app.audits.models import Answer, AnswerConflict, Audit, Case, Finding, Photo
from app.checklists import library
from app.checklists.checklist import Checklist
from app.checklists.scoring import Result, finding_of, reconciled, score
from app.db import db
from app.formats import local_day

# Asked at every answer that is saved: put together once, and all values read in one go.
_VALUES = (
    select(Answer.criterion, Answer.field, cast(Answer.value, Text))
    .where(Answer.audit_id == bindparam("audit_id", type_=Uuid()))
    .order_by(Answer.criterion, Answer.field)
)


def checklist_of(case: Case) -> Checklist:
    """The version of the checklist that this case is audited against."""
    return library.published(case.checklist_id, case.checklist_version)


def answers_of(audit_id: uuid.UUID) -> dict[str, dict[str, Any]]:
    """The answers that stand, by criterion, in the shape of an answers file.

    A criterion with only a note has no answer yet. A finding's grade stands with the answer when it is another one
    than the level gives by itself: raised on site, while writing the findings, or because it is repeated.
    """
    answers = answers_from(values_of(audit_id))
    graded = db.session.execute(
        select(Finding.criterion, Finding.grade, Audit.checklist_id, Audit.checklist_version)
        .join(Audit, Audit.case_id == Finding.case_id)
        .where(Audit.id == audit_id)
    )
    for criterion, grade, checklist_id, version in graded:
        answer = answers[criterion]
        answer.pop("finding", None)
        if grade != finding_of(library.published(checklist_id, version), criterion, answer):
            answer["finding"] = grade
    return answers


def values_of(audit_id: uuid.UUID) -> dict[tuple[str, str], Any]:
    """The value that stands for each criterion and field."""
    rows = db.session.connection().execute(_VALUES, {"audit_id": audit_id}).all()
    values = json.loads(f"[{','.join(said or 'null' for _criterion, _field, said in rows)}]")
    return {(criterion, name): value for (criterion, name, _said), value in zip(rows, values, strict=True)}


def score_of(audit: Audit, answers: Mapping[str, Mapping[str, Any]]) -> Result:
    """The result of these answers under the audit's pinned checklist and profile."""
    checklist = library.published(audit.checklist_id, audit.checklist_version)
    return score(checklist, audit.profile, reconciled(checklist, answers))


def as_found(audit: Audit) -> Result:
    """The result of the audit itself."""
    return score_of(audit, answers_of(audit.id))


def photo_counts(audit_id: uuid.UUID) -> Counter[str]:
    """How many photos each criterion has."""
    rows = db.session.execute(
        select(Photo.criterion, func.count().label("number"))
        .where(Photo.audit_id == audit_id, Photo.removed_at.is_(None))
        .group_by(Photo.criterion)
    )
    return Counter({row.criterion: row.number for row in rows})


def photos_of(audit_id: uuid.UUID) -> Mapping[str, Sequence[Photo]]:
    """Criterion → its photos whose bytes are here, in the order they were added."""
    photos: dict[str, list[Photo]] = {}
    for photo in db.session.scalars(_stored(audit_id).order_by(Photo.added_at, Photo.id)):
        photos.setdefault(photo.criterion, []).append(photo)
    return photos


def photo_of(audit_id: uuid.UUID, photo_id: uuid.UUID) -> Photo | None:
    """One photo whose bytes are here."""
    return db.session.scalar(_stored(audit_id).where(Photo.id == photo_id))


def _stored(audit_id: uuid.UUID) -> Select[Photo]:
    return select(Photo).where(Photo.audit_id == audit_id, Photo.stored_at.is_not(None), Photo.removed_at.is_(None))


@dataclass(frozen=True)
class Gaps:
    """What is missing before an audit can be finished: ids of criteria."""

    unanswered: Sequence[str]
    without_evidence: Sequence[str]
    in_conflict: Sequence[str]

    def __bool__(self) -> bool:
        return bool(self.unanswered or self.without_evidence or self.in_conflict)


def gaps(audit: Audit) -> Gaps:
    """What is missing before this audit can be finished."""
    checklist = library.published(audit.checklist_id, audit.checklist_version)
    answers = answers_of(audit.id)
    result = score_of(audit, answers)
    counted = {name: answer for name, answer in answers.items() if name not in result.unused}
    open_conflicts = select(AnswerConflict.criterion).where(
        AnswerConflict.audit_id == audit.id, AnswerConflict.resolved_by_op.is_(None)
    )
    return Gaps(
        unanswered=result.unanswered,
        without_evidence=list(
            without_evidence(checklist, counted, photo_counts(audit.id), on=local_day(audit.started_at))
        ),
        in_conflict=sorted(set(db.session.scalars(open_conflicts))),
    )


def findings_of(case: Case) -> Sequence[Finding]:
    """The findings of a case in the order of the checklist."""
    order = {criterion: place for place, criterion in enumerate(checklist_of(case).criteria)}
    findings = db.session.scalars(select(Finding).where(Finding.case_id == case.id)).all()
    return sorted(findings, key=lambda finding: order[finding.criterion])
