"""Saving one answer: CPU, throughput and tail against the floor, eight clients, not one error."""

import http.client
import itertools
import statistics
import tempfile
import threading
import time
import urllib.parse
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import orjson
from uuid_utils.compat import uuid7

from benchmarks.people import Browser, DemoAudit, demo_audit
from benchmarks.servers import Server, floor, product
from benchmarks.table import Row

CLIENTS = 8
TURNS = 7
SECONDS = 4
WARM_UP = 1
BATCH = 150


@dataclass
class Load:
    """What a load run gave."""

    requests: int = 0
    errors: int = 0
    seconds: float = 0
    cpu_seconds: float = 0
    times_ms: list[float] = field(default_factory=list)

    def __iadd__(self, other: "Load") -> Self:
        self.requests += other.requests
        self.errors += other.errors
        self.seconds += other.seconds
        self.cpu_seconds += other.cpu_seconds
        self.times_ms += other.times_ms
        return self

    @property
    def cpu_ms(self) -> float:
        return self.cpu_seconds * 1000 / max(self.requests, 1)

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    @property
    def median_ms(self) -> float:
        return statistics.median(self.times_ms)

    @property
    def p99_ms(self) -> float:
        return statistics.quantiles(self.times_ms, n=100)[98]


Send = Callable[[http.client.HTTPConnection], bool]


def measure() -> Iterator[Row]:
    """Load the floor and the product in turns, both running all the time, and compare what each gave, turn by turn.

    The median of the turns counts: what else the machine's host does falls on one of them, not on all.
    """
    least, ours = Load(), Load()
    turns: list[tuple[Load, Load]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        floor(Path(folder) / "floor") as simple,
        product(Path(folder) / "product") as server,
    ):
        server.settle()  # the demo queued documents and letters: they are not what is measured
        floor_clients, clients = [_floor_client(simple) for _ in range(CLIENTS)], _product_clients(server)
        for _turn in range(TURNS):
            turns.append((load(simple, floor_clients), load(server, clients)))
            least += turns[-1][0]
            ours += turns[-1][1]
        memory = server.memory_mb()
        back = _tablet_coming_back(server)
        # Shorter: each of these seconds brings as many operations as a year of audits.
        batches = [(load(simple, floor_clients, 1), load(server, [back], 1)) for _turn in range(3)]
    cpu = f"{ours.cpu_ms:.1f} ms against {least.cpu_ms:.1f} ms"
    yield Row(
        "save one answer: CPU per request",
        statistics.median(mine.cpu_ms / base.cpu_ms for base, mine in turns), 2.0, detail=cpu,
    )  # fmt: skip
    rate = f"{ours.per_second:.0f}/s against {least.per_second:.0f}/s"
    yield Row(
        "save one answer: throughput, 8 clients",
        statistics.median(mine.per_second / base.per_second for base, mine in turns), 0.6, detail=rate,
        at_least=True,
    )  # fmt: skip
    tail = f"{ours.p99_ms:.0f} ms against {ours.median_ms:.0f} ms"
    yield Row("save one answer: p99 to median", ours.p99_ms / ours.median_ms, 10, detail=tail)
    yield Row("save one answer: errors", ours.errors, 0, "", f"in {ours.requests} requests")
    yield Row("server and worker after the load", memory, 350, "MB", "PSS of all processes")
    kept = statistics.median(mine.requests * BATCH / mine.cpu_seconds for _base, mine in batches)
    yield Row(
        f"operations kept per second of CPU, {BATCH} in a request, to the floor's one by one",
        statistics.median(mine.requests * BATCH / mine.cpu_seconds * base.cpu_ms / 1000 for base, mine in batches), 20,
        detail=f"{kept:.0f}/s", at_least=True,
    )  # fmt: skip


def load(server: Server, senders: list[Send], seconds: float = SECONDS) -> Load:
    """Let every sender send as fast as it gets answers, and watch the server."""
    result, lock, stop = Load(), threading.Lock(), threading.Event()
    counting = threading.Event()
    threads = [threading.Thread(target=_work, args=(server, send, result, lock, counting, stop)) for send in senders]
    for thread in threads:
        thread.start()
    time.sleep(WARM_UP)
    before, begin = server.cpu_seconds(), time.perf_counter()
    counting.set()
    time.sleep(seconds)
    counting.clear()
    result.seconds = time.perf_counter() - begin
    result.cpu_seconds = server.cpu_seconds() - before
    stop.set()
    for thread in threads:
        thread.join()
    return result


