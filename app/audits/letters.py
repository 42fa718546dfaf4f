"""E-mails about a case: to every contact of the supplier, and to the audit team."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from app import mail
from app.accounts.models import User
from app.audits.models import Case, Finding
from app.checklists import library
from app.checklists.words import words
from app.db import db
from app.suppliers.models import Contact

POLISH = "pl"


class Recipient(NamedTuple):
    """Who gets a letter, in which language."""

    email: str
    name: str
    language: str


def contacts_of(supplier_id: uuid.UUID) -> Sequence[Recipient]:
    """The supplier's contacts with an e-mail; people with an account get letters there."""
    query = (
        select(Contact.email, Contact.name, User.email, User.language)
        .join(User, User.id == Contact.user_id, isouter=True)
        .where(Contact.supplier_id == supplier_id)
        .order_by(Contact.id)
    )
    rows = db.session.execute(query)
    return [Recipient(own or email, name, language or POLISH) for email, name, own, language in rows if own or email]


def team_of(case: Case) -> Sequence[Recipient]:
    """The audit team."""
    return [Recipient(place.user.email, place.user.name, place.user.language) for place in case.team]


def send(letter: str, recipients: Sequence[Recipient], *, at: datetime, **said: Any) -> None:
    """Queue ``templates/email/<letter>.txt`` for each of them."""
    for each in recipients:
        mail.queue_letter(letter, to=each.email, name=each.name, language=each.language, at=at, **said)


def tell_accepted(case: Case, *, at: datetime) -> None:
    """The application is taken up."""
    send("case_accepted", contacts_of(case.supplier_id), at=at, **case_words(case))


def tell_declined(case: Case, *, at: datetime) -> None:
    """The application is not taken up, and why."""
    send("case_declined", contacts_of(case.supplier_id), at=at, **case_words(case))


def tell_planned(case: Case, *, at: datetime) -> None:
    """The day of the visit and who comes; the team is asked for its declarations."""
    send("visit_planned", contacts_of(case.supplier_id), at=at, **case_words(case))
    send("visit_planned_team", team_of(case), at=at, **case_words(case))


def tell_findings(case: Case, groups: Sequence[tuple[str, Sequence[Finding]]], *, at: datetime) -> None:
    """The visit is finished: the list of findings under their grades, at once, before the report says more."""
    checklist = library.published(case.checklist_id, case.checklist_version)
    for each in contacts_of(case.supplier_id):
        said = words(checklist, each.language)
        listed = [
            (said.finding(grade), [(said.question(one.criterion), one.criterion) for one in found])
            for grade, found in groups
        ]
        send("audit_findings", [each], at=at, groups=listed, **case_words(case))


def case_words(case: Case) -> dict[str, Any]:
    """What letters about a case say: the case, and the address of its page."""
    return {"case": case, "link": mail.link("audits.show", case_id=case.id)}
