"""A proxy on loopback between a browser and the real server, which does to requests what networks and servers do.

By order, ``proxy.order(Fault.DROP_REPLY)``, or by a seeded plan. It writes down what came and what really reached the
server. Every answer ends its connection: a browser would repeat a request by itself on one that it has used before.
"""

import http.client
import json
import random
import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

OPS = r"^POST .*/ops( \(several\))?$"
SEVERAL = r"^POST .*/ops \(several\)$"
PHOTOS = r"^PUT .*/photos/"
API = r" /api/v1/"
HOP_BY_HOP = {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "content-length"}
PATIENCE = 60
JSON = ("Content-Type", "application/json")
ELSEWHERE = "/portal/terms"  # where a redirect leads
LOGIN_PAGE = b"<!doctype html><title>Wi-Fi</title><p>Please accept the terms.</p>"
NAMES_NOTHING = (
    b'{"proto":1,"server_time":"2026-11-22T10:00:00+00:00","cursor":0,"contiguous_seq":null,"gap":false,'
    b'"results":[],"changes":[]}'
)
DRIP_SECONDS = 0.5


class Fault(StrEnum):
    """What becomes of a request. The second half kills the server: see ``mortal``."""

    DROP_REQUEST = "drop_request"  # it never arrives
    DROP_REPLY = "drop_reply"  # the server has done it; nobody hears
    DUPLICATE = "duplicate"  # it arrives twice; the second answer comes back
    LATE = "late"  # given up here, it arrives when ``release`` is called: after what was sent since
    SLOW = "slow"  # the answer comes letter by letter and never ends
    TRUNCATE = "truncate"  # half an answer
    HALF_JSON = "half_json"  # half an answer that looks complete
    HALF_ITEMISED = "half_itemised"  # a whole answer that leaves the last operation out
    ERROR = "error_500"  # after the server has done it
    BAD_GATEWAY = "bad_gateway_502"
    REDIRECT = "redirect_302"
    PORTAL = "portal_200_html"
    EMPTY = "empty_200_json"  # an answer that names no operation
    OTHER_PROTOCOL = "other_protocol"  # the answer of a server that speaks the next version
    TOO_LARGE = "too_large_413"
    REFUSED = "refused_415_html"  # by something on the way
    TOO_MANY = "too_many_429"
    UNAVAILABLE = "unavailable_503"
    SIGNED_OUT = "signed_out"  # it arrives without a session
    KILL_BEFORE_COMMIT = "kill_before_commit"
    KILL_MID_BATCH = "kill_mid_batch"
    KILL_AFTER_COMMIT = "kill_after_commit"


@dataclass
class Seen:
    """A request that came, what was done to it, and how often it reached the server."""

    method: str
    path: str
    body: bytes
    fault: Fault | None
    reached: int = 0
    status: int = 0


@dataclass
class Order:
    """A fault for the next ``times`` requests that match; None: until ``calm``."""

    fault: Fault
    where: str
    times: int | None
    retry_after: str


@dataclass
class Reply:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class Traffic:
    """What was ordered, what was seen, what is held back."""

    server_port: int
    orders: list[Order] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    held: list[Callable[[], Reply | None]] = field(default_factory=list)
    after: Callable[[Seen], None] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    calmed: threading.Event = field(default_factory=threading.Event)

    def fault_for(self, request: str) -> Order | None:
        with self.lock:
            found = next((one for one in self.orders if re.search(one.where, request)), None)
            if found and found.times is not None:
                found.times -= 1
                if found.times == 0:
                    self.orders.remove(found)
            return found


