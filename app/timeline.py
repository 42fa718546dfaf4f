"""The history as people read it: a sentence for every kind of change, names for what changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.labels import ROLES
from app.accounts.permissions import Actor
from app.formats import short_date
from app.history import HistoryRecord
from app.suppliers.names import LEGAL_FORMS, PRODUCT_KINDS, people

# One sentence per tag; a test finds every tag that the code records and fails when its sentence is missing here.
SENTENCES: Mapping[str, LazyString] = {
    "account:change_password": _l("Password changed"),
    "account:change_roles": _l("Roles changed"),
    "account:close": _l("Account closed"),
    "account:edit": _l("Own particulars changed"),
    "account:reopen": _l("Account reopened"),
    "account:sign_out": _l("Signed out of browsers"),
    "account:turn_off_second_factor": _l("Second factor turned off"),
    "account:turn_on_second_factor": _l("Second factor turned on"),
    "advice:log": _l("Advice noted"),
    "application:link": _l("Application linked to the supplier"),
    "application:submit": _l("Application sent"),
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
    "case:remark": _l("Remark on the report"),
    "case:review": _l("Review done"),
    "case:send_back": _l("Sent back to remediation"),
    "case:send_to_review": _l("Sent to review"),
    "case:start_audit": _l("Audit started"),
    "certificate:grant": _l("Certificate issued"),
    "certificate:print": _l("Certificate printed"),
    "certificate:reinstate": _l("Certificate valid again"),
    "certificate:suspend": _l("Certificate suspended"),
    "certificate:withdraw": _l("Certificate withdrawn"),
    "contact:add": _l("Contact added"),
    "contact:change": _l("Contact changed"),
    "contact:link": _l("Contact joined to an account"),
    "contact:remove": _l("Contact removed"),
    "decision:seal": _l("Decision sealed"),
    "evidence:add": _l("Evidence added"),
    "evidence:remove": _l("Evidence removed"),
    "finding:edit": _l("Finding edited"),
    "invitation:accept": _l("Invitation accepted"),
    "invitation:send": _l("Invitation sent"),
    "invitation:send_again": _l("Invitation sent again"),
    "invitation:withdraw": _l("Invitation withdrawn"),
    "organisation:edit": _l("Particulars of the organisation changed"),
    "product:add": _l("Product added"),
    "product:change": _l("Product changed"),
    "product:remove": _l("Product removed"),
    "report:print": _l("Report printed"),
    "running_body:change": _l("Running body changed"),
    "site:add": _l("Place added"),
    "site:change": _l("Place changed"),
    "site:remove": _l("Place removed"),
    "supplier:change": _l("Supplier's particulars changed"),
    "supplier:import": _l("Supplier registered from a list"),
    "supplier:register": _l("Supplier registered"),
    "supplier:set_facts": _l("Facts about the supplier corrected"),
    "tablet:ask_log": _l("Log of a tablet asked for"),
    "tablet:report_loss": _l("A tablet lost its work"),
    "tablet:settle_loss": _l("Lost work looked after"),
    "tablet:take_rescue_file": _l("Rescue file of a tablet taken over"),
    "task:accept_plan": _l("Plan accepted"),
    "task:propose_plan": _l("Plan proposed"),
    "task:reopen": _l("Task opened again"),
    "task:return": _l("Task returned to the supplier"),
    "task:submit": _l("Task sent to be checked"),
    "task:verify": _l("Task verified"),
}

# Names of changed things; what has no name here is technical and is not shown.
LABELS: Mapping[str, LazyString] = {
    "address": _l("Address"),
    "adviser": _l("Adviser"),
    "category": _l("Category"),
    "cause": _l("Cause"),
    "channel": _l("Way"),
    "correction": _l("What is put right first"),
    "corrective_action": _l("So that it does not come back"),
    "county_code": _l("County"),
    "criterion": _l("Criterion"),
    "due_on": _l("Due day"),
    "ean": _l("EAN"),
    "email": _l("E-mail"),
    "evidence": _l("Evidence"),
    "file": _l("File"),
    "function": _l("Function"),
    "given_on": _l("Day"),
    "grade": _l("Grade of the finding"),
    "grade_comment": _l("Why the grade is raised"),
    "kind": _l("Kind"),
    "krs": _l("KRS"),
    "legal_form": _l("Legal form"),
    "local_regon": _l("REGON of the unit"),
    "name": _l("Name"),
    "net_price": _l("Net price"),
    "nip": _l("NIP"),
    "not_met": _l("What is not met"),
    "note": _l("Note"),
    "notes": _l("Notes of the office"),
    "number": _l("Number"),
    "operations": _l("Changes"),
    "owner_name": _l("Who looks after it"),
    "people": _l("People"),
    "person": _l("Person"),
    "phone": _l("Telephone"),
    "photos": _l("Photos"),
    "planned_on": _l("Planned day"),
    "position": _l("Function"),
    "postal_code": _l("Postal code"),
    "products": _l("Products"),
    "public_benefit": _l("Public benefit organisation"),
    "regon": _l("REGON"),
    "requirement": _l("Requirement"),
    "roles": _l("Roles"),
    "running_body": _l("Running body"),
    "social_enterprise": _l("Social enterprise"),
    "street": _l("Street and number"),
    "supplier": _l("Supplier"),
    "support_centre": _l("Support centre (OWES)"),
    "tasks": _l("Tasks"),
    "team": _l("Team"),
    "topic": _l("Topic"),
    "town": _l("Town"),
    "value": _l("Level"),
    "vat_status": _l("VAT"),
    "visit_on": _l("Day of the visit"),
    "website": _l("Website"),
}


# What the foundation's people do among themselves: a supplier reads its outcome in the report and the decision.
INTERNAL = frozenset(
    {"advice:log", "case:review", "case:send_back", "decision:seal", "finding:edit", "tablet:take_rescue_file"}
)

# Values that are words of the checklist.
WORDS: Mapping[str, LazyString] = {
    "major": _l("Major nonconformity"),
    "minor": _l("Minor nonconformity"),
    "observation": _l("Observation"),
    "opportunity": _l("Opportunity"),
    "strength": _l("Strength"),
    "office": _l("the office"),
    "public": _l("public form"),
    "supplier": _l("the supplier's contact"),
    **LEGAL_FORMS,
    **PRODUCT_KINDS,
    **{role.value: name for role, name in ROLES.items()},
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


def visible(records: Iterable[HistoryRecord], actor: Actor) -> list[HistoryRecord]:
    """The records that this person reads: all of them, or for a supplier those that are not internal."""
    return [record for record in records if actor.is_staff or record.tag not in INTERNAL]


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
    return tuple(_change(name, record.before.get(name), record.after.get(name)) for name in names)


def _change(name: str, before: Any, after: Any) -> Change:
    """What stayed the same is only there to say what the change is about: it has no before."""
    return Change(str(LABELS[name]), "" if before == after else _text(before), _text(after))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, dict):
        return ", ".join(f"{people(kind)}: {number}" for kind, number in value.items())
    if isinstance(value, list):
        return ", ".join(str(WORDS.get(part, part)) for part in value)
    try:
        return short_date(date.fromisoformat(value))
    except (TypeError, ValueError):
        return str(WORDS.get(value, value) if isinstance(value, str) else value)
