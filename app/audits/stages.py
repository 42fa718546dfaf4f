"""Where a case stands for people: the steps of the stepper, whose turn it is and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.permissions import Actor, Permission
from app.audits.models import Case
from app.audits.service import advised_since, cooling_off_start, is_contact, member, took_part
from app.audits.states import AuditState, CaseState
from app.formats import long_date, today_in_poland
from app.history import HistoryRecord


@dataclass(frozen=True)
class Stage:
    """A part of the way: the states in it, the day that ends it, and the tag whose author is named."""

    label: LazyString
    states: frozenset[CaseState]
    day: str
    tag: str


STAGES = (
    Stage(_l("Application"), frozenset({CaseState.APPLIED, CaseState.DECLINED}), "applied_at", "case:accept"),
    Stage(_l("Plan"), frozenset({CaseState.ACCEPTED, CaseState.PLANNED}), "planned_at", "case:plan"),
    Stage(_l("Audit"), frozenset({CaseState.IN_AUDIT}), "audit_finished_at", "audit:finish"),
    Stage(_l("Report"), frozenset({CaseState.REPORTED}), "reported_at", "case:issue_report"),
    Stage(_l("Remediation"), frozenset({CaseState.REMEDIATION}), "sent_to_review_at", "case:send_to_review"),
    Stage(_l("Review"), frozenset({CaseState.UNDER_REVIEW}), "reviewed_at", "case:review"),
    Stage(_l("Decision"), frozenset({CaseState.REVIEWED, CaseState.REFUSED}), "decided_at", "case:grant"),
    Stage(_l("Certificate"), frozenset({CaseState.CERTIFIED}), "decided_at", ""),
)
STOPPED = frozenset({CaseState.DECLINED, CaseState.REFUSED})


@dataclass(frozen=True)
class Step:
    """One step of the stepper."""

    label: str
    state: str
    on: date | datetime | None
    who: str


@dataclass(frozen=True)
class Turn:
    """What happens next: a sentence, whether it is this person's turn, and the one button."""

    sentence: str
    mine: bool = False
    url: str = ""
    label: str = ""


def steps(case: Case, records: Sequence[HistoryRecord]) -> list[Step]:
    """The eight steps with their dates and who did them; the present one is where the case stands.

    ``records``: the history of the case, the newest first.
    """
    here = next(place for place, stage in enumerate(STAGES) if case.state in stage.states)
    authors = {record.tag: record.actor_name for record in reversed(records)}
    authors |= {"case:grant": authors.get("case:grant") or authors.get("case:refuse", "")}
    shown = []
    for place, stage in enumerate(STAGES):
        done = place < here or case.state is CaseState.CERTIFIED
        state = "done" if done else "upcoming" if place > here else "current"
        if place == here and case.state in STOPPED:
            state = "stopped"
        on = getattr(case, stage.day) if state != "upcoming" else None
        if stage.day == "audit_finished_at" and on is None and state != "done":
            on = case.visit_on
        who = authors.get(stage.tag, "") if state in {"done", "stopped"} else ""
        shown.append(Step(str(stage.label), state, on, who))
    return shown


def turn(case: Case, actor: Actor, *, to_do: bool) -> Turn:
    """What happens next with this case, for this person; ``to_do``: the supplier has a task to do."""
    if case.state in {CaseState.REPORTED, CaseState.REMEDIATION} and not to_do and _speaks_for_it(case, actor):
        return _nothing_to_do(case)
    return _TURNS[case.state](case, actor)


def _applied(_case: Case, actor: Actor) -> Turn:
    return _own(
        actor,
        Permission.APPLICATION_REVIEW,
        _("Check the application: is it complete, is the scope clear, is anyone too close to the supplier?"),
        _("The office checks the application."),
    )


def _declined(case: Case, _actor: Actor) -> Turn:
    return Turn(_("The application was declined: %(reason)s", reason=case.closing_reason))


def _accepted(case: Case, actor: Actor) -> Turn:
    return _own(
        actor,
        Permission.CASE_PLAN,
        _("Choose the audit team and the day of the visit."),
        _("The office plans the visit."),
        url_for("audits.plan", case_id=case.id),
        _("Plan the audit"),
    )


def _planned(case: Case, actor: Actor) -> Turn:
    place = member(case, actor.id)
    if place is not None and place.declared_at is None:
        return Turn(_("Does anything bind you to this supplier? Declare it before the visit."), mine=True)
    if place is not None:
        silent = [other.user.name for other in case.team if other.declared_at is None]
        if silent:
            return Turn(_("Waiting for the declaration of %(names)s.", names=", ".join(silent)))
        return Turn(_("Start the audit when you are at the supplier's."), mine=True)
    if is_contact(case.supplier_id, actor.id):
        url = url_for("checklists.index")
        return Turn(_("Prepare for the visit: read what will be asked."), True, url, _("Read the checklist"))
    return Turn(_("The audit team prepares the visit."))


