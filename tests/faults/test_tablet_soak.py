"""Visits by chance: see ``soak``. Seeds that once failed are played first."""

import os
import time

import pytest
from playwright.sync_api import Browser

from tests.faults.conftest import Field
from tests.faults.soak import Soak
from tests.faults.soak_steps import by_chance

pytestmark = pytest.mark.browser
SECONDS = 100
FEWEST_RUNS = 8


def test_visits_by_chance_lose_nothing(browser: Browser, live_server: Field) -> None:
    seed = int(os.environ.get("SOAK_SEED") or time.time())
    print(f"seed {seed}")
    soak = Soak(browser, live_server.proxy, live_server.server.data / "base.sqlite3", live_server.audits, by_chance)
    try:
        count = soak.play(seed, float(os.environ.get("SOAK_SECONDS") or SECONDS))
    finally:
        soak.close()
    print(count.report())
    assert count.wrong == 0, f"seed {seed}\n{count.report()}"
    assert count.runs >= FEWEST_RUNS
