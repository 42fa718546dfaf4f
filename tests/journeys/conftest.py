"""Journeys: a real server in a data folder of its own, and a real browser."""

import fcntl
import json
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.chromium import PATIENCE
from tests.server import Server, start_server

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TABLET = {"width": 820, "height": 1180}
KEPT_OUT = {"service_workers": "block"}
SESSION = "base_session"
SESSIONS: dict[str, str] = {}  # cookies by e-mail address
JOBS_SECONDS = 120
FIRST = "test_every_page.py"  # it needs the demo, which takes half a minute: nobody else waits for it then


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    items.sort(key=lambda item: item.path.name != FIRST)
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo, its documents printed; made once, also for two processes of tests."""
    own = tmp_path_factory.getbasetemp()
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    shared = own.parent / f"demo-{run}" if run else own / "demo"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "ready").exists():
            with start_server(shared) as server:
                _wait_for_jobs(server)
            (shared / "ready").touch()
    return shared / "data"


def _wait_for_jobs(server: Server) -> None:
    """Until the worker has tried every job."""
    left = "SELECT count(*) FROM job WHERE state = 'running' OR state = 'waiting' AND attempts = 0"
    deadline = time.monotonic() + JOBS_SECONDS
    with closing(sqlite3.connect(server.data / "base.sqlite3")) as database:
        while database.execute(left).fetchone()[0]:
            assert time.monotonic() < deadline, f"jobs still wait:\n{server.output()[-3000:]}"
            time.sleep(0.1)


@pytest.fixture(scope="module")
def live_server(tmp_path_factory: pytest.TempPathFactory, demo_data: Path) -> Iterator[Server]:
    """The product as people run it, with the demo, for the journeys of one file."""
    folder = tmp_path_factory.mktemp("server")
    shutil.copytree(demo_data, folder / "data")
    # Every journey comes from one address.
    limits = {"BASE_SIGN_IN_LIMIT": "1000 per minute", "BASE_PUBLIC_LIMIT": "10000 per minute"}
    with start_server(folder, **limits) as server:
        yield server


@pytest.fixture
def new_screen(browser: Browser, live_server: Server) -> Iterator[Callable[..., Page]]:
    """``new_screen(**context_options)``: a browser of someone new, on a tablet unless said otherwise.

    Without ``service_workers="allow"`` no app is installed: ``page.route`` does not see what an installed one asks.
    The test fails when any of its pages logs an error or breaks the content security policy.
    """
    contexts = []
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # A page may be refused on purpose; the test looks at that itself.
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(f"{message.location.get('url', '')}: {message.text}")

    def make(**options: Any) -> Page:
        chosen = {"viewport": TABLET, "locale": "pl-PL", "timezone_id": "Europe/Warsaw"} | KEPT_OUT | options
        context = browser.new_context(base_url=live_server.address, **chosen)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        context.on("console", hear)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def screen(new_screen: Callable[..., Page]) -> Page:
    """One page on a tablet held upright."""
    return new_screen()


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """``accessible(screen)``: axe finds nothing against WCAG 2.2 AA on the page as it stands."""

    def check(page: Page) -> None:
        sentences = violations(page)
        assert not sentences, f"{page.url}\n" + "\n".join(sentences)

    return check


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA on the page as it stands, one sentence each."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.read_text(encoding="utf-8"))
    how = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found = page.evaluate("how => axe.run(how)", how)
    return [
        f"{one['id']} ({one['impact']}): {one['help']}\n    "
        + "\n    ".join(json.dumps(node["target"]) + " " + node["html"][:200] for node in one["nodes"][:5])
        for one in found["violations"]
    ]


def sign_in(page: Page, email: str, password: str) -> None:
    """By the sign-in page, as a person would."""
    page.goto("/login")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda address: "/login" not in address)


def come_in(page: Page, email: str, password: str) -> None:
    """The same by requests alone, without drawing a page, in the session of the last time while the server still knows
    it: for journeys that are about something else."""
    if email in SESSIONS:
        page.context.add_cookies([{"name": SESSION, "value": SESSIONS[email], "domain": "127.0.0.1", "path": "/"}])
        if page.request.get("/account", max_redirects=0).status == 200:
            return
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page.request.get("/login").text())
    assert token
    form = {"email": email, "password": password, "csrf_token": token[1]}
    answer = page.request.post("/login", form=form, max_redirects=0)
    assert answer.status == 302, answer.text()
    (session,) = (one for one in page.context.cookies() if one["name"] == SESSION)
    SESSIONS[email] = session["value"]


def letter_link(server: Server, to: str, path: str) -> str:
    """The link in the newest e-mail to somebody; the worker may have to write it first."""
    deadline = time.monotonic() + JOBS_SECONDS
    while time.monotonic() < deadline:
        letters = sorted((server.data / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in letters:
            letter = message_from_bytes(file.read_bytes(), policy=default)
            body = letter.get_body(("plain",))
            found = re.search(rf"https?://\S+{path}\S+", str(body.get_content()) if body else "")
            if found and to in str(letter["To"]):
                return found[0]
        time.sleep(0.1)
    raise AssertionError(f"no letter to {to} with {path}")
