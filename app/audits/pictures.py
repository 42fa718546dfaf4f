"""Results as the score macro draws them: bars with floor and target, as found and after remediation."""

from dataclasses import dataclass
from decimal import Decimal

from app.audits.models import Case
from app.audits.results import checklist_of
from app.checklists.library import texts
from app.checklists.scoring import Result
from app.web import language

AREA_COLOURS = {"EKO": "#2E7D4F", "EKN": "#9A5B12", "BIZ": "#1B5E8C"}
TOTAL_COLOUR = "#1F6F54"


@dataclass(frozen=True)
class Bar:
    """One bar; percents are 0–100, None where nothing is scored."""

    id: str
    title: str
    percent: Decimal | None
    before: Decimal | None
    floor: Decimal | None
    target: Decimal | None
    colour: str


@dataclass(frozen=True)
class Picture:
    """The areas and the total, and the sentences that say what is missing for the next grade."""

    areas: list[Bar]
    total: Bar
    result: Result
    found: Result
    missing: list[str]
    grade: str
