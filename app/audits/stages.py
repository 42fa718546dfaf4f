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
from app.audits.service import member
from app.audits.states import AuditState, CaseState

STEPS: Sequence[tuple[LazyString, frozenset[CaseState], str]] = (
    (_l("Application"), frozenset({CaseState.APPLIED, CaseState.DECLINED}), "applied_at"),
    (_l("Plan"), frozenset({CaseState.ACCEPTED, CaseState.PLANNED}), "planned_at"),
    (_l("Audit"), frozenset({CaseState.IN_AUDIT}), "audit_finished_at"),
    (_l("Report"), frozenset({CaseState.REPORTED}), "reported_at"),
    (_l("Remediation"), frozenset({CaseState.REMEDIATION}), "sent_to_review_at"),
    (_l("Review"), frozenset({CaseState.UNDER_REVIEW}), "reviewed_at"),
    (_l("Decision"), frozenset({CaseState.REVIEWED, CaseState.REFUSED}), "decided_at"),
    (_l("Certificate"), frozenset({CaseState.CERTIFIED}), "decided_at"),
)
STOPPED = frozenset({CaseState.DECLINED, CaseState.REFUSED})


@dataclass(frozen=True)
class Step:
    """One step of the stepper."""

    label: str
    state: str
    on: date | datetime | None


@dataclass(frozen=True)
class Turn:
    """What happens next: a sentence, whether it is this person's turn, and the one button."""

    sentence: str
    mine: bool = False
    url: str = ""
    label: str = ""


def steps(case: Case) -> list[Step]:
    """The eight steps with their dates; the present one is where the case stands."""
    here = next(place for place, (_label, states, _date) in enumerate(STEPS) if case.state in states)
    shown = []
    for place, (label, _states, attribute) in enumerate(STEPS):
        state = "done" if place < here else "upcoming" if place > here else "current"
        if place == here and case.state in STOPPED:
            state = "stopped"
        if place == here and case.state is CaseState.CERTIFIED:
            state = "done"
        on = getattr(case, attribute) if state != "upcoming" else None
        shown.append(Step(str(label), state, on))
    return shown


def turn(case: Case, actor: Actor) -> Turn:
    """What happens next with this case, for this person."""
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
    if member(case, actor.id) is None:
        return Turn(_("The audit team prepares the visit."))
    return Turn(_("Declare that nothing binds you to the supplier, then start the audit on site."), mine=True)


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
    if actor.may(Permission.EVIDENCE_SUBMIT):
        return Turn(
            _("Work through the tasks and send what shows that they are done."),
            True,
            url,
            _("Go to the tasks"),
        )
    return Turn(
        _("The supplier works through the tasks; the auditors check the evidence."),
        url=url,
        label=_("See the tasks"),
    )


def _under_review(case: Case, actor: Actor) -> Turn:
    return _own(
        actor,
        Permission.REVIEW_MAKE,
        _("Look at the complete file and write your recommendation."),
        _("Someone who took no part in the audit reviews the file."),
        url_for("certificates.review", case_id=case.id),
        _("Review the case"),
    )


def _reviewed(case: Case, actor: Actor) -> Turn:
    return _own(
        actor,
        Permission.DECISION_MAKE,
        _("Take the decision on the certificate."),
        _("The decision is being taken."),
        url_for("certificates.decision", case_id=case.id),
        _("Go to the decision"),
    )


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
