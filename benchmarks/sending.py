"""A tablet back on a slow network: answers go in one request, before photos, as fast as the network lets them."""

import io
import os
import time
from collections.abc import Iterator

from PIL import Image
from playwright.sync_api import FilePayload, Page, Request

from benchmarks.table import Row
from benchmarks.tablet import drawn_at, in_the_field, signed_in

PHOTOS = 20
PHOTO_SIZE = (1000, 750)  # of noise, so that it weighs about 400 kB
ANSWERS_UP, PHOTOS_UP = 750_000, 2_000_000  # bits per second
AWAY = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
PATIENCE = 120
# Chooses another level of every question, in all areas.
ANSWER_ALL = """() => {
  for (const criterion of document.querySelectorAll("[data-criterion]"))
    criterion.querySelector("[data-level]:not([data-level=na]):not([aria-checked=true])")?.click();
}"""


def measure() -> Iterator[Row]:
    with in_the_field() as (browser, server, person, audit), signed_in(browser, server, person) as context:
        page = context.new_page()
        page.goto(f"/app/audits/{audit}")
        drawn_at(page)
        page.wait_for_selector("[data-ready=yes]", timeout=60_000)
        line = _Line(page)
        yield from _answers(page, line)
        yield from _photos(page, line)


def _answers(page: Page, line: "_Line") -> Iterator[Row]:
    line.cut()
    page.evaluate(ANSWER_ALL)
    waiting = _waiting(page, at_least=60)
    seconds = line.mend(ANSWERS_UP)
    asked = [one for one in line.sent if one.url.endswith("/ops") and '"ops":[{' in (one.post_data or "")]
    detail = f"{waiting} answers of one audit, 0.75 Mbit/s up, 150 ms"
    yield Row("tablet: requests for all the answers of a visit", len(asked), 1, "", detail)
    yield Row("tablet: all the answers of a visit sent", seconds * 1000, 1000, "ms", detail)


def _photos(page: Page, line: "_Line") -> Iterator[Row]:
    line.cut()
    page.evaluate(ANSWER_ALL)
    places = page.locator("[data-photo-for]").evaluate_all("all => all.map(one => one.dataset.photoFor)")
    for number in range(PHOTOS):
        photo = FilePayload(name=f"{number}.jpg", mimeType="image/jpeg", buffer=_noise())
        page.set_input_files(f'[data-photo-for="{places[number % 5]}"]', [photo])
    _waiting(page, at_least=60 + PHOTOS)
    seconds = line.mend(PHOTOS_UP)
    uploads = [one for one in line.sent if "/photos/" in one.url and one.method in {"PUT", "POST"}]
    size = sum(one.sizes()["requestBodySize"] for one in uploads)
    first_photo = line.sent.index(uploads[0])
    late = [one for one in line.sent[first_photo:] if '"kind":"answer' in (one.post_data or "")]
    detail = f"{len(uploads)} photos, {size / 1000:.0f} kB, {seconds:.1f} s at 2 Mbit/s up, 150 ms"
    yield Row("tablet: photos sent, to bytes by bandwidth", seconds * PHOTOS_UP / 8 / size, 1.15, detail=detail)
    yield Row("tablet: requests with answers after the first photo", len(late), 0, "", detail)


class _Line:
    """The network of one page: away, then slow."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.session = page.context.new_cdp_session(page)
        self.session.send("Network.enable")
        self.sent: list[Request] = []
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        self.sent.append(request)

    def cut(self) -> None:
        self.session.send("Network.emulateNetworkConditions", AWAY)

    def mend(self, bits_up: int) -> float:
        """Seconds from the network's return until nothing waits any more."""
        self.sent.clear()
        slow = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": bits_up / 8}
        begin = time.perf_counter()
        self.session.send("Network.emulateNetworkConditions", slow)
        _waiting(self.page, at_least=0, at_most=0)
        return time.perf_counter() - begin


def _waiting(page: Page, *, at_least: int, at_most: int = 10**6) -> int:
    """How many changes wait on the tablet, once there are so many."""
    deadline = time.monotonic() + PATIENCE
    while True:
        count = int(page.locator("[data-pending]").get_attribute("data-pending") or 0)
        if at_least <= count <= at_most and not page.locator("[data-state=saving]").count():
            return count
        if time.monotonic() > deadline:
            raise RuntimeError(f"{count} changes wait")
        page.wait_for_timeout(10)


def _noise() -> bytes:
    width, height = PHOTO_SIZE
    made = io.BytesIO()
    Image.frombytes("RGB", PHOTO_SIZE, os.urandom(width * height * 3)).save(made, "JPEG", quality=75)
    return made.getvalue()
