"""The small example of the format document, and changed copies of it."""

from pathlib import Path

from app.checklists import library
from app.checklists.checklist import Checklist
from app.checklists.problems import ChecklistError

CHECKLISTS = Path(__file__).parent / "checklists"
DEMO = (CHECKLISTS / "demo.yaml").read_text(encoding="utf-8")

Replacement = tuple[str, str]


def changed(*replacements: Replacement, text: str = DEMO) -> str:
    """The example with each first text replaced by the second; each must be there."""
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def written(folder: Path, text: str, name: str = "c.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def loaded(folder: Path, *replacements: Replacement) -> Checklist:
    return library.load(written(folder, changed(*replacements)))


def complaints(path: Path) -> list[str]:
    """What is wrong, one line each, with the folder left out; none when the checklist is valid."""
    try:
        library.examine(path)
    except ChecklistError as wrong:
        return [str(problem).replace(f"{path.parent if path.suffix else path}/", "") for problem in wrong.problems]
    return []
