"""Carrying answers over, required evidence, canonical JSON, sentences."""

# ruff: noqa: E501 - every expected line stands whole, as it is printed

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.checklists.canonical import canonical_json
from app.checklists.carry import carried_answers, plan
from app.checklists.evidence import Piece, Shortfall, missing_evidence
from app.checklists.exact import fits, read
from app.checklists.library import load
from app.checklists.sentences import explain
from tests.rules.checklist_text import CHECKLISTS, Replacement, loaded

TODAY = date(2026, 11, 22)
NEXT: Replacement = ('version: "1"', 'version: "2"\nreplaces: "1"')
ANSWERS: dict[str, dict[str, Any]] = {"EKO-ODP-01": {"value": 2}, "EKO-ODP-02": {"value": 4}}


def moved(folder: Path, *replacements: Replacement) -> tuple[dict[str, Any], tuple[str, ...]]:
    return carried_answers(load(CHECKLISTS / "demo.yaml"), loaded(folder, NEXT, *replacements), ANSWERS)


class TestCarry:
    def test_what_means_the_same_keeps_its_answer(self, tmp_path: Path) -> None:
        assert moved(tmp_path, ("weight: 2\n", "weight: 3\n")) == (ANSWERS, ())

    @pytest.mark.parametrize(
        "replacement",
        [
            ("Jak segregują", "Kiedy segregują"),
            ("0: nie segregują", "0: segregują"),
            ("label: częściowo", "label: trochę"),
        ],
    )
    def test_what_may_mean_something_else_is_asked_again(self, tmp_path: Path, replacement: Replacement) -> None:
        _, asked = moved(tmp_path, replacement)
        assert "EKO-ODP-01" in asked

    def test_carry_says_otherwise(self, tmp_path: Path) -> None:
        same = ('replaces: "1"', 'replaces: "1"\ncarry: {EKO-ODP-01: same, EKO-ODP-02: ask}')
        assert moved(tmp_path, ("Jak segregują", "Kiedy segregują"), same) == (
            {"EKO-ODP-01": {"value": 2}},
            ("EKO-ODP-02",),
        )
        drop = ('replaces: "1"', 'replaces: "1"\ncarry: {EKO-ODP-01: drop}')
        assert moved(tmp_path, drop) == ({"EKO-ODP-02": {"value": 4}}, ())

    def test_an_answer_moves_to_its_new_name(self, tmp_path: Path) -> None:
        renamed = (("- id: EKO-ODP-02", "- id: NEW"), ("asked_when: {EKO-ODP-02", "asked_when: {NEW"))
        to_new = ('replaces: "1"', 'replaces: "1"\ncarry: {EKO-ODP-02: {to: NEW}}')
        kept, asked = moved(tmp_path, *renamed, to_new)
        assert (kept, asked) == ({"EKO-ODP-01": {"value": 2}, "NEW": {"value": 4}}, ())

    def test_a_level_that_is_gone_is_asked_again_even_if_carry_says_same(self, tmp_path: Path) -> None:
        without = (
            ("      - {value: 2, points: 2, label: częściowo}\n", ""),
            (', 2: "są pojemniki"', ""),
            ("compliant_from: 2", "compliant_from: 4"),
        )
        same = ('replaces: "1"', 'replaces: "1"\ncarry: {EKO-ODP-01: same, EKO-ODP-02: same}')
        assert moved(tmp_path, *without, same) == ({"EKO-ODP-02": {"value": 4}}, ("EKO-ODP-01",))

    def test_a_criterion_that_is_gone_is_dropped(self, tmp_path: Path) -> None:
        new = loaded(tmp_path, NEXT, ("- id: EKO-ODP-02", "- id: NEW"), ("asked_when: {EKO-ODP-02", "asked_when: {NEW"))
        assert [(each.old, each.how) for each in plan(load(CHECKLISTS / "demo.yaml"), new)] == [
            ("EKO-ODP-01", "keep"),
            ("EKO-ODP-02", "drop"),
        ]


class TestEvidence:
    def shortfall(self, folder: Path, rule: str, value: object, *pieces: Piece) -> Shortfall | None:
        checklist = loaded(folder, ("not_applicable: with_reason", f"evidence: {rule}"))
        answer = {"na": "x"} if value is None else {"value": value}
        return missing_evidence(checklist.criteria["EKO-ODP-01"], answer, pieces, on=TODAY)

    def test_it_is_required_at_the_levels_named_and_without_names_at_every_level(self, tmp_path: Path) -> None:
        rule = "{required_at: [0, 4]}"
        assert self.shortfall(tmp_path, rule, 2) is None
        assert self.shortfall(tmp_path, rule, "4") == Shortfall(1, 0, (), 0, None)
        assert self.shortfall(tmp_path, rule, 0, Piece("photo")) is None
        assert self.shortfall(tmp_path, "{min: 1}", 2) is not None
        assert self.shortfall(tmp_path, rule, None) is None

    def test_only_its_kinds_count_together(self, tmp_path: Path) -> None:
        rule = "{kinds: [photo, document], min: 2}"
        assert self.shortfall(tmp_path, rule, 4, Piece("photo"), Piece("interview")) == Shortfall(
            2, 1, ("photo", "document"), 0, None
        )
        assert self.shortfall(tmp_path, rule, 4, Piece("photo"), Piece("document")) is None

    def test_what_is_too_old_does_not_count(self, tmp_path: Path) -> None:
        rule = "{max_age_days: 365}"
        assert self.shortfall(tmp_path, rule, 4, Piece("photo", date(2025, 11, 22))) is None
        assert self.shortfall(tmp_path, rule, 4, Piece("photo", date(2025, 11, 21))) == Shortfall(1, 0, (), 1, 365)

    def test_a_criterion_without_a_rule_needs_none(self) -> None:
        criterion = load(CHECKLISTS / "demo.yaml").criteria["EKO-ODP-02"]
        assert missing_evidence(criterion, {"value": 4}, [], on=TODAY) is None


