"""Every mistake in a checklist gets one line: place, key path, what is wrong, what would be right."""

# ruff: noqa: E501 - every expected line stands whole, as it is printed
import re
from pathlib import Path

import pytest

from tests.rules.checklist_text import Replacement, changed, complaints, written

CRITERION = "areas[EKO].sections[EKO-ODP].criteria[EKO-ODP-01]"
LINE = re.compile(r"[^:]+:\d+:\d+: \S.*: \S.+", re.DOTALL)

MISTAKES: list[tuple[str, list[Replacement], str]] = [
    (
        "unknown key",
        [("            weight: 2", "            wieght: 2")],
        f'c.yaml:54:13: {CRITERION}.wieght: unknown key; did you mean "weight"?',
    ),
    (
        "a key that resembles nothing",
        [("title: Mała lista", "title: Mała lista\nxyz: 1")],
        (
            "c.yaml:5:1: xyz: unknown key; known here: checklist, version, status, title, languages, law_as_of, "
            "valid_from, replaces, carry, profile, scales, classes … (18 in all)"
        ),
    ),
    (
        "text for a number",
        [("weight: 2\n", "weight: dużo\n")],
        f'c.yaml:54:21: {CRITERION}.weight: expected a number, found "dużo"',
    ),
    (
        "quoted number",
        [("points: 2,", 'points: "2",')],
        'c.yaml:14:28: scales.maturity.levels[2].points: expected a number, found "2"; write it without quotes',
    ),
    (
        "number for a text",
        [('version: "1"', "version: 1")],
        'c.yaml:2:10: version: expected a text, found 1; write "1" in quotes',
    ),
    (
        "text for a list",
        [("languages: [pl]", "languages: pl")],
        'c.yaml:5:12: languages: expected a list, found "pl"; write [a, b] or one line with - for each',
    ),
    (
        "true for a level",
        [("value: D, points", "value: true, points")],
        (
            "c.yaml:18:17: scales.graded.levels[#1].value: expected a level (a text or a number), found true; "
            'write "true" in quotes'
        ),
    ),
    (
        "yes for true",
        [("certifies: true", "certifies: yes")],
        'c.yaml:67:16: grades[base].certifies: expected true or false, found "yes"',
    ),
    (
        "a word that is not allowed",
        [("status: draft", "status: drafft")],
        'c.yaml:3:9: status: expected one of draft, published; found "drafft"',
    ),
    (
        "an empty value",
        [("title: Mała lista", "title:")],
        "c.yaml:4:7: title: nothing stands here; write a value, {} or [], or delete the key",
    ),
    ("a missing key", [("title: Mała lista", "")], "c.yaml:1:1: title: is missing; add it (name of the checklist)"),
    (
        "no such day",
        [("law_as_of: 2026-01-01", "law_as_of: 2026-02-30")],
        'c.yaml:6:12: law_as_of: expected a date like 2026-01-31, found "2026-02-30"',
    ),
    (
        "a weight below zero",
        [("weight: 2\n", "weight: -2\n")],
        f"c.yaml:54:21: {CRITERION}.weight: -2 is too small; at least 0",
    ),
    (
        "duplicate criterion, both places",
        [("- id: EKO-ODP-02", "- id: EKO-ODP-01"), ("asked_when: {EKO-ODP-02: [4]}", "sdg: [3]")],
        f'c.yaml:60:17: {CRITERION}.id: criterion id "EKO-ODP-01" is already used; give each its own (first at c.yaml:49:17)',
    ),
    (
        "duplicate level",
        [
            ("value: 2, points: 2", 'value: "0", points: 2'),
            ("compliant_from: 2", "compliant_from: 4"),
            (', 2: "są pojemniki"', ""),
        ],
        'c.yaml:14:17: scales.maturity.levels[0].value: level "0" is already used; give each its own (first at c.yaml:13:17)',
    ),
    (
        "duplicate YAML key",
        [("            weight: 2", "            weight: 2\n            weight: 3")],
        f'c.yaml:55:13: {CRITERION}.weight: key "weight" is already used in line 54; keep one of them',
    ),
    (
        "no such scale",
        [("scale: maturity", "scale: maturty")],
        f'c.yaml:51:20: {CRITERION}.scale: there is no scale "maturty"; did you mean "maturity"?',
    ),
    (
        "no such class",
        [("class: legal", "class: leagal")],
        f'c.yaml:52:20: {CRITERION}.class: there is no class "leagal"; did you mean "legal"?',
    ),
    (
        "no such finding of a class",
        [("unmet: minor", "unmet: mino")],
        'c.yaml:26:12: classes.legal.unmet: there is no finding grade "mino"; did you mean "minor"?',
    ),
    (
        "no such finding of a level",
        [("finding: critical", "finding: critcal")],
        'c.yaml:18:52: scales.graded.levels[D].finding: there is no finding grade "critcal"; did you mean "critical"?',
    ),
    (
        "no such finding of a penalty",
        [("{finding: major, percent", "{finding: huge, percent")],
        'c.yaml:39:15: penalties[#1].finding: there is no finding grade "huge"; known here: critical, major, minor, observation',
    ),
    (
        "no such finding to become",
        [("overdue_becomes: major", "overdue_becomes: majr")],
        'c.yaml:32:47: findings.minor.overdue_becomes: there is no finding grade "majr"; did you mean "major"?',
    ),
    (
        "no such fact",
        [("applies_when: {products: [food]}", "applies_when: {product: [food]}")],
        f'c.yaml:56:28: {CRITERION}.applies_when.product: there is no profile fact "product"; did you mean "products"?',
    ),
    (
        "no such value of a fact",
        [("applies_when: {products: [food]}", "applies_when: {products: [foods]}")],
        f'c.yaml:56:39: {CRITERION}.applies_when.products[#1]: there is no value of products "foods"; did you mean "food"?',
    ),
    (
        "no such criterion to be asked after",
        [("asked_when: {EKO-ODP-02", "asked_when: {EKO-ODP-03")],
        f'c.yaml:57:26: {CRITERION}.asked_when.EKO-ODP-03: there is no criterion "EKO-ODP-03"; did you mean "EKO-ODP-02"?',
    ),
    (
        "no such level to be asked after",
        [("EKO-ODP-02: [4]", "EKO-ODP-02: [3]")],
        f'c.yaml:57:39: {CRITERION}.asked_when.EKO-ODP-02[#1]: scale "maturity" has no level "3"; it takes one of 0, 2, 4',
    ),
    (
        "no such level to comply from",
        [("compliant_from: 2", "compliant_from: 1")],
        f'c.yaml:53:29: {CRITERION}.compliant_from: scale "maturity" has no level "1"; it takes one of 0, 2, 4',
    ),
    (
        "no such level of a class",
        [("at: {0: major}", "at: {1: major}")],
        'c.yaml:27:9: classes.legal.at.1: no scale of this class\'s criteria has a level "1"; maturity: one of 0, 2, 4',
    ),
    (
        "no such level that needs evidence",
        [("not_applicable: with_reason", "evidence: {required_at: [0, 5]}")],
        f'c.yaml:58:41: {CRITERION}.evidence.required_at[#2]: scale "maturity" has no level "5"; it takes one of 0, 2, 4',
    ),
    (
        "asked in a circle",
        [("            class: plain", "            class: plain\n            asked_when: {EKO-ODP-01: [4]}")],
        (
            "c.yaml:57:13: areas[EKO].sections[EKO-ODP].criteria[EKO-ODP-01].asked_when: asked only when it is asked itself: "
            "EKO-ODP-01 → EKO-ODP-02 → EKO-ODP-01; break the circle"
        ),
    ),
    (
        "a level without meaning",
        [('2: "są pojemniki", ', "")],
        f'c.yaml:59:13: {CRITERION}.levels: says nothing about level 2; describe every level of scale "maturity"',
    ),
    (
        "a meaning without level",
        [("levels: {0: nie", "levels: {1: x, 0: nie")],
        f'c.yaml:59:21: {CRITERION}.levels.1: scale "maturity" has no level "1"; it takes one of 0, 2, 4',
    ),
    (
        "points that fall",
        [("points: 2, label", "points: -2, label")],
        (
            "c.yaml:14:28: scales.maturity.levels[2].points: points fall from 0 to -2; "
            "list the levels from worst to best, so that points never fall"
        ),
    ),
    (
        "a scale of two kinds",
        [("number: {min: 0, max: 40}", "number: {min: 0, max: 40}\n    levels: [{value: 1, points: 1, label: x}]")],
        "c.yaml:22:5: scales.amount: a scale has either levels: (at least one) or number:",
    ),
    (
        "more than everything",
        [("total: {min: 70}", "total: {min: 100.01}")],
        "c.yaml:70:22: grades[base].requires[#1].total.min: nobody reaches 100.01%; the most is 100",
    ),
    (
        "a mean above the scale",
        [("min: 3.0", "min: 4.5")],
        "c.yaml:75:41: grades[base].requires[#4].any_of[#2][#1].mean.min: nobody reaches 4.5; the most is 4 points on average",
    ),
    (
        "more points than there are",
        [("total: {min: 70}", "points: {min: 13}")],
        "c.yaml:70:23: grades[base].requires[#1].points.min: nobody reaches 13; the most is 12 points",
    ),
    (
        "more areas than there are",
        [("total: {min: 70}", "areas_graded: {grades: [A], min: 2}")],
        "c.yaml:70:42: grades[base].requires[#1].areas_graded.min: nobody reaches 2; the most is 1 areas",
    ),
    (
        "an area grade above a higher one",
        [("- {id: A, min: 86}", "- {id: A, min: 86}\n  - {id: B, min: 90}")],
        "c.yaml:36:18: area_grades[B].min: is never reached: the grade before already begins at 86; list the best first",
    ),
    (
        "no area grade for the rest",
        [("  - {id: E} ", "  - {id: E, min: 0} ")],
        "c.yaml:36:13: area_grades[E].min: the last area grade has no min, so that every area gets a grade",
    ),
    (
        "a condition on the last grade",
        [(", certifies: false}", ", certifies: false, requires: [{total: {min: 1}}]}")],
        "c.yaml:76:58: grades[none].requires: the last grade has no requires, so that every result gets a grade",
    ),
    (
        "a grade that shadows the others",
        [("grades:\n", "grades:\n  - {id: all, title: All, certifies: false}\n")],
        (
            "c.yaml:65:10: grades[all].id: requires nothing, so the grades after it are never reached; "
            "only the last grade has no requires"
        ),
    ),
    (
        "a grade behind an easier one",
        [("grades:\n", "grades:\n  - {id: easy, title: Easy, certifies: true, requires: [{total: {min: 60}}]}\n")],
        "c.yaml:66:9: grades[base].id: is never reached: whoever meets it already gets easy; list the best grade first",
    ),
    (
        "two conditions in one",
        [("- total: {min: 70}", "- {total: {min: 70}, points: {min: 3}}")],
        (
            "c.yaml:70:9: grades[base].requires[#1]: a condition is exactly one of total, points, every_area, area, "
            "every_section, findings, knockouts, met, mean, areas_graded, any_of"
        ),
    ),
    (
        "an unknown condition",
        [("- total: {min: 70}", "- totl: {min: 70}")],
        'c.yaml:70:9: grades[base].requires[#1].totl: unknown key; did you mean "total"?',
    ),
    (
        "no such area in a condition",
        [("- total: {min: 70}", "- area: {id: EKN, min: 70}")],
        'c.yaml:70:20: grades[base].requires[#1].area.id: there is no area "EKN"; did you mean "EKO"?',
    ),
    (
        "no such area grade in a condition",
        [("- total: {min: 70}", "- areas_graded: {grades: [Z], max: 0}")],
        'c.yaml:70:33: grades[base].requires[#1].areas_graded.grades[#1]: there is no area grade "Z"; known here: A, E',
    ),
    (
        "a penalty of nothing",
        [("{knockout: true, percent_of_max: 50}", "{percent_of_max: 50}")],
        "c.yaml:40:5: penalties[#2]: a penalty has either finding: or knockout: true",
    ),
    (
        "carry without replaces",
        [("status: draft", "status: draft\ncarry: {EKO-ODP-01: same}")],
        "c.yaml:4:1: carry: carry needs replaces: with the version it comes from",
    ),
    (
        "carry to nowhere",
        [("status: draft", 'status: draft\nreplaces: "0"\ncarry: {OLD: {to: EKO-ODP-03}}')],
        'c.yaml:5:19: carry.OLD.to: this version has no criterion "EKO-ODP-03"; did you mean "EKO-ODP-02"?',
    ),
    (
        "two answers for one criterion",
        [("status: draft", 'status: draft\nreplaces: "0"\ncarry: {A: {to: EKO-ODP-01}, B: {to: EKO-ODP-01}}')],
        'c.yaml:5:38: carry.B.to: criterion "EKO-ODP-01" already takes another one over (first at c.yaml:5:17)',
    ),
    (
        "an unknown way to carry",
        [("status: draft", 'status: draft\nreplaces: "0"\ncarry: {A: maybe}')],
        'c.yaml:5:12: carry.A: expected same, ask, drop or {to: new-id}, found "maybe"',
    ),
]


