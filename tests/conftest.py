"""What every test may ask for: an application on a database of its own, a client, a visitor, counted queries.

``app`` is made anew for each test, in its own data folder. ``dialect`` decides on which database; the service
tests override it and run on both.
"""

import contextvars
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from app import create_app
from app.accounts.models import User
from app.config import Settings
from app.db import Base, db, load_models
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


@pytest.fixture
def settings(dialect: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings with a data folder and an empty database for this test alone."""
    data = tmp_path / "data"
    data.mkdir()
    if dialect == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), data / "base.sqlite3")
        yield Settings(environment="test", data_dir=data)
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    server.create("test", template="template")
    yield Settings(environment="test", data_dir=data, database_url=server.url("test"))
    server.drop("test")


class CompiledTemplates(BytecodeCache):
    """Templates of all applications of this process, compiled once."""

    def __init__(self) -> None:
        self.code: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if (code := self.code.get((bucket.key, bucket.checksum))) is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.code[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


compiled_templates = CompiledTemplates()


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application, with its context open."""
    made = create_app(settings)
    made.jinja_env.bytecode_cache = compiled_templates
    made.test_client_class = Client
    with made.app_context():
        yield made
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
