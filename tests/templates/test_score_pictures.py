"""Score pictures: right widths, words for those who cannot see them, nothing that a PDF or the CSP refuses."""

import re
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from tests.templates.conftest import Render

Bar = dict[str, object]
SVG = "{http://www.w3.org/2000/svg}"


def bar(percent: str | None, before: str | None = None) -> Bar:
    return {
        "id": "EKO",
        "title": "Ecology",
        "percent": Decimal(percent) if percent else None,
        "before": Decimal(before) if before else None,
        "floor": Decimal(60),
        "target": Decimal(75),
        "colour": "#2E7D4F",
    }


def picture(render: Render, *bars: Bar, total: Bar | None = None) -> ET.Element:
    html = render("{{ score.score_bars(bars, total) }}", "score", bars=list(bars), total=total)
    found = re.search(r"<svg xmlns.*?</svg>", html, re.DOTALL)
    assert found
    return ET.fromstring(found[0])  # noqa: S314  # our own drawing


def widths(drawing: ET.Element, colour: str) -> list[float]:
    return [float(r.get("width", "")) for r in drawing.iter(f"{SVG}rect") if r.get("fill") == colour]


@pytest.mark.parametrize(("percent", "width"), [("0", 0.0), ("50", 198.0), ("100", 396.0), ("66.4", 262.9)])
def test_a_bar_is_as_long_as_its_share_of_the_scale(render: Render, percent: str, width: float) -> None:
    assert widths(picture(render, bar(percent)), "#2E7D4F") == [width]


def test_what_was_not_scored_has_no_bar(render: Render) -> None:
    drawing = picture(render, bar(None))
    assert widths(drawing, "#2E7D4F") == []
    assert "not scored" in drawing.findtext(f"{SVG}desc", "")


def test_before_stands_under_after(render: Render) -> None:
    assert widths(picture(render, bar("75", before="50")), "#2E7D4F") == [297.0, 198.0]


def test_the_description_says_every_number(render: Render) -> None:
    said = picture(render, bar("78", before="64"), total=bar("71")).findtext(f"{SVG}desc", "")
    assert said.startswith("Ecology: 78% (at the audit 64%), floor 60%, target 75%.")
    assert said.count("Ecology") == 2


def test_it_uses_presentation_attributes_only(render: Render) -> None:
    drawing = picture(render, bar("78", before="64"), total=bar("71"))
    assert drawing.get("role") == "img"
    assert not [element for element in drawing.iter() if element.get("style") or element.tag == f"{SVG}style"]


def test_the_table_says_the_same(render: Render) -> None:
    html = render("{{ score.score_table(bars) }}", "score", bars=[bar("78", before="64")])
    cells = re.findall(r'<td class="numeric">([\d–]+)', html)
    assert cells == ["64", "78", "60", "75"]
