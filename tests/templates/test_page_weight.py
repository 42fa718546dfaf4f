"""What every page brings along stays light."""

import gzip
import json
from pathlib import Path

from flask.testing import FlaskClient
from fontTools.ttLib import TTFont

from app.audits import tablet_shell

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


def test_the_app_on_tablets_weighs_at_most_60_kb(client: FlaskClient) -> None:
    """Its page, worker, script, sheets, marks and words in both languages; the fonts came with the sign-in page."""
    assert tablet_shell.modules() == [tablet_shell.ONE_FILE], "the one file is out of date: run script/assets"
    listed = json.loads(client.get("/app/sw.js").text.partition("self.SHELL = ")[2].partition(";\n")[0])
    files = [name for name in listed["files"] if not name.endswith(".woff2")]
    weights = {name: len(gzip.compress(client.get(name).data)) for name in ["/app/", "/app/sw.js", *files]}
    assert sum(weights.values()) <= 60_000, weights
