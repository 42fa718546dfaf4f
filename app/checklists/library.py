"""Reads checklists from their folders, once per process, and knows which ones are published."""

import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from app.checklists.checklist import Checklist, built
from app.checklists.lock import lock_of, read_lock
from app.checklists.problems import ChecklistError, Problem, choices, printable, shown
from app.checklists.reach import unreachable, unused_classes
from app.checklists.references import broken_references
from app.checklists.schema import AreaFile, Content
from app.checklists.translation import Translation, broken_translation, completeness
from app.checklists.validation import SourceFile, Sources, problems_in, shaped
from app.checklists.yaml_source import LARGEST_FILE, place_of, read_yaml

FOLDER = Path(__file__).parents[2] / "checklists"
MAIN = "checklist.yaml"


@dataclass(frozen=True)
class Loaded:
    """A valid checklist, and what is worth a warning. ``path`` is its main file."""

    checklist: Checklist
    path: Path
    warnings: tuple[Problem, ...] = ()


def load(path: Path | str) -> Checklist:
    """The checklist at a folder or file, read again each time; raises ChecklistError with all that is wrong."""
    return examine(Path(path)).checklist


@lru_cache(maxsize=32)
def published(checklist: str, version: str) -> Checklist:
    """A published version of the library, exactly as it was published; raises ChecklistError otherwise."""
    locked = read_lock(FOLDER / "published.lock").get(checklist, {}).get(version)
    folder = FOLDER / checklist / version
    if locked is None:
        known = [
            f"{name} {each}" for name, versions in read_lock(FOLDER / "published.lock").items() for each in versions
        ]
        message = f"{printable(checklist)} {printable(version)} is not published; published: {choices(known)}"
        raise ChecklistError([Problem(str(folder / MAIN), 1, 1, "(file)", message)])
    return load(folder)


def current(checklist: str, on: date | None = None) -> Checklist:
    """The newest published version, by ``valid_from``, that is in force on a day (default: ever)."""
    versions = read_lock(FOLDER / "published.lock").get(checklist, {})
    found = [published(checklist, version) for version in versions]
    in_force = [each for each in found if on is None or (each.content.valid_from or date.min) <= on]
    if not in_force:
        message = f"no version of {printable(checklist)} is published and in force"
        raise ChecklistError([Problem(str(FOLDER / checklist), 1, 1, "(file)", message)])
    return max(in_force, key=lambda each: (each.content.valid_from or date.min, _natural(each.version)))


