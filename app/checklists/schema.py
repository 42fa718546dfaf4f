"""The checklist format as types. Pure. The descriptions are the key reference of README and JSON Schema."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    Strict,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from app.checklists import exact
from app.checklists.problems import choices, shown

T = TypeVar("T")
Many = Annotated[tuple[T, ...], Strict(strict=False)]
"""A list in YAML, a tuple here: a loaded checklist never changes."""


def _wrong(message: str) -> PydanticCustomError:
    return PydanticCustomError("checklist", "{message}", {"message": message})


def _number(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    hint = "write it without quotes" if isinstance(value, str) and exact.read(value) is not None else ""
    raise _wrong(f"expected a number, found {shown(value)}" + (f"; {hint}" if hint else ""))


def level_key(value: object) -> str | None:
    """The text by which a level is known: ``3``, ``"3"`` and ``3.0`` are one level. None when it is no level."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return exact.text(value)
    return exact.text(Decimal(repr(value))) if isinstance(value, float) and exact.fits(Decimal(repr(value))) else None


def _level(value: object) -> str:
    key = level_key(value)
    if key is None:
        hint = f'; write "{shown(value)}" in quotes' if isinstance(value, bool) else ""
        raise _wrong(f"expected a level (a text or a number), found {shown(value)}{hint}")
    return key


