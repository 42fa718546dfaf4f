"""The Polish catalogue: find the English words in the source, add their Polish, say what is missing.

English is the language of the msgids, so it needs no catalogue. Every writing command holds one lock and
replaces the file at once, so several people may work at the same time.
"""

import argparse
import fcntl
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
MAPPING = ROOT / "babel.cfg"
FOLDER = ROOT / "app" / "translations"
CATALOGUE = FOLDER / "pl" / "LC_MESSAGES" / "messages.po"
KEYWORDS = DEFAULT_KEYWORDS | {
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "_l": None,
    "N_": None,
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sdrf]|%[sd]|%%|\{\w*\}")
PLURAL_FORMS = 3
HEADER = """# Polish words of the BASE audit tool.
# Written by script/translate: please add words with "script/translate fill FILE.json".
#"""


class Refused(Exception):
    """The input cannot be taken; nothing was changed. The text says why, one reason a line."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; answer its exit code (0 good, 1 something is missing, 2 refused)."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except Refused as reasons:
        print(f"script/translate: {reasons}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/translate",
        description="English msgids from app/ and templates/, Polish in app/translations.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text.replace("%", "%%"), description=text)
        made.set_defaults(run=run)
        return made

    command("extract", run_extract, "print every msgid found in app/ and templates/")
    command("update", run_update, "bring the catalogue in line with the source; keeps every translation in use")
    fill = command(
        "fill",
        run_fill,
        'add translations from a JSON object: {"English": "Polski", "%(num)d task|%(num)d tasks": '
        '["%(num)d zadanie", "%(num)d zadania", "%(num)d zadań"]}; a context stands before the msgid as '
        '"context\\u0004msgid". Runs update first. Unknown msgids or other placeholders: nothing is changed.',
    )
    fill.add_argument("file", type=Path, help="the JSON file")
    command("missing", run_missing, "print what has no Polish yet, or wrong placeholders; exit 1 when any")
    command("compile", run_compile, "write messages.mo, which the app reads")
    return parser


def run_extract(_options: argparse.Namespace) -> int:
    for message in filter(lambda one: one.id, _found()):
        print(message.id if isinstance(message.id, str) else "|".join(message.id))
    return 0


def run_update(_options: argparse.Namespace) -> int:
    with _locked():
        catalogue = _updated()
        _write(catalogue)
    print(f"{len(catalogue)} msgids, {len(_faults(catalogue))} without Polish")
    return 0


def run_fill(options: argparse.Namespace) -> int:
    words = _read_words(options.file)
    with _locked():
        catalogue = _updated()
        reasons = [reason for key, polish in words.items() if (reason := _put(catalogue, key, polish))]
        if reasons:
            raise Refused("nothing changed:\n  " + "\n  ".join(reasons))
        _write(catalogue)
        _compile(catalogue)
    print(f"{len(words)} filled, {len(_faults(catalogue))} of {len(catalogue)} still without Polish")
    return 0


def run_missing(_options: argparse.Namespace) -> int:
    faults = _faults(_updated())
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def run_compile(_options: argparse.Namespace) -> int:
    _compile(_stored())
    return 0


@contextmanager
def _locked() -> Iterator[None]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _found() -> Catalog:
    """Every msgid in the source, sorted; refuses when a file cannot be read as Python or Jinja."""
    catalogue = Catalog(locale="pl", project="BASE", version="", fuzzy=False)
    with MAPPING.open(encoding="utf-8") as mapping:
        methods, settings = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]  # untyped in Babel
    for folder in ("app", "templates"):
        if not (ROOT / folder).is_dir():
            continue
        at = "."

        def reading(filename: str, _method: str, _options: object) -> None:
            nonlocal at
            at = filename

        try:
            for filename, _line, ids, comments, context in extract_from_dir(
                ROOT / folder,
                [(pattern.removeprefix(f"{folder}/"), how) for pattern, how in methods],
                {pattern.removeprefix(f"{folder}/"): chosen for pattern, chosen in settings.items()},
                keywords=KEYWORDS,
                comment_tags=("Translators:",),
                callback=reading,
                strip_comment_tags=True,
                directory_filter=_is_source,
            ):
                if ids and ids != ("",):
                    catalogue.add(ids, locations=[(f"{folder}/{filename}", 0)], auto_comments=comments, context=context)
        except Exception as error:
            raise Refused(f"{folder}/{at} cannot be read: {error}; nothing changed") from error
    return catalogue


def _is_source(folder: str | Path) -> bool:
    """Babel by itself passes over folders that begin with an underscore, such as templates/_macros."""
    return not Path(folder).name.startswith((".", "__"))


def _stored() -> Catalog:
    if not CATALOGUE.exists():
        return Catalog(locale="pl")
    with CATALOGUE.open("rb") as stream:
        return read_po(stream, locale="pl", ignore_obsolete=True)


def _updated() -> Catalog:
    """The msgids of the source with the translations we have."""
    fresh, stored = _found(), _stored()
    fresh.header_comment = HEADER
    for message in fresh:
        if not message.id:
            continue
        known = stored.get(message.id, message.context)
        if known and isinstance(known.string, tuple if message.pluralizable else str):
            message.string = known.string
    return fresh


def _write(catalogue: Catalog) -> None:
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    fresh = CATALOGUE.with_suffix(".po.new")
    with fresh.open("wb") as stream:
        write_po(stream, catalogue, width=0, sort_output=True, include_lineno=False, ignore_obsolete=True)
    lines = fresh.read_text(encoding="utf-8").splitlines(keepends=True)
    dated = (
        '"POT-Creation-Date',
        '"PO-Revision-Date',
        '"Generated-By',
        '"Last-Translator',
        '"Report-Msgid',
        "#, fuzzy",
    )
    fresh.write_text("".join(line for line in lines if not line.startswith(dated)), encoding="utf-8")
    fresh.replace(CATALOGUE)


def _compile(catalogue: Catalog) -> None:
    compiled = CATALOGUE.with_suffix(".mo")
    compiled.parent.mkdir(parents=True, exist_ok=True)
    fresh = compiled.with_suffix(".mo.new")
    with fresh.open("wb") as stream:
        write_mo(stream, catalogue)
    fresh.replace(compiled)


def _read_words(path: Path) -> dict[str, object]:
    try:
        words = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(f"{path}: {error}") from error
    if not isinstance(words, dict):
        raise Refused(f"{path}: expected one JSON object")
    return words


def _put(catalogue: Catalog, key: str, polish: object) -> str | None:
    """Store one translation; answer why not, or None."""
    context, _, msgid = key.rpartition("\u0004")
    name = repr(key)
    if isinstance(polish, list):
        singular = msgid.partition("|")[0]
        message = catalogue.get(singular, context or None)
        if not message or not message.pluralizable or "|".join(message.id) != msgid:
            return f"{name}: not a plural in app/ or templates/"
        if len(polish) != PLURAL_FORMS:
            return f"{name}: Polish has {PLURAL_FORMS} forms (1, 2-4, 5 and more), {len(polish)} given"
    elif isinstance(polish, str):
        message = catalogue.get(msgid, context or None)
        if not message or not msgid:
            return f"{name}: not a msgid in app/ or templates/"
        if message.pluralizable:
            return f"{name}: is a plural, give a list of {PLURAL_FORMS} under {'|'.join(message.id)!r}"
    else:
        return f"{name}: expected a text or a list of texts"
    message.string = tuple(polish) if isinstance(polish, list) else polish
    fault = _fault(message)
    return f"{name}: {fault}" if fault else None


def _faults(catalogue: Catalog) -> list[str]:
    found = []
    for message in catalogue:
        fault = message.id and _fault(message)
        if fault:
            name = message.id if isinstance(message.id, str) else "|".join(message.id)
            where = ", ".join(sorted({filename for filename, _ in message.locations}))
            found.append(f"{json.dumps(name, ensure_ascii=False)}  ({where}: {fault})")
    return sorted(found)


def _fault(message: Message) -> str | None:
    """What is wrong with the Polish of one message, or None."""
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    string = message.string or ""
    texts = [string] if isinstance(string, str) else list(string)
    if not all(text and text.strip() for text in texts):
        return "no Polish"
    expected = [_placeholders(text) for text in ids]
    for text in texts:
        if _placeholders(text) not in expected:
            wanted = " ".join(expected[-1].elements()) or "none"
            return f"placeholders differ in {text!r} (expected: {wanted})"
    return None


def _placeholders(text: str) -> Counter[str]:
    return Counter({match.group(0) for match in PLACEHOLDER.finditer(text)})


if __name__ == "__main__":
    sys.exit(main())
