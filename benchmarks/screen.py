"""Opening the audit screen of 75 criteria: queries, server time, bytes on the wire."""

import gzip
import re
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from sqlalchemy import event

from app.db import db
from benchmarks.lists import crowded, median_ms, open_audit, signed_in
from benchmarks.people import Browser, demo_audit
from benchmarks.servers import Server, floor, product
from benchmarks.table import Row

PARTS = ("bundle", "guidance")
LINKED = re.compile(r'(?:href|src)="(/static/[^"]+)"')
IMPORTED = re.compile(r"""(?:from|import)\s*\(?["'](\.{1,2}/[^"']+)["']""")
IN_SHEET = re.compile(r"""url\(["']?([^"')]+)["']?\)""")


def measure() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        app = crowded(Path(folder) / "screen", 20, answers=True)
        client = app.test_client()
        headers, audit = signed_in(app, client, "iga"), open_audit(app)
        pages = (f"/app/audits/{audit}", *(f"/api/v1/audits/{audit}/{part}" for part in PARTS))
        with app.app_context():
            engine = db.engine
        statements: list[str] = []
        event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        for page in pages:
            client.get(page, headers=headers)
        yield Row("open the audit screen: SQL queries", len(statements), 12, "", "shell, bundle and guidance")
        opened = sum(median_ms(partial(client.get, page, headers=headers)) for page in pages)
        yield from _against_floor(Path(folder), opened)


def _against_floor(folder: Path, opened_ms: float) -> Iterator[Row]:
    with floor(folder / "floor") as server:
        least = _floor_ms(server)
    detail = f"{opened_ms:.1f} ms to {least:.1f} ms"
    yield Row("open the audit screen: server time to a floor request", opened_ms / least, 10, detail=detail)
    with product(folder / "product") as server:
        yield from _weights(server)


def _floor_ms(server: Server) -> float:
    """The time of one floor request over HTTP, one client."""
    login = urllib.request.Request(server.url + "/login", method="POST")
    with urllib.request.urlopen(login) as answer:
        cookie = str(answer.headers["Set-Cookie"]).partition(";")[0]
    save = urllib.request.Request(
        server.url + "/save",
        data=b'{"criterion":"EKO-ZAR-01","value":3}',
        headers={"Content-Type": "application/json", "Cookie": cookie},
    )
    times = []
    for _round in range(60):
        begin = time.perf_counter()
        urllib.request.urlopen(save).close()
        times.append((time.perf_counter() - begin) * 1000)
    return sorted(times)[len(times) // 2]


def _weights(server: Server) -> Iterator[Row]:
    browser = Browser(server.url)
    browser.sign_in("iga@base.example.org")
    audit = demo_audit(browser).id
    seen: dict[str, int] = {}
    shell = _weigh_page(browser, f"/app/audits/{audit}", seen)
    bundle, guidance = (_weigh(browser, f"/api/v1/audits/{audit}/{part}", seen) for part in PARTS)
    first = shell + bundle + guidance
    yield Row(
        "audit screen: first visit, gzipped",
        first / 1000,
        120,
        "kB",
        f"{len(seen)} files, bundle {bundle / 1000:.1f} kB, guidance {guidance / 1000:.1f} kB",
    )
    after = _weigh_page(browser, "/cases", seen)
    yield Row("the next page, gzipped", after / 1000, 40, "kB", "list of cases")


def _weigh_page(browser: Browser, path: str, seen: dict[str, int]) -> int:
    """Bytes of a page and of everything it loads that is not in ``seen`` yet."""
    size = _weigh(browser, path, seen)
    waiting = [urllib.parse.urldefrag(link).url for link in LINKED.findall(browser.get(path))]
    while waiting:
        link = waiting.pop()
        if link in seen:
            continue
        size += _weigh(browser, link, seen)
        if link.endswith((".js", ".css")):
            pattern = IMPORTED if link.endswith(".js") else IN_SHEET
            found = pattern.findall(browser.get(link))
            waiting += [urllib.parse.urljoin(link, each) for each in found if not each.startswith("data:")]
    return size


def _weigh(browser: Browser, path: str, seen: dict[str, int]) -> int:
    content = browser.get_bytes(path)
    compressed = content if path.endswith((".woff2", ".png", ".webp")) else gzip.compress(content, 6)
    seen[path] = len(compressed)
    return len(compressed)
