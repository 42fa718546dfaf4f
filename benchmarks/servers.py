"""Starts the product and the floor under the same server with the same numbers of processes and threads."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # its types come in a package of their own

ROOT = Path(__file__).resolve().parent.parent
WORKERS, THREADS = 2, 4


@dataclass(frozen=True)
class Server:
    """A running server and its address."""

    url: str
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """CPU time that its processes have used so far."""
        return sum(map(_cpu_seconds, self._family()))

    def settle(self) -> None:
        """Wait until it does next to nothing: less than a twentieth of a processor for two seconds."""
        for _round in range(60):
            before = self.cpu_seconds()
            time.sleep(2)
            if self.cpu_seconds() - before < 2 / 20:
                return
        raise TimeoutError("the server does not come to rest")

    def memory_mb(self) -> float:
        """Memory of all its processes; pages that forked processes share are counted once (PSS)."""
        return float(sum(each.memory_full_info().pss for each in self._family()) / 1e6)

    def _family(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


def _cpu_seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:  # a child that has just ended, as the search for a library does
        return 0
    return float(times.user + times.system)


@contextlib.contextmanager
def product(data: Path, *extra: str) -> Iterator[Server]:
    """The product as ``script/server`` runs it."""
    port = free_port()
    command = [str(ROOT / "script" / "server"), "--port", str(port), "--data", str(data), *extra]
    with _running(
        command, f"http://127.0.0.1:{port}", "/healthz", {**os.environ, "BASE_LOG_LEVEL": "warning"}
    ) as server:
        yield server


@contextlib.contextmanager
def floor(data: Path) -> Iterator[Server]:
    """The floor application under gunicorn."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--preload",
        "--workers", str(WORKERS), "--threads", str(THREADS), "--keep-alive", "30", "benchmarks.floor:create_floor()",
    ]  # fmt: skip
    data.mkdir(parents=True, exist_ok=True)
    with _running(command, f"http://127.0.0.1:{port}", "/", {**os.environ, "FLOOR_DATA": str(data)}) as server:
        yield server


@contextlib.contextmanager
def _running(command: list[str], url: str, path: str, environment: dict[str, str]) -> Iterator[Server]:
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_for(url + path)
        yield Server(url, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(20)


def wait_for(address: str, seconds: float = 180) -> None:
    """Wait until the address answers anything.

    Raises:
        TimeoutError: it does not, in time.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(f"{address} does not answer")


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
