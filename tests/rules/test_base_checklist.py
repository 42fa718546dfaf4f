"""BASE 2026.1 holds what the scheme asks for, in both languages, and scores as worked out by hand."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby

import pytest

from app.checklists.checklist import Checklist, text
from app.checklists.library import FOLDER, examine
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

UNFINISHED = re.compile(
    r"\bGK\b|\bPROP\b|\bS\d+\b(?! ?/)|seed|TODO|FIXME|sprawdzić ustaw|\bND\b|\bKO\b", re.IGNORECASE
)


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


def test_ids_are_those_of_the_scheme(base: Checklist) -> None:
    expected = [
        f"{section}-{number:02}" for section, count in SECTIONS.items() for number in range(1, count + 1)
    ]
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
    yield from (
        title for area in content.areas for title in (area.title, *(each.title for each in area.sections))
    )
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
            assert not re.search(r"niepełnosprawny[mch]? (pracownik|uczestnik)|podopieczn|upośledz", each), (
                criterion.id
            )


def applicable(base: Checklist, products: set[str], legal_form: str) -> list[str]:
    """Criteria that apply to a supplier with these facts."""
    facts = {"products": products, "legal_form": {legal_form}}
    return [
        criterion.id
        for area in base.content.areas
        for section in area.sections
        for criterion in section.criteria
        if all(
            facts[name] & set(values)
            for condition in (section.applies_when, criterion.applies_when)
            for name, values in condition.items()
        )
    ]


def sections_of(criteria: list[str]) -> list[str]:
    return [section for section, _ in groupby(criteria, key=lambda each: each[:7])]


def test_a_craft_workshop_is_not_asked_about_food(base: Checklist) -> None:
    asked = applicable(base, {"craft"}, "wtz")
    assert set(base.criteria) - set(asked) == {
        "EKO-OPK-01", "EKO-OPK-05", "EKO-ODP-04", "EKO-KOM-02", "EKN-FIN-03",
        *(f"BIZ-ZYW-0{number}" for number in range(1, 7)),
    }  # fmt: skip
    assert "BIZ-WYR" in sections_of(asked)


def test_a_food_cooperative_is_not_asked_about_craft(base: Checklist) -> None:
    asked = applicable(base, {"food"}, "sps")
    assert set(base.criteria) - set(asked) == {
        "EKO-SUR-02", "EKO-SUR-03", "EKO-ODP-03", "EKO-KOM-03", "EKN-KSI-05",
        *(f"BIZ-WYR-0{number}" for number in range(1, 5)),
    }  # fmt: skip
    assert "BIZ-ZYW" in sections_of(asked)


def test_who_makes_both_answers_both(base: Checklist) -> None:
    assert sections_of(applicable(base, {"food", "craft"}, "ngo_s")) == list(SECTIONS)
    assert len(applicable(base, {"food", "craft"}, "ngo_s")) == 75


def test_soap_and_candles_answer_the_section_of_products_without_lasting_use(base: Checklist) -> None:
    asked = applicable(base, {"cosmetics"}, "wtz")
    assert "BIZ-WYR-03" in asked
    assert "EKO-KOM-03" not in asked
