"""BASE 2026.1 holds what the scheme asks for, in both languages, and scores as worked out by hand."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import groupby

import pytest

from app.checklists import scoring
from app.checklists.checklist import Checklist, text
from app.checklists.library import FOLDER, examine, published
from app.checklists.schema import Content, Criterion

SECTIONS = {
    "EKO-ZAR": 3, "EKO-SUR": 4, "EKO-OPK": 5, "EKO-ODP": 4, "EKO-ENE": 4, "EKO-KOM": 3,
    "EKN-KSI": 5, "EKN-KOS": 4, "EKN-PRO": 3, "EKN-ZAK": 3, "EKN-FIN": 4, "EKN-ROZ": 3,
    "BIZ-FOR": 5, "BIZ-ZYW": 6, "BIZ-WYR": 4, "BIZ-JAK": 4, "BIZ-REA": 4, "BIZ-OFE": 4, "BIZ-SPO": 3,
}  # fmt: skip
"""Sections in order, with the number of criteria; they are numbered from 01."""

KNOCKOUTS = {
    "EKO-OPK-01", "EKO-OPK-05", "EKO-ODP-02", "EKO-KOM-01", "EKO-KOM-02",
    "EKN-KSI-01", "EKN-KSI-02", "EKN-KSI-03", "EKN-FIN-04",
    "BIZ-FOR-01", "BIZ-FOR-02", "BIZ-FOR-04", "BIZ-FOR-05",
    "BIZ-ZYW-01", "BIZ-ZYW-02", "BIZ-ZYW-03", "BIZ-ZYW-04", "BIZ-ZYW-05",
    "BIZ-WYR-01", "BIZ-WYR-02", "BIZ-WYR-03", "BIZ-SPO-01",
}  # fmt: skip

ASKED_OF_EVERYBODY = {
    "EKN-KSI-01", "EKN-KSI-02", "BIZ-FOR-01", "BIZ-FOR-02", "BIZ-FOR-04", "BIZ-FOR-05", "BIZ-SPO-01",
}  # fmt: skip
"""Duties of which the scheme says that „nie dotyczy” must not be offered."""

SUPPORT = {
    "prawne", "ksiegowe", "marketingowe", "it", "biznesowe", "eko", "szkolenie", "wizyta", "siec", "targi",
    "fundusz", "finansowe",
}  # fmt: skip

GOALS = [{3}, {8}, {12}, {3, 8}, {3, 12}, {8, 12}, {3, 8, 12}]

UNFINISHED = re.compile(r"\bGK\b|\bPROP\b|\bS\d+\b(?! ?/)|seed|TODO|FIXME|sprawdzić ustaw|\bND\b|\bKO\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def base() -> Checklist:
    return examine(FOLDER / "base" / "2026.1").checklist


def texts(criterion: Criterion) -> Iterator[str]:
    """Every text of a criterion that people read."""
    yield criterion.question
    yield criterion.why or ""
    yield from (item.text for item in criterion.look_for)
    yield from criterion.levels.values()
    yield criterion.law or ""
    yield criterion.source or ""
    if criterion.remediation:
        yield from (criterion.remediation.action or "", criterion.remediation.effort or "")
        yield criterion.remediation.cost or ""


def test_it_is_valid_without_a_warning() -> None:
    assert examine(FOLDER / "base" / "2026.1").warnings == ()


def test_it_is_published_and_locked(base: Checklist) -> None:
    assert published("base", "2026.1").digest == base.digest
    assert base.content.status == "published"


def test_ids_are_those_of_the_scheme(base: Checklist) -> None:
    expected = [f"{section}-{number:02}" for section, count in SECTIONS.items() for number in range(1, count + 1)]
    assert list(base.criteria) == expected
    assert [section.id for area in base.content.areas for section in area.sections] == list(SECTIONS)


def test_there_are_75_criteria_in_three_areas_and_22_knockouts(base: Checklist) -> None:
    counts = {area.id: sum(len(section.criteria) for section in area.sections) for area in base.content.areas}
    assert counts == {"EKO": 23, "EKN": 22, "BIZ": 30}
    assert {each.id for each in base.criteria.values() if each.knockout} == KNOCKOUTS
    assert len(KNOCKOUTS) == 22


def test_classes_are_shared_out_as_the_scheme_does(base: Checklist) -> None:
    assert Counter(each.class_name for each in base.criteria.values()) == {
        "legal_knockout": 22, "legal": 5, "legal_safety": 3, "business": 26, "development": 19,
    }  # fmt: skip
    assert {each.id for each in base.criteria.values() if each.class_name == "legal_knockout"} == KNOCKOUTS


def test_every_criterion_is_complete(base: Checklist) -> None:
    for criterion in base.criteria.values():
        scale = base.scale_of(criterion)
        assert criterion.question.endswith((".", "?")), criterion.id
        assert criterion.why, criterion.id
        assert criterion.look_for, criterion.id
        assert list(criterion.levels) == [level.value for level in scale.levels], criterion.id
        assert criterion.compliant_from == ("tak" if criterion.scale == "yes_no" else "2"), criterion.id
        assert criterion.weight in {1, 2, 3}, criterion.id
        assert criterion.law, criterion.id
        assert criterion.source, criterion.id
        assert set(criterion.sdg) in GOALS, criterion.id


def test_every_criterion_says_what_to_do_until_when_and_who_helps(base: Checklist) -> None:
    for criterion in base.criteria.values():
        remediation = criterion.remediation
        assert remediation is not None, criterion.id
        assert remediation.action, criterion.id
        assert (remediation.effort or "").startswith(("niski – ", "średni – ", "wysoki – ")), criterion.id
        assert remediation.days in range(14, 181), criterion.id
        assert remediation.support, criterion.id
        assert set(remediation.support) <= SUPPORT, criterion.id


def test_evidence_is_asked_for_knockouts_and_for_extreme_answers(base: Checklist) -> None:
    for criterion in base.criteria.values():
        every_level = [level.value for level in base.scale_of(criterion).levels]
        expected = every_level if criterion.knockout or criterion.scale == "yes_no" else ["0", "1", "4"]
        assert criterion.evidence is not None, criterion.id
        assert criterion.evidence.min == 1, criterion.id
        assert list(criterion.evidence.required_at or ()) == expected, criterion.id
        assert set(criterion.evidence.kinds) == {item.kind for item in criterion.look_for}, criterion.id


def test_duties_of_everybody_cannot_be_set_aside(base: Checklist) -> None:
    for criterion_id in ASKED_OF_EVERYBODY:
        assert base.criteria[criterion_id].not_applicable == "never", criterion_id
        assert not base.criteria[criterion_id].applies_when, criterion_id


def test_whoever_may_be_set_aside_is_told_when(base: Checklist) -> None:
    """A knock-out that may be set aside names the reason in its help, in both languages."""
    english = {criterion.id: criterion for criterion in text(base, "en").criteria()}
    for criterion in base.criteria.values():
        if criterion.knockout and criterion.not_applicable == "with_reason":
            assert "Nie dotyczy, gdy" in (criterion.why or ""), criterion.id
            assert "Not applicable when" in (english[criterion.id].why or ""), criterion.id


def test_english_is_complete_and_is_english(base: Checklist) -> None:
    polish, english = base.content, text(base, "en")
    for ours, theirs in zip(polish.criteria(), english.criteria(), strict=True):
        for binding, translated in zip(texts(ours), texts(theirs), strict=True):
            assert bool(binding) == bool(translated), ours.id
            assert binding != translated or not re.search(r"[a-ząćęłńóśźż]{3}", binding), (ours.id, binding)
        if ours.id != "BIZ-ZYW-03":  # which quotes the Polish words that a jam label must carry
            assert not re.search(r"[ąćęłńśźż]", theirs.question + "".join(theirs.levels.values())), ours.id


def names(content: Content) -> Iterator[str]:
    """Every name outside the criteria."""
    yield content.title
    yield from (title for area in content.areas for title in (area.title, *(each.title for each in area.sections)))
    yield from (each.title for each in content.classes.values())
    yield from (each.title or "" for each in content.findings.values())
    yield from (each.title for each in content.grades)
    yield from (level.label for scale in content.scales.values() for level in scale.levels)


def test_names_are_translated_too(base: Checklist) -> None:
    assert [
        (ours, theirs)
        for ours, theirs in zip(names(base.content), names(text(base, "en")), strict=True)
        if ours == theirs
    ] == [("BASE", "BASE")]


@pytest.mark.parametrize("language", ["pl", "en"])
def test_no_working_marks_and_no_careless_typography(base: Checklist, language: str) -> None:
    for criterion in text(base, language).criteria():
        for each in texts(criterion):
            assert not UNFINISHED.search(each), (criterion.id, each)
            assert not re.search(r"['\"]| - |\d %| [,;.?]|\.\.|  ", each), (criterion.id, each)
            assert each.count("„" if language == "pl" else "“") == each.count("”"), (criterion.id, each)


def test_participants_of_a_workshop_are_never_called_workers(base: Checklist) -> None:
    for criterion in base.criteria.values():
        for each in texts(criterion):
            assert not re.search(r"pracowni(k|cy|ków|kom|kami|ka|kowi) (WTZ|warsztatu)", each), (
                criterion.id,
                each,
            )
            assert not re.search(r"niepełnosprawny[mch]? (pracownik|uczestnik)|podopieczn|upośledz", each), criterion.id


def sections_of(criteria: Iterable[str]) -> list[str]:
    return [section for section, _ in groupby(criteria, key=lambda each: each[:7])]


def test_a_craft_workshop_is_not_asked_about_food(base: Checklist) -> None:
    asked = scoring.applicable(base, {"products": ["craft"], "legal_form": "wtz"}, {})
    assert set(base.criteria) - set(asked) == {
        "EKO-OPK-01", "EKO-OPK-05", "EKO-ODP-04", "EKO-KOM-02", "EKN-FIN-03",
        *(f"BIZ-ZYW-0{number}" for number in range(1, 7)),
    }  # fmt: skip
    assert "BIZ-WYR" in sections_of(asked)


def test_a_food_cooperative_is_not_asked_about_craft(base: Checklist) -> None:
    asked = scoring.applicable(base, {"products": ["food"], "legal_form": "sps"}, {})
    assert set(base.criteria) - set(asked) == {
        "EKO-SUR-02", "EKO-SUR-03", "EKO-ODP-03", "EKO-KOM-03", "EKN-KSI-05",
        *(f"BIZ-WYR-0{number}" for number in range(1, 5)),
    }  # fmt: skip
    assert "BIZ-ZYW" in sections_of(asked)


def test_who_makes_both_answers_both(base: Checklist) -> None:
    asked = scoring.applicable(base, {"products": ["food", "craft"], "legal_form": "ngo_s"}, {})
    assert sections_of(asked) == list(SECTIONS)
    assert len(asked) == 75


def test_soap_and_candles_answer_the_section_of_products_without_lasting_use(base: Checklist) -> None:
    asked = scoring.applicable(base, {"products": ["cosmetics"], "legal_form": "wtz"}, {})
    assert "BIZ-WYR-03" in asked
    assert "EKO-KOM-03" not in asked


WORKSHOP = {"products": ["craft"], "legal_form": "wtz"}
COOPERATIVE = {"products": ["food"], "legal_form": "sps"}


def answered(base: Checklist, profile: Mapping[str, object], level: int) -> dict[str, dict[str, object]]:
    """Everything that applies answered „tak”, or with one level."""
    return {
        each: {"value": "tak" if base.criteria[each].scale == "yes_no" else level}
        for each in scoring.applicable(base, profile, {})
    }


@pytest.mark.parametrize("profile", [WORKSHOP, COOPERATIVE], ids=["workshop", "cooperative"])
def test_the_best_answers_everywhere_earn_the_distinction(base: Checklist, profile: Mapping[str, object]) -> None:
    result = scoring.score(base, profile, answered(base, profile, 4))
    assert result.complete
    assert (result.total.percent, result.grade) == (Fraction(100), "base_distinction")
    assert {grade: count for grade, count in result.findings.items() if count} == {
        "strength": sum(base.criteria[each].scale == "maturity" for each in scoring.applicable(base, profile, {}))
    }


def test_level_three_everywhere_earns_the_certificate(base: Checklist) -> None:
    """Weights by hand, levels and „tak”: EKO 28 and 5, EKN 33 and 14, BIZ 39 and 21."""
    result = scoring.score(base, WORKSHOP, answered(base, WORKSHOP, 3))
    assert [area.percent for area in result.areas] == [
        Fraction(28 * 3 + 5 * 4, 33 * 4) * 100,
        Fraction(33 * 3 + 14 * 4, 47 * 4) * 100,
        Fraction(39 * 3 + 21 * 4, 60 * 4) * 100,
    ]
    assert result.total.percent == (Fraction(104, 132) + Fraction(155, 188) + Fraction(201, 240)) / 3 * 100
    assert result.grade == "base"
    assert not any(result.findings.values())


def test_level_two_everywhere_is_not_enough(base: Checklist) -> None:
    """Weights by hand, levels and „tak”: EKO 23 and 12, EKN 33 and 14, BIZ 42 and 24; together 66.74%."""
    result = scoring.score(base, COOPERATIVE, answered(base, COOPERATIVE, 2))
    areas = [Fraction(94, 140), Fraction(122, 188), Fraction(180, 264)]
    assert [area.percent for area in result.areas] == [100 * area for area in areas]
    assert result.total.percent == sum(areas) * 100 / 3
    assert result.as_json()["total"]["percent"] == "66.74"
    assert (result.grade, result.knockouts) == ("none", ())


def test_each_area_weighs_the_same(base: Checklist) -> None:
    """Level two in the workshop: 57.58% in ecology is below the floor, 63.32% together below the threshold."""
    result = scoring.score(base, WORKSHOP, answered(base, WORKSHOP, 2))
    assert result.areas[0].percent == Fraction(76, 132) * 100
    assert result.as_json()["total"]["percent"] == "63.32"
    assert result.grade == "none"


@pytest.mark.parametrize("knockout", sorted(KNOCKOUTS))
def test_one_unmet_knockout_blocks_the_certificate(base: Checklist, knockout: str) -> None:
    profile = {"products": ["food", "craft", "cosmetics"], "legal_form": "ngo_f"}
    worst = base.scale_of(base.criteria[knockout]).levels[0].value
    result = scoring.score(base, profile, answered(base, profile, 4) | {knockout: {"value": worst}})
    assert (result.knockouts, result.finding_of[knockout], result.grade) == ((knockout,), "major", "none")


@pytest.mark.parametrize(
    ("criterion", "grades"),
    [
        ("EKO-ODP-01", ["minor", "minor", "opportunity", None, "strength"]),  # a legal duty, a plan will do
        ("EKO-SUR-03", ["major", "major", "opportunity", None, "strength"]),  # chemicals: people's health
        ("BIZ-WYR-01", ["major", "major", "opportunity", None, "strength"]),  # a knock-out
        ("EKN-KOS-01", ["minor", "minor", "opportunity", None, "strength"]),  # asked by buyers
        ("EKO-ENE-01", ["observation", "observation", "opportunity", None, "strength"]),  # good practice
    ],
)
def test_answers_make_findings_by_their_class(base: Checklist, criterion: str, grades: list[str | None]) -> None:
    assert [scoring.finding_of(base, criterion, {"value": level}) for level in range(5)] == grades


def test_a_minor_or_good_practice_finding_alone_does_not_block(base: Checklist) -> None:
    answers = answered(base, WORKSHOP, 4) | {"EKO-ODP-01": {"value": 0}, "EKO-ENE-01": {"value": 0}}
    result = scoring.score(base, WORKSHOP, answers)
    assert (result.findings["minor"], result.findings["observation"]) == (1, 1)
    assert result.grade == "base_distinction"


def test_danger_to_people_blocks_without_a_knockout(base: Checklist) -> None:
    result = scoring.score(base, WORKSHOP, answered(base, WORKSHOP, 4) | {"EKO-SUR-03": {"value": 1}})
    assert (result.knockouts, result.findings["major"], result.grade) == ((), 1, "none")


def test_deadlines_and_consequences_of_findings(base: Checklist) -> None:
    findings = base.content.findings
    assert list(findings) == ["major", "minor", "observation", "opportunity", "strength"]
    assert [each.deadline_days for each in findings.values()] == [60, 90, 180, None, None]
    assert [name for name, each in findings.items() if each.blocks_certificate] == ["major"]
    assert (findings["minor"].overdue_becomes, findings["minor"].repeated_becomes) == ("major", "major")


def test_a_certificate_is_valid_for_two_years(base: Checklist) -> None:
    assert [(grade.id, grade.certifies, grade.valid_months) for grade in base.content.grades] == [
        ("base_distinction", True, 24),
        ("base", True, 24),
        ("none", False, None),
    ]
