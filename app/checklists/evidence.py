"""Which evidence a criterion still needs before the audit can be closed. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from app.checklists.schema import Criterion, level_key


class Piece(NamedTuple):
    """One piece of evidence: its kind, and the day it was made when that is known."""

    kind: str
    made_on: date | None = None


class Shortfall(NamedTuple):
    """``needed`` pieces of ``kinds`` (empty: of any kind), of which ``present`` are there; ``too_old`` do not count."""

    needed: int
    present: int
    kinds: tuple[str, ...]
    too_old: int
    max_age_days: int | None


def missing_evidence(
    criterion: Criterion, answer: Mapping[str, Any], evidence: Iterable[Piece], *, on: date
) -> Shortfall | None:
    """What is missing on a day, or None when there is enough or none is required at this answer.

    Evidence of unknown age counts as fresh: the auditor saw it on site.
    """
    rule, level = criterion.evidence, level_key(answer.get("value"))
    if rule is None or level is None or answer.get("na"):
        return None
    if rule.required_at is not None and level not in rule.required_at:
        return None
    oldest = date.min if rule.max_age_days is None else on - timedelta(days=rule.max_age_days)
    fitting = [piece for piece in evidence if not rule.kinds or piece.kind in rule.kinds]
    present = sum(piece.made_on is None or piece.made_on >= oldest for piece in fitting)
    if present >= rule.min:
        return None
    return Shortfall(rule.min, present, rule.kinds, len(fitting) - present, rule.max_age_days)
