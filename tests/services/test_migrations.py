"""The two ways to the tables, models and migrations, lead to the same place."""

from sqlalchemy import inspect

from app import history
from app.db import db


def test_every_table_of_the_models_is_there() -> None:
    assert {"user", "supplier", "case", "history", "job"} <= set(inspect(db.engine).get_table_names())


def test_an_empty_history_is_whole() -> None:
    assert list(history.breaks()) == []
