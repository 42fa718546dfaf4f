"""What every page brings along stays light."""

import gzip
from pathlib import Path

from fontTools.ttLib import TTFont

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
