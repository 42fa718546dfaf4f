"""``flask checklist …``: validate, score, diff, schema, publish. Needs no database."""

import json
import sys
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from app.checklists import carry, library
from app.checklists.answers import AnswersError
from app.checklists.answers_file import read_answers_file
from app.checklists.checklist import Checklist
from app.checklists.key_reference import with_key_reference
from app.checklists.lock import replace_file
from app.checklists.problems import ChecklistError, printable
from app.checklists.publishing import publish as publish_checklist
from app.checklists.schema import json_schema
from app.checklists.scoring import score as score_answers
from app.checklists.translation import completeness

checklist = AppGroup("checklist", help="Check, score, compare and publish checklists.")

WRONG_CHECKLIST = 1
WRONG_ANSWERS = 2

_path = click.Path(path_type=Path)


@checklist.command()
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=_path)
def validate(paths: tuple[Path, ...]) -> None:
    """Check checklists (a folder or a file each); exit 1 when one is wrong, one line per error."""
    wrong = False
    for path in paths:
        try:
            loaded = library.examine(path)
        except ChecklistError as error:
            wrong = True
            _complain(error.problems)
            continue
        for warning in loaded.warnings:
            _complain([f"{warning} (warning)"])
        found = loaded.checklist
        _say(f"{path}: {found.id} {found.version} is valid: {len(found.criteria)} criteria, {found.digest}")
        for language in found.languages[1:]:
            report = completeness(found.content, language, found.translations.get(language))
            _say(f"{path}: {language}: {report.translated} of {report.texts} texts are translated")
    sys.exit(WRONG_CHECKLIST if wrong else 0)


@checklist.command()
@click.argument("path", metavar="PATH", type=_path)
@click.argument("answers", metavar="ANSWERS.json", type=_path)
def score(path: Path, answers: Path) -> None:
    """Score an answers file; prints one JSON object, exit 2 when the answers do not fit."""
    found = _loaded(path)
    try:
        profile, given = read_answers_file(answers)
        result = score_answers(found, profile, given)
    except AnswersError as error:
        _complain(f"{printable(str(answers))}: {reason}" for reason in error.reasons)
        sys.exit(WRONG_ANSWERS)
    for name in result.unused:
        _complain([f"{printable(str(answers))}: {name}: does not apply here, so its answer counts nowhere (note)"])
    _say(json.dumps(result.as_json(), ensure_ascii=False, indent=2))


@checklist.command()
@click.argument("old", metavar="OLD", type=_path)
@click.argument("new", metavar="NEW", type=_path)
def diff(old: Path, new: Path) -> None:
    """Show what NEW changes, and what becomes of the answers of running audits."""
    before, after = _loaded(old), _loaded(new)
    _say(f"{before.id} {before.version} → {after.id} {after.version}")
    found = list(carry.changes(before, after))
    for change in found:
        keys = f": {', '.join(change.keys)}" if change.keys else ""
        _say(f"{change.what:8} {change.kind} {change.id}{keys}")
    if not found:
        _say("nothing changed")
    _show_carry(before, after)


@checklist.command()
@click.option("--write", is_flag=True, help="Renew checklist.schema.json and the key tables of checklists/README.md.")
def schema(*, write: bool) -> None:
    """Print the JSON Schema, for editors."""
    if not write:
        _say(schema_text(), end="")
        return
    readme = library.FOLDER / "README.md"
    replace_file(library.FOLDER / "checklist.schema.json", schema_text())
    replace_file(readme, with_key_reference(readme.read_text(encoding="utf-8")))


@checklist.command()
@click.argument("path", metavar="PATH", type=_path)
def publish(path: Path) -> None:
    """Turn a draft into a published version and write the lock; it never changes again."""
    try:
        digest, done = publish_checklist(path)
    except ChecklistError as error:
        _complain(error.problems)
        sys.exit(WRONG_CHECKLIST)
    except OSError as error:
        _complain([f"{printable(str(path))}: cannot be written: {error.strerror}"])
        sys.exit(WRONG_CHECKLIST)
    _say(f"{path}: {'published' if done else 'is already published'}: {digest}")


def schema_text() -> str:
    """The content of ``checklists/checklist.schema.json``."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2, default=_plain) + "\n"


def _plain(value: object) -> Any:
    return int(value) if isinstance(value, Decimal) else str(value)


def _loaded(path: Path) -> Checklist:
    try:
        return library.load(path)
    except ChecklistError as error:
        _complain(error.problems)
        sys.exit(WRONG_CHECKLIST)


def _say(text: str, *, err: bool = False, end: str = "\n") -> None:
    """Always UTF-8, whatever the locale: the output is read by programs too."""
    click.echo((text + end).encode("utf-8", "backslashreplace"), nl=False, err=err)


def _complain(lines: Iterable[object]) -> None:
    for line in lines:
        _say(str(line), err=True)


def _show_carry(before: Checklist, after: Checklist) -> None:
    if after.content.replaces != before.version or after.id != before.id:
        says = after.content.replaces or "nothing"
        _say(f"running audits: {after.version} replaces {says}, not {before.version}; none is moved by it")
        return
    effects: Mapping[str, str] = {"keep": "keeps its answer", "ask": "is asked again", "drop": "answer is dropped"}
    _say("running audits:")
    for carried in carry.plan(before, after):
        target = f" as {carried.new}" if carried.new not in {None, carried.old} else ""
        why = "carry says so" if carried.said else "carry says nothing"
        _say(f"  {carried.old}: {effects[carried.how]}{target} ({why})")
    olds = set(before.criteria)
    for unknown in (name for name in after.content.carry if name not in olds):
        _say(f"  {unknown}: carry names it, but {before.version} has no such criterion")
    taken = {carried.new for carried in carry.plan(before, after)}
    for name in after.criteria:
        if name not in taken:
            _say(f"  {name}: is new and is asked")
