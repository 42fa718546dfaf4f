"""Reads an answers file: JSON with ``profile`` and ``answers``, numbers exact, one clear sentence when it is wrong."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NoReturn

from app.checklists import exact
from app.checklists.answers import AnswersError
from app.checklists.problems import or_one_of, shown

LARGEST_FILE = 16 * 1024 * 1024
KEYS = ("profile", "answers")


def read_answers_file(path: Path) -> tuple[Mapping[str, object], Mapping[str, Any]]:
    """The profile and the answers; raises AnswersError. Whether they fit a checklist is for the scoring to say."""
    try:
        if not path.is_file():
            raise AnswersError(["there is no such file"])
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as wrong:
        raise AnswersError([f"cannot be read: {getattr(wrong, 'strerror', None) or 'not a usable path'}"]) from None
    if len(content) > LARGEST_FILE:
        raise AnswersError([f"the file is larger than {LARGEST_FILE // 1024 // 1024} MB"])
    return _parts(_parsed(content))


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(
            content.decode("utf-8-sig"),
            parse_float=_number,
            parse_int=_number,
            parse_constant=_not_finite,
            object_pairs_hook=_unique,
        )
    except json.JSONDecodeError as wrong:
        raise AnswersError([f"line {wrong.lineno}, column {wrong.colno}: this is not JSON: {wrong.msg}"]) from None
    except UnicodeDecodeError:
        raise AnswersError(["the file is not UTF-8"]) from None
    except RecursionError:
        raise AnswersError(["the file is nested too deeply"]) from None


def _parts(whole: Any) -> tuple[Mapping[str, object], Mapping[str, Any]]:
    if not isinstance(whole, dict):
        raise AnswersError([f'expected {{"profile": …, "answers": …}}, found {shown(whole)}'])
    unknown = [key for key in whole if key not in KEYS]
    if unknown:
        raise AnswersError([f"unknown key {shown(key)}; {or_one_of(key, KEYS)}" for key in unknown])
    if "answers" not in whole:
        raise AnswersError(['"answers" is missing; {"answers": {}} when there are none'])
    for key in KEYS:
        if not isinstance(whole.get(key, {}), dict):
            raise AnswersError([f'"{key}" must be an object {{…}}, found {shown(whole[key])}'])
    return whole.get("profile", {}), whole["answers"]


def _number(text: str) -> exact.Number:
    """Whole numbers and decimals exactly as written."""
    try:
        number = Decimal(text) if len(text) <= 400 else None
    except InvalidOperation:
        number = None
    if number is None or not exact.fits(number):
        raise AnswersError([f"the number {shown(text)[1:-1]} has more than 15 digits"])
    return exact.tidy(number)


def _not_finite(text: str) -> NoReturn:
    raise AnswersError([f"{text} is not a number"])


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise AnswersError([f"{shown(twice)} stands twice; keep one of them"])
    return found
