"""The two ways to the tables, models and migrations, lead to the same place, on both databases."""

from alembic import command
from sqlalchemy import text

from app import history, migrations
from app.db import Base, db


def start_empty() -> None:
    """Drop every table, and what an earlier migration wrote down."""
    Base.metadata.drop_all(db.engine)
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))


def test_a_database_that_is_behind_is_recognised_and_brought_up_to_date() -> None:
    start_empty()
    assert not migrations.is_current(db.engine)
    migrations.upgrade(db.engine)
    assert migrations.is_current(db.engine)


def test_migrating_makes_what_the_models_say() -> None:
    start_empty()
    migrations.upgrade(db.engine)
    with db.engine.connect() as connection:
        command.check(migrations.configured(connection))  # raises with the difference


def test_migrating_twice_changes_nothing() -> None:
    start_empty()
    migrations.upgrade(db.engine)
    migrations.upgrade(db.engine)
    assert migrations.is_current(db.engine)


def test_an_empty_history_is_whole() -> None:
    assert list(history.breaks()) == []
