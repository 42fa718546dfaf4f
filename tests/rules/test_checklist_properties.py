"""What holds for every checklist and every set of answers."""

import json
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.checklists.checklist import Checklist, built
from app.checklists.library import load
from app.checklists.reach import unreachable
from app.checklists.references import broken_references
from app.checklists.schema import Content
from app.checklists.scoring import Result, applicable, score
from tests.rules.checklist_text import CHECKLISTS

Answers = dict[str, dict[str, Any]]
SCHEMES = sorted(CHECKLISTS.glob("*.yaml"))
# Whether a rule holds does not depend on how busy the machine is.
steady = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
GRADES = ["critical", "major", "minor", "observation"]


@cache
def scheme(path: Path) -> Checklist:
    return load(path)


def decimals(least: int, most: int) -> st.SearchStrategy[Any]:
    return st.decimals(least, most, places=2, allow_nan=False, allow_infinity=False)


@st.composite
def contents(draw: st.DrawFn) -> dict[str, Any]:
    """Documents of small valid checklists: any scales, weights, penalties, totals and grade bounds.

    Findings come from low levels only, so that a better level never brings a heavier finding.
    """
    scales = {}
    for name in ("s1", "s2"):
        points = sorted(draw(st.lists(decimals(-20, 20), min_size=2, max_size=4)))
        scales[name] = {"levels": [{"value": at, "points": each, "label": "x"} for at, each in enumerate(points)]}
    criteria = [
        {
            "id": f"K{number}",
            "question": "q",
            "scale": draw(st.sampled_from(sorted(scales))),
            "class": draw(st.sampled_from(["strict", "mild"])),
            "weight": draw(decimals(0, 5)),
            "knockout": draw(st.booleans()),
        }
        for number in range(draw(st.integers(2, 6)))
    ]
    cut = draw(st.integers(1, len(criteria) - 1))
    bounds = sorted(draw(st.lists(decimals(-50, 100), min_size=2, max_size=2, unique=True)), reverse=True)
    return {
        "checklist": "any",
        "version": "1",
        "status": "draft",
        "title": "t",
        "languages": ["en"],
        "scales": scales,
        "classes": {
            "strict": {"title": "t", "unmet": "major", "at": {"0": draw(st.sampled_from(["critical", "major"]))}},
            "mild": {"title": "t", "unmet": draw(st.sampled_from(GRADES[1:]))},
        },
        "findings": {grade: {} for grade in GRADES},
        "total": {"of": draw(st.sampled_from(["points", "areas", "lowest_area"]))},
        "penalties": [
            {"finding": draw(st.sampled_from(GRADES)), "percent_of_max": draw(decimals(0, 30))},
            {"knockout": True, "percent_of_max": draw(decimals(0, 50))},
        ],
        "areas": [
            {"id": f"A{at}", "title": "t", "weight": draw(decimals(0, 3)),
             "sections": [{"id": f"S{at}", "title": "t", "criteria": part}]}
            for at, part in enumerate((criteria[:cut], criteria[cut:]))
        ],
        "grades": [
            {"id": "high", "title": "t", "certifies": True,
             "requires": [{"total": {"min": bounds[0]}}, {"findings": {"grade": "major", "max": 0}}]},
            {"id": "low", "title": "t", "certifies": True,
             "requires": [{"any_of": [[{"total": {"min": bounds[1]}}], [{"every_area": {"min": bounds[0]}}]]}]},
            {"id": "none", "title": "t", "certifies": False},
        ],
    }  # fmt: skip


def checklist_of(document: Mapping[str, Any]) -> Checklist:
    content = Content.model_validate(document)
    assert not list(broken_references(content))
    return built(content, {})


def any_answers(checklist: Checklist, *, every: bool = False) -> st.SearchStrategy[Answers]:
    """Fitting answers to some criteria, or to every one."""
    choices = {
        name: st.sampled_from([{"value": level.value} for level in checklist.scale_of(criterion).levels])
        if checklist.scale_of(criterion).levels
        else st.integers(0, 40).map(lambda value: {"value": value})
        for name, criterion in checklist.criteria.items()
    }
    return st.fixed_dictionaries(choices) if every else st.fixed_dictionaries({}, optional=choices)


def standing(result: Result) -> int:
    """The place of the grade reached, 0 the best; no grade is behind all."""
    places = [grade.id for grade in result.grades]
    return places.index(result.grade) if result.grade else len(places)


def percent(result: Result) -> Fraction:
    return Fraction(-(10**9)) if result.total.percent is None else result.total.percent