@pytest.mark.parametrize(("replacements", "line"), [mistake[1:] for mistake in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_named_with_its_place_and_its_cure(
    tmp_path: Path, replacements: list[Replacement], line: str
) -> None:
    assert complaints(written(tmp_path, changed(*replacements))) == [line]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = changed(("weight: 2\n", "weight: x\n"), ("class: plain", "klass: plain"), ('version: "1"', "version: 1"))
    found = complaints(written(tmp_path, text))
    assert [line.split(":")[1] for line in found] == ["2", "54", "60", "63"]
    assert all(LINE.fullmatch(line) for line in found)


def test_carry_and_references_are_checked_together(tmp_path: Path) -> None:
    text = changed(("scale: maturity", "scale: x1"), ("class: plain", "class: x2"), ("unmet: minor", "unmet: x3"))
    assert len(complaints(written(tmp_path, text))) == 3


@pytest.mark.parametrize(
    "required",
    ["checklist: demo", 'version: "1"', "status: draft", "title: Mała lista", "languages: [pl]"],
)
def test_header_keys_without_a_default_are_required(tmp_path: Path, required: str) -> None:
    (line,) = complaints(written(tmp_path, changed((required, ""))))
    assert f": {required.split(':', maxsplit=1)[0]}: is missing" in line