class TestCanonicalJson:
    def test_the_example_of_rfc_8785_that_has_no_doubles(self) -> None:
        value = {"\u20ac": "Euro Sign", "\r": "CR", "1": "One", "\U0001f600": "Smiley", "\u0080": "C", "\u00f6": "o"}
        assert list(json.loads(canonical_json(value))) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600"]

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (Decimal("0.10"), "0.1"), (Decimal("1E+3"), "1000"), (Decimal("-0.0"), "0"), (Decimal("0.000001"), "0.000001"),
            (Decimal("1.5E-7"), "1.5e-7"), (Decimal("-1E-9"), "-1e-9"), (7, "7"), (True, "true"), (None, "null"),
            ('ą\x07\n"\\/\x7f', '"ą\\u0007\\n\\"\\\\/\x7f"'), ([1, [], {}], "[1,[],{}]"),
        ],
    )  # fmt: skip
    def test_values_are_written_in_one_way_only(self, value: object, text: str) -> None:
        assert canonical_json(value).decode() == text

    @pytest.mark.parametrize("value", [0.1, {1, 2}, b"x", 10**15, Decimal("0.1234567890123456"), Decimal("NaN")])
    def test_what_has_no_exact_form_is_refused(self, value: object) -> None:
        with pytest.raises((TypeError, ValueError)):
            canonical_json(value)


@pytest.mark.parametrize(
    "text", ["1", "-1.50", "0.1", "1e3", ".5", "999999999999999", "1.00000000000000000000000000000000"]
)
def test_numbers_are_read_exactly(text: str) -> None:
    number = read(text)
    assert number is not None
    assert Decimal(text) == number
    assert fits(number)


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "nan", "inf", "1_000", " 1", "١", "1e99", "1234567890123456", "0.1234567890123456",
        "1.00000000000000000000000000000001",
    ],
)  # fmt: skip
def test_what_is_no_exact_number_is_none(text: str) -> None:
    assert read(text) is None


SENTENCES = [
    ("total: {min: 70.5}", "Wynik łączny: co najmniej 70,5%", "Total score: at least 70.5%"),
    ("points: {min: 8}", "Suma punktów: co najmniej 8", "Sum of points: at least 8"),
    ("every_area: {min: 60}", "Każdy obszar: co najmniej 60%", "Every area: at least 60%"),
    ("area: {id: EKO, min: 50}", "Obszar „Ekologia”: co najmniej 50%", "Area “Ekologia”: at least 50%"),
    ("every_section: {min: 40}", "Każda sekcja: co najmniej 40%", "Every section: at least 40%"),
    ("findings: {grade: major, max: 1}", "Liczba ustaleń „major”: najwyżej 1", "Number of findings “major”: at most 1"),
    ("knockouts: {max: 0}", "Liczba niespełnionych kryteriów krytycznych: najwyżej 0", "Number of knock-out criteria not met: at most 0"),
    ("met: {class: plain, min_percent: 95}", "Spełnione kryteria „Kryterium”: co najmniej 95%", "Criteria “Kryterium” that are met: at least 95%"),
    ("mean: {class: plain, min: 2.5}", "Średnia punktów za kryteria „Kryterium”: co najmniej 2,5", "Mean of points for criteria “Kryterium”: at least 2.5"),
    ("areas_graded: {grades: [A, E], min: 1}", "Liczba obszarów z oceną A lub E: co najmniej 1", "Number of areas graded A or E: at least 1"),
    ("areas_graded: {grades: [A], min: 0, max: 1}", "Liczba obszarów z oceną A: od 0 do 1", "Number of areas graded A: from 0 to 1"),
    (
        "any_of: [[total: {min: 1}, points: {min: 2}], [points: {min: 3}]]",
        "Do wyboru: (Wynik łączny: co najmniej 1% oraz Suma punktów: co najmniej 2) albo (Suma punktów: co najmniej 3)",
        "One of these: (Total score: at least 1% and Sum of points: at least 2) or (Sum of points: at least 3)",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "polish", "english"), SENTENCES)
def test_every_condition_is_a_sentence_in_both_languages(
    tmp_path: Path, condition: str, polish: str, english: str
) -> None:
    content = loaded(tmp_path, ("total: {min: 70}", condition)).content
    first = content.grades[0].requires[0]
    assert explain(first, content, "pl") == polish
    assert explain(first, content, "en") == english
