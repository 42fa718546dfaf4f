"""How answers become a score, rule by rule, on the small example of the format document."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from app.checklists.answers import AnswersError
from app.checklists.checklist import Checklist
from app.checklists.exact import two_decimals
from app.checklists.library import load
from app.checklists.scoring import (
    applicable,
    explain_missing,
    finding_of,
    meets,
    reconciled,
    score,
)
from tests.rules.checklist_text import CHECKLISTS, Replacement, loaded

FOOD = {"products": ["food"]}
ONE, TWO = "EKO-ODP-01", "EKO-ODP-02"
SECOND_AREA = """  - id: EKN
    title: Ekonomia
    weight: 3
    sections:
      - id: EKN-A
        title: A
        criteria:
          - {id: EKN-A-01, question: Tak, scale: maturity, class: plain}
          - {id: EKN-A-02, question: Tak, scale: graded, class: plain, weight: 0.1}
grades:
"""


@pytest.fixture(scope="module")
def demo() -> Checklist:
    return load(CHECKLISTS / "demo.yaml")


def answers(**values: object) -> dict[str, dict[str, Any]]:
    names = {"one": ONE, "two": TWO}
    return {
        names.get(name, name.replace("_", "-")): value if isinstance(value, dict) else {"value": value}
        for name, value in values.items()
    }


def test_a_criterion_counts_weight_times_points(demo: Checklist) -> None:
    result = score(demo, FOOD, answers(one=2, two=4))
    assert result.total.points == 2 * 2 + 4
    assert result.total.max == 2 * 4 + 4
    assert result.total.percent == Fraction(800, 12)


def test_a_level_may_be_given_as_number_or_text(demo: Checklist) -> None:
    results = [score(demo, FOOD, answers(one=value, two="4")).as_json() for value in (2, "2", 2.0, " 2 ")]
    assert all(result == results[0] for result in results)


def test_not_applicable_leaves_points_and_maximum_but_counts_as_answered(demo: Checklist) -> None:
    result = score(demo, FOOD, answers(one={"na": "brak odpadów"}, two=4))
    assert result.total.points == 4
    assert result.total.max == 4
    assert result.total.percent == 100
    assert result.complete is True
    assert result.answered == 2
    assert result.applicable == 2


def test_a_criterion_is_asked_only_for_its_profile_and_after_its_condition(demo: Checklist) -> None:
    assert applicable(demo, FOOD, answers(two=4)) == (ONE, TWO)
    assert applicable(demo, FOOD, answers(two=2)) == (TWO,)
    assert applicable(demo, FOOD, {}) == (TWO,)
    assert applicable(demo, {"products": ["craft"]}, answers(two=4)) == (TWO,)
    assert applicable(demo, {}, answers(two=4)) == (TWO,)
    assert applicable(demo, {"products": "food"}, answers(two=4)) == (ONE, TWO)


def test_without_an_answer_there_is_no_grade(demo: Checklist) -> None:
    result = score(demo, FOOD, answers(two=4))
    assert result.complete is False
    assert result.grade is None
    assert result.certifies is False
    assert result.answered == 1
    assert result.applicable == 2
    assert result.unanswered == (ONE,)
    assert result.total.percent == 100
    assert result.areas[0].grade is None
    assert not any(grade.met for grade in result.grades)


def test_answers_to_criteria_that_do_not_apply_count_nowhere_but_are_named(demo: Checklist) -> None:
    result = score(demo, {"products": ["craft"]}, answers(one=0, two=4))
    assert result.unused == (ONE,)
    assert result.findings["major"] == 0
    assert result.total.max == 4


def test_a_finding_is_the_auditors_own_else_the_levels_else_the_classs(tmp_path: Path) -> None:
    found = loaded(tmp_path, ("label: częściowo}", "label: częściowo, finding: observation}"))
    assert finding_of(found, ONE, {"value": 0}) == "major"  # the class: at
    assert finding_of(found, ONE, {"value": 2}) == "observation"  # the level
    assert finding_of(found, ONE, {"value": 4}) is None
    assert finding_of(found, ONE, {"value": 4, "finding": "minor"}) == "minor"  # the auditor
    assert finding_of(found, TWO, {"value": 0}) is None  # a class without findings
    below = loaded(tmp_path, ("compliant_from: 2", "compliant_from: 4"))
    assert finding_of(below, ONE, {"value": 2}) == "minor"  # the class: unmet


def test_a_finding_can_be_raised_up_to_the_limit_and_never_lowered(tmp_path: Path) -> None:
    found = loaded(tmp_path, ("unmet: minor ", "may_raise_to: major\n    unmet: minor "))
    assert score(found, FOOD, answers(one={"value": 4, "finding": "major"}, two=4)).findings["major"] == 1
    with pytest.raises(AnswersError, match="can be raised to major at most, not critical"):
        score(found, FOOD, answers(one={"value": 4, "finding": "critical"}, two=4))
    with pytest.raises(AnswersError, match='"0" gives major; it can be raised but not lowered to minor'):
        score(found, FOOD, answers(one={"value": 0, "finding": "minor"}, two=4))


def test_an_own_grade_that_the_answer_has_overtaken_gives_way(demo: Checklist) -> None:
    given = answers(one={"value": 0, "finding": "minor", "note": "x"}, two={"value": 4, "finding": "minor"})
    settled = reconciled(demo, given)
    assert settled == answers(one={"value": 0, "note": "x"}, two={"value": 4, "finding": "minor"})
    assert score(demo, FOOD, settled).finding_of == {ONE: "major", TWO: "minor"}


def test_penalties_take_points_of_the_total_percent_once_per_finding_and_knockout(demo: Checklist) -> None:
    result = score(demo, FOOD, answers(one=0, two={"value": 4, "finding": "major"}))
    assert result.findings["major"] == 2
    assert result.knockouts == (ONE,)
    assert result.total.percent == Fraction(400, 12) - 2 * 15 - 50
    assert result.total.points == 4
    assert result.total.max == 12
    assert result.areas[0].percent == Fraction(400, 12)
    assert result.as_json()["total"]["percent"] == "-46.67"


def test_a_knockout_blocks_every_certifying_grade_whatever_the_score(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        ("  - {knockout: true, percent_of_max: 50}\n", ""),
        ("      - findings: {grade: major, max: 0}\n", ""),
        ("{min: 70}", "{min: 0}"),
        ("every_area: {min: 60}", "every_area: {min: 0}"),
    )
    result = score(found, FOOD, answers(one=0, two=4))
    assert result.grade == "none"
    assert result.certifies is False
    implied = result.as_json()["grades"][0]["requires"][-1]
    assert implied["text"] == f"Liczba niespełnionych kryteriów krytycznych: najwyżej 0 (jest 1: {ONE})"
    assert implied["met"] is False
    assert score(found, FOOD, answers(one=2, two=4)).grade == "base"


def test_compliance_counts_from_a_level_on_and_by_default_from_the_best(demo: Checklist) -> None:
    assert [meets(demo, ONE, {"value": value}) for value in (0, 2, 4)] == [False, True, True]
    assert [meets(demo, TWO, {"value": value}) for value in (0, 2, 4)] == [False, False, True]
    assert meets(demo, ONE, {"na": "x"}) is None


TOTALS: list[tuple[str, Fraction]] = [
    ("points", Fraction(100 * (4 * 2 + 4 + 2), 12 + 4 + 2)),
    ("areas", (100 + 3 * Fraction(200, 6)) / 4),
    ("lowest_area", Fraction(200, 6)),
]


@pytest.mark.parametrize(("of", "percent"), TOTALS)
def test_the_total_pools_points_or_weighs_areas_or_takes_the_lowest(tmp_path: Path, of: str, percent: Fraction) -> None:
    found = loaded(tmp_path, ("total: {of: areas}", f"total: {{of: {of}}}"), ("grades:\n", SECOND_AREA))
    result = score(found, FOOD, answers(one=4, two=4, EKN_A_01=0, EKN_A_02="A"))
    assert result.areas[1].percent == Fraction(200, 6)
    assert result.total.percent == percent
    assert result.total.points == 14
    assert result.total.max == 18


def test_an_area_with_nothing_applicable_takes_no_part(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        ("grades:\n", SECOND_AREA),
        ("      - total: {min: 70}", "      - area: {id: EKN, min: 90}"),
    )
    away = {"na": "brak"}
    result = score(found, FOOD, answers(one=4, two=4, EKN_A_01=away, EKN_A_02=away))
    assert result.areas[1].percent is None
    assert result.areas[1].grade is None
    assert result.total.percent == 100
    assert result.grade == "base"
    requires = result.as_json()["grades"][0]["requires"]
    assert requires[0] == {
        "text": "Obszar „Ekonomia”: co najmniej 90% (nie dotyczy)",
        "actual": None,
        "required": "90.00",
        "met": True,
    }


def test_nothing_scored_at_all_reaches_no_percent(demo: Checklist) -> None:
    result = score(demo, {}, answers(two={"na": "brak"}))
    assert result.complete is True
    assert result.total.percent is None
    assert result.grade == "none"
    requires = result.as_json()["grades"][0]["requires"]
    assert [each["met"] for each in requires] == [False, False, True, True, True]
    assert result.as_json()["total"] == {"points": "0.00", "max": "0.00", "percent": None}


def test_a_class_with_nothing_applicable_stands_in_nobodys_way(demo: Checklist) -> None:
    result = score(demo, {"products": ["craft"]}, answers(two=4))
    any_of = result.grades[0].requires[3]
    assert [[(o.actual, o.met, o.nothing) for o in way] for way in any_of.ways] == [
        [(0, True, False), (None, True, True)],
        [(4, True, False)],
    ]


def test_weight_zero_is_asked_but_not_scored(tmp_path: Path) -> None:
    found = loaded(tmp_path, ("weight: 2\n", "weight: 0\n"))
    result = score(found, FOOD, answers(one=0, two=4))
    assert result.total.points == 4
    assert result.total.max == 4
    assert result.findings["major"] == 1


def test_a_bound_is_compared_before_rounding(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        ("weight: 2\n", "weight: 94.996\n"),
        ("            class: plain", "            class: plain\n            weight: 5.004"),
        ("total: {min: 70}", "total: {min: 95}"),
        ("asked_when: {EKO-ODP-02: [4]}", ""),
    )
    result = score(found, FOOD, answers(one=4, two=0))
    assert result.total.percent == Fraction("94.996")
    assert result.as_json()["total"]["percent"] == "95.00"
    assert result.grades[0].requires[0].met is False


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (Fraction(1, 8), "0.13"),
        (Fraction("0.005"), "0.01"),
        (Fraction("0.0049999"), "0.00"),
        (Fraction(-1, 8), "-0.13"),
        (Fraction("-0.004"), "0.00"),
        (Fraction(200, 3), "66.67"),
        (Fraction("99.995"), "100.00"),
        (Fraction(10**30), f"1{'0' * 30}.00"),
    ],
)
def test_numbers_are_printed_with_two_decimals_half_up(value: Fraction, printed: str) -> None:
    assert two_decimals(value) == printed


def test_the_output_has_exactly_the_keys_of_the_contract(demo: Checklist) -> None:
    found = score(demo, FOOD, answers(one=2, two=4)).as_json()
    assert list(found) == [
        *("checklist", "version", "digest", "complete", "answered", "applicable", "total", "areas", "findings"),
        *("knockouts", "grade", "certifies", "grades", "unanswered"),
    ]
    assert found["areas"] == [
        {
            "id": "EKO", "points": "8.00", "max": "12.00", "percent": "66.67", "grade": "E",
            "sections": [{"id": "EKO-ODP", "points": "8.00", "max": "12.00", "percent": "66.67"}],
        }
    ]  # fmt: skip
    assert found["findings"] == {"critical": 0, "major": 0, "minor": 0, "observation": 0}
    assert found["grades"][1] == {"id": "none", "met": True, "requires": []}
    assert found["grades"][0]["requires"][0] == {
        "text": "Wynik łączny: co najmniej 70% (jest 66,67%)",
        "actual": "66.67",
        "required": "70.00",
        "met": False,
    }


def test_what_is_missing_for_the_next_grade_is_told_in_both_languages(demo: Checklist) -> None:
    result = score(demo, FOOD, answers(one=2, two=4))
    polish, english = explain_missing(result, "pl"), explain_missing(result, "en")
    assert polish is not None
    assert english is not None
    assert (polish.grade, polish.title) == ("base", "BASE")
    assert polish.sentences == ("Wynik łączny: co najmniej 70% (jest 66,67%)",)
    assert english.sentences == ("Total score: at least 70% (now 66.67%)",)
    assert explain_missing(score(demo, FOOD, answers(one=4, two=4)), "pl") is None
    started = explain_missing(score(demo, FOOD, answers(two=4)), "pl")
    assert started is not None
    assert started.sentences == ("Kryteria bez odpowiedzi: 1",)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"X": {"value": 1}}, "X: there is no such criterion; known here: EKO-ODP-01, EKO-ODP-02"),
    ({"EKO-ODP-1": {"value": 1}}, 'EKO-ODP-1: there is no such criterion; did you mean "EKO-ODP-01"?'),
    ({ONE: {"value": 3}}, f"{ONE}: 3 is no answer here; answer one of 0, 2, 4"),
    ({ONE: {"value": "zero"}}, f'{ONE}: "zero" is no answer here; answer one of 0, 2, 4'),
    ({ONE: {"value": True}}, f"{ONE}: true is no answer here; answer one of 0, 2, 4"),
    ({ONE: {"value": [2]}}, f"{ONE}: a list is no answer here; answer one of 0, 2, 4"),
    ({ONE: {"value": {"a": 1}}}, f"{ONE}: a mapping (key: value) is no answer here; answer one of 0, 2, 4"),
    ({ONE: {"value": float("nan")}}, f"{ONE}: nan is no answer here; answer one of 0, 2, 4"),
    ({ONE: {"value": 10**400}}, f"{ONE}: a huge number is no answer here; answer one of 0, 2, 4"),
    ({ONE: {}}, f'{ONE}: has neither "value" nor "na"; give one of them or leave the criterion out'),
    ({ONE: 2}, f'{ONE}: expected {{"value": …}} or {{"na": "reason"}}, found 2'),
    ({ONE: {"na": ""}}, f'{ONE}: not applicable needs a reason: {{"na": "why"}}'),
    ({ONE: {"na": True}}, f'{ONE}: not applicable needs a reason: {{"na": "why"}}'),
    ({ONE: {"na": "x", "value": 2}}, f'{ONE}: has both "value" and "na"; keep one of them'),
    ({ONE: {"na": "x", "finding": "major"}}, f"{ONE}: is set aside as not applicable, so it cannot have a finding"),
    ({ONE: {"value": 2, "finding": "majr"}}, f'{ONE}: there is no finding grade "majr"; did you mean "major"?'),
    (
        {ONE: {"value": 2, "finding": ["a"]}},
        f"{ONE}: there is no finding grade a list; known here: critical, major, minor, observation",
    ),
    ({ONE: {"value": 2, "nota": "x"}}, f'{ONE}: unknown key "nota"; did you mean "note"?'),
    ({ONE: {"value": 2, "note": 5}}, f"{ONE}: the note must be a text, found 5"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "reason"), REFUSED)
def test_an_answer_that_does_not_fit_is_refused_with_its_reason(
    demo: Checklist, given: dict[str, Any], reason: str
) -> None:
    with pytest.raises(AnswersError) as wrong:
        score(demo, FOOD, given)
    assert list(wrong.value.reasons) == [reason]


def test_never_not_applicable_is_refused(tmp_path: Path) -> None:
    found = loaded(tmp_path, ("not_applicable: with_reason", "not_applicable: never"))
    with pytest.raises(
        AnswersError, match="must be answered; not applicable is not allowed here; answer one of 0, 2, 4"
    ):
        score(found, FOOD, answers(one={"na": "x"}))


@pytest.mark.parametrize(
    ("profile", "reason"),
    [
        ({"product": ["food"]}, 'profile: there is no fact "product"; did you mean "products"?'),
        ({"products": ["fod"]}, 'profile.products: "fod" is not allowed; did you mean "food"?'),
        ({"products": 5}, "profile.products: expected a list of food, craft; found 5"),
        ({"products": [["food"]]}, "profile.products: a list is not allowed; known here: food, craft"),
    ],
)
def test_a_profile_that_does_not_fit_is_refused(demo: Checklist, profile: dict[str, Any], reason: str) -> None:
    with pytest.raises(AnswersError) as wrong:
        score(demo, profile, {})
    assert list(wrong.value.reasons) == [reason]


def test_all_that_does_not_fit_is_told_at_once(demo: Checklist) -> None:
    with pytest.raises(AnswersError) as wrong:
        score(demo, FOOD, {ONE: {"value": 9}, TWO: {"value": 9}, "X": {"value": 1}})
    assert len(wrong.value.reasons) == 3


def test_the_order_of_answers_never_matters(demo: Checklist) -> None:
    given = answers(one=2, two=4)
    backwards = dict(reversed(given.items()))
    assert score(demo, FOOD, given).as_json() == score(demo, FOOD, backwards).as_json()


def test_facts_all_have_to_hold_with_any_of_their_values(tmp_path: Path) -> None:
    replacements: list[Replacement] = [
        ("  products: [food, craft]", "  products: [food, craft]\n  legal_form: [wtz, zaz, ngo]"),
        ("applies_when: {products: [food]}", "applies_when: {products: [food, craft], legal_form: [wtz, zaz]}"),
        ("        title: Odpady", "        title: Odpady\n        applies_when: {products: [craft]}"),
        ("asked_when: {EKO-ODP-02: [4]}", ""),
    ]
    found = loaded(tmp_path, *replacements)
    assert applicable(found, {"products": ["food", "craft"], "legal_form": "zaz"}, {}) == (ONE, TWO)
    assert applicable(found, {"products": ["craft"], "legal_form": "ngo"}, {}) == (TWO,)
    assert applicable(found, {"products": ["food"], "legal_form": "wtz"}, {}) == ()
