"""What goes wrong with a tablet and its network, and what it then still holds."""

import io
import os
import re
import time
from typing import Any

from PIL import Image
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from tests.visits import jpeg

API = re.compile(r"/api/v1/")
WAITING = "Object.keys(localStorage).some(key => key.includes('canary') && JSON.parse(localStorage[key]).answers === 1)"


class Line:
    """The way to the server, which may be cut; the app itself is kept by its worker, which these tests leave out."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.down = False
        context.route(API, lambda route: route.abort() if self.down else route.fallback())

    def cut(self) -> None:
        self.down = True

    def mend(self, *pages: Page) -> None:
        self.down = False
        for page in pages or self.context.pages:
            page.evaluate("dispatchEvent(new Event('online'))")


def noise() -> bytes:
    """A photo that no compression makes small."""
    made = io.BytesIO()
    Image.frombytes("RGB", (1600, 1200), os.urandom(1600 * 1200 * 3)).save(made, "JPEG")
    return made.getvalue()


def photo(page: Page, criterion: str, content: bytes | None = None) -> None:
    file = FilePayload(name="IMG_1.jpg", mimeType="image/jpeg", buffer=content or jpeg())
    page.locator(f'[data-photo-for="{criterion}"]').set_input_files([file])


def received(page: Page, audit: str) -> list[dict[str, Any]]:
    """Every operation that the server has; each of them once."""
    ops: list[dict[str, Any]] = page.request.get(f"/api/v1/audits/{audit}/ops?since=0").json()["ops"]
    assert len({op["op_id"] for op in ops}) == len(ops)
    return ops


def empty_store(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    origin = page.evaluate("location.origin")
    session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "indexeddb"})


def quota(page: Page, size: int) -> None:
    session = page.context.new_cdp_session(page)
    origin = page.evaluate("location.origin")
    session.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": size})


def wait_until(page: Page, expression: str, seconds: float = 10) -> None:
    """Look until it is true; Playwright's own way evaluates in the page, where the security policy forbids it."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"still not true: {expression}"
        page.wait_for_timeout(50)


def break_store(page: Page) -> None:
    """No answer can be kept any more, as after the system has cut the connection, also over a new one."""
    expect(page.locator("[data-sync]")).to_contain_text(re.compile(r"\d\d:\d\d"))  # the first exchange is over
    page.evaluate(
        """() => {
            const sound = IDBDatabase.prototype.transaction;
            IDBDatabase.prototype.transaction = function (stores, mode, options) {
                const gone = mode === "readwrite" && stores.includes("answers");
                if (gone) throw new DOMException("gone", "InvalidStateError");
                return sound.call(this, stores, mode, options);
            };
            globalThis.mendStore = () => { IDBDatabase.prototype.transaction = sound; };
        }"""
    )
