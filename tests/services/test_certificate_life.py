"""The life of a certificate after the decision: suspended, reinstated, withdrawn."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app import history
from app.accounts.permissions import Role
from app.certificates import service
from app.certificates.lifecycle import CertificateState, PublicReason
from app.db import db
from app.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from app.jobs import Job
from tests import cases
from tests.cases import DECISION, Cast, make_cast
from tests.factories import make_user


@pytest.fixture
def cast(database: Flask) -> Cast:
    return make_cast()


def letters() -> list[str]:
    """The letters about certificates that wait to be sent."""
    waiting = db.session.scalars(select(Job).where(Job.kind == "mail.send").order_by(Job.id))
    return [job.payload["template"] for job in waiting if job.payload["template"].startswith("certificate")]


MOVES = {
    "suspend": lambda certificate, actor: service.suspend(
        certificate, reason=PublicReason.SERIOUS_FINDING, note="Skarga", actor=actor, at=DECISION
    ),
    "reinstate": lambda certificate, actor: service.reinstate(certificate, note="Wyjaśnione", actor=actor, at=DECISION),
    "withdraw": lambda certificate, actor: service.withdraw(
        certificate, reason=PublicReason.MISUSE_OF_MARK, note="Znak na wyrobach", actor=actor, at=DECISION
    ),
}
EXPECTED = {
    (CertificateState.VALID, "suspend"): CertificateState.SUSPENDED,
    (CertificateState.VALID, "withdraw"): CertificateState.WITHDRAWN,
    (CertificateState.SUSPENDED, "reinstate"): CertificateState.VALID,
    (CertificateState.SUSPENDED, "withdraw"): CertificateState.WITHDRAWN,
}


@pytest.mark.parametrize("state", list(CertificateState))
@pytest.mark.parametrize("action", list(MOVES))
def test_every_state_and_action_of_a_certificate(cast: Cast, state: CertificateState, action: str) -> None:
    _case, certificate = cases.certified_case(cast)
    certificate.state = state
    db.session.commit()
    expected = EXPECTED.get((state, action))
    if expected is None:
        with pytest.raises(NotAllowedNow):
            MOVES[action](certificate, cast.robert.actor)
        db.session.rollback()
        assert certificate.state is state
    else:
        MOVES[action](certificate, cast.robert.actor)
        assert certificate.state is expected
        assert history.timeline(subject_id=certificate.id)[0].tag == f"certificate:{action}"


@pytest.mark.parametrize("action", list(MOVES))
def test_only_the_decision_maker_changes_a_certificate(cast: Cast, action: str) -> None:
    _case, certificate = cases.certified_case(cast)
    for person in (cast.maja, cast.iga, cast.tomek):
        with pytest.raises(Forbidden):
            MOVES[action](certificate, person.actor)


def test_suspending_and_reinstating_is_remembered(cast: Cast) -> None:
    _case, certificate = cases.certified_case(cast)
    MOVES["suspend"](certificate, cast.robert.actor)
    assert (certificate.suspended_on, certificate.public_reason) == (date(2026, 11, 22), "serious_finding")
    MOVES["reinstate"](certificate, cast.robert.actor)
    assert (certificate.suspended_on, certificate.public_reason) == (None, "")
    MOVES["withdraw"](certificate, cast.robert.actor)
    assert (certificate.withdrawn_on, certificate.public_reason) == (date(2026, 11, 22), "misuse_of_mark")
    assert letters() == ["certificate_granted", *["certificate_changed"] * 3]


def test_an_internal_reason_is_needed(cast: Cast) -> None:
    _case, certificate = cases.certified_case(cast)
    with pytest.raises(Invalid):
        service.suspend(
            certificate, reason=PublicReason.SERIOUS_FINDING, note=" ", actor=cast.robert.actor, at=DECISION
        )


def test_a_contact_sees_only_their_own_certificate(cast: Cast) -> None:
    _case, certificate = cases.certified_case(cast)
    assert service.get_certificate(certificate.id, cast.tomek.actor) is certificate
    assert service.get_certificate(certificate.id, cast.maja.actor) is certificate
    with pytest.raises(NotFound):
        service.get_certificate(certificate.id, make_user(Role.SUPPLIER_CONTACT).actor)
