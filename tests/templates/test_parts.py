"""Tables, timelines, steppers and icons."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.templates.conftest import Render

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def test_the_row_is_the_link_and_each_cell_knows_its_column(render: Render) -> None:
    html = render(
        """{{ table.table("Suppliers", ["Name", {"label": "Result", "numeric": true}],
           [[table.row_link("/s/1", "Morska Szuflada"), none]], count=1, next_url="/s?after=1") }}""",
        "table",
    )
    assert '<a class="row-link" href="/s/1">Morska Szuflada</a>' in html
    assert '<td role="cell" data-label="Result" class="numeric">–</td>' in html
    assert "1 entry" in html
    assert 'rel="next"' in html


def test_what_people_wrote_is_escaped_in_cells(render: Render) -> None:
    html = render('{{ table.table("T", ["Name"], [[name]]) }}', "table", name="<b>Ala</b> & co.")
    assert "&lt;b&gt;Ala&lt;/b&gt; &amp; co." in html


def test_an_e_mail_does_not_break_at_its_hyphen_but_an_address_stays_as_it_is(render: Render) -> None:
    page = render('{{ page.notice("Przyjdzie e-mail od e-mail@example.org.") }}', "page")
    assert "Przyjdzie e\N{NON-BREAKING HYPHEN}mail od e-mail@example.org." in page


def test_the_timeline_shows_before_and_after(render: Render) -> None:
    record = {
        "at": datetime(2026, 11, 20, 13, 2, tzinfo=UTC),
        "who": "Iga Nowak",
        "role": "auditor",
        "what": "Task accepted",
        "reason": None,
        "changes": [{"label": "Level", "before": "1", "after": "3"}],
    }
    html = re.sub(r"<[^>]+>", "", render("{{ timeline.timeline([record]) }}", "timeline", record=record))
    assert re.search(r"Level:\s*before: 1\s+after: 3", html)
    assert "Iga Nowak · Auditor · 20 November 2026, 14:02" in html


def test_the_stepper_names_the_present_step(render: Render) -> None:
    steps = [
        {"label": "Application", "state": "done", "on": date(2026, 9, 1), "who": "Tomek Lis"},
        {"label": "Audit", "state": "current", "on": None, "who": None},
    ]
    html = render("{{ stepper.stepper(steps) }}", "stepper", steps=steps)
    assert html.count('aria-current="step"') == 1
    assert "01.09.2026" in html


def names_of_icons() -> set[str]:
    return set(
        re.findall(r'^  "([a-z-]+)": \'', (ROOT / "templates/_macros/shapes.html").read_text("utf-8"), re.MULTILINE)
    )


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_use_icons_that_exist(template: Path) -> None:
    used = set(re.findall(r"""\bicon(?:_inline)?\(["']([a-z-]+)["']""", template.read_text("utf-8")))
    assert used <= names_of_icons()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_obey_the_content_security_policy(template: Path) -> None:
    text = template.read_text("utf-8")
    if "pdf" not in template.parts:
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("name", sorted(names_of_icons()))
def test_every_icon_is_in_the_sprite_and_can_be_drawn_in_place(render: Render, name: str) -> None:
    assert f'<symbol id="{name}"' in (ROOT / "app/static/vendor/icons.svg").read_text("utf-8")
    drawn = render("{{ icon.icon_inline(name, '#123456') }}", "icon", name=name)
    assert "currentColor" not in drawn
    assert "<path" in drawn or "<circle" in drawn
