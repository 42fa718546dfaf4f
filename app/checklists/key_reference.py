"""The key reference of ``checklists/README.md``, made from the types. Pure."""

import types
import typing
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app.checklists import schema
from app.checklists.translation import CriterionTexts, RemediationTexts, Translation

BEGIN = "<!-- keys: made by `flask checklist schema --write`, do not edit by hand -->"
END = "<!-- end of keys -->"

CHAPTERS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("The checklist (`checklist.yaml`)", schema.Content),
    ("`scales: <name>:`", schema.Scale),
    ("`levels:` of a scale", schema.Level),
    ("`number:` of a scale", schema.NumberRange),
    ("`classes: <name>:`", schema.CriterionClass),
    ("`findings: <grade>:`", schema.Finding),
    ("`area_grades:`", schema.AreaGrade),
    ("`total:`", schema.Total),
    ("`penalties:`", schema.Penalty),
    ("`areas:`", schema.Area),
    ("`sections:`", schema.Section),
    ("`criteria:`", schema.Criterion),
    ("`look_for:`", schema.LookFor),
    ("`evidence:`", schema.Evidence),
    ("`remediation:`", schema.Remediation),
    ("`grades:`", schema.Grade),
    ("`requires:`, one condition each", schema.Condition),
    ("`total:`, `points:`, `every_area:`, `every_section:` of a condition", schema.AtLeast),
    ("`area:` of a condition", schema.AreaAtLeast),
    ("`findings:` of a condition", schema.FindingsAtMost),
    ("`knockouts:` of a condition", schema.AtMost),
    ("`met:` of a condition", schema.ShareMet),
    ("`mean:` of a condition", schema.MeanPoints),
    ("`areas_graded:` of a condition", schema.AreasGraded),
    ("A translation (`translations/<language>.yaml`)", Translation),
    ("`criteria: <id>:` of a translation", CriterionTexts),
    ("`remediation:` of a translation", RemediationTexts),
)


def key_reference() -> str:
    """Markdown: one table for each kind of mapping."""
    return "\n".join(line for title, model in CHAPTERS for line in _chapter(title, model))


def with_key_reference(readme: str) -> str:
    """The README with its generated part renewed."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{key_reference()}\n{END}{after}"


def _chapter(title: str, model: type[BaseModel]) -> Iterator[str]:
    yield f"### {title}"
    yield ""
    yield "| key | value | default | meaning |"
    yield "| --- | --- | --- | --- |"
    for name, info in model.model_fields.items():
        default = "required" if info.is_required() else _default(info)
        meaning = (info.description or "").replace("|", "\\|")
        yield f"| `{info.alias or name}` | {_kind(_annotation(info))} | {default} | {meaning} |"
    yield ""


def _annotation(info: FieldInfo) -> Any:
    """The type as it was written: pydantic takes ``Annotated[…]`` apart."""
    return typing.Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation


def _default(info: FieldInfo) -> str:
    value = info.default
    if value is None or value in ((), {}):
        return "–"
    if isinstance(value, schema.Total):
        return f"`{{of: {value.of}}}`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


NAMED: tuple[tuple[Any, str], ...] = (
    (schema.LevelKey, "level"),
    (schema.Number, "number"),
    (schema.NotNegative, "number from 0"),
    (schema.Day, "date"),
    (schema.Carry, "how"),
    (schema.Label, "text"),
    (schema.Text, "text"),
    (schema.Id, "id"),
)


PLAIN = {str: "text", int: "whole number", Decimal: "number from 0", bool: "`true` / `false`"}


def _kind(annotation: Any) -> str:
    """A type in the words of a person who writes YAML."""
    named = next((word for known, word in NAMED if annotation == known), None)
    if named is not None:
        return named
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is typing.Annotated:
        return _kind(inside[0])
    if origin in {typing.Union, types.UnionType}:
        return _kind(next(part for part in inside if part is not type(None)))
    if origin is typing.Literal:
        return " / ".join(f"`{str(word).lower() if word is True else word}`" for word in inside)
    parts = [_kind(part) for part in inside if part is not ...]
    shapes = {dict: "mapping {} → {}", tuple: "list of {}"}
    return shapes[origin].format(*parts) if origin in shapes else PLAIN.get(annotation, "mapping, see below")
