"""The whole product in processes of its own, as ``script/server`` runs it, for tests from outside."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 120


class Server:
    """A running server: where it answers, where its data are, what it printed."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, data: Path, log: Path) -> None:
        self.process = process
        self.port = port
        self.address = f"http://127.0.0.1:{port}"
        self.data = data
        self.log = log

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"the server ended:\n{self.output()}"
            try:
                with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (URLError, TimeoutError, ConnectionError):
                time.sleep(0.05)
        raise AssertionError(f"no answer after {READY_SECONDS} s:\n{self.output()}")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end; answers its exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=10)

    def users(self) -> dict[str, dict[str, str]]:
        """The demo's cast by first name in lower case: ``users()["maja"]["password"]``."""
        listed = run_flask(self.data, "demo", "users", "--json")
        return {one["name"].split()[0].lower(): one for one in json.loads(listed)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**extra: str) -> dict[str, str]:
    """This process's environment without settings of the product."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BASE_")}
    for name in ("DATABASE_URL", "PYTHONDONTWRITEBYTECODE"):  # compiled modules make every start quicker
        kept.pop(name, None)
    return {**kept, **extra}


def launch(data: Path, *options: str, **settings: str) -> Server:
    """Start a server and return at once."""
    return launch_from(ROOT, free_port(), data, options, settings)


def launch_from(
    root: Path, port: int, data: Path, options: Sequence[str] = (), settings: Mapping[str, str] | None = None
) -> Server:
    """Start the server of the product in ``root``, which may be another version of it, on this port."""
    data.mkdir(parents=True, exist_ok=True)
    log = data.with_name(data.name + ".log")
    command = [sys.executable, "-m", "app.serve", "--port", str(port), "--data", str(data), *options]
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=root, env=environment(**settings or {}), stdout=output, stderr=output)
    return Server(process, port, data, log)


@contextmanager
def start_server(folder: Path, *options: str, **settings: str) -> Iterator[Server]:
    """A server that answers; stopped at the end."""
    server = launch(folder / "data", *options, **settings)
    try:
        server.wait_until_ready()
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()


def run_flask(data: Path, *arguments: str) -> str:
    """What a ``flask`` command prints, on the server's data."""
    command = [sys.executable, "-m", "flask", *arguments]
    answer = subprocess.run(
        command, cwd=ROOT, env=environment(BASE_DATA_DIR=str(data)), capture_output=True, text=True, check=True
    )
    return answer.stdout
