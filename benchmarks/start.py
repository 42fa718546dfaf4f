"""From the command to the first answer, with everything set up and the database there."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.servers import product
from benchmarks.table import Row

ROUNDS = 3


def measure() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        with product(data):
            pass  # the first start makes the database and the demo
        times = []
        for _round in range(ROUNDS):
            begin = time.perf_counter()
            with product(data):
                times.append(time.perf_counter() - begin)
    yield Row("second start to the first answer", min(times), 3, "s", f"best of {ROUNDS}")
