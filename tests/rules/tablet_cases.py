"""Checklists, suppliers and answers made up from one seed: whatever the format allows, also what nobody would write."""

from decimal import Decimal
from random import Random
from typing import Any

from app.checklists.checklist import Checklist
from app.checklists.references import broken_references
from app.checklists.schema import Content, Criterion
from app.checklists.translation import Translation

Document = dict[str, Any]
# Words that are keys or shapes to a programming language, and must stay words.
ODD = ["1", "0", "10", "__proto__", "constructor", "toString", "$&", "{name}", "a “b”", "ó/ź", "0.5", "-1", "it's"]
KINDS = ["document", "photo", "interview", "measurement", "observation", "register"]
ODD_NUMBERS = ["x", "0", "-0.5", "33.333", "1e1", "+2", ".5", "5.", "0.000000000000001", "1e20", "1.23456789012345"]
TOO_LONG = ["1.234567890123456", f"1.{'0' * 31}1"]


def any_checklist(random: Random) -> Checklist:
    """A valid checklist with any of the format's parts, in Polish or English, perhaps translated into the other."""
    document = _Writer(random).document()
    content = Content.model_validate(document)
    assert not list(broken_references(content)), document
    translations = {language: _translation(random, content) for language in content.languages[1:]}
    return Checklist(content, translations, digest="")


def any_facts(random: Random, checklist: Checklist) -> dict[str, Any]:
    """Facts as an audit keeps them: lists or single values, some missing."""
    facts: dict[str, Any] = {}
    for fact, values in checklist.content.profile.items():
        chosen = [value for value in values if random.random() < 0.6]
        if random.random() < 0.85:
            facts[fact] = chosen[0] if chosen and random.random() < 0.3 else chosen
    return facts


def any_values(random: Random, checklist: Checklist) -> dict[tuple[str, str], Any]:
    """What stands in the fields of an audit: few answers or all of them, reasons, notes, grades, empty fields."""
    part = random.choice([0.1, 0.5, 0.9, 1, 1, 1])
    values: dict[tuple[str, str], Any] = {}
    for criterion in random.sample(list(checklist.criteria.values()), len(checklist.criteria)):
        if random.random() > part:
            continue
        if random.random() < 0.1:
            values[criterion.id, "na"] = random.choice(["nie ma", "n/a", "", None, "nie ma", "\ufeff", " "])
        if random.random() < 0.95:
            values[criterion.id, "score"] = any_value(random, checklist, criterion)
        if random.random() < 0.3:
            values[criterion.id, "comment"] = random.choice(["seen", "", None, " ", "\u0085", "\ufeff"])
        if random.random() < 0.2:
            values[criterion.id, "finding"] = random.choice([*checklist.content.findings, None, ""])
    return values


def any_value(random: Random, checklist: Checklist, criterion: Criterion) -> Any:
    """A level or a number as it may be written; seldom one that does not fit."""
    scale = checklist.scale_of(criterion)
    if random.random() < 0.03:
        return random.choice(["x", "", None, True, False, -99999, 1e20, 0.1 + 0.2, "1_0", "0x1", " ", []])
    if scale.number is None:
        level = random.choice(scale.levels).value
        number = _number(level)
        return random.choice([level, f" {level}\n", level if number is None else number])
    span = scale.number.max - scale.number.min
    inside = scale.number.min + span * random.randint(0, 12) / 12
    rounded = float(round(inside, random.randint(0, 4)))
    odd = random.choice([*ODD_NUMBERS, *TOO_LONG])
    return random.choice([rounded, float(scale.number.max), float(scale.number.min), odd])


def _number(level: str) -> float | None:
    try:
        number = float(level)
    except ValueError:
        return None
    return number if repr(number) in {level, f"{level}.0"} else None


