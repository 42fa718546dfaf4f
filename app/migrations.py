"""The database's shape over time: Alembic's revisions in ``migrations/``, and ``flask db`` to work with them.

Alembic itself is imported only by the commands that need it: the server asks ``is_current`` at every start.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup
from sqlalchemy import Connection, Engine, inspect, text

from app.db import db

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).resolve().parent.parent / "migrations"
_REVISION = re.compile(r'^(down_)?revision(?:: [^=]+)? = (?:"(\w+)"|None)$', re.MULTILINE)
TOO_OLD = "the database was made by a newer version of BASE: start that version, or bring back a backup from before it"
_LOCK = 7_310_265  # any constant: one host at a time migrates a PostgreSQL database

migration_commands = AppGroup("db", help="The shape of the database.")


def newest_revision() -> str:
    """The revision that the code expects."""
    followed = _revisions()
    (newest,) = set(followed) - set(followed.values())
    return newest


def _revisions() -> dict[str, str]:
    """Revision → the one it is built upon; empty for the first."""
    found: dict[str, str] = {}
    for file in (FOLDER / "versions").glob("*.py"):
        said: dict[str, str] = dict(_REVISION.findall(file.read_text(encoding="utf-8")))
        found[said[""]] = said.get("down_", "")
    return found


def is_current(engine: Engine) -> bool:
    """Has the database the shape that the code expects?"""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) == newest_revision())


def is_newer(engine: Engine) -> bool:
    """Was the database last used by a newer program, one with revisions that this one does not know?"""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        present = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return present is not None and present not in _revisions()


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision, in one transaction."""
    from alembic import command  # noqa: PLC0415  # a quarter of a second that a usual start saves

    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        command.upgrade(configured(connection), "head")


def configured(connection: Connection) -> "Config":
    """Alembic's configuration for our revisions, on this connection."""
    from alembic.config import Config  # noqa: PLC0415  # see upgrade

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


@migration_commands.command("upgrade")
def upgrade_command() -> None:
    """Bring the database to the newest revision."""
    if is_newer(db.engine):
        raise click.ClickException(TOO_OLD)
    upgrade(db.engine)
    click.echo(f"The database is at {newest_revision()}.")


@migration_commands.command("check")
def check_command() -> None:
    """Exit 1 when the models say something else than the migrated database."""
    from alembic import command  # noqa: PLC0415  # see upgrade
    from alembic.util.exc import CommandError  # noqa: PLC0415  # see upgrade

    with db.engine.connect() as connection:
        try:
            command.check(configured(connection))
        except CommandError as error:
            raise click.ClickException(str(error)) from error


@migration_commands.command("revision")
@click.option("-m", "--message", required=True, help="what changes, in a few words")
def revision_command(message: str) -> None:
    """Write a new revision: the difference between the models and the migrated database."""
    from alembic import command  # noqa: PLC0415  # see upgrade

    with db.engine.connect() as connection:
        command.revision(configured(connection), message=message, autogenerate=True)
