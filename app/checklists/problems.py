"""What is wrong with a checklist, and where: one line each. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Problem:
    """One error or warning. Lines and columns count from 1, columns in characters."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        return f"{printable(self.file)}:{self.line}:{self.column}: {self.path}: {self.message}"


class ChecklistError(Exception):
    """A checklist cannot be used. ``problems`` is never empty; ``str()`` gives one line per problem."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def printable(text: str) -> str:
    """The text on one line: control characters and lone surrogates as escapes."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def shown(value: object) -> str:
    """A value as it is shown in a message: short, on one line, texts in quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping (key: value)"
    if isinstance(value, list | tuple):
        return "a list"
    text = printable(str(value) if not isinstance(value, int) or value.bit_length() < 200 else "a huge number")
    if len(text) > 60:
        text = text[:57] + "…"
    return f'"{text}"' if isinstance(value, str) else text


def choices(known: Iterable[object], limit: int = 12) -> str:
    """``a, b, c`` for a message; a long list is cut."""
    words = [printable(str(word)) for word in known]
    if not words:
        return "(none)"
    return ", ".join(words[:limit]) + (f" … ({len(words)} in all)" if len(words) > limit else "")


def or_one_of(wrong: object, known: Iterable[object]) -> str:
    """``did you mean "x"?`` when something known is close, else the list of what is known."""
    words = [str(word) for word in known]
    close = get_close_matches(wrong, words, n=1) if isinstance(wrong, str) else []
    return f'did you mean "{printable(close[0])}"?' if close else f"known here: {choices(words)}"
