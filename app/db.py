"""The database: the declarative base, typed columns, and how SQLite is opened."""

import uuid
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Engine, Enum, MetaData, TypeDecorator, Uuid, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from uuid_utils.compat import uuid7

from app.write_queue import open_queue, wait_for_turn

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_TIMEOUT_MS = 10_000
READS = ("SELECT", "PRAGMA", "EXPLAIN", "BEGIN")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware, in UTC, also on SQLite, which keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


def by_value(enum: type[StrEnum]) -> Enum:
    """A column type that stores a StrEnum by value as text, so that a new value needs no migration of a type."""
    return Enum(enum, native_enum=False, length=32, values_callable=lambda kind: [member.value for member in kind])


class Base(DeclarativeBase):
    """Every table: metadata with a naming convention, JSON for dicts and lists, instants in UTC."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: UtcDateTime(),
        uuid.UUID: Uuid(),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
        list[Any]: JSON(),
    }


class Entity(Base):
    """A row with a time-ordered UUID of its own."""

    __abstract__ = True

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-10)


db = SQLAlchemy(metadata=Base.metadata)


def open_database(app: Flask) -> None:
    """Bind the database to the application and set SQLite up as the design measured it."""
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            prepare_sqlite(db.engine)


def prepare_sqlite(engine: Engine) -> None:
    """Set up every connection: settings, the write lock taken in time, and a queue before it."""
    open_queue(engine)

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see below
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "synchronous=FULL",  # an acknowledged answer survives a power cut
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    # A deferred transaction that turns into a writer fails at once with "database is locked" when another one wrote
    # in between; BEGIN IMMEDIATE waits its turn instead. So reads run without a transaction (each sees the newest
    # rows, as on PostgreSQL), and BEGIN IMMEDIATE comes with begin_writing() or before the first other statement.
    @event.listens_for(engine, "before_cursor_execute")
    def _lock_before_writing(connection: Connection, cursor: Any, statement: str, *_rest: object) -> None:
        if not statement.startswith(READS) and not cursor.connection.in_transaction:
            wait_for_turn(connection.info)
            cursor.execute("BEGIN IMMEDIATE")


def begin_writing() -> None:
    """Take SQLite's write lock now. Call before the first query of a change; doing it twice does no harm.

    On PostgreSQL nothing is needed: rows are locked one by one.
    """
    if db.engine.dialect.name == "sqlite":
        connection = db.session.connection()
        driver = connection.connection.dbapi_connection
        if driver is not None and not driver.in_transaction:
            wait_for_turn(connection.info)
            connection.exec_driver_sql("BEGIN IMMEDIATE")


def ping() -> None:
    """One trivial query; raises when the database does not answer."""
    db.session.execute(text("SELECT 1"))


def load_models() -> None:
    """Import every model module, so that metadata is complete (migrations, tests)."""
    from app import history, jobs  # noqa: F401,PLC0415  # registers tables; imported late to avoid a cycle
    from app.accounts import models as accounts  # noqa: F401,PLC0415
    from app.audits import models as audits  # noqa: F401,PLC0415
    from app.certificates import models as certificates  # noqa: F401,PLC0415
    from app.remediation import models as remediation  # noqa: F401,PLC0415
    from app.suppliers import models as suppliers  # noqa: F401,PLC0415
    from app.tablets import models as tablets  # noqa: F401,PLC0415
