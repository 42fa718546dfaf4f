"""How Alembic runs here: always on a connection that ``app.migrations`` hands over, inside its transaction."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import types

from app.db import Base, UtcDateTime, load_models


def render_type(kind: str, value: object, _context: object) -> str | Literal[False]:
    """Our own column types are written as what the database sees."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, types.Enum):
        return f"sa.String(length={value.length})"
    return False


def compare_type(
    _context: object, _column: object, _metadata_column: object, kept: types.TypeEngine[Any], wanted: object
) -> bool | None:
    """An enum kept as text is text of its length for the database."""
    if isinstance(wanted, types.Enum) and isinstance(kept, types.String):
        return kept.length != wanted.length
    return None


load_models()
connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",  # SQLite cannot alter a table in place
    render_item=render_type,
    compare_type=compare_type,
    transaction_per_migration=False,
)
context.run_migrations()