@steady
@given(st.data())
def test_adding_a_finding_never_raises_a_percent_or_a_grade(data: st.DataObject) -> None:
    checklist = checklist_of(data.draw(contents()))
    answers = data.draw(any_answers(checklist, every=True))
    before = score(checklist, {}, answers)
    name = data.draw(st.sampled_from(sorted(answers)))
    automatic = before.finding_of.get(name)
    heavier = GRADES[: GRADES.index(automatic) + 1] if automatic else GRADES
    own = data.draw(st.sampled_from(heavier))
    after = score(checklist, {}, {**answers, name: {**answers[name], "finding": own}})
    # A grade that carries a penalty may be left for a heavier one that carries none: count only true additions.
    if automatic is None:
        assert percent(after) <= percent(before)
        assert standing(after) >= standing(before)
    assert sum(after.findings.values()) >= sum(before.findings.values())


@steady
@given(st.data())
def test_a_better_level_never_lowers_the_total(data: st.DataObject) -> None:
    document = data.draw(contents())
    for found in document["classes"].values():
        found.pop("unmet")
        found.pop("at", None)
    checklist = checklist_of(document)
    answers = data.draw(any_answers(checklist, every=True))
    name = data.draw(st.sampled_from(sorted(answers)))
    levels = [level.value for level in checklist.scale_of(checklist.criteria[name]).levels]
    better = data.draw(st.sampled_from(levels[levels.index(answers[name]["value"]) :]))
    before, after = (score(checklist, {}, each) for each in (answers, {**answers, name: {"value": better}}))
    assert percent(after) >= percent(before)
    assert standing(after) <= standing(before)


@steady
@given(st.data())
def test_every_result_reaches_exactly_one_grade_when_complete_and_none_before(data: st.DataObject) -> None:
    checklist = checklist_of(data.draw(contents()))
    answers = data.draw(any_answers(checklist))
    result = score(checklist, {}, answers)
    assert result.complete == (len(answers) == len(checklist.criteria)) == (result.grade is not None)
    first_met = next((grade.id for grade in result.grades if grade.met), None)
    assert result.grade == first_met


@steady
@given(st.data())
def test_the_same_answers_give_the_same_bytes_in_any_order(data: st.DataObject) -> None:
    checklist = checklist_of(data.draw(contents()))
    answers = data.draw(any_answers(checklist))
    shuffled = dict(data.draw(st.permutations(sorted(answers.items()))))
    first, second = (json.dumps(score(checklist, {}, each).as_json()) for each in (answers, shuffled))
    assert first == second


@steady
@given(st.data())
def test_sums_are_those_of_plain_fractions(data: st.DataObject) -> None:
    checklist = checklist_of(data.draw(contents()))
    answers = data.draw(any_answers(checklist))
    points = most = Fraction(0)
    for name, answer in answers.items():
        criterion = checklist.criteria[name]
        levels = {level.value: Fraction(level.points) for level in checklist.scale_of(criterion).levels}
        points += Fraction(criterion.weight) * levels[answer["value"]]
        most += Fraction(criterion.weight) * max(levels.values())
    result = score(checklist, {}, answers)
    assert result.total.points == points
    assert result.total.max == most


@steady
@given(st.data())
def test_every_scheme_scores_whatever_fits(data: st.DataObject) -> None:
    checklist = scheme(data.draw(st.sampled_from(SCHEMES)))
    facts = {
        fact: data.draw(st.lists(st.sampled_from(values), unique=True))
        for fact, values in checklist.content.profile.items()
    }
    answers = data.draw(any_answers(checklist))
    result = score(checklist, facts, answers)
    asked = set(applicable(checklist, facts, answers))
    assert asked - set(answers) == set(result.unanswered)
    assert set(answers) - asked == set(result.unused)
    assert result.applicable == len(asked)
    json.dumps(result.as_json("en")), json.dumps(result.as_json("pl"))


@steady
@given(st.integers(-200, 200), st.integers(-200, 200))
def test_a_grade_behind_an_easier_one_is_always_found(first: int, second: int) -> None:
    grades = [
        {"id": f"g{at}", "title": "t", "certifies": True, "requires": [{"total": {"min": least}}]}
        for at, least in enumerate((min(first, 100), min(second, 100)))
    ]
    content = Content.model_validate(
        {
            "checklist": "any", "version": "1", "status": "draft", "title": "t", "languages": ["en"],
            "scales": {"s": {"levels": [{"value": value, "points": value, "label": "x"} for value in (0, 1)]}},
            "classes": {"c": {"title": "t"}}, "findings": {},
            "areas": [{"id": "A", "title": "t", "sections": [{"id": "S", "title": "t", "criteria": [
                {"id": "K", "question": "q", "scale": "s", "class": "c"}]}]}],
            "grades": [*grades, {"id": "none", "title": "t", "certifies": False}],
        }
    )  # fmt: skip
    assert bool(list(unreachable(content))) == (min(second, 100) >= min(first, 100))
