"""Who writes to SQLite next: those who wait are served in the order in which they came.

SQLite itself lets waiting writers sleep for longer and longer, and whoever wakes at the right moment goes first: with
eight people saving at once the unlucky wait fifty times as long as the others. A file lock beside the database is
handed on at once, between processes too, and the system takes it away from a process that dies.
"""

import fcntl
import os
import threading
from typing import Any

from sqlalchemy import Engine, event

FILE = "write_queue_file"
TURN = "write_queue_turn"

Info = dict[Any, Any]
"""What SQLAlchemy keeps beside a connection of its pool."""

_thread = threading.local()


def open_queue(engine: Engine) -> None:
    """Give every connection its place in the queue; it leaves when it goes back to the pool, committed or not."""
    path = f"{engine.url.database}.lock"

    @event.listens_for(engine, "connect")
    def _open(_connection: object, record: Any) -> None:
        record.info[FILE] = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @event.listens_for(engine, "checkin")
    def _back_in_the_pool(_connection: object, record: Any) -> None:
        _leave(record.info)

    @event.listens_for(engine, "close")
    def _close(_connection: object, record: Any) -> None:
        _leave(record.info)
        if FILE in record.info:
            os.close(record.info.pop(FILE))


def wait_for_turn(info: Info) -> None:
    """Wait until the connection may begin to write.

    A thread that writes through another connection already would wait for itself: it goes on, and SQLite refuses.
    """
    if not getattr(_thread, "writes", False):
        fcntl.flock(info[FILE], fcntl.LOCK_EX)
        info[TURN] = _thread.writes = True


def _leave(info: Info) -> None:
    if info.pop(TURN, False):
        fcntl.flock(info[FILE], fcntl.LOCK_UN)
        _thread.writes = False
