"""What every test may ask for: an application on a database of its own, a client, a visitor, counted queries.

``app`` is as if made anew for each test, with an empty data folder. ``dialect`` decides on which database; the service
tests override it and run on both.
"""

import contextvars
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from app import create_app
from app.accounts.models import User
from app.config import Settings
from app.db import Base, db, load_models
from app.limits import limiter
from tests.chromium import browser
from tests.factories import sign_in_as
from tests.page import Visitor
from tests.postgresql import PostgresqlServer, start_postgresql

__all__ = ["browser"]  # a fixture, here for journeys and faults


class Client(FlaskClient):
    """Requests as they come from outside: in a context of their own, seeing only what was committed."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("buffered", True)  # streamed answers are read while their context is there
        if not has_app_context():  # a redirect being followed
            return super().open(*args, **kwargs)
        db.session.commit()  # what the test prepared
        response: TestResponse = contextvars.Context().run(super().open, *args, **kwargs)
        db.session.expire_all()  # what the request changed
        return response


def make_tables(engine: Engine) -> None:
    load_models()
    Base.metadata.create_all(engine)


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database; tests take copies."""
    folder = tmp_path_factory.mktemp("migrated")
    app = create_app(Settings(environment="test", data_dir=folder))
    with app.app_context():
        make_tables(db.engine)
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return folder / "base.sqlite3"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """A real PostgreSQL with a migrated, empty template database."""
    with start_postgresql() as server:
        engine = create_engine(server.url("template"))
        server.create("template")
        make_tables(engine)
        engine.dispose()
        yield server


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of this process; emptied for each test."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def settings(dialect: str, data_dir: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings with an empty data folder and an empty database for this test alone."""
    shutil.rmtree(data_dir)
    data_dir.mkdir()
    if dialect == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), data_dir / "base.sqlite3")
        yield Settings(environment="test", data_dir=data_dir)
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    server.create("test", template="template")
    yield Settings(environment="test", data_dir=data_dir, database_url=server.url("test"))
    server.drop("test")


@dataclass
class Made:
    """An application, and what it held before anybody used it."""

    app: Flask
    config: dict[str, Any]
    extensions: dict[str, Any]


@pytest.fixture(scope="session")
def made_apps() -> dict[str, Made]:
    """One application for all tests with the same settings: to make one takes a tenth of a second."""
    return {}


@pytest.fixture
def app(settings: Settings, made_apps: dict[str, Made]) -> Iterator[Flask]:
    """The application as if newly made, with its context open."""
    made = made_apps.get(settings.model_dump_json())
    if made is None:
        new = create_app(settings)
        new.test_client_class = Client
        made = made_apps[settings.model_dump_json()] = Made(new, dict(new.config), dict(new.extensions))
    made.app.config.update(made.config)
    made.app.extensions = dict(made.extensions)
    limiter.reset()
    with made.app.app_context():
        yield made.app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sign_in() -> Callable[[FlaskClient, User], None]:
    """``sign_in(client, make_user(Role.AUDITOR))``, without the slow password; ``visitor.client`` is a client too."""
    return sign_in_as


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    """Someone with a browser, not signed in; judges every page."""
    return Visitor(client)


class QueryCount:
    """How many SQL statements ran; the statements themselves for the message of a failed test."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __int__(self) -> int:
        return len(self.statements)


@pytest.fixture
def query_count(app: Flask) -> Any:
    """``with query_count() as queries: … ; assert int(queries) <= 12, queries.statements``."""

    @contextmanager
    def counting() -> Iterator[QueryCount]:
        counted = QueryCount()

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            counted.statements.append(statement)

        engine: Engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        yield counted
        event.remove(engine, "before_cursor_execute", note)

    return counting
