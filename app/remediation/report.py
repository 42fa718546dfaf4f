"""What the report of an audit says."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from app import storage
from app.accounts.organisation import the_organisation
from app.audits import results
from app.audits.findings import by_grade
from app.audits.models import Audit, Case, Finding
from app.audits.pictures import Bar, picture_of
from app.audits.signatures import Meeting, Proceedings, proceedings
from app.checklists import exact
from app.checklists.checklist import Checklist
from app.checklists.scoring import Result
from app.checklists.words import Words, words
from app.formats import local_day
from app.remediation.rules import due_on

STRENGTH = "strength"


def content_of(case: Case, audit: Audit) -> dict[str, Any]:
    """Everything that the report says, in the checklist's binding language: plain JSON, see ``report_pdf``."""
    checklist = results.checklist_of(case)
    language = checklist.languages[0]
    answers = results.answers_of(audit.id)
    result, spoken = results.score_of(audit, answers), proceedings(audit.id)
    with force_locale(language):
        picture, said = picture_of(checklist, result, None, language), words(checklist, language)
        findings = [finding for _grade, of_grade in by_grade(case) for finding in of_grade]
        return {
            "language": language,
            "number": case.number,
            "issued_on": _iso(case.reported_at),
            "visit_on": case.visit_on.isoformat() if case.visit_on else None,
            **_parties(case),
            "checklist": {"title": said.title, "version": checklist.version, "digest": checklist.digest},
            "grade": picture.grade,
            "missing": list(picture.missing.sentences) if picture.missing else [],
            "areas": [_bar(area) for area in picture.areas],
            "total": _bar(picture.total),
            "strengths": [
                {
                    "criterion": finding.criterion,
                    "question": said.question(finding.criterion),
                    "level": said.level(finding.criterion, answers[finding.criterion]["value"]),
                }
                for finding in findings
                if finding.grade == STRENGTH
            ],
            "findings": [
                {**_finding(case, finding, checklist, said), **_word_on(finding, spoken)}
                for finding in findings
                if finding.grade != STRENGTH
            ],
            "meetings": _meetings(spoken),
            "sections": _sections(result, said, answers),
            "notes": [],
        }


def _parties(case: Case) -> dict[str, Any]:
    issuer, supplier = the_organisation(), case.supplier
    place = f"{supplier.postal_code} {supplier.town}".strip()
    return {
        "issuer": {"name": issuer.name, "address": issuer.address},
        "supplier": {
            "name": supplier.name,
            "running_body": supplier.running_body.name,
            "address": ", ".join(part for part in (supplier.street, place) if part),
            "nip": supplier.running_body.nip,
        },
        "scope": {"products": list(case.product_scope), "sites": list(case.site_scope)},
        "team": [{"name": place.user.name, "role": place.role.value} for place in case.team],
    }


def _finding(case: Case, finding: Finding, checklist: Checklist, said: Words) -> dict[str, Any]:
    grade, remediation = checklist.content.findings[finding.grade], checklist.criteria[finding.criterion].remediation
    due = (
        due_on(local_day(case.reported_at), grade.deadline_days, remediation.days if remediation else None)
        if (case.reported_at and grade.deadline_days is not None)
        else None
    )
    return {
        "criterion": finding.criterion,
        "question": said.question(finding.criterion),
        "grade": finding.grade,
        "grade_title": said.finding(finding.grade),
        "requirement": finding.requirement,
        "not_met": finding.not_met,
        "evidence": finding.evidence,
        "grade_comment": finding.grade_comment,
        "due_on": due.isoformat() if due else None,
    }


def _word_on(finding: Finding, spoken: Proceedings) -> dict[str, str]:
    """What the supplier said to a finding at the closing meeting."""
    response = spoken.responses.get(finding.criterion)
    return {"stand": response.stand.value, "words": response.words} if response else {"stand": "", "words": ""}


def _meetings(spoken: Proceedings) -> dict[str, Any]:
    return {
        "opening": _meeting(spoken.opening),
        "closing": _meeting(spoken.closing),
        "unsigned": spoken.unsigned,
        "signatures": [
            {
                "signer": one.signer,
                "role": one.role,
                "signed_at": one.signed_at.isoformat(),
                "holds": one.holds,
                "picture": base64.b64encode(storage.get(one.key)).decode() if one.key else "",
            }
            for one in spoken.signatures
        ],
    }


def _meeting(meeting: Meeting) -> dict[str, Any]:
    return {
        "held_at": meeting.held_at.isoformat() if meeting.held_at else None,
        "attendees": [{"name": one.name, "role": one.role} for one in meeting.attendees],
    }


def _sections(result: Result, said: Words, answers: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    shown = []
    for area in said.areas:
        for section in area.sections:
            asked = [criterion.id for criterion in section.criteria if criterion.id in answers]
            percent = result.sections[section.id].percent
            if asked:
                shown.append(
                    {
                        "area": area.title,
                        "title": section.title,
                        "percent": None if percent is None else exact.two_decimals(percent),
                        "answers": [_answer(name, answers[name], said) for name in asked],
                    }
                )
    return shown


def _answer(criterion: str, answer: Mapping[str, Any], said: Words) -> dict[str, str]:
    if "na" in answer:
        given = _("Not applicable: %(reason)s", reason=answer["na"])
    else:
        given = said.level(criterion, answer["value"])
    return {
        "criterion": criterion,
        "question": said.question(criterion),
        "answer": given,
        "note": str(answer.get("note", "")),
    }


def _bar(bar: Bar) -> dict[str, Any]:
    numbers = {name: getattr(bar, name) for name in ("percent", "before", "floor", "target")}
    texts = {name: None if value is None else str(value) for name, value in numbers.items()}
    return {"id": bar.id, "title": bar.title, "colour": bar.colour, **texts}


def _iso(at: datetime | None) -> str | None:
    return local_day(at).isoformat() if at else None