def _natural(version: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", version)]


def examine(path: Path) -> Loaded:
    """Reads and checks everything of a checklist; raises ChecklistError with all that is wrong."""
    main = path / MAIN if path.is_dir() else path
    if path.is_dir() and not main.exists():
        found = sorted(str(inner.parent.relative_to(path)) for inner in path.glob(f"*/*/{MAIN}"))
        hint = f"; checklists are in: {choices(found)}" if found else ""
        raise ChecklistError([Problem(str(main), 1, 1, "(file)", f"is missing; a checklist folder needs {MAIN}{hint}")])
    reading = _Reading(main)
    content, sources = reading.content()
    translations = reading.translations(content) if content else {}
    if content is None or sources is None or reading.problems:
        raise ChecklistError(reading.problems)
    reading.problems.extend(map(sources.problem, broken_references(content)))
    if not reading.problems:
        reading.problems.extend(map(sources.problem, unreachable(content)))
    for language, (source, translation) in translations.items():
        reading.problems.extend(problems_in(source, broken_translation(content, translation)))
        if language not in content.languages[1:]:
            message = f"{language} is not among the other languages: {choices(content.languages[1:])}"
            reading.problems.append(Problem(source.name, 1, 1, "(file)", message))
    if reading.problems:
        raise ChecklistError(reading.problems)
    checklist = built(content, {language: each for language, (_, each) in translations.items()})
    warnings = [sources.problem(issue) for issue in unused_classes(content)]
    warnings.extend(_untranslated(checklist, sources))
    warnings.extend(_against_lock(checklist, main, sources))
    return Loaded(checklist, main, tuple(warnings))


@dataclass
class _Reading:
    """The files of one checklist, and the problems met while they are read."""

    main: Path
    problems: list[Problem] = field(default_factory=list)

    def content(self) -> tuple[Content | None, Sources | None]:
        source = self._file(self.main, str(self.main))
        if source is None:
            return None, None
        sources, areas = Sources(source), dict[int, AreaFile]()
        for at, name in _area_files(source):
            area_source = self._area_file(source, at, name)
            if area_source is not None:
                sources.area_files[at] = area_source
                try:
                    areas[at] = shaped(AreaFile, area_source)
                except ChecklistError as wrong:
                    self.problems.extend(wrong.problems)
        try:
            content = shaped(Content, source)
        except ChecklistError as wrong:
            self.problems.extend(wrong.problems)
            return None, None
        if self.problems:
            return None, None
        return content.model_copy(
            update={
                "areas": tuple(
                    area.model_copy(update={"sections": areas[at].sections, "file": None}) if area.file else area
                    for at, area in enumerate(content.areas)
                )
            }
        ), sources

    def translations(self, content: Content) -> Mapping[str, tuple[SourceFile, Translation]]:
        """Language → its file. Only a checklist in a folder of its own has translations."""
        found = {}
        if self.main.name == MAIN:
            for path in sorted((self.main.parent / "translations").glob("*.y*ml")):
                source = self._file(path, str(path))
                if source is not None:
                    try:
                        found[path.stem] = (source, shaped(Translation, source))
                    except ChecklistError as wrong:
                        self.problems.extend(wrong.problems)
        return found

    def _area_file(self, source: SourceFile, at: int, name: str) -> SourceFile | None:
        folder = self.main.parent.resolve()
        path = (folder / name).resolve() if "\0" not in name else folder
        if not path.is_relative_to(folder) or path == folder or Path(name).is_absolute():
            message = f"{shown(name)} leads outside the checklist's folder; name a file beside {self.main.name}"
        elif not path.exists():
            message = f"there is no file {shown(name)} in the checklist's folder"
        else:
            return self._file(path, str(self.main.parent / name))
        line, column = place_of(source.root, ("areas", at, "file"))
        area = source.root["areas"][at].get("id", f"#{at + 1}")
        self.problems.append(Problem(source.name, line, column, f"areas[{area}].file", message))
        return None

    def _file(self, path: Path, name: str) -> SourceFile | None:
        try:
            return SourceFile(name, read_yaml(_bytes(path), name))
        except ChecklistError as wrong:
            self.problems.extend(wrong.problems)
        except (OSError, ValueError) as wrong:
            reason = getattr(wrong, "strerror", None) or "not a usable path"
            self.problems.append(Problem(name, 1, 1, "(file)", f"cannot be read: {reason}"))
        return None


def _bytes(path: Path) -> bytes:
    """At most one byte more than a checklist file may have: enough to know that it is too large."""
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        raise ValueError(path)
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + 1)


def _area_files(source: SourceFile) -> Iterator[tuple[int, str]]:
    """The files that areas name, before it is known whether the rest is right."""
    areas = source.root.get("areas")
    for at, area in enumerate(areas if isinstance(areas, list) else []):
        if isinstance(area, dict) and isinstance(area.get("file"), str) and area["file"].strip():
            yield at, area["file"]


def _untranslated(checklist: Checklist, sources: Sources) -> Iterator[Problem]:
    for at, language in enumerate(checklist.languages[1:], start=1):
        report = completeness(checklist.content, language, checklist.translations.get(language))
        if report.missing:
            missing = choices((".".join(map(str, path)) for path in report.missing), limit=5)
            message = f"{report.translated} of {report.texts} texts are translated to {language}; missing: {missing}"
            line, column = place_of(sources.main.root, ("languages", at))
            yield Problem(sources.main.name, line, column, f"languages[{language}]", message)


def _against_lock(checklist: Checklist, main: Path, sources: Sources) -> Iterator[Problem]:
    """A version that was published must still be what was published; raises ChecklistError when it is not."""
    lock = lock_of(main.parent.resolve())
    locked = read_lock(lock).get(checklist.id, {}).get(checklist.version)
    line, column = place_of(sources.main.root, ("status",))
    if locked is not None and locked != checklist.digest:
        message = (
            f"version {shown(checklist.version)} was published and has changed since; "
            "put it back as it was, or copy it to a new folder with a new version"
        )
        raise ChecklistError([Problem(sources.main.name, line, column, "status", message)])
    if locked is None and checklist.content.status == "published" and lock.exists():
        yield Problem(
            sources.main.name,
            line,
            column,
            "status",
            f"says published but is not in {lock.name}; run publish",
        )
    if locked is not None and checklist.content.status == "draft":
        yield Problem(sources.main.name, line, column, "status", "says draft but this version is published")
