"""The database: the declarative base, typed columns, and how SQLite is opened."""

import json
import uuid
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Engine, Enum, MetaData, String, TypeDecorator, Uuid, event, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from uuid_utils.compat import uuid7

from app.write_queue import Connection, queue_writers

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_TIMEOUT_MS = 10_000


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


class UuidText(TypeDecorator[str]):
    """An id that is only compared and passed on, read as text, for ``type_coerce``: to make a UUID takes longer."""

    impl = String
    cache_ok = True

    def process_result_value(self, value: uuid.UUID | str | None, dialect: Dialect) -> str | None:
        if isinstance(value, str):  # SQLite keeps 32 digits
            return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
        return None if value is None else str(value)


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


def _as_json(value: Any) -> str:
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:  # a number of more than 64 bits
        return json.dumps(value)


def _from_json(stored: Any) -> Any:
    if not isinstance(stored, str | bytes):
        raise TypeError  # SQLite gives a lone number as one; SQLAlchemy then takes it as it is
    return orjson.loads(stored)


# A tablet's batch writes and reads hundreds of JSON values: see docs/decisions/0012-orjson.md.
db = SQLAlchemy(metadata=Base.metadata, engine_options={"json_serializer": _as_json, "json_deserializer": _from_json})


def open_database(app: Flask) -> None:
    """Bind the database to the application and set SQLite up as the design measured it."""
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            prepare_sqlite(db.engine)


def prepare_sqlite(engine: Engine) -> None:
    """Set up every connection: the write lock taken in time, with a queue before it, and SQLite's settings."""
    queue_writers(engine)

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Connection, _record: object) -> None:
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "synchronous=FULL",  # an acknowledged answer survives a power cut
            "wal_autocheckpoint=8000",  # 32 MB: a page that batch after batch changes is moved once, not each time
        ):
            connection.execute(f"PRAGMA {pragma}")


def begin_writing() -> None:
    """Take SQLite's write lock now. Call before the first query of a change; doing it twice does no harm.

    On PostgreSQL nothing is needed: rows are locked one by one.
    """
    driver: object = db.session.connection().connection.dbapi_connection
    if isinstance(driver, Connection):
        driver.begin_writing()


def ping() -> None:
    """One trivial query; raises when the database does not answer."""
    db.session.execute(text("SELECT 1"))


def load_models() -> None:
    """Import every model module, so that metadata is complete (migrations, tests)."""
    # Importing registers the tables; late, because every model module imports this one.
    from app import history, jobs  # noqa: F401,PLC0415  # see above
    from app.accounts import models as accounts  # noqa: F401,PLC0415  # see above
    from app.audits import models as audits  # noqa: F401,PLC0415  # see above
    from app.certificates import models as certificates  # noqa: F401,PLC0415  # see above
    from app.remediation import models as remediation  # noqa: F401,PLC0415  # see above
    from app.suppliers import models as suppliers  # noqa: F401,PLC0415  # see above
    from app.tablets import models as tablets  # noqa: F401,PLC0415  # see above