def _work(
    server: Server, send: Send, result: Load, lock: threading.Lock, counting: threading.Event, stop: threading.Event
) -> None:
    connection = http.client.HTTPConnection(urllib.parse.urlparse(server.url).netloc, timeout=60)
    while not stop.is_set():
        counted, begin = counting.is_set(), time.perf_counter()
        try:
            good = send(connection)
        except (OSError, http.client.HTTPException):
            good = False
            connection.close()
        spent = (time.perf_counter() - begin) * 1000
        if counted:
            with lock:
                result.requests += 1
                result.errors += not good
                result.times_ms.append(spent)
    connection.close()


def _floor_client(server: Server) -> Send:
    connection = http.client.HTTPConnection(urllib.parse.urlparse(server.url).netloc)
    connection.request("POST", "/login")
    cookie = (connection.getresponse().getheader("Set-Cookie") or "").partition(";")[0]
    connection.close()
    headers = {"Content-Type": "application/json", "Cookie": cookie}

    def send(link: http.client.HTTPConnection) -> bool:
        link.request("POST", "/save", orjson.dumps({"criterion": "EKO-ZAR-01", "value": 3}), headers)
        answer = link.getresponse()
        answer.read()
        return answer.status == 200

    return send


def _product_clients(server: Server) -> list[Send]:
    browser = Browser(server.url)
    browser.sign_in("iga@base.example.org")
    audit = demo_audit(browser)
    return [_product_client(browser, audit, place) for place in range(CLIENTS)]


def _tablet_coming_back(server: Server) -> Send:
    """Tablets that come back one after the other, each with a level and a note for every question in one request."""
    browser = Browser(server.url)
    browser.sign_in("iga@base.example.org")
    audit = demo_audit(browser)
    turns = itertools.count()
    heads = {(criterion, "score"): head for criterion, head in audit.heads.items()}

    def send(link: http.client.HTTPConnection) -> bool:
        turn, count = next(turns), itertools.count(1)
        operations = []
        for criterion, levels in audit.criteria:
            for name, value in (("score", levels[turn % len(levels)]), ("comment", f"Seen on site, visit {turn}.")):
                operations.append(_answer(next(count), criterion, value, heads.get((criterion, name)), name))
        headers = browser.api_headers
        link.request(
            "POST", f"/api/v1/audits/{audit.id}/ops", orjson.dumps(_batch(uuid.uuid4().hex, operations)), headers
        )
        answer = link.getresponse()
        body = answer.read()
        if answer.status != 200:
            return False
        results = orjson.loads(body)["results"]
        for operation, result in zip(operations, results, strict=True):
            heads[operation["criterion"], operation["field"]] = result.get("head_op")
        return len(results) == BATCH and all(result["status"] == "applied" for result in results)

    return send


def _product_client(browser: Browser, audit: DemoAudit, place: int) -> Send:
    """A tablet of its own: its own device, its own criteria, each answer based on the one before."""
    device, heads, count = uuid.uuid4().hex, dict(audit.heads), iter(range(1, 10**9))
    criteria = audit.criteria[place::CLIENTS]

    def send(link: http.client.HTTPConnection) -> bool:
        seq = next(count)
        criterion, levels = criteria[seq % len(criteria)]
        level = levels[(seq // len(criteria)) % len(levels)]
        operation = _answer(seq, criterion, level, heads.get(criterion))
        link.request(
            "POST", f"/api/v1/audits/{audit.id}/ops", orjson.dumps(_batch(device, [operation])), browser.api_headers
        )
        answer = link.getresponse()
        body = answer.read()
        if answer.status != 200:
            return False
        result = orjson.loads(body)["results"][0]
        heads[criterion] = result.get("head_op")
        return bool(result["status"] == "applied")

    return send


def _answer(seq: int, criterion: str, value: str, head: str | None, name: str = "score") -> dict[str, Any]:
    return {
        "op_id": str(uuid7()), "seq": seq, "kind": "answer.set", "criterion": criterion, "field": name,
        "value": value, "base_op": head, "at_device": "",
    }  # fmt: skip


def _batch(device: str, operations: list[dict[str, Any]]) -> dict[str, Any]:
    return {"proto": 1, "device_id": device, "cursor": 10**6, "pending_after": 0, "ops": operations}
