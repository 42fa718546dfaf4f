"""What every page brings along stays light."""

import gzip
import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from fontTools.ttLib import TTFont

from app.audits import tablet_shell
from app.audits.template import guidance, template
from app.checklists import library

STATIC = Path(__file__).resolve().parents[2] / "app" / "static"
EVERY_PAGE = [
    "vendor/pico.css",
    "tokens.css",
    "parts.css",
    "product.css",
    "vendor/icons.svg",
    "favicon.svg",
    "icons/chevron.svg",
    "icons/weave.svg",
]
FONTS = [f"fonts/source-sans-3-{weight}.woff2" for weight in (400, 600, 700)]


def test_styles_fonts_and_marks_weigh_at_most_60_kb() -> None:
    texts = sum(len(gzip.compress((STATIC / name).read_bytes())) for name in EVERY_PAGE)
    fonts = [(STATIC / name).stat().st_size for name in FONTS]
    assert max(fonts) <= 16_000
    assert texts + sum(fonts) <= 60_000


def test_the_fonts_write_polish() -> None:
    for name in FONTS:
        font = TTFont(STATIC / name)
        assert {ord(sign) for sign in "ĄąĆćĘęŁłŃńÓóŚśŹźŻż„”–…→✓≥≤\N{NO-BREAK SPACE}"} <= set(font.getBestCmap())


def test_the_app_on_tablets_weighs_at_most_60_kb(app: Flask, client: FlaskClient) -> None:
    """All that a first visit loads, as it is sent; the fonts are here since the sign-in page."""
    with app.test_request_context():
        assert tablet_shell.packed(), "the packed script and sheet are out of date: run script/assets"
    listed = json.loads(client.get("/app/sw.js").text.partition("self.SHELL = ")[2].partition(";\n")[0])
    files = [name for name in listed["files"] if not name.endswith(".woff2")]
    sent = {
        name: len(client.get(name, headers={"Accept-Encoding": "gzip"}).data)
        for name in ["/app/", "/app/sw.js", *files]
    }
    languages = [weight for name, weight in sent.items() if name.endswith(("/pl.json", "/en.json"))]
    assert sum(sent.values()) - min(languages) <= 60_000, sent


def test_no_style_of_the_app_asks_for_what_a_tap_changes_at_once(app: Flask, client: FlaskClient) -> None:
    """Else the browser works out styles and draws while the answer waits to be kept (ADR 0013)."""
    with app.test_request_context():
        sheets = [name for name in tablet_shell.the_shell().files if name.endswith(".css")]
    assert sheets
    for sheet in sheets:
        assert not re.search(r"\[(data-state|data-pending|aria-busy)\b", client.get(sheet).text)


@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_questions_of_base_weigh_at_most_16_kb_and_what_they_unfold_as_much(language: str) -> None:
    base = library.published("base", "2026.1")
    for part in (template(base, language), guidance(base, language)):
        assert len(gzip.compress(part.encode())) <= 16_000
