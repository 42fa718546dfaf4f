"""The app on a tablet, in Chromium made slower: what it weighs, how soon it is there, how soon a tap is kept."""

import gzip
import json
import math
import statistics
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Any

import psutil  # type: ignore[import-untyped]  # its types come in a package of their own
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, CDPSession, Page, ViewportSize, sync_playwright

from benchmarks.people import Browser, demo_audit
from benchmarks.servers import Server, product
from benchmarks.table import Row
from tests.chromium import CHROMIUM_OPTIONS, chromium

TABLET: ViewportSize = {"width": 820, "height": 1180}
SLOW_NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
ROUNDS = 5
# A tap during which the host gave processor time to other machines is tapped again, so often at most; the one that lost
# least counts.
TRIES = 5
# Between taps, in seconds: a person scrolls, looks, taps.
LOOKING = 0.4
# How long after a tap the host is watched: what follows from a tap is kept and drawn by then.
WATCHED = 0.2
# When the first question can be tapped, in milliseconds since the navigation began.
WATCH = """
new MutationObserver((_all, watcher) => {
  if (!document.querySelector("[data-criterion] [data-level]")) return;
  watcher.disconnect();
  requestAnimationFrame(() => setTimeout(() => (window.drawnAt = performance.now())));
}).observe(document, {childList: true, subtree: true});
"""
KEPT = """async () => {
  const { port1, port2 } = new MessageChannel();
  const said = new Promise(go => port1.onmessage = event => go(event.data));
  (await navigator.serviceWorker.ready).active.postMessage("check", [port2]);
  return (await said).missing.length;
}"""
# Says how long the last tap took until its answer was kept, and, by the browser's own account (in steps of 8 ms, short
# ones are left out), until the next picture.
LISTEN = """() => {
  window.tap = {};
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (entry.name === "click") window.tap.paint = entry.duration;
  }).observe({type: "event", durationThreshold: 16});
  let begun = 0;
  const begin = event => { if (event.target.closest("[data-level]")) begun = performance.now(); };
  addEventListener("click", begin, {capture: true});
  new MutationObserver(changes => {
    if (!begun || changes.every(({target}) => target.dataset.state !== "device")) return;
    window.tap.wait = performance.now() - begun;
    begun = 0;
  }).observe(document.getElementById("main"), {subtree: true, attributeFilter: ["data-state"]});
}"""
# What was said of the last tap; a busy host may keep it waiting.
TAKEN = """async () => {
  while (!window.tap.wait) await new Promise(go => setTimeout(go, 50));
  const tap = window.tap;
  window.tap = {};
  return tap;
}"""
OPEN = """() =>
  [...document.querySelectorAll("[data-criterion]")].filter(one => one.checkVisibility()).map(one => one.id)"""
# The next level of a question that is not chosen, where the person looks; none when they are all chosen.
BRING = """id => {
  const level = document.querySelector(`#${id} [data-level]:not([data-level=na], [aria-checked=true])`);
  level?.scrollIntoView({block: "center"});
  return level !== null;
}"""
WHERE = """id => {
  const {x, y, width, height} = document.querySelector(`#${id} [data-level]:not([data-level=na], [aria-checked=true])`)
    .getBoundingClientRect();
  return [x + width / 2, y + height / 2];
}"""


@contextmanager
def in_the_field() -> Iterator[tuple[Chromium, Server, Browser, str]]:
    """A browser, the product with the demo, somebody who is signed in there, and the id of an audit of theirs."""
    with tempfile.TemporaryDirectory() as folder, product(Path(folder) / "data") as server, sync_playwright() as driver:
        server.settle()  # the demo queued documents and letters: they are not what is measured
        person = Browser(server.url)
        person.sign_in("iga@base.example.org")
        browser = driver.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        yield browser, server, person, demo_audit(person).id
        browser.close()


def measure() -> Iterator[Row]:
    with in_the_field() as (browser, server, person, audit):
        yield from _weights(person, audit)
        yield _first_visit(browser, server, person, audit)
        with signed_in(browser, server, person) as context:
            page = _take_along(context, audit)
            yield _cold_start(context, audit)
            for slower, kept_goal in ((4, 50), (6, 100)):
                yield from _taps(page, slower, kept_goal)


def _weights(person: Browser, audit: str) -> Iterator[Row]:
    worker = person.get("/app/sw.js")
    files = json.loads(worker.partition("self.SHELL = ")[2].partition(";\n")[0])["files"]
    texts = ["/app/", "/app/sw.js", *(name for name in files if not name.endswith((".woff2", "/en.json")))]
    shell = sum(_sent(person.url + name) for name in texts)
    fonts = sum(len(person.get_bytes(name)) for name in files if name.endswith(".woff2"))
    detail = f"{len(texts)} files, Polish words; the fonts, {fonts / 1000:.1f} kB, come with the sign-in page"
    yield Row("tablet: the app, gzipped", shell / 1000, 60, "kB", detail)
    template, guidance = (
        _gzipped(json.loads(person.get(f"/api/v1/audits/{audit}/{reply}"))[part])
        for reply, part in (("bundle", "template"), ("guidance", "guidance"))
    )
    detail = f"the questions; what they unfold comes after them: {guidance / 1000:.1f} kB"
    yield Row("tablet: the BASE template, gzipped", template / 1000, 20, "kB", detail)


