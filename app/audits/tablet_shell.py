"""The app on tablets, as one thing that is installed together: its page, its files, its words, one version over all."""

import functools
import hashlib
import json
import re
from dataclasses import dataclass

from flask import current_app, render_template

from app.assets import STATIC
from app.audits.tablet_words import words_json
from app.web import LANGUAGES, asset

APP_VERSION = "1.2.0"
"""What the app calls itself towards the server; raise it when the protocol or what it may do changes."""
MIN_CLIENT = "1.2.0"
"""Older apps may still send what they hold, but take no further audits along."""
WORKERS = STATIC / "worker"
FIRST = "tablet/start.js"
FONTS = ("fonts/source-sans-3-400.woff2", "fonts/source-sans-3-600.woff2")
PACKED = ("vendor/tablet.js", "vendor/tablet.css", "vendor/tablet-icons.svg")
INDENT = re.compile(r"\n\s+")
COMMENT = re.compile(r"^ *(//.*|/\*\*[\s\S]*?\*/)\n|/\*\* @type .*? \*/ ", re.MULTILINE)
MADE_FROM = "vendor/tablet-built-from.json"


@dataclass(frozen=True)
class Shell:
    """``page``: the HTML, the same for everyone. ``files``: every address that a start without a network needs."""

    page: str
    files: tuple[str, ...]
    version: str

    @property
    def address(self) -> str:
        """Where exactly this page is; another version is not found there."""
        return f"/app/shell/{self.version}"


def the_shell() -> Shell:
    """The shell of the running application, made once."""
    made: Shell | None = current_app.extensions.get("tablet_shell")
    if made is None:
        made = current_app.extensions["tablet_shell"] = _make()
    return made


def worker() -> str:
    """The service worker: the list of files and the version, then what it does with them."""
    if not current_app.config["SETTINGS"].offline_app:
        return (WORKERS / "leave.js").read_text("utf-8")
    shell = the_shell()
    said = {"version": shell.version, "page": shell.address, "files": shell.files}
    code = _shorter((WORKERS / "worker.js").read_text("utf-8"))
    return f"self.SHELL = {json.dumps(said, separators=(',', ':'))};\n{code}"


@functools.cache
def encoder() -> str:
    """The worker that encodes pictures. Under ``/app/``: only there the service worker gives it out."""
    return _shorter((WORKERS / "encoder.js").read_text("utf-8"))


@functools.cache
def encoder_version() -> str:
    """Twelve hex digits over the encoder."""
    return _digest(encoder())


@functools.cache
def words_version() -> str:
    """Twelve hex digits over the words of every language."""
    return _digest(*map(words_json, LANGUAGES))


def modules() -> list[str]:
    """The scripts of the app, relative to the static folder, the first to run last."""
    if packed():
        return [PACKED[0]]
    return [*(name for name in _sources(".js") if name != FIRST), FIRST]


def sheets() -> list[str]:
    """Every style sheet of the app, colours and type first."""
    return [PACKED[1]] if packed() else _sources(".css")


def icons() -> str:
    """The drawings that the app uses."""
    return PACKED[2] if packed() else "vendor/icons.svg"


def packed() -> bool:
    """Has ``script/assets`` made one script, one sheet and one set of drawings from exactly the files that are here?"""
    made_from = STATIC / MADE_FROM
    digests = {name: _static()[name] for name in _sources(".js") + _sources(".css")}
    here = made_from.exists() and _static().keys() >= set(PACKED)
    return here and json.loads(made_from.read_text("utf-8")) == digests


def _sources(ending: str) -> list[str]:
    shared = ["tokens.css"] if ending == ".css" else _files("vendor/", ending)
    return [name for name in (*shared, *_files("tablet/", ending)) if name not in PACKED]


def _files(folder: str, ending: str) -> list[str]:
    return [name for name in _static() if name.startswith(folder) and name.endswith(ending)]


def _static() -> dict[str, str]:
    """The files that this server serves, as they were when it started, with their SHA-256."""
    digests: dict[str, str] = current_app.config["STATIC_DIGESTS"]
    return digests


def _make() -> Shell:
    words = f"/app/words/{words_version()}/"
    pictures = f"/app/encoder/{encoder_version()}.js"
    drawn = render_template(
        "tablet/shell.html",
        words=words,
        encoder=pictures,
        icons=icons(),
        app_version=APP_VERSION,
        sheets=sheets(),
        modules=modules(),
    )
    page = INDENT.sub("\n", drawn)
    static = [*sheets(), *modules(), *FONTS, icons(), "favicon.svg"]
    files = (*map(asset, static), pictures, *(f"{words}{language}.json" for language in LANGUAGES))
    return Shell(page, files, _digest(page, *files, _static()["worker/worker.js"]))


def _shorter(code: str) -> str:
    return INDENT.sub("\n", COMMENT.sub("", code))


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]
