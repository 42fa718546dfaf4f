"""Turns what the types and the rules find wrong into lines with a place. Pure."""

import types
import typing
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.checklists.problems import ChecklistError, KeyPath, Problem, choices, or_one_of, printable, shown
from app.checklists.references import Issue
from app.checklists.yaml_source import YamlMap, place_of, spoken_path

M = TypeVar("M", bound=BaseModel)

KEY = "[key]"  # how pydantic says that the key of a mapping is meant, not its value


@dataclass(frozen=True)
class SourceFile:
    """One YAML file as read, under the name that messages use."""

    name: str
    root: YamlMap


@dataclass
class Sources:
    """Where the parts of a checklist stand: its main file and the files of its areas, by the area's position."""

    main: SourceFile
    area_files: dict[int, SourceFile] = field(default_factory=dict)

    def problem(self, issue: Issue) -> Problem:
        """The issue as a line with its place."""
        source, path = self._find(issue.path)
        message = issue.message
        if issue.first is not None:
            first_source, first_path = self._find(issue.first)
            line, column = place_of(first_source.root, first_path)
            message += f" (first at {printable(first_source.name)}:{line}:{column})"
        line, column = place_of(source.root, path, at_key=issue.at_key)
        return Problem(source.name, line, column, spoken_path(source.root, path), message)

    def _find(self, path: KeyPath) -> tuple[SourceFile, KeyPath]:
        in_file = len(path) > 2 and path[0] == "areas" and path[2] == "sections" and path[1] in self.area_files
        return (self.area_files[int(path[1])], path[2:]) if in_file else (self.main, path)


def shaped(model: type[M], source: SourceFile) -> M:
    """The file as the typed model; raises ChecklistError with one line per wrong key."""
    try:
        return model.model_validate(source.root)
    except ValidationError as wrong:
        details = wrong.errors(include_url=False)
        problems = [_problem(model, source, detail) for detail in details if not _is_echo(detail)]
        raise ChecklistError(problems or [_problem(model, source, details[0])]) from None


def problems_in(source: SourceFile, issues: Iterable[Issue]) -> list[Problem]:
    """Issues of a file that stands alone, such as a translation."""
    return [Sources(source).problem(issue) for issue in issues]


def _is_echo(detail: ErrorDetails) -> bool:
    """Pydantic calls a list too short when its items are wrong; those are reported themselves."""
    return detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"]


def _problem(model: type[BaseModel], source: SourceFile, detail: ErrorDetails) -> Problem:
    loc, kind, value = detail["loc"], detail["type"], detail["input"]
    about_key = bool(loc) and loc[-1] == KEY
    path: KeyPath = loc[:-1] if about_key else loc
    at_key = about_key or kind in {"extra_forbidden", "invalid_key"}
    line, column = place_of(source.root, path, at_key=at_key)
    if about_key and kind == "string_type":
        message = f'a name must be text; write "{shown(value)}" in quotes'
    elif kind in {"extra_forbidden", "invalid_key"}:
        message = f"unknown key; {or_one_of(loc[-1], _keys(_model_at(model, path[:-1])))}"
    elif kind == "missing":
        description = _model_at(model, path[:-1])
        message = f"is missing; add it{_meaning(description, str(path[-1]))}"
    elif kind == "checklist":
        message = str(detail["ctx"]["message"])
    else:
        message = _sentence(detail, model, path)
    return Problem(source.name, line, column, spoken_path(source.root, path), message)


def _sentence(detail: ErrorDetails, model: type[BaseModel], path: KeyPath) -> str:
    kind, value, ctx = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == "string_type":
        quotes = f'; write "{shown(value)}" in quotes' if isinstance(value, int | float) or _is_decimal(value) else ""
        return f"expected a text, found {shown(value)}{quotes}"
    if kind == "literal_error":
        expected = str(ctx["expected"]).replace("'", "").replace(" or ", ", ").replace("True", "true")
        return f"expected one of {expected}; found {shown(value)}"
    if kind in {"model_type", "model_attributes_type"}:
        return f"expected a mapping with {choices(_keys(_model_at(model, path)))}; found {shown(value)}"
    if kind == "string_pattern_mismatch":
        wanted = "a language code like pl or en" if "a-z" in str(ctx["pattern"]) else "an id: 1 to 80 characters"
        return f"expected {wanted}, found {shown(value)}"
    if kind in PLAIN:
        return PLAIN[kind].format(value=shown(value), **ctx)
    return f"{detail['msg']}; found {shown(value)}"


PLAIN = {
    "tuple_type": "expected a list, found {value}; write [a, b] or one line with - for each",
    "dict_type": "expected a mapping (key: value), found {value}",
    "int_type": "expected a whole number, found {value}",
    "bool_type": "expected true or false, found {value}",
    "string_too_short": "is empty; write a text or delete the key",
    "too_short": "is empty; it needs at least {min_length}",
    "greater_than_equal": "{value} is too small; at least {ge}",
    "less_than_equal": "{value} is too large; at most {le}",
}


def _is_decimal(value: object) -> bool:
    return type(value).__name__ == "Decimal"


def _meaning(model: type[BaseModel] | None, key: str) -> str:
    for name, info in (model.model_fields if model else {}).items():
        if (info.alias or name) == key and info.description:
            return f" ({info.description})"
    return ""


def _keys(model: type[BaseModel] | None) -> list[str]:
    return [info.alias or name for name, info in model.model_fields.items()] if model else []


def _model_at(model: type[BaseModel], path: KeyPath) -> type[BaseModel] | None:
    """The model that describes the mapping at a path, for its known keys."""
    here: Any = model
    for step in path:
        here = _inside(here, step)
    here = _bare(here)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _inside(annotation: Any, step: str | int) -> Any:
    here = _bare(annotation)
    if isinstance(here, type) and issubclass(here, BaseModel):
        for name, info in here.model_fields.items():
            if (info.alias or name) == step:
                return info.annotation
        return None
    return get_args(here)[-1 if get_origin(here) is dict else 0] if get_args(here) else None


def _bare(annotation: Any) -> Any:
    """Without ``Annotated[…]`` and ``| None``."""
    while True:
        origin = get_origin(annotation)
        if origin is typing.Annotated:
            annotation = get_args(annotation)[0]
        elif origin is typing.Union or origin is types.UnionType:
            annotation = next(part for part in get_args(annotation) if part is not type(None))
        else:
            return annotation