def _label(value: object) -> object:
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def _date(value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and len(value) == len("2026-01-31"):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise _wrong(f"expected a date like 2026-01-31, found {shown(value)}")


def _carry(value: object) -> object:
    if (isinstance(value, str) and value in {"same", "ask", "drop"}) or (
        isinstance(value, dict) and list(value) == ["to"] and isinstance(value["to"], str)
    ):
        return value
    raise _wrong(f"expected same, ask, drop or {{to: new-id}}, found {shown(value)}")


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Label = Annotated[Text, BeforeValidator(_label, json_schema_input_type=str | int | float)]
"""A text that may look like a number; kept as it is written."""
Id = Annotated[str, StringConstraints(pattern=r"^\S(.{0,78}\S)?$")]
Number = Annotated[Decimal, BeforeValidator(_number), WithJsonSchema({"type": "number"})]
NotNegative = Annotated[
    Decimal, BeforeValidator(_number), Field(ge=0), WithJsonSchema({"type": "number", "minimum": 0})
]
LevelKey = Annotated[str, PlainValidator(_level), WithJsonSchema({"type": ["string", "number"]})]
Day = Annotated[
    date,
    PlainValidator(_date),
    PlainSerializer(date.isoformat, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date"}),
]
Carry = Annotated[
    Any,
    PlainValidator(_carry),
    WithJsonSchema({
        "anyOf": [
            {"enum": ["same", "ask", "drop"]},
            {"type": "object", "properties": {"to": {"type": "string"}}, "required": ["to"],
             "additionalProperties": False},
        ]
    }),
]  # fmt: skip
EvidenceKind = Literal["document", "photo", "interview", "measurement", "observation", "register"]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Level(Model):
    value: LevelKey = Field(description="the answer as it is given: a number or a short text; unique in the scale")
    points: Number = Field(description="may be negative or decimal; never less than the level before")
    label: Label = Field(description="short name on the button")
    finding: Id | None = Field(None, description="the finding grade this answer creates; wins over the class")

    @property
    def short(self) -> str:
        """What a button shows: a number as it is, a word by its label, which is translated."""
        return self.value if exact.read(self.value) is not None else self.label


class NumberRange(Model):
    min: Number = Field(description="least value that can be answered")
    max: Number = Field(description="greatest value; the best one")
    unit: Text | None = Field(None, description="printed behind the number, e.g. kg")

    def holds(self, key: str) -> bool:
        """Is this level key a number within the range?"""
        number = exact.read(key)
        return number is not None and self.min <= number <= self.max


class Scale(Model):
    levels: Many[Level] = Field((), description="the answers, listed from worst to best")
    number: NumberRange | None = Field(None, description="a number is answered; its points are the value")

    @model_validator(mode="after")
    def _one_kind(self) -> "Scale":
        if bool(self.levels) == bool(self.number):
            raise _wrong("a scale has either levels: (at least one) or number:")
        return self

    def has(self, key: str) -> bool:
        """Can this level be answered?"""
        if self.number is not None:
            return self.number.holds(key)
        return key in [level.value for level in self.levels]

    @property
    def best_points(self) -> Decimal:
        """The highest points of the scale."""
        return self.number.max if self.number is not None else self.levels[-1].points

    @property
    def described(self) -> str:
        """What can be answered, for a message."""
        if self.number is not None:
            return f"a number from {exact.text(self.number.min)} to {exact.text(self.number.max)}"
        return f"one of {choices(level.value for level in self.levels)}"


class CriterionClass(Model):
    title: Text = Field(description="name of the class")
    unmet: Id | None = Field(None, description="finding grade of an answer below `compliant_from`")
    at: dict[LevelKey, Id] = Field({}, description="level → finding grade; wins over `unmet`")
    may_raise_to: Id | None = Field(
        None, description="the heaviest grade the auditor may give; without it any grade may be given"
    )


class Finding(Model):
    title: Text | None = Field(None, description="name of the grade; the id when left out")
    deadline_days: int | None = Field(None, ge=0, description="days to put it right")
    blocks_certificate: bool = Field(False, description="while open, no certificate is granted (a guard, no score)")
    needs: Literal["correction", "plan", "nothing"] | None = Field(None, description="what the supplier must send")
    overdue_becomes: Id | None = Field(None, description="grade it turns into when the deadline passes")
    repeated_becomes: Id | None = Field(None, description="grade when the previous audit had it too")


class LookFor(Model):
    kind: EvidenceKind = Field(description="what sort of evidence")
    text: Text = Field(description="what to look for")


class Evidence(Model):
    required_at: Many[LevelKey] | None = Field(None, description="levels that need evidence; left out: every level")
    kinds: Many[EvidenceKind] = Field((), description="kinds that count; left out: any kind")
    min: int = Field(1, ge=1, description="how many pieces of these kinds, together")
    max_age_days: int | None = Field(None, ge=0, description="older evidence does not count")


class Remediation(Model):
    action: Text | None = Field(None, description="what to do; becomes the task's text")
    effort: Label | None = Field(None, description="free text, e.g. 4 h")
    cost: Label | None = Field(None, description="free text, e.g. up to 100 zł")
    days: int | None = Field(None, ge=0, description="usual deadline in days")
    support: Many[Text] = Field((), description="kinds of support that help (free words)")
    practice: Text | None = Field(None, description="slug of a good practice")


class Criterion(Model):
    id: Id = Field(description="permanent; never reused, never derived from position")
    number: Label | None = Field(None, description="free text for print")
    question: Text = Field(description="what is asked on site")
    why: Text | None = Field(None, description="why it matters; help text")
    look_for: Many[LookFor] = Field((), description="list of `{kind, text}`")
    scale: Id = Field(description="name of a scale")
    levels: dict[LevelKey, Text] = Field({}, description="what each level means here; every level or none")
    class_name: Id = Field(alias="class", description="name of a class")
    compliant_from: LevelKey | None = Field(
        None, description="first level, in the scale's order, that meets the criterion; default: the best one"
    )
    knockout: bool = Field(False, description="while unmet, no certifying grade can be reached")
    weight: NotNegative = Field(Decimal(1), description="0 = asked but not scored")
    applies_when: dict[Id, Many[Text]] = Field({}, description="profile fact → values; all facts, any value of each")
    asked_when: dict[Id, Many[LevelKey]] = Field({}, description="criterion → levels; all of them, any level of each")
    not_applicable: Literal["with_reason", "never"] = Field("with_reason", description="may it be set aside?")
    evidence: Evidence | None = Field(None, description="the audit cannot be closed without it")
    law: Text | None = Field(None, description="legal basis")
    source: Text | None = Field(None, description="where the rule comes from")
    sdg: Many[Annotated[int, Field(ge=1, le=17)]] = Field((), description="numbers of the UN goals")
    remediation: Remediation | None = Field(None, description="pre-fills the task")


class Section(Model):
    id: Id = Field(description="permanent id")
    title: Text = Field(description="name of the section")
    applies_when: dict[Id, Many[Text]] = Field({}, description="as for a criterion; holds for all in the section")
    criteria: Many[Criterion] = Field(min_length=1, description="the criteria, in order")


class AreaFile(Model):
    sections: Many[Section] = Field(min_length=1, description="the sections, in order")


class Area(Model):
    id: Id = Field(description="permanent id")
    title: Text = Field(description="name of the area")
    weight: NotNegative = Field(Decimal(1), description="its weight in `total: {of: areas}`")
    sections: Many[Section] = Field((), description="the sections, in order; or `file`")
    file: Text | None = Field(None, description="a file in the same folder that holds `sections:`")

    @model_validator(mode="after")
    def _one_kind(self) -> "Area":
        if bool(self.sections) == bool(self.file):
            raise _wrong("an area has either sections: (at least one) or file:")
        return self


class AreaGrade(Model):
    id: Id = Field(description="the grade")
    min: Number | None = Field(None, description="least percent of the area; the last one has none")


class Total(Model):
    of: Literal["points", "areas", "lowest_area"] = Field(
        description="pool all points; weighted mean of the area percents; the lowest area percent"
    )


class Penalty(Model):
    finding: Id | None = Field(None, description="once per finding of this grade")
    knockout: Literal[True] | None = Field(None, description="true: once per knock-out that is not met")
    percent_of_max: NotNegative = Field(description="points of the total percent that it takes")

    @model_validator(mode="after")
    def _one_kind(self) -> "Penalty":
        if (self.finding is None) == (self.knockout is None):
            raise _wrong("a penalty has either finding: or knockout: true")
        return self


class AtLeast(Model):
    min: Number = Field(description="least value")


class AreaAtLeast(Model):
    id: Id = Field(description="an area")
    min: Number = Field(description="least percent")


class FindingsAtMost(Model):
    grade: Id = Field(description="a finding grade")
    max: int = Field(ge=0, description="most findings of exactly this grade")


class AtMost(Model):
    max: int = Field(ge=0, description="most of them")


class ShareMet(Model):
    class_name: Id = Field(alias="class", description="a class")
    min_percent: Number = Field(description="least share of its applicable criteria that are met")


class MeanPoints(Model):
    class_name: Id = Field(alias="class", description="a class")
    min: Number = Field(description="least weighted mean of points")


class AreasGraded(Model):
    grades: Many[Id] = Field(min_length=1, description="area grades that count")
    min: int | None = Field(None, ge=0, description="at least so many areas")
    max: int | None = Field(None, ge=0, description="at most so many areas")

    @model_validator(mode="after")
    def _some_bound(self) -> "AreasGraded":
        if self.min is None and self.max is None:
            raise _wrong("areas_graded needs min: or max:")
        return self


class Condition(Model):
    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    total: AtLeast | None = Field(None, description="total percent, after penalties")
    points: AtLeast | None = Field(None, description="sum of points, before penalties")
    every_area: AtLeast | None = Field(None, description="percent of each area")
    area: AreaAtLeast | None = Field(None, description="percent of one area")
    every_section: AtLeast | None = Field(None, description="percent of each section")
    findings: FindingsAtMost | None = Field(None, description="number of findings of a grade")
    knockouts: AtMost | None = Field(None, description="number of knock-out criteria that are not met")
    met: ShareMet | None = Field(None, description="share of a class's applicable criteria that are met")
    mean: MeanPoints | None = Field(None, description="weighted mean of points over a class")
    areas_graded: AreasGraded | None = Field(None, description="number of areas with one of these grades")
    any_of: Many[Annotated[tuple["Condition", ...], Strict(strict=False), Field(min_length=1)]] = Field(
        (), description="lists of conditions; one list must hold as a whole"
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> "Condition":
        if len(self.model_fields_set) != 1 or not any(getattr(self, name) for name in self.model_fields_set):
            known = ", ".join(type(self).model_fields)
            raise _wrong(f"a condition is exactly one of {known}")
        return self

    @property
    def kind(self) -> str:
        return next(iter(self.model_fields_set))


class Grade(Model):
    id: Id = Field(description="permanent id")
    title: Text = Field(description="name of the grade")
    certifies: bool = Field(description="does it lead to a certificate?")
    valid_months: int | None = Field(None, ge=1, description="how long the certificate is valid")
    requires: Many[Condition] = Field((), description="all of them; only the last grade has none")


class Content(Model):
    """A whole checklist, its area files put in."""

    checklist: Id = Field(description="permanent id")
    version: Text = Field(description='a text: write "2026.1" in quotes')
    status: Literal["draft", "published"] = Field(description="published never changes again")
    title: Text = Field(description="name of the checklist")
    languages: Many[Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]] = Field(
        min_length=1, description="the first one binds and is the language of these files"
    )
    law_as_of: Day | None = Field(None, description="the law is as of this day")
    valid_from: Day | None = Field(None, description="first day of use")
    replaces: Text | None = Field(None, description="the version before")
    carry: dict[Id, Carry] = Field(
        {}, description="old criterion → `same`, `{to: id}`, `ask` or `drop`, for audits that are running"
    )
    profile: dict[Id, Annotated[tuple[Text, ...], Strict(strict=False), Field(min_length=1)]] = Field(
        {}, description="facts about a supplier, each with its allowed values"
    )
    scales: dict[Id, Scale] = Field(min_length=1, description="name → scale")
    classes: dict[Id, CriterionClass] = Field(min_length=1, description="name → class")
    findings: dict[Id, Finding] = Field(description="finding grades, heaviest first")
    area_grades: Many[AreaGrade] = Field((), description="in order, first match wins, on the area's percent")
    total: Total = Field(Total(of="areas"), description="how the total percent is made")
    penalties: Many[Penalty] = Field((), description="what findings and knock-outs take from the total")
    areas: Many[Area] = Field(min_length=1, description="the areas, in order")
    grades: Many[Grade] = Field(min_length=1, description="in order, first match wins")

    def criteria(self) -> Iterator[Criterion]:
        """Every criterion in the order of the checklist."""
        for area in self.areas:
            for section in area.sections:
                yield from section.criteria


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a checklist, for editors; ``$defs/AreaFile`` is an area's own file."""
    schema = Content.model_json_schema(by_alias=True)
    schema["$defs"]["AreaFile"] = AreaFile.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    schema["$defs"]["AreaFile"].pop("$defs", None)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
