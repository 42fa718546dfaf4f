"""The lock: which version of which checklist was published with which digest."""

import json
import os
from pathlib import Path

from app.checklists.problems import ChecklistError, Problem

LOCK = "published.lock"
LEVELS_UP = 3
"""How far above a checklist its lock may lie: checklists/base/2026.1/ has it two folders up."""

Lock = dict[str, dict[str, str]]
"""Checklist id → version → digest."""


def lock_of(folder: Path) -> Path:
    """Where the lock of a checklist in this folder is, or would be made."""
    near = [folder, *folder.parents][: LEVELS_UP + 1]
    for candidate in near:
        if (candidate / LOCK).exists():
            return candidate / LOCK
    for candidate in near:
        if candidate.name == "checklists":
            return candidate / LOCK
    return (folder.parent if (folder / "checklist.yaml").exists() else folder) / LOCK


def read_lock(path: Path) -> Lock:
    """The lock's entries; none when there is no file. Raises ChecklistError when it is damaged."""
    if not path.exists():
        return {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(checklist): {str(version): str(digest) for version, digest in versions.items()}
            for checklist, versions in entries.items()
        }
    except (OSError, ValueError, AttributeError, RecursionError):
        message = "the lock cannot be read; restore it from version control"
        raise ChecklistError([Problem(str(path), 1, 1, "(file)", message)]) from None


def write_lock(path: Path, entries: Lock) -> None:
    """Writes the entries in sorted order, all or nothing."""
    replace_file(path, json.dumps(entries, ensure_ascii=False, indent=2, sort_keys=True) + "\n")


def replace_file(path: Path, text: str) -> None:
    """Writes beside the file and puts the new one in its place, so that nobody ever sees half of it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