def _in_audit(case: Case, actor: Actor) -> Turn:
    if member(case, actor.id) is None or case.audit is None:
        return Turn(_("The audit is under way."))
    if case.audit.state is AuditState.IN_PROGRESS:
        url = url_for("tablet.shell", audit_id=case.audit.id)
        return Turn(_("Answer the criteria on site and finish the audit."), True, url, _("Open the audit"))
    url = url_for("audits.list_findings", case_id=case.id)
    return Turn(_("Complete the findings and issue the report."), True, url, _("Go to the findings"))


def _remediation(case: Case, actor: Actor) -> Turn:
    url = url_for("remediation.case", case_id=case.id)
    if member(case, actor.id) is not None:
        return Turn(_("Check what the supplier sends, then hand the case to review."), True, url, _("Go to the tasks"))
    if _speaks_for_it(case, actor):
        work = _("Work through the tasks and send what shows that they are done.")
        return Turn(work, True, url, _("Go to the tasks"))
    return Turn(
        _("The supplier works through the tasks; the auditors check the evidence."),
        url=url,
        label=_("See the tasks"),
    )


def _speaks_for_it(case: Case, actor: Actor) -> bool:
    return actor.may(Permission.EVIDENCE_SUBMIT) and member(case, actor.id) is None


def _nothing_to_do(case: Case) -> Turn:
    if case.state is CaseState.REPORTED:
        return Turn(_("The audit found nothing that has to be changed."))
    url = url_for("remediation.case", case_id=case.id)
    return Turn(_("Everything is sent. The auditors check it and write to you."), url=url, label=_("See the tasks"))


def _under_review(case: Case, actor: Actor) -> Turn:
    waiting = _("Someone who took no part in the audit reviews the file.")
    if actor.may(Permission.REVIEW_MAKE) and (tie := _tie(case, actor)):
        return Turn(f"{tie} {waiting}")
    own = _("Look at the complete file and write your recommendation.")
    url = url_for("certificates.review", case_id=case.id)
    return _own(actor, Permission.REVIEW_MAKE, own, waiting, url, _("Review the case"))


def _reviewed(case: Case, actor: Actor) -> Turn:
    waiting = _("The decision is being taken.")
    if actor.may(Permission.DECISION_MAKE) and (tie := _tie(case, actor)):
        return Turn(" ".join([tie, _("Someone else decides.")]))
    own, url = _("Take the decision on the certificate."), url_for("certificates.decision", case_id=case.id)
    return _own(actor, Permission.DECISION_MAKE, own, waiting, url, _("Go to the decision"))


def _tie(case: Case, actor: Actor) -> str:
    """Why this person may neither review nor decide this case, as a sentence; empty when nothing ties them to it."""
    if audited_on := took_part(case, actor.id):
        return str(_("You audited this supplier on %(day)s.", day=long_date(audited_on)))
    advised_on = advised_since(case.supplier_id, actor.id, cooling_off_start(today_in_poland())) if actor.id else None
    return str(_("You advised this supplier on %(day)s.", day=long_date(advised_on))) if advised_on else ""


def _refused(case: Case, actor: Actor) -> Turn:
    url = url_for("certificates.decision", case_id=case.id) if actor.is_staff else ""
    return Turn(_("The certificate was refused."), url=url, label=_("Read the decision"))


def _certified(case: Case, _actor: Actor) -> Turn:
    url = url_for("certificates.of_case", case_id=case.id)
    return Turn(_("The certificate is granted."), url=url, label=_("See the certificate"))


def _own(actor: Actor, permission: Permission, mine: str, others: str, url: str = "", label: str = "") -> Turn:
    return Turn(mine, True, url, label) if actor.may(permission) else Turn(others)


_TURNS = {
    CaseState.APPLIED: _applied,
    CaseState.DECLINED: _declined,
    CaseState.ACCEPTED: _accepted,
    CaseState.PLANNED: _planned,
    CaseState.IN_AUDIT: _in_audit,
    CaseState.REPORTED: _remediation,
    CaseState.REMEDIATION: _remediation,
    CaseState.UNDER_REVIEW: _under_review,
    CaseState.REVIEWED: _reviewed,
    CaseState.REFUSED: _refused,
    CaseState.CERTIFIED: _certified,
}
