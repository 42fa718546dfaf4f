"""Fields: a label, a hint, an error that the control points to, and a summary that leads there."""

from html.parser import HTMLParser
from typing import Any

import pytest
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Optional

from tests.templates.conftest import Render

KINDS = [SelectChoice("food", "Food"), SelectChoice("craft", "Craft")]


class ApplicationForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    name = StringField("Name", [InputRequired("Give the name")], description="As in the statute")
    note = TextAreaField("Note", [Optional()])
    form = SelectField("Legal form", choices=KINDS)
    kind = RadioField("Kind", [InputRequired("Choose the kind")], choices=KINDS)
    agreed = BooleanField("I agree", [InputRequired("Agree first")])
    file = FileField("Document")


class Elements(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))

    def with_id(self, identity: str) -> dict[str, str | None]:
        (found,) = [attributes for _, attributes in self.all if attributes.get("id") == identity]
        return found


@pytest.fixture
def shown(render: Render) -> Elements:
    form = ApplicationForm(MultiDict({"form": "food"}), meta={"csrf": False})
    form.validate()
    source = """{% call form.form_for(it, upload=true) %}
      {% for f in it %}{{ form.field(f) }}{% endfor %}{{ form.submit("Send") }}{% endcall %}"""
    return Elements(render(source, "form", it=form))


def ids(page: Elements) -> list[Any]:
    return [attributes["id"] for _, attributes in page.all if "id" in attributes]


def test_the_control_points_to_its_hint_and_its_error(shown: Elements) -> None:
    control = shown.with_id("name")
    assert control["aria-describedby"] == "name-hint name-error"
    assert control["aria-invalid"] == "true"
    assert {"name-hint", "name-error"} <= set(ids(shown))


def test_the_summary_leads_to_each_wrong_field(shown: Elements) -> None:
    links = [attributes["href"] for tag, attributes in shown.all if tag == "a"]
    assert links == ["#name", "#kind-0", "#agreed"]
    assert {str(link)[1:] for link in links} <= set(ids(shown))


def test_the_summary_takes_the_focus_so_that_it_is_in_view(shown: Elements) -> None:
    summary = shown.with_id("error-summary")
    assert "autofocus" in summary
    assert summary["tabindex"] == "-1"


def test_ids_are_unique_and_each_control_has_a_label(shown: Elements) -> None:
    assert len(ids(shown)) == len(set(ids(shown)))
    labelled = {attributes.get("for") for tag, attributes in shown.all if tag == "label"}
    controls = [a for tag, a in shown.all if tag in ("input", "select", "textarea") and a.get("type") != "hidden"]
    assert {a["id"] for a in controls} == labelled


def test_a_form_carries_its_token_and_takes_files(shown: Elements) -> None:
    (form,) = [attributes for tag, attributes in shown.all if tag == "form"]
    assert form["method"] == "post"
    assert form["enctype"] == "multipart/form-data"
    assert [a for tag, a in shown.all if tag == "input" and a.get("name") == "csrf_token"]


def test_two_buttons_that_post_share_no_id(render: Render) -> None:
    page = Elements(render('{{ form.post_button("/a", "A") }}{{ form.post_button("/b", "B") }}', "form"))
    assert not ids(page)
