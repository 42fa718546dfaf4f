"""Reads YAML text into plain values that remember where they stood. Pure.

YAML 1.2 meaning (``no``, ``on``, ``2026-01-01`` are texts), numbers exact, no tags, no merge keys, limits
against hostile files. Built on the parser's events: nothing here recurses, so no nesting can
exhaust the stack.
"""

import re
from decimal import Decimal
from typing import Any, Final

import yaml

from app.checklists import exact
from app.checklists.problems import ChecklistError, KeyPath, Problem, printable, shown

LARGEST_FILE: Final = 4 * 1024 * 1024
"""Bytes. The BASE checklist has about a twentieth of this."""
DEEPEST: Final = 40
MOST_VALUES: Final = 500_000
"""Values in one file, those repeated through aliases counted again."""

INT = re.compile(r"[-+]?[0-9]+\Z")
OTHER_INT = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
KEY_OF_LINE = re.compile(r"[\s-]*([^\s:#'\"{}\[\],]{1,80}):\s")
NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
WORDS: Final[dict[str, bool | None]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip

Place = tuple[int, int]


class YamlMap(dict[Any, Any]):
    """A mapping with the place of each key and each value."""

    __slots__ = ("column", "key_places", "line", "value_places")

    def __init__(self, line: int, column: int) -> None:
        super().__init__()
        self.line, self.column = line, column
        self.key_places: dict[Any, Place] = {}
        self.value_places: dict[Any, Place] = {}


class YamlList(list[Any]):
    """A list with the place of each item."""

    __slots__ = ("column", "line", "value_places")

    def __init__(self, line: int, column: int) -> None:
        super().__init__()
        self.line, self.column = line, column
        self.value_places: list[Place] = []


def read_yaml(content: bytes, file: str) -> YamlMap:
    """The one mapping that the file holds; raises ChecklistError with every problem found on the way."""
    if len(content) > LARGEST_FILE:
        raise ChecklistError([too_large(file)])
    return _Reader(_decode(content, file), file).read()


def too_large(file: str) -> Problem:
    """The problem of a file over the size limit."""
    limit = LARGEST_FILE // 1024 // 1024
    return Problem(file, 1, 1, "(file)", f"the file is larger than {limit} MB; split it into area files")


def place_of(root: YamlMap, path: KeyPath, *, at_key: bool = False) -> Place:
    """Where the value (or its key) at a path stands; the nearest container when the path leads nowhere."""
    node: Any = root
    place: Place = (root.line, root.column)
    for position, step in enumerate(path):
        last = position == len(path) - 1
        if isinstance(node, YamlMap) and step in node:
            place = node.key_places[step] if last and at_key else node.value_places[step]
            node = node[step]
        elif isinstance(node, YamlList) and isinstance(step, int) and step < len(node):
            place, node = node.value_places[step], node[step]
        else:
            break
    return place


def _decode(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        before = content[: wrong.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        message = f"byte 0x{content[wrong.start]:02x} is not UTF-8; save the file as UTF-8"
        raise ChecklistError([Problem(file, line, column, "(file)", message)]) from None


class _Reader:
    """Builds values from parser events with an explicit stack."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.problems: list[Problem] = []
        self.stack: list[YamlMap | YamlList] = []
        self.pending: list[tuple[Any, Place] | None] = []  # the key waiting for its value, per open mapping
        self.key_lines: list[dict[str, int]] = []  # key as text -> its line, per open mapping (0 and "0" are one)
        self.counts: list[int] = []
        self.anchor_of: list[str | None] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.open_anchors: set[str] = set()
        self.root: Any = None
        self.root_place: Place | None = None
        self.values = 0

    def read(self) -> YamlMap:
        documents = 0
        try:
            for event in yaml.parse(self.text, Loader=yaml.CSafeLoader):
                if isinstance(event, yaml.DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        self._stop(event, "a second document starts here; one checklist file holds one document")
                elif isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
                    self._take(event)
        except yaml.YAMLError as wrong:
            self.problems.append(self._syntax(wrong))
            raise ChecklistError(self.problems) from None
        if self.root is None and (self.root_place is None or not self.text.strip()):
            self.problems.append(
                Problem(self.file, 1, 1, "(file)", "the file is empty; it needs a mapping (key: value)")
            )
        elif not isinstance(self.root, YamlMap):
            line, column = self.root_place or (1, 1)
            message = f"the file holds {shown(self.root)}; it needs a mapping (key: value)"
            self.problems.append(Problem(self.file, line, column, "(file)", message))
        if self.problems:
            raise ChecklistError(self.problems)
        root: YamlMap = self.root
        return root

    def _take(self, event: Any) -> None:
        place = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.ScalarEvent):
            self._no_tag(event)
            value = self._scalar(event, place)
            if event.anchor:
                self.anchors[event.anchor] = (value, 1)
            if value is None and self.stack and (self.pending[-1] or isinstance(self.stack[-1], YamlList)):
                self._report(place, "nothing stands here; write a value, {} or [], or delete the key")
            self._place(value, place, 1)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._no_tag(event)
            self._open(event, place)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close()
        elif isinstance(event, yaml.AliasEvent):
            self._repeat(event, str(event.anchor), place)

    def _repeat(self, event: Any, name: str, place: Place) -> None:
        if name in self.open_anchors:
            self._stop(event, f"*{printable(name)} stands inside what it repeats; write the values out")
        if name not in self.anchors:
            self._stop(event, f"*{printable(name)} repeats something that is not defined before it (&)")
        value, count = self.anchors[name]
        self._place(value, place, count)

    def _open(self, event: Any, place: Place) -> None:
        if len(self.stack) >= DEEPEST:
            self._stop(event, f"nested more than {DEEPEST} levels deep; a checklist needs about ten")
        container: YamlMap | YamlList = (
            YamlMap(*place) if isinstance(event, yaml.MappingStartEvent) else YamlList(*place)
        )
        if self.stack and isinstance(self.stack[-1], YamlMap) and self.pending[-1] is None:
            self._stop(event, "a key must be one word or number, not a list or a mapping")
        self.stack.append(container)
        self.pending.append(None)
        self.key_lines.append({})
        self.counts.append(1)
        self.anchor_of.append(event.anchor)
        if event.anchor:
            self.open_anchors.add(event.anchor)

    def _close(self) -> None:
        container, count, anchor = self.stack.pop(), self.counts.pop(), self.anchor_of.pop()
        self.pending.pop()
        self.key_lines.pop()
        if anchor:
            self.open_anchors.discard(anchor)
            self.anchors[anchor] = (container, count)
        self.values -= count - 1  # counted one by one below; _place counts the whole again
        self._place(container, (container.line, container.column), count)

    def _place(self, value: Any, place: Place, count: int) -> None:
        self.values += count
        if self.values > MOST_VALUES:
            message = f"more than {MOST_VALUES:,} values, repeated ones (*) counted; write a smaller file"
            raise ChecklistError([Problem(self.file, *place, self._path(), message)])
        if not self.stack:
            self.root, self.root_place = value, place
            return
        container = self.stack[-1]
        self.counts[-1] += count
        if isinstance(container, YamlList):
            container.append(value)
            container.value_places.append(place)
        elif self.pending[-1] is None:
            self.pending[-1] = (self._key(value, place, container), place)
        else:
            key, key_place = self.pending[-1]
            self.pending[-1] = None
            container[key] = value
            container.key_places[key] = key_place
            container.value_places[key] = place

    def _key(self, key: Any, place: Place, container: YamlMap) -> Any:
        if key == "<<":
            self._report(place, "merge keys (<<) are not used here; write the keys out")
        elif isinstance(key, bool) or key is None:
            self._report(place, f"{shown(key)} is no key; put it in quotes if it is meant as text")
        elif isinstance(key, YamlMap | YamlList):
            self._report(place, "a key must be one word or number, not a list or a mapping")
            key = f"({len(container)})"
        known = len(self.key_lines[-1])
        first = self.key_lines[-1].setdefault(str(key), place[0])
        if len(self.key_lines[-1]) == known:
            self._report(place, f"key {shown(str(key))} is already used in line {first}; keep one of them", str(key))
        return key

    def _scalar(self, event: Any, place: Place) -> Any:
        text: str = event.value
        if not event.implicit[0]:
            return text
        if text in WORDS:
            return WORDS[text]
        if text[0] not in "+-.0123456789":
            return text
        if NOT_FINITE.match(text):
            self._report(place, f"{text} is not a number to calculate with; write a finite number or quote it as text")
            return text
        if OTHER_INT.match(text):
            text = str(int(text, 0)) if len(text) < 16 else "9" * 20
        if INT.match(text) or FLOAT.match(text):
            return self._number(text, place)
        return text

    def _number(self, text: str, place: Place) -> Any:
        number = exact.read(text)
        if number is None:
            self._report(
                place,
                f"{shown(text)[1:-1]} has more than 15 digits; quote it if it is a text and no number",
            )
            return text
        # A Decimal keeps how it was written ("1.10"), for the keys that are free text.
        return number if INT.match(text) else Decimal(text)

    def _no_tag(self, event: Any) -> None:
        if event.tag:
            self._stop(event, f"tags ({printable(event.tag)}) are not used here; write the plain value")

    def _report(self, place: Place, message: str, key: str | None = None) -> None:
        inside = self._path()
        path = inside if key is None else printable(key) if inside == "(file)" else f"{inside}.{printable(key)}"
        self.problems.append(Problem(self.file, *place, path, message))

    def _stop(self, event: Any, message: str) -> None:
        place = (event.start_mark.line + 1, event.start_mark.column + 1)
        raise ChecklistError([*self.problems, Problem(self.file, *place, self._path(), message)])

    def _path(self) -> str:
        """Where the reader is, list items by their id when it came already."""
        spoken = ""
        for at, (container, pending) in enumerate(zip(self.stack, self.pending, strict=True)):
            if isinstance(container, YamlList):
                inside = self.stack[at + 1] if at + 1 < len(self.stack) else None
                spoken += _spoken_item(len(container), inside)
            elif pending is not None:
                spoken += ("." if spoken else "") + printable(str(pending[0]))
        return spoken or "(file)"

    def _syntax(self, wrong: yaml.YAMLError) -> Problem:
        mark = getattr(wrong, "problem_mark", None) or getattr(wrong, "context_mark", None)
        if mark is None:
            before = self.text.encode("utf-8", "replace")[: getattr(wrong, "position", 0)].decode("utf-8", "ignore")
            line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
            return Problem(self.file, line, column, "(file)", "a control character is in the text; delete it")
        return Problem(
            self.file, mark.line + 1, mark.column + 1, self._path_at(wrong, mark), self._explained(wrong, mark)
        )

    def _path_at(self, wrong: Any, mark: Any) -> str:
        """The parser stops before it hands over the key of a broken line; read it from the line."""
        lines, path = self.text.splitlines(), self._path()
        key = KEY_OF_LINE.match(lines[mark.line]) if mark.line < len(lines) else None
        if key is None or "mapping values" not in str(wrong.problem):
            return path
        return printable(key[1]) if path == "(file)" else f"{path}.{printable(key[1])}"

    def _explained(self, wrong: Any, mark: Any) -> str:
        lines = self.text.splitlines()
        line = lines[mark.line] if mark.line < len(lines) else ""
        if "\t" in line[: mark.column + 1] and not line[: mark.column].strip():
            return "a tab indents this line; indent with spaces"
        problem = str(wrong.problem or "cannot be read")
        if line[mark.column : mark.column + 1] == "\t":
            return "a tab stands here; use spaces"
        start = wrong.context_mark
        since = f" ({wrong.context} from line {start.line + 1})" if start is not None and wrong.context else ""
        advice = ADVICE.get(problem, "check the indentation and the quotes around it")
        return f"this is not YAML: {printable(problem)}{printable(since)}; {advice}"


ADVICE: Final = {
    "mapping values are not allowed in this context": 'put a text that contains ": " in quotes',
    "found character that cannot start any token": "put a text that begins with @, `, % or similar in quotes",
    "found unexpected end of stream": "close the quote or bracket",
    "could not find expected ':'": "every line of a mapping needs key: value; put a longer text in quotes",
    "did not find expected key": "check the line's indentation against its neighbours, and its quotes",
    "did not find expected ',' or ']'": "close the [list] or separate its items with commas",
    "did not find expected ',' or '}'": "close the {mapping}, put commas between its items, quote its texts",
}


def spoken_path(root: Any, path: KeyPath) -> str:
    """A path as people say it: items by their ``id`` or number from 1: ``areas[EKO].sections[#2].title``."""
    spoken, node = "", root
    for step in path:
        try:
            inside = node[step] if node is not None else None
        except (KeyError, IndexError, TypeError):
            inside = None
        if isinstance(step, int) and not isinstance(node, dict):
            spoken += _spoken_item(step, inside)
        else:
            spoken += ("." if spoken else "") + printable(str(step))
        node = inside
    return spoken or "(file)"


def _spoken_item(position: int, item: Any) -> str:
    name = item.get("id", item.get("value")) if isinstance(item, dict) else None
    named = isinstance(name, str | int | Decimal) and not isinstance(name, bool)
    return f"[{printable(str(name))}]" if named else f"[#{position + 1}]"
