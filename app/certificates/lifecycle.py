"""The states of a certificate and the moves between them, and what it is today. Pure."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from app.accounts.permissions import Permission


class CertificateState(StrEnum):
    """The stored state. Expiry is derived from the dates, see :func:`state_on`."""

    VALID = "valid"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


class PublicState(StrEnum):
    """What the register says today."""

    VALID = "valid"
    NOT_YET_VALID = "not_yet_valid"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class CertificateAction(StrEnum):
    """What the decision maker can do with a certificate."""

    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    WITHDRAW = "withdraw"


MOVES: Mapping[tuple[CertificateState, CertificateAction], CertificateState] = {
    (CertificateState.VALID, CertificateAction.SUSPEND): CertificateState.SUSPENDED,
    (CertificateState.VALID, CertificateAction.WITHDRAW): CertificateState.WITHDRAWN,
    (CertificateState.SUSPENDED, CertificateAction.REINSTATE): CertificateState.VALID,
    (CertificateState.SUSPENDED, CertificateAction.WITHDRAW): CertificateState.WITHDRAWN,
}

PERMISSION_FOR: Mapping[CertificateAction, Permission] = dict.fromkeys(
    CertificateAction, Permission.CERTIFICATE_MANAGE
)


def move(state: CertificateState, action: CertificateAction) -> CertificateState | None:
    """The state after ``action``, or None when it is not possible in ``state``."""
    return MOVES.get((state, action))


def state_on(state: CertificateState, valid_from: date, valid_until: date, today: date) -> PublicState:
    """What the certificate is on ``today`` (a day in Europe/Warsaw). Validity ends at the end of ``valid_until``."""
    if state is CertificateState.WITHDRAWN:
        return PublicState.WITHDRAWN
    if today > valid_until:
        return PublicState.EXPIRED
    if state is CertificateState.SUSPENDED:
        return PublicState.SUSPENDED
    return PublicState.NOT_YET_VALID if today < valid_from else PublicState.VALID