class _Writer:
    """Writes one document; every list of names is chosen first, so that all references hold."""

    def __init__(self, random: Random) -> None:
        self.random = random
        names = [*ODD, *"abcdefghij"]
        random.shuffle(names)
        self.findings = names[: random.randint(0, 4)]
        self.classes = random.sample(names, random.randint(1, 3))
        self.profile = {fact: random.sample(names, 3) for fact in random.sample(names, random.randint(0, 2))}
        self.scales = {name: self._scale() for name in random.sample(names, random.randint(1, 3))}
        self.area_grades = random.sample(names, random.choice([0, 0, 2, 3]))
        self.criteria: list[Document] = []

    def document(self) -> Document:
        random = self.random
        areas = [self._area(at) for at in range(random.randint(1, 4))]
        languages = random.choice([["pl"], ["en"], ["pl", "en"], ["en", "pl"], ["de", "pl"]])
        classes = {name: self._class(name) for name in self.classes}
        return {
            "checklist": "made-up", "version": "1", "status": "draft", "title": "t", "languages": languages,
            "profile": {fact: list(values) for fact, values in self.profile.items()},
            "scales": self.scales,
            "classes": classes,
            "findings": {name: self._some("title", f"Finding {name}") for name in self.findings},
            "area_grades": [
                {"id": name, **self._some("min", self.decimal(-50, 100), 0.2 if name == self.area_grades[-1] else 1)}
                for name in self.area_grades
            ],
            **({"total": {"of": random.choice(["points", "areas", "lowest_area"])}} if self.maybe(0.8) else {}),
            "penalties": [self._penalty() for _ in range(random.choice([0, 0, 1, 3]))],
            "areas": areas,
            "grades": [self._grade(at, areas) for at in range(random.randint(1, 5))],
        }  # fmt: skip

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def decimal(self, least: int, most: int) -> Decimal:
        places = self.random.choice([0, 0, 1, 2, 2, 7, 12])
        return Decimal(self.random.randint(least * 10**places, most * 10**places)).scaleb(-places)

    def _some(self, key: str, value: Any, chance: float = 0.5) -> Document:
        return {key: value} if self.maybe(chance) else {}

    def _scale(self) -> Document:
        if self.maybe(0.25):
            least = self.decimal(-20, 20)
            return {"number": {"min": least, "max": least + self.decimal(1, 60), **self._some("unit", "kg")}}
        values = self.random.choice([range(5), ["no", "yes"], ["A", "B", "1.50"], [-1, "__proto__", "10"], ["only"]])
        points = sorted(self.decimal(-20, 20) for _ in values)
        return {
            "levels": [
                {"value": value, "points": each, "label": "l", **self._finding(0.15)}
                for value, each in zip(values, points, strict=True)
            ]
        }

    def _finding(self, chance: float, key: str = "finding") -> Document:
        return {key: self.random.choice(self.findings)} if self.findings and self.maybe(chance) else {}

    def _levels(self, scale: str) -> list[Any]:
        found = self.scales[scale]
        if "levels" in found:
            return [level["value"] for level in found["levels"]]
        return [found["number"]["min"], found["number"]["max"]]

    def _class(self, name: str) -> Document:
        levels = {str(level) for one in self.criteria if one["class"] == name for level in self._levels(one["scale"])}
        at = {level: self.random.choice(self.findings) for level in sorted(levels) if self.findings and self.maybe(0.3)}
        return {
            "title": f"Class {name}",
            **({"at": at} if at else {}),
            **self._finding(0.6, "unmet"),
            **self._finding(0.5, "may_raise_to"),
        }

    def _area(self, at: int) -> Document:
        sections = [self._section(f"S{at}.{number}") for number in range(self.random.randint(1, 3))]
        return {
            "id": self.random.choice([f"A{at}", str(9 - at)]),
            "title": self.random.choice([f"Area {at}", "{least} $1", "Obszar „ż”"]),
            **self._some("weight", self.decimal(0, 3)),
            "sections": sections,
        }

    def _section(self, name: str) -> Document:
        criteria = []
        for _ in range(self.random.randint(1, 4)):
            criteria.append(self._criterion())
            self.criteria.append(criteria[-1])
        return {"id": name, "title": f"Section {name}", **self._applies(0.15), "criteria": criteria}

    def _applies(self, chance: float) -> Document:
        chosen = {fact: self.random.sample(values, 2) for fact, values in self.profile.items() if self.maybe(chance)}
        return {"applies_when": chosen} if chosen else {}

    def _criterion(self) -> Document:
        random, number = self.random, len(self.criteria)
        scale = random.choice(list(self.scales))
        levels = self._levels(scale)
        asked_when = {
            other["id"]: [random.choice(self._levels(other["scale"])) for _ in range(2)]
            for other in random.sample(self.criteria, min(len(self.criteria), 2))
            if self.maybe(0.15)
        }
        return {
            "id": ODD[number] if number < len(ODD) and self.maybe(0.3) else f"K{number:02d}",
            "question": "q",
            "scale": scale,
            "class": random.choice(self.classes),
            **self._some("compliant_from", random.choice(levels)),
            **self._some("knockout", True, 0.2),
            **self._some("weight", self.decimal(0, 5)),
            **self._some("not_applicable", "never", 0.2),
            **self._applies(0.15),
            **({"asked_when": asked_when} if asked_when else {}),
            **self._some("evidence", self._evidence(levels)),
        }

    def _evidence(self, levels: list[Any]) -> Document:
        return {
            **self._some("required_at", self.random.sample(levels, self.random.randint(0, len(levels)))),
            **self._some("kinds", self.random.sample(KINDS, self.random.randint(1, 3))),
            **self._some("min", self.random.randint(1, 3)),
            **self._some("max_age_days", 30),
        }

    def _penalty(self) -> Document:
        finding = self._finding(0.6) or {"knockout": True}
        return {**finding, "percent_of_max": self.decimal(0, 30)}

    def _grade(self, at: int, areas: list[Document]) -> Document:
        requires = [self._condition(areas) for _ in range(self.random.randint(0, 4))]
        said = {"id": f"g{at}", "title": f"Grade {at}", "certifies": self.maybe(0.6)}
        return {**said, **self._some("requires", requires, 0.9)}

    def _condition(self, areas: list[Document], depth: int = 0) -> Document:
        random = self.random
        least = {"min": self.decimal(-20, 100)}
        of_class = random.choice(self.classes)
        choices: list[Document] = [
            {"total": least},
            {"points": least},
            {"every_area": least},
            {"every_section": least},
            {"area": {"id": random.choice(areas)["id"], **least}},
            {"knockouts": {"max": random.randint(0, 2)}},
            {"met": {"class": of_class, "min_percent": least["min"]}},
            {"mean": {"class": of_class, **least}},
        ]
        if self.findings:
            choices.append({"findings": {"grade": random.choice(self.findings), "max": random.randint(0, 3)}})
        if self.area_grades:
            bounds = random.choice([{"min": 1}, {"max": 1}, {"min": 1, "max": 2}, {"min": 0, "max": 0}])
            grades = random.sample(self.area_grades, random.randint(1, len(self.area_grades)))
            choices.append({"areas_graded": {"grades": grades, **bounds}})
        if depth < 2:
            ways = [[self._condition(areas, depth + 1) for _ in range(random.randint(1, 2))] for _ in range(2)]
            choices.append({"any_of": ways})
        return random.choice(choices)


def _translation(random: Random, content: Content) -> Translation:
    def titles(names: Any) -> dict[str, Any]:
        return {name: {"title": f"Tłumaczenie {name}"} for name in names if random.random() < 0.6}

    return Translation.model_validate(
        {
            "areas": titles(area.id for area in content.areas),
            "sections": titles(section.id for area in content.areas for section in area.sections),
            "classes": titles(content.classes),
            "findings": titles(content.findings),
            "grades": titles(grade.id for grade in content.grades),
        }
    )
