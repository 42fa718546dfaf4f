"""Results as the score macro draws them: bars with floor and target, as found and after remediation. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.checklists import exact
from app.checklists.checklist import Checklist
from app.checklists.schema import Condition
from app.checklists.scoring import Result, explain_missing
from app.checklists.sentences import Missing
from app.checklists.words import words

AREA_COLOURS = {"EKO": "#2E7D4F", "EKN": "#9A5B12", "BIZ": "#1B5E8C"}
OTHER_COLOUR = "#55625C"
TOTAL_COLOUR = "#1F6F54"
TOTAL_TITLE = {"pl": "Wynik łączny", "en": "Total score"}


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
    """The areas and the total, the grade, and the sentences that say what is missing for the next one."""

    areas: Sequence[Bar]
    total: Bar
    result: Result
    found: Result
    missing: Missing | None
    grade: str


def picture_of(checklist: Checklist, found: Result, after: Result | None, language: str) -> Picture:
    """The result ``found`` at the audit, with ``after`` remediation beside it when it differs.

    Floors and targets are the least percents that the lowest and the highest certifying grade ask of every area
    and of the total.
    """
    result = after or found
    compared = after is not None and [area.percent for area in after.areas] != [area.percent for area in found.areas]
    said = words(checklist, language)
    certifying = [grade.requires for grade in checklist.content.grades if grade.certifies]
    lowest, highest = (certifying[-1], certifying[0]) if certifying else ((), ())
    before = {area.id: area.percent for area in found.areas}
    areas = [
        Bar(
            id=area.id,
            title=title,
            percent=_shown(area.percent),
            before=_shown(before[area.id]) if compared else None,
            floor=_least(lowest, "every_area"),
            target=_least(highest, "every_area"),
            colour=AREA_COLOURS.get(area.id, OTHER_COLOUR),
        )
        for area, title in zip(result.areas, (area.title for area in said.areas), strict=True)
    ]
    total = Bar(
        id="total",
        title=TOTAL_TITLE.get(language, TOTAL_TITLE["en"]),
        percent=_shown(result.total.percent),
        before=_shown(found.total.percent) if compared else None,
        floor=_least(lowest, "total"),
        target=_least(highest, "total"),
        colour=TOTAL_COLOUR,
    )
    grade = said.grades[result.grade] if result.grade else ""
    return Picture(areas, total, result, found, explain_missing(result, language), grade)


def _least(requires: Sequence[Condition], kind: str) -> Decimal | None:
    found = [getattr(condition, kind) for condition in requires if condition.kind == kind]
    return max((each.min for each in found), default=None)


def _shown(percent: Fraction | None) -> Decimal | None:
    """A percent as drawn, two decimals: a bar has no length below nothing and ends at its track."""
    if percent is None:
        return None
    return min(max(Decimal(exact.two_decimals(percent)), Decimal(0)), Decimal(100))
