"""Published rules of other schemes, worked out by hand: the format and the engine hold more than BASE."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from app.checklists.library import load
from app.checklists.scoring import Result, score
from tests.rules.checklist_text import CHECKLISTS


def scored(name: str, answers: dict[str, Any], profile: dict[str, Any] | None = None, default: Any = None) -> Result:
    """Every criterion answered with ``default``, except those given."""
    checklist = load(CHECKLISTS / f"{name}.yaml")
    given = dict.fromkeys(checklist.criteria, default) if default is not None else {}
    whole = {**given, **answers}
    return score(
        checklist,
        profile or {},
        {name: value if isinstance(value, dict) else {"value": value} for name, value in whole.items()},
    )


@pytest.mark.parametrize(
    ("answers", "percent", "grade"),
    [
        ({}, 100, "higher"),
        ({"1.2.2": "B"}, Fraction("97.5"), "higher"),
        ({"1.2.2": "B", "1.2.3": "B"}, 95, "higher"),
        ({"1.2.2": "C"}, Fraction("92.5"), "foundation"),
        ({"1.2.2": "D"}, 80, "foundation"),
        ({"1.2.2": "D", "1.2.3": "C"}, Fraction("72.5"), "follow_up"),
        ({"1.2.2": {"value": "D", "finding": "major", "note": "no records"}}, 65, "follow_up"),
        ({"1.2.2": {"value": "A", "finding": "major"}}, 85, "follow_up"),
        ({"1.2.2": {"value": "A", "finding": "major"}, "1.2.3": {"value": "A", "finding": "major"}}, 70, "none"),
        ({"2.3.9.1": "D"}, 30, "none"),
        ({"1.2.1": "D", "2.3.9.1": "D"}, -40, "none"),
        ({"1.2.2": {"na": "no such process"}, "1.2.3": "C"}, Fraction(100 * 165, 180), "foundation"),
    ],
)
def test_ifs_points_with_majors_and_knockouts(answers: dict[str, Any], percent: Fraction, grade: str) -> None:
    result = scored("ifs_food", answers, default="A")
    assert result.total.percent == percent
    assert result.grade == grade


@pytest.mark.parametrize(
    ("critical", "major", "minor", "grade"),
    [
        (0, 0, 0, "AA"), (0, 0, 5, "AA"), (0, 0, 6, "A"), (0, 0, 10, "A"), (0, 0, 11, "B"), (0, 0, 16, "B"),
        (0, 0, 17, "C"), (0, 0, 24, "C"), (0, 0, 25, "D"), (0, 0, 30, "D"), (0, 0, 31, "none"),
        (0, 1, 0, "B"), (0, 1, 10, "B"), (0, 1, 11, "C"), (0, 1, 16, "C"), (0, 1, 17, "D"), (0, 1, 25, "none"),
        (0, 2, 10, "C"), (0, 2, 11, "D"), (0, 2, 17, "none"), (0, 3, 0, "none"), (1, 0, 0, "none"),
    ],
)  # fmt: skip
def test_brcgs_grades_by_counts_of_findings(critical: int, major: int, minor: int, grade: str) -> None:
    words = ["critical"] * critical + ["major"] * major + ["minor"] * minor
    answers = {f"C-{at:02d}": word for at, word in enumerate(words, start=1)}
    result = scored("brcgs_food", answers, default="conforms")
    assert result.grade == grade
    assert result.findings == {"critical": critical, "major": major, "minor": minor}
    assert result.total.percent is None


@pytest.mark.parametrize(
    ("answers", "grade"),
    [
        ({}, "certified"),
        ({"AF 2.1": "no"}, "certified"),  # 19 of 20 is 95 %
        ({"AF 2.1": "no", "AF 2.2": "no"}, "none"),
        ({"AF 2.1": "no", "AF 2.2": {"na": "no animals"}}, "none"),  # 18 of 19 is 94.7 %
        ({"AF 1.2": "no"}, "none"),
        ({"AF 1.2": {"na": "no sub-contractors"}}, "certified"),
        ({"AF 3.1": "no"}, "certified"),
        ({f"AF 2.{number}": {"na": "none here"} for number in range(1, 21)}, "certified"),
    ],
)
def test_globalgap_share_of_applicable_musts(answers: dict[str, Any], grade: str) -> None:
    assert scored("globalgap_ifa", answers, {"scope": ["fruit"]}, default="yes").grade == grade


def test_globalgap_asks_only_what_the_scope_needs() -> None:
    assert scored("globalgap_ifa", {}, {"scope": ["fruit"]}, default="yes").applicable == 26
    pond = scored("globalgap_ifa", {"AQ 1.1": "no"}, {"scope": ["fruit", "aquaculture"]}, default="yes")
    assert (pond.applicable, pond.grade) == (27, "none")


RATED: dict[str, dict[str, str]] = {
    "A": {".1": "yes", ".2": "yes", ".3": "yes"},  # 5 of 5
    "B": {".1": "yes", ".2": "yes", ".3": "no"},  # 4 of 5
    "C": {".1": "yes", ".2": "no", ".3": "no"},  # 2.5 of 5 is 50 %: D; with half of .3 60 %: C
    "D": {".1": "yes", ".2": "no", ".3": "no"},
    "E": {".1": "no", ".2": "no", ".3": "yes"},
}
RATED["C"] = {".1": "yes", ".2": "no", ".3": "partially"}


@pytest.mark.parametrize(
    ("ratings", "overall"),
    [
        ("AAAAAAAAAAAAA", "A"), ("AAAAAAABBBBBB", "A"), ("AAAAAABBBBBBB", "B"), ("AAAAAAAAAAAAC", "B"),
        ("AAAAAAAAAACCC", "B"), ("AAAAAAAAACCCC", "C"), ("AAAAAAAAAAADD", "C"), ("AAAAAAAAAADDD", "D"),
        ("AAAAAAAAAAAAE", "D"), ("AAAAAAAEEEEEE", "D"), ("AAAAAAEEEEEEE", "E"),
    ],
)  # fmt: skip
def test_amfori_rating_by_how_many_areas_have_which_rating(ratings: str, overall: str) -> None:
    answers = {
        f"PA{area}{end}": value for area, rating in enumerate(ratings, start=1) for end, value in RATED[rating].items()
    }
    result = scored("amfori_bsci", answers)
    assert "".join(str(area.grade) for area in result.areas) == ratings
    assert result.grade == overall


@pytest.mark.parametrize(
    ("answers", "grade"),
    [
        ({"2.1": 3, "2.2": 3, "2.3": 3}, "certified"),
        ({"2.1": 4, "2.2": 3, "2.3": 1}, "certified"),  # (2·4 + 3 + 1) / 4 = 3.0
        ({"2.1": 3, "2.2": 4, "2.3": 1}, "corrective"),  # 11 / 4
        ({"1.1": 2, "2.1": 5, "2.2": 5, "2.3": 5}, "corrective"),
        ({"1.3": 2, "2.1": 5, "2.2": 5, "2.3": 5}, "none"),
        ({"1.1": {"value": 2, "finding": "major", "note": "again"}, "2.1": 5, "2.2": 5, "2.3": 5}, "none"),
    ],
)
def test_flocert_ranks_and_the_mean_of_development_criteria(answers: dict[str, Any], grade: str) -> None:
    assert scored("flocert", {"1.1": 3, "1.2": 3, "1.3": 3, **answers}, {"years_certified": "3"}).grade == grade


def test_flocert_first_years_have_no_development_criteria() -> None:
    result = scored("flocert", {"1.1": 3, "1.2": 3, "1.3": 3}, {"years_certified": "0"})
    assert (result.applicable, result.grade) == (3, "certified")
    mean = result.as_json()["grades"][0]["requires"][2]
    assert (mean["actual"], mean["met"]) == (None, True)


def test_impact_points_with_numbers_decimals_and_questions_that_lead_on() -> None:
    answers = {"W1": "87.5", "W2": 1, "W3": 0.5, "E1": Decimal("20.49"), "E2": 0}
    result = scored("impact_points", answers, {"owner": "members"})
    assert result.total.points == Fraction("61.25") + Fraction("0.3") + 10 + Fraction("20.49")
    assert result.total.max == 70 + Fraction("0.3") + 30 + 100
    assert (result.applicable, result.findings) == (5, {"gap": 1, "chance": 2})
    assert result.grade == "none"  # 92.04 points, but energy at 20.49 %
    texts = [each["text"] for each in result.as_json()["grades"][0]["requires"]]
    assert texts == ["Sum of points: at least 80 (now 92.04)", "Area “Environment”: at least 20.5% (now 20.49%)"]
    assert scored("impact_points", {**answers, "E1": 20.5}, {"owner": "members"}).grade == "certified"
    assert scored("impact_points", {**answers, "W2": 0}, {"owner": "members"}).unused == ("W3",)
    led_on = scored("impact_points", {**answers, "W1": 100, "W3": 1}, {"owner": "members"})
    assert led_on.unanswered == ("W4",)
