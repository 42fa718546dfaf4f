"""Visits by chance: see ``soak``. Seeds that once failed are played first, then new ones until the time is over."""

import os
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.faults.conftest import Field
from tests.faults.soak import Soak
from tests.faults.soak_steps import by_chance

pytestmark = pytest.mark.browser
SEEDS: tuple[int, ...] = ()  # a seed means other steps when the steps are others
SECONDS = 240
RUNS = 300
VISITS = 30
FEWEST_RUNS = 20


@pytest.fixture
def soak(browser: Browser, live_server: Field) -> Iterator[Soak]:
    audits = [live_server.audit() for _ in range(VISITS)]
    soak = Soak(browser, live_server.proxy, live_server.server.data / "base.sqlite3", audits, by_chance)
    yield soak
    soak.close()


def test_visits_by_chance_lose_nothing_double_nothing_and_overwrite_nothing(soak: Soak) -> None:
    seed = int(os.environ.get("SOAK_SEED") or time.time())
    print(f"first seed {seed}")
    for one in SEEDS:
        soak.visit(one, time.monotonic() + SECONDS, print)
    count = soak.play(seed, float(os.environ.get("SOAK_SECONDS") or SECONDS), enough=RUNS)
    print(count.report())
    assert count.wrong == 0, f"first seed {seed}\n{count.report()}"
    assert count.runs >= FEWEST_RUNS
