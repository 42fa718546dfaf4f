"""Journeys on the tablet: one server for all of them, an audit of its own for each."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.field import Field
from tests.journeys.trouble import Line
from tests.server import Server, start_server


@pytest.fixture(scope="session")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    field = Field(tmp_path_factory.mktemp("field"))
    yield field
    field.close()


@pytest.fixture(scope="session")
def live_server(field: Field) -> Iterator[Server]:
    with start_server(field.folder, "--no-demo", BASE_SIGN_IN_LIMIT="10000 per minute") as server:
        yield server


@pytest.fixture
def line(screen: Page) -> Line:
    return Line(screen.context)


@pytest.fixture
def audit(field: Field) -> str:
    """An audit of Iga and Olaf that no other test uses."""
    return field.audit()


@pytest.fixture
def complete_audit(field: Field) -> str:
    """The same with every answer and its evidence."""
    return field.audit(complete=True, supplier="Tkalnia Spotkań")