def _gzipped(content: object) -> int:
    return len(gzip.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(), 6))


def _sent(address: str) -> int:
    """Bytes of a public file as they go to a browser."""
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})) as answer:
        return len(answer.read())


@contextmanager
def signed_in(browser: Chromium, server: Server, person: Browser) -> Iterator[BrowserContext]:
    """A browser that has seen nothing yet, but is signed in."""
    context = browser.new_context(base_url=server.url, viewport=TABLET, locale="pl-PL", has_touch=True)
    context.add_cookies([{"name": each.name, "value": each.value or "", "url": server.url} for each in person.cookies])
    context.add_init_script(WATCH)
    yield context
    context.close()


def _first_visit(browser: Chromium, server: Server, person: Browser, audit: str) -> Row:
    times = []
    for _round in range(ROUNDS):
        with signed_in(browser, server, person) as context:
            page = context.new_page()
            session = _slower(page, 4)
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", SLOW_NETWORK)
            page.goto(f"/app/audits/{audit}", wait_until="commit")
            times.append(drawn_at(page))
    detail = f"4× slower processor, 1.6/0.75 Mbit/s, 150 ms; nothing kept, no fonts; median of {ROUNDS}"
    return Row(
        "tablet: first visit until the first question can be tapped", statistics.median(times), 3000, "ms", detail
    )


def _take_along(context: BrowserContext, audit: str) -> Page:
    """The audit open without a network, the app kept."""
    page = context.new_page()
    page.goto(f"/app/audits/{audit}")
    drawn_at(page)
    page.wait_for_selector("[data-ready=yes]", timeout=60_000)
    if page.evaluate(KEPT):
        raise RuntimeError("the app is not kept whole")
    context.set_offline(True)
    return page


def _cold_start(context: BrowserContext, audit: str) -> Row:
    times = []
    for _round in range(ROUNDS):
        page = context.new_page()
        page.goto(f"/app/audits/{audit}", wait_until="commit")
        times.append(drawn_at(page))
        page.close()
    return Row("tablet: start without a network", statistics.median(times), 1000, "ms", f"median of {ROUNDS}")


def _taps(page: Page, slower: int, kept_goal: float) -> Iterator[Row]:
    session = _slower(page, slower)
    page.reload()
    drawn_at(page)
    page.evaluate(LISTEN)
    tried: list[list[Tap]] = []
    for area in page.locator("button.area").all():
        area.click()
        tried.extend(list(_tap(page, question)) for question in page.evaluate(OPEN))
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    taps = [min(each, key=lambda tap: tap.lost) for each in tried if each]
    waits, paints = sorted(tap.wait for tap in taps), sorted(tap.paint for tap in taps)
    disturbed = sum(tap.lost > 0 for tap in taps)
    again = sum(map(len, tried)) - len(taps)
    detail = f"{len(waits)} taps, median {statistics.median(waits):.0f} ms, {slower}× slower processor"
    detail += f"; {again} disturbed ones were tapped again, {disturbed} remained so"
    yield Row(f"tablet: tap until it is on this tablet, p95 at {slower}×", _p95(waits), kept_goal, "ms", detail)
    if slower == 4:
        yield Row("tablet: tap until the next picture, p95 at 4×", _p95(paints), 100, "ms", "the same taps")


@dataclass(frozen=True)
class Tap:
    """Milliseconds until it was kept and until the next picture; seconds that the host took away meanwhile."""

    wait: float
    paint: float
    lost: float


def _tap(page: Page, question: str) -> Iterator[Tap]:
    """Tap one level of a question after the other until the host leaves a tap alone."""
    for _try in range(TRIES):
        if not page.evaluate(BRING, question):
            return
        sleep(LOOKING)
        x, y = page.evaluate(WHERE, question)
        before = psutil.cpu_times().steal
        page.touchscreen.tap(x, y)
        sleep(WATCHED)  # asking the page meanwhile would take its time
        lost = psutil.cpu_times().steal - before
        sleep(LOOKING)
        took = page.evaluate(TAKEN)
        yield Tap(took["wait"], took.get("paint", 0.0), lost)
        if lost == 0:
            return


def _p95(values: list[float]) -> float:
    return values[math.ceil(len(values) * 0.95) - 1]


def _slower(page: Page, times: int) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": times})
    return session


def drawn_at(page: Page) -> float:
    """Milliseconds from the navigation to the first question that can be tapped."""
    asked: Any = page.evaluate(
        "new Promise(go => { const look = () => window.drawnAt ? go(window.drawnAt) : setTimeout(look, 20); look(); })"
    )
    return float(asked)
