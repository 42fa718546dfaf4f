"""Service tests run on SQLite and on PostgreSQL, each on a database of its own."""

import pytest
from flask import Flask


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def database(app: Flask) -> Flask:
    """Every service test has a database and an open application context."""
    return app
