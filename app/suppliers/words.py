"""Words for searching and keys for sorting Polish names. Pure."""

import re
import unicodedata

LONGEST = 60
_WORD = re.compile(r"[^\W_]+")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)-(?=\d)")
_BY_HAND = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe"})
# Polish letters come after the letter they are made from; ``~`` is behind every letter and digit.
_IN_ORDER = str.maketrans({
    "ą": "a~", "ć": "c~", "ę": "e~", "ł": "l~", "ń": "n~", "ó": "o~", "ś": "s~", "ź": "z}", "ż": "z~",
})  # fmt: skip


def plain(text: str) -> str:
    """Lower case without diacritics: ``Słupsk`` → ``slupsk``."""
    decomposed = unicodedata.normalize("NFKD", text.casefold()).translate(_BY_HAND)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def search_words(*texts: str) -> list[str]:
    """The words of the texts, each once, sorted. Grouped numbers are one word: ``100-014-20-77``, ``84-100``."""
    found: set[str] = set()
    for text in texts:
        found.update(word[:LONGEST] for word in _WORD.findall(_BETWEEN_DIGITS.sub("", plain(text))))
    return sorted(found)


def sort_key(name: str) -> str:
    """A key that sorts names as a Polish dictionary does; marks and capitals do not count."""
    words = _WORD.findall(unicodedata.normalize("NFC", name).casefold())
    return plain(" ".join(words).translate(_IN_ORDER))[:LONGEST]


def just_behind(prefix: str) -> str:
    """The first text, byte by byte, behind every text that begins with ``prefix``."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)
