"""The states of a certificate and the moves between them, and what it is today. Pure."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
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


class PublicReason(StrEnum):
    """Why a certificate is suspended or withdrawn, as the register says it to everyone."""

    SURVEILLANCE_NOT_PASSED = "surveillance_not_passed"
    REMEDIATION_NOT_DONE = "remediation_not_done"
    SERIOUS_FINDING = "serious_finding"
    MISUSE_OF_MARK = "misuse_of_mark"
    HOLDER_REQUEST = "holder_request"
    HOLDER_CEASED = "holder_ceased"
    GRANTED_IN_ERROR = "granted_in_error"


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

PERMISSION_FOR: Mapping[CertificateAction, Permission] = dict.fromkeys(CertificateAction, Permission.CERTIFICATE_MANAGE)


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


def last_day(valid_from: date, months: int) -> date:
    """The last day of a validity of ``months``: the day before the same day of the month, or the month's last day.

    22.11.2026 and 24 months give 21.11.2028; 31.08.2026 and 6 months give 28.02.2027.
    """
    years, month = divmod(valid_from.month - 1 + months, 12)
    year, month = valid_from.year + years, month + 1
    length = monthrange(year, month)[1]
    if valid_from.day > length:
        return date(year, month, length)
    return date(year, month, valid_from.day) - timedelta(days=1)
