"""The states of a certificate: every move, and what it is on a day."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.permissions import PERMISSIONS, Permission, Role
from app.certificates.lifecycle import (
    PERMISSION_FOR,
    CertificateAction,
    CertificateState,
    PublicState,
    last_day,
    move,
    state_on,
)

FIRST, LAST = date(2026, 11, 22), date(2028, 11, 21)
ALLOWED = {
    (CertificateState.VALID, CertificateAction.SUSPEND): CertificateState.SUSPENDED,
    (CertificateState.VALID, CertificateAction.WITHDRAW): CertificateState.WITHDRAWN,
    (CertificateState.SUSPENDED, CertificateAction.REINSTATE): CertificateState.VALID,
    (CertificateState.SUSPENDED, CertificateAction.WITHDRAW): CertificateState.WITHDRAWN,
}


@pytest.mark.parametrize(("state", "action"), list(product(CertificateState, CertificateAction)))
def test_every_state_and_action(state: CertificateState, action: CertificateAction) -> None:
    assert move(state, action) == ALLOWED.get((state, action))


def test_a_withdrawn_certificate_stays_withdrawn() -> None:
    assert all(move(CertificateState.WITHDRAWN, action) is None for action in CertificateAction)


def test_only_decision_makers_manage_certificates() -> None:
    assert set(PERMISSION_FOR) == set(CertificateAction)
    assert {role for role in Role if Permission.CERTIFICATE_MANAGE in PERMISSIONS[role]} == {Role.DECISION_MAKER}


@pytest.mark.parametrize(
    ("state", "today", "expected"),
    [
        (CertificateState.VALID, FIRST - timedelta(days=1), PublicState.NOT_YET_VALID),
        (CertificateState.VALID, FIRST, PublicState.VALID),
        (CertificateState.VALID, LAST, PublicState.VALID),
        (CertificateState.VALID, LAST + timedelta(days=1), PublicState.EXPIRED),
        (CertificateState.SUSPENDED, FIRST - timedelta(days=1), PublicState.SUSPENDED),
        (CertificateState.SUSPENDED, FIRST, PublicState.SUSPENDED),
        (CertificateState.SUSPENDED, LAST, PublicState.SUSPENDED),
        (CertificateState.SUSPENDED, LAST + timedelta(days=1), PublicState.EXPIRED),
        (CertificateState.WITHDRAWN, FIRST - timedelta(days=1), PublicState.WITHDRAWN),
        (CertificateState.WITHDRAWN, FIRST, PublicState.WITHDRAWN),
        (CertificateState.WITHDRAWN, LAST + timedelta(days=1), PublicState.WITHDRAWN),
    ],
)
def test_what_it_is_on_a_day(state: CertificateState, today: date, expected: PublicState) -> None:
    assert state_on(state, FIRST, LAST, today) is expected


@given(st.sampled_from(CertificateState), st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_it_is_valid_only_within_its_days_and_when_its_state_says_so(state: CertificateState, today: date) -> None:
    valid = state is CertificateState.VALID and FIRST <= today <= LAST
    assert (state_on(state, FIRST, LAST, today) is PublicState.VALID) == valid


@pytest.mark.parametrize(
    ("valid_from", "months", "expected"),
    [
        (date(2026, 11, 22), 24, date(2028, 11, 21)),
        (date(2026, 1, 1), 24, date(2027, 12, 31)),
        (date(2026, 12, 31), 12, date(2027, 12, 30)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2028, 2, 29), 24, date(2030, 2, 28)),
        (date(2026, 2, 28), 24, date(2028, 2, 27)),
        (date(2026, 3, 1), 24, date(2028, 2, 29)),
    ],
)
def test_the_last_day_of_validity(valid_from: date, months: int, expected: date) -> None:
    assert last_day(valid_from, months) == expected