class FaultProxy:
    """``with FaultProxy(server.port) as proxy: page.goto(proxy.address)``."""

    def __init__(self, server_port: int) -> None:
        self.traffic = Traffic(server_port)
        handler = type("Handler", (_Handler,), {"traffic": self.traffic})
        self._front = _Front(("127.0.0.1", 0), handler)
        self.address = f"http://127.0.0.1:{self._front.server_port}"
        self._thread = threading.Thread(target=self._front.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self.calm()
        self._front.shutdown()
        self._front.server_close()
        self._thread.join(5)

    @property
    def seen(self) -> list[Seen]:
        return self.traffic.seen

    def order(self, fault: Fault, where: str = OPS, times: int | None = 1, retry_after: str = "1") -> None:
        """Do this to the next ``times`` requests that match ``where``: method and path, without the query."""
        with self.traffic.lock:
            self.traffic.orders.append(Order(fault, where, times, retry_after))

    def plan(self, chance: random.Random, faults: list[Fault], where: str = OPS, retry_after: str = "0") -> Fault:
        """Order one of the faults by chance."""
        fault = chance.choice(faults)
        self.order(fault, where, 1, retry_after)
        return fault

    def calm(self) -> None:
        """From now on nothing goes wrong; what was held back arrives, what never ended breaks off."""
        with self.traffic.lock:
            self.traffic.orders.clear()
            self.traffic.calmed.set()
            self.traffic.calmed = threading.Event()
        self.release()

    def release(self) -> int:
        """What was held back arrives now, nobody waits for it. Answers how many requests that were."""
        held, self.traffic.held = self.traffic.held, []
        for forward in held:
            forward()
        return len(held)

    def after_reply(self, do: Callable[[Seen], None]) -> None:
        """Once: call this when the server has answered the next batch of operations, before anybody hears of it."""
        self.traffic.after = do

    def clear(self) -> None:
        self.traffic.seen.clear()

    def batches(self) -> list[Seen]:
        """The calls that carried operations or asked for others'."""
        return [one for one in self.seen if re.search(OPS, f"{one.method} {one.path}")]


class _Front(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away is no error of ours."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    traffic: Traffic

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name in the standard library
        """Quiet: ``seen`` is the log."""

    def do(self) -> None:
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.partition("?")[0]
        request = f"{self.command} {path}{_brings(body) if path.endswith('/ops') else ''}"
        calmed = self.traffic.calmed  # of now: it may be over before the server has answered
        order = self.traffic.fault_for(request)
        seen = Seen(self.command, path, body, order.fault if order else None)
        self.traffic.seen.append(seen)
        headers = [(name, value) for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP]
        send = _Sender(self.traffic, self.command, self.path, headers, body, seen)
        reply = _meddled(send, order) if order else send()
        after = self.traffic.after
        if after and reply and re.search(OPS, request):
            self.traffic.after = None
            after(seen)
            reply = None
        if reply is not None:
            self._give(reply, order.fault if order else None, calmed)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do  # noqa: N815  # their names in the standard library

    def _give(self, reply: Reply, fault: Fault | None, calmed: threading.Event) -> None:
        self.send_response_only(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD":
            return
        if fault is Fault.TRUNCATE:
            self.wfile.write(reply.body[: len(reply.body) // 2])
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
        elif fault is Fault.SLOW:
            deadline = time.monotonic() + PATIENCE
            for at in range(len(reply.body) - 1):
                if time.monotonic() > deadline or calmed.is_set():
                    break
                self.wfile.write(reply.body[at : at + 1])
                self.wfile.flush()
                calmed.wait(DRIP_SECONDS)
            self.connection.shutdown(socket.SHUT_RDWR)  # better weather does not finish it, a new call does
        else:
            self.wfile.write(reply.body)


def _brings(body: bytes) -> str:
    """No fault for OPS is spent on a call that brings nothing and only asks for others' operations."""
    ops = json.loads(body)["ops"] if body else []
    return " (several)" if len(ops) > 1 else "" if ops else " (asks only)"


@dataclass
class _Sender:
    """Brings one request to the server; None when no answer comes."""

    traffic: Traffic
    method: str
    address: str
    headers: list[tuple[str, str]]
    body: bytes
    seen: Seen

    def plainly(self) -> Reply | None:
        """The answer without compression."""
        self.headers = [(name, value) for name, value in self.headers if name.lower() != "accept-encoding"]
        return self()

    def __call__(self, *more: tuple[str, str], signed_in: bool = True) -> Reply | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.traffic.server_port, timeout=PATIENCE)
        try:
            connection.putrequest(self.method, self.address, skip_host=True, skip_accept_encoding=True)
            for name, value in (*self.headers, *more):
                if signed_in or name.lower() != "cookie":
                    connection.putheader(name, value)
            connection.putheader("Connection", "close")
            if self.body or self.method in {"POST", "PUT"}:
                connection.putheader("Content-Length", str(len(self.body)))
            connection.endheaders(self.body or None)
            self.seen.reached += 1
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        self.seen.status = answer.status
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP]
        return Reply(answer.status, kept, content)


def _meddled(send: _Sender, order: Order) -> Reply | None:
    """What comes back when this fault happens; None: the connection ends without a word."""
    if order.fault in MADE_UP:
        return _made_up(order)
    if order.fault.startswith("kill"):
        return send(("X-Fault", order.fault.value))
    return MEDDLING[order.fault](send)


def _made_up(order: Order) -> Reply:
    status, kind, body = MADE_UP[order.fault]
    extra = ("Location", ELSEWHERE) if order.fault is Fault.REDIRECT else ("Retry-After", order.retry_after)
    return Reply(status, [("Content-Type", kind), extra], body)


def _never(_send: _Sender) -> None:
    return None


def _lost(send: _Sender) -> None:
    send()


def _held(send: _Sender) -> None:
    send.traffic.held.append(send)


def _twice(send: _Sender) -> Reply | None:
    send()
    return send()


def _without_session(send: _Sender) -> Reply | None:
    return send(signed_in=False)


def _broken(send: _Sender) -> Reply | None:
    return send() and Reply(500, [("Content-Type", "text/html")], b"<h1>Internal Server Error</h1>")


def _half(send: _Sender) -> Reply | None:
    reply = send.plainly()
    return reply and Reply(reply.status, [JSON], reply.body[: len(reply.body) // 2])


def _half_itemised(send: _Sender) -> Reply | None:
    reply = send.plainly()
    if reply is None or reply.status != 200:
        return reply
    said = json.loads(reply.body)
    said["results"] = said.get("results", [])[:-1]
    return Reply(reply.status, [JSON], json.dumps(said).encode())


def _next_protocol(send: _Sender) -> Reply | None:
    reply = send.plainly()
    return reply and Reply(reply.status, [JSON], reply.body.replace(b'"proto":1', b'"proto":2', 1))


MEDDLING: dict[Fault, Callable[[_Sender], Reply | None]] = {
    Fault.DROP_REQUEST: _never,
    Fault.DROP_REPLY: _lost,
    Fault.DUPLICATE: _twice,
    Fault.LATE: _held,
    Fault.SLOW: _Sender.__call__,  # what is slow about it is in _give
    Fault.TRUNCATE: _Sender.__call__,
    Fault.HALF_JSON: _half,
    Fault.HALF_ITEMISED: _half_itemised,
    Fault.ERROR: _broken,
    Fault.OTHER_PROTOCOL: _next_protocol,
    Fault.SIGNED_OUT: _without_session,
}
MADE_UP: dict[Fault, tuple[int, str, bytes]] = {
    Fault.BAD_GATEWAY: (502, "text/html", b"<h1>Bad Gateway</h1>"),
    Fault.REDIRECT: (302, "text/html", b""),
    Fault.PORTAL: (200, "text/html; charset=utf-8", LOGIN_PAGE),
    Fault.EMPTY: (200, "application/json", NAMES_NOTHING),
    Fault.TOO_LARGE: (413, "application/json", b'{"proto":1,"error":"too_large"}'),
    Fault.REFUSED: (415, "text/html", b"<h1>Unsupported Media Type</h1>"),
    Fault.TOO_MANY: (429, "application/json", b'{"proto":1,"error":"slow_down"}'),
    Fault.UNAVAILABLE: (503, "text/html", b"<h1>Service Unavailable</h1>"),
}
