"""The browser of tests, benchmarks and screenshots: Chromium without a window, as the system has it."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

# The one made for this does the same with a third less work; the whole browser can do without a window, too.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
PATIENCE = 20_000  # ms: a machine whose host is busy elsewhere takes that; nobody waits longer than needed
# The container may be root and without a network: no sandbox, and no calls home.
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    """Where the browser is.

    Raises:
        RuntimeError: there is none.
    """
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        raise RuntimeError("Chromium is missing: run script/setup --dev")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        yield started
        started.close()
