"""Publishing: draft becomes published in the checklist's own file, and the lock remembers the digest."""

from pathlib import Path

from app.checklists.library import examine
from app.checklists.lock import lock_of, read_lock, replace_file, write_lock
from app.checklists.yaml_source import place_of, read_yaml


def publish(path: Path) -> tuple[str, bool]:
    """Publishes a checklist; gives its digest, and whether anything had to be done.

    Raises:
        ChecklistError: it is not valid, or this version was published with other content.
    """
    loaded = examine(path)
    checklist = loaded.checklist
    lock = lock_of(loaded.path.parent.resolve())
    entries = read_lock(lock)
    listed = checklist.version in entries.get(checklist.id, {})
    draft = checklist.content.status == "draft"
    if draft:
        _rewrite_status(loaded.path)
    if not listed:
        entries.setdefault(checklist.id, {})[checklist.version] = checklist.digest
        write_lock(lock, entries)
    return checklist.digest, draft or not listed


def _rewrite_status(path: Path) -> None:
    """Changes the one word where it stands; comments, quotes and line ends stay."""
    content = path.read_bytes()
    text = content.decode("utf-8")
    line, column = place_of(read_yaml(content, str(path)), ("status",))
    lines = text.split("\n")
    offset = column - 1 + (line == 1 and text.startswith("\ufeff"))
    before, after = lines[line - 1][:offset], lines[line - 1][offset:]
    lines[line - 1] = before + after.replace("draft", "published", 1)
    replace_file(path, "\n".join(lines))
