"""The lists once more on a PostgreSQL of the benchmark's own. Not among the default ones: it takes some minutes."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.lists import LARGE, SMALL, compared, crowded
from benchmarks.table import Row
from tests.postgresql import start_postgresql


def measure() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, start_postgresql() as server:
        for name in ("small", "large"):
            server.create(name)
        small = crowded(Path(folder) / "small", SMALL, database_url=server.url("small"))
        large = crowded(Path(folder) / "large", LARGE, database_url=server.url("large"))
        for row in compared(small, large):
            yield Row(f"PostgreSQL, {row.name}", row.value, row.goal, row.unit, row.detail)
