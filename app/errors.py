"""What can go wrong in the domain, each with its HTTP status. Pure."""

from collections.abc import Sequence


class DomainError(Exception):
    """A rule said no. ``reasons`` are sentences for the person, already in their language."""

    status = 400

    def __init__(self, *reasons: str) -> None:
        super().__init__("; ".join(reasons))
        self.reasons: Sequence[str] = reasons


class Forbidden(DomainError):
    """The person may see this but may not do it."""

    status = 403


class NotFound(DomainError):
    """It does not exist, or not for this person: the answer is the same."""

    status = 404


class Conflict(DomainError):
    """Someone else changed it in the meantime."""

    status = 409


class NotAllowedNow(DomainError):
    """The rules do not allow this step in the present state."""

    status = 409


class Invalid(DomainError):
    """What was sent cannot be understood or accepted."""

    status = 422


class BadSetting(Exception):
    """A setting is wrong; the message names it and says what would be right."""
