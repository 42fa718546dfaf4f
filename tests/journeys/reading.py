"""Reading a page as text: its words and its skeleton; which words are in the wrong language."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.pofile import read_po

CATALOGUE = Path(__file__).resolve().parents[2] / "app" / "translations" / "pl" / "LC_MESSAGES" / "messages.po"
EMPTY = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
    "use",
    "path",
}
SILENT = {"script", "style", "template", "code", "pre", "head"}
SPOKEN = ("aria-label", "alt", "title", "placeholder")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")
LONG_ENOUGH = 12


class Reader(HTMLParser):
    """``texts``: what is written, piece by piece. ``skeleton``: how the page is made, without its words."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.skeleton: set[tuple[str, ...]] = set()
        self.headings = 0
        self.language = ""
        self._open: list[tuple[str, str, bool]] = []  # tag, how it is made, in the page's language and shown
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given.get("lang", "")
        own = given.get("lang", self.language) == self.language
        shown = own and tag not in SILENT and (not self._open or self._open[-1][2])
        made = f"{tag}.{given.get('class', '')}[{given.get('type', '')}{given.get('role', '')}]"
        self.skeleton.add((*(one[1] for one in self._open[-1:]), made))
        self.headings += tag == "h1"
        if shown:
            self.texts += [tidy(given[name]) for name in SPOKEN if given.get(name)]
        if tag not in EMPTY:
            self._open.append((tag, made, shown))

    def handle_endtag(self, tag: str) -> None:
        while any(one[0] == tag for one in self._open) and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and (not self._open or self._open[-1][2]):
            self.texts.append(tidy(data))


def tidy(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


class Foreign:
    """Finds words of the other language: those of the catalogue, as they stand there."""

    def __init__(self, words: Iterable[str]) -> None:
        self.whole: set[str] = set()
        self.pieces: set[str] = set()
        for one in words:
            self.whole.add(tidy(one))
            longest = max((tidy(piece) for piece in PLACEHOLDER.split(one)), key=len)
            if len(longest) >= LONG_ENOUGH and " " in longest:
                self.pieces.add(longest)

    def found_in(self, texts: list[str]) -> list[str]:
        """The words that should be in the other language."""
        page = "\n".join(texts)
        return sorted(self.whole.intersection(texts) | {piece for piece in self.pieces if piece in page})


def foreign_words() -> dict[str, Foreign]:
    """What must not stand on a page, by the page's language."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="pl")
    pairs = [
        (english, polish)
        for message in catalogue
        if message.id
        for english in _all(message.id)
        for polish in _all(message.string)
        if english != polish  # a word without its Polish has an empty one
    ]
    known = {tidy(english) for english, _ in pairs}
    alike = {tidy(polish) for _, polish in pairs} & known  # a word of both languages is never foreign
    kept = [(english, polish) for english, polish in pairs if tidy(english) not in alike]
    return {
        "pl": Foreign(english for english, _ in kept),
        "en": Foreign(polish for _, polish in kept if polish and tidy(polish) not in known),
    }


def _all(words: object) -> list[str]:
    return [str(one) for one in words] if isinstance(words, (list, tuple)) else [str(words)]
