"""The history as people read it: a sentence for every kind of change, names for what changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.history import HistoryRecord

# One sentence per tag; a test finds every tag that the code records and fails when its sentence is missing here.
SENTENCES: Mapping[str, LazyString] = {
    "audit:finish": _l("Audit finished"),
    "case:accept": _l("Application accepted"),
    "case:declare_no_conflict": _l("Declared that there is no conflict of interest"),
    "case:decline": _l("Application declined"),
    "case:grant": _l("Certificate granted"),
    "case:issue_report": _l("Report issued"),
    "case:open": _l("Case opened"),
    "case:open_remediation": _l("Remediation opened"),
    "case:plan": _l("Audit planned"),
    "case:refuse": _l("Certificate refused"),
    "case:review": _l("Review done"),
    "case:send_back": _l("Sent back to remediation"),
    "case:send_to_review": _l("Sent to review"),
    "case:start_audit": _l("Audit started"),
    "evidence:add": _l("Evidence added"),
    "evidence:remove": _l("Evidence removed"),
    "finding:edit": _l("Finding edited"),
    "task:accept_plan": _l("Plan accepted"),
    "task:propose_plan": _l("Plan proposed"),
    "task:return": _l("Task returned to the supplier"),
    "task:submit": _l("Task sent to be checked"),
    "task:verify": _l("Task verified"),
}

# Names of changed things; what has no name here is technical and is not shown.
LABELS: Mapping[str, LazyString] = {
    "criterion": _l("Criterion"),
    "file": _l("File"),
    "grade": _l("Grade"),
    "number": _l("Number"),
    "planned_on": _l("Planned day"),
    "tasks": _l("Tasks"),
    "team": _l("Team"),
    "value": _l("Level"),
    "visit_on": _l("Day of the visit"),
}


@dataclass(frozen=True)
class Change:
    """One thing that changed; empty text where there was nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One line of a timeline."""

    at: datetime
    who: str
    role: str
    what: str
    changes: tuple[Change, ...]
    reason: str


def entries(records: Iterable[HistoryRecord]) -> list[Entry]:
    """Records of the history as lines for the timeline macro, in the given order."""
    return [
        Entry(
            at=record.at,
            who=record.actor_name,
            role=record.role,
            what=str(SENTENCES.get(record.tag, record.tag)),
            changes=_changes(record),
            reason=record.note,
        )
        for record in records
    ]


def _changes(record: HistoryRecord) -> tuple[Change, ...]:
    names = [name for name in LABELS if name in record.before or name in record.after]
    return tuple(
        Change(str(LABELS[name]), _text(record.before.get(name)), _text(record.after.get(name))) for name in names
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    return ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)
