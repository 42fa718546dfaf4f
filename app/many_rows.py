"""One INSERT or UPDATE for many rows, for the tablets' batches.

SQLAlchemy looks at every value of every row anew; here the statement is compiled once, a value that all rows share is
made ready once, the others column by column. See docs/decisions/0015-many-rows.md.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Update

ITS = "its_"
"""Begins the names of an UPDATE's parameters: SQLAlchemy keeps the columns' own names for itself."""


@dataclass(frozen=True)
class _Compiled:
    """As the driver takes it: the values' names in their order, and what makes each of them ready."""

    text: str
    order: tuple[str, ...]
    ready: Mapping[str, Callable[[Any], Any] | None]
    by_place: bool


@lru_cache(maxsize=16)
def _compiled(statement: Insert | Update, dialect: Dialect) -> _Compiled:
    columns = statement.table.columns.keys() if isinstance(statement, Insert) else ()
    made = statement.compile(dialect=dialect, column_keys=columns)
    ready = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in made.binds.items()}
    return _Compiled(str(made), tuple(made.positiontup or ready), ready, made.positiontup is not None)


def write_rows(
    connection: Connection, statement: Insert | Update, rows: Sequence[Mapping[str, Any]], **shared: Any
) -> None:
    """Run the statement for each row; ``shared``: the values that all rows have in common.

    An INSERT takes every column of its table, an UPDATE the parameters whose names begin with ``ITS``.
    """
    compiled = _compiled(statement, connection.dialect)
    columns = [_column(name, compiled.ready[name], rows, shared) for name in compiled.order]
    values = zip(*columns, strict=True)
    named = (dict(zip(compiled.order, row, strict=True)) for row in values)
    connection.exec_driver_sql(compiled.text, list(values if compiled.by_place else named))


def _column(
    parameter: str,
    ready: Callable[[Any], Any] | None,
    rows: Sequence[Mapping[str, Any]],
    shared: Mapping[str, Any],
) -> Iterable[Any]:
    name = parameter.removeprefix(ITS)
    if name in shared:
        return repeat(ready(shared[name]) if ready else shared[name], len(rows))
    return [ready(row[name]) for row in rows] if ready else [row[name] for row in rows]
