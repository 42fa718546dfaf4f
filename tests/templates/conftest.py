"""Macros rendered alone, in the application's own template environment."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale

from app import create_app
from app.config import Settings
from tests.conftest import Client

Render = Callable[..., str]


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One for all: what is rendered alone asks no database."""
    made = create_app(Settings(environment="test", data_dir=tmp_path_factory.mktemp("templates")))
    made.test_client_class = Client
    return made


@pytest.fixture
def app(application: Flask) -> Iterator[Flask]:
    with application.app_context():
        yield application


@pytest.fixture(params=["pl", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def render(app: Flask) -> Iterator[Render]:
    """``render('{{ field(form.name) }}', "form", form=form)``: the macros of one file, in English."""

    def rendered(source: str, *files: str, language: str = "en", **context: object) -> str:
        imports = "".join(f'{{% import "_macros/{name}.html" as {name} %}}' for name in files)
        with force_locale(language):
            return render_template_string(imports + source, **context)

    with app.test_request_context("/"):
        yield rendered
