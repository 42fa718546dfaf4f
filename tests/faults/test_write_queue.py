"""Those who save at the same time are served one after the other, and nobody is told that the database is locked."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from app.db import begin_writing, db, prepare_sqlite

WRITERS = 8


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{tmp_path / 'queue.sqlite3'}", poolclass=QueuePool, pool_size=WRITERS + 1)
    prepare_sqlite(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE saved (writer INTEGER, number INTEGER)"))
    return engine


def test_a_waiting_writer_is_served_before_the_same_one_comes_again(engine: Engine) -> None:
    def write(writer: int) -> int:
        for number in range(25):
            with engine.begin() as connection:
                connection.execute(text("INSERT INTO saved VALUES (:w, :n)"), {"w": writer, "n": number})
                time.sleep(0.001)
        return writer

    with ThreadPoolExecutor(WRITERS) as pool:
        assert list(pool.map(write, range(WRITERS))) == list(range(WRITERS))
    with engine.connect() as connection:
        order = list(connection.scalars(text("SELECT writer FROM saved ORDER BY rowid")))
    assert len(order) == WRITERS * 25
    middle = order[WRITERS * 5 : WRITERS * 20]
    assert max(_waits(middle)) <= 8 * WRITERS, "somebody was passed by for eight rounds"


def _waits(order: list[int]) -> list[int]:
    """How many others wrote between two turns of the same writer."""
    last: dict[int, int] = {}
    waits = []
    for place, writer in enumerate(order):
        waits.append(place - last.get(writer, place))
        last[writer] = place
    return waits


def test_a_change_that_is_taken_back_lets_the_next_one_in(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("INSERT INTO saved VALUES (1, 1)"))
        connection.rollback()
    entered = threading.Event()

    def write() -> None:
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO saved VALUES (2, 2)"))
            entered.set()

    thread = threading.Thread(target=write)
    thread.start()
    thread.join(5)
    assert entered.is_set()


def test_one_thread_does_not_wait_for_itself(engine: Engine) -> None:
    """A second connection of a thread that writes already is refused by SQLite instead of hanging for good."""
    with engine.begin() as outer:
        outer.execute(text("INSERT INTO saved VALUES (1, 1)"))
        with engine.connect() as inner:
            inner.exec_driver_sql("PRAGMA busy_timeout=50")
            with pytest.raises(OperationalError, match="locked"):
                inner.execute(text("INSERT INTO saved VALUES (2, 2)"))


def test_beginning_to_write_twice_does_no_harm(app: Flask) -> None:
    if db.engine.dialect.name == "sqlite":
        begin_writing()
        begin_writing()
        db.session.rollback()
