"""SQLite's one write lock: taken in time, and by those who wait in the order in which they came.

A deferred transaction that turns into a writer fails at once with "database is locked" when another one wrote in
between; BEGIN IMMEDIATE waits its turn instead. So reads run without a transaction (each sees the newest rows, as on
PostgreSQL), and BEGIN IMMEDIATE comes with ``Connection.begin_writing`` or before the first other statement.

SQLite itself lets waiting writers sleep for longer and longer, and whoever wakes at the right moment goes first: with
eight people saving at once the unlucky wait fifty times as long as the others. A file lock beside the database is
handed on at once, between processes too, and the system takes it away from a process that dies.
"""

import fcntl
import os
import sqlite3
import threading
from typing import Any

from sqlalchemy import Engine, event

READS = ("SELECT", "PRAGMA", "EXPLAIN", "BEGIN")

_thread = threading.local()


class Connection(sqlite3.Connection):
    """A connection with its place in the queue."""

    file: int | None = None
    has_turn = False

    def cursor(self) -> "Cursor":  # type: ignore[override]  # nobody asks for another kind
        """A cursor that takes the lock before it writes."""
        return super().cursor(Cursor)

    def begin_writing(self) -> None:
        """Wait until nobody else writes, and take the lock; doing it twice does no harm.

        A thread that writes through another connection already would wait for itself: it goes on, and SQLite refuses.
        """
        if self.in_transaction:
            return
        if self.file is not None and not getattr(_thread, "writes", False):
            fcntl.flock(self.file, fcntl.LOCK_EX)
            self.has_turn = _thread.writes = True
        self.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Commit, and let the next one write at once."""
        super().commit()
        self.leave_queue()

    def leave_queue(self) -> None:
        """Let the next one write."""
        if self.has_turn and self.file is not None:
            fcntl.flock(self.file, fcntl.LOCK_UN)
            self.has_turn = _thread.writes = False

    def close(self) -> None:
        """Close the database and the file of the queue."""
        self.leave_queue()
        if self.file is not None:
            os.close(self.file)
            self.file = None
        super().close()


class Cursor(sqlite3.Cursor):
    """Begins to write by itself before the first statement that is not a read."""

    connection: Connection

    def execute(self, statement: str, *values: Any) -> "Cursor":
        """As sqlite3 does, under the lock where needed."""
        if not self.connection.in_transaction and not statement.startswith(READS):
            self.connection.begin_writing()
        return super().execute(statement, *values)

    def executemany(self, statement: str, *values: Any) -> "Cursor":
        """As sqlite3 does, under the lock."""
        self.connection.begin_writing()
        return super().executemany(statement, *values)


def queue_writers(engine: Engine) -> None:
    """Let the engine open such connections; one leaves the queue with its commit, or when it goes back to the pool."""
    path = f"{engine.url.database}.lock"

    @event.listens_for(engine, "do_connect")
    def _choose(_dialect: object, _record: object, _arguments: object, options: dict[str, Any]) -> None:
        options["factory"] = Connection

    @event.listens_for(engine, "connect")
    def _open(connection: Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        connection.file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @event.listens_for(engine, "checkin")
    def _back_in_the_pool(connection: Connection | None, _record: object) -> None:
        if connection is not None:
            connection.leave_queue()
