"""The product as ``script/server`` runs it, except that its web process dies by SIGKILL where a request says so.

``X-Fault: kill_before_commit`` dies when everything is written but not committed, ``kill_mid_batch`` when what follows
from the operations is being written (operations that were committed by then would stay), ``kill_after_commit`` before
the answer. Gunicorn then starts another process on the same data, as a supervisor would.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from flask import g, has_request_context, request
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from app import serve
from app.checklists import library
from tests.faults.proxy import Fault
from tests.faults.test_server import children_of
from tests.server import ROOT, Server, environment, free_port


def launch_mortal(data: Path, port: int, **settings: str) -> Server:
    """Start it and return at once. ``CHECKLISTS``: another folder than the product's."""
    command = [sys.executable, "-m", "tests.faults.mortal", "--port", str(port), "--data", str(data), "--no-demo"]
    settings = {"BASE_SIGN_IN_LIMIT": "1000 per minute", **settings}
    log = data.with_name(data.name + ".log")
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(**settings), stdout=output, stderr=output)
    return Server(process, port, data, log)


@contextmanager
def mortal_server(data: Path, **settings: str) -> Iterator[Server]:
    """It answers; stopped at the end."""
    server = launch_mortal(data, free_port(), **settings)
    try:
        server.wait_until_ready()
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()


def end_at_once(server: Server) -> None:
    """As when the power fails: no process of it has time for anything."""
    for process in (server.process.pid, *children_of(server.process.pid)):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _die(moment: Fault) -> None:
    if has_request_context() and request.headers.get("X-Fault") == moment:
        os.kill(os.getpid(), signal.SIGKILL)


def _make_mortal() -> None:
    @event.listens_for(Engine, "commit")
    def _before_commit(_connection: object) -> None:
        _die(Fault.KILL_BEFORE_COMMIT)

    @event.listens_for(Session, "after_commit")
    def _after_commit(_session: object) -> None:
        _die(Fault.KILL_AFTER_COMMIT)

    @event.listens_for(Engine, "after_cursor_execute")
    def _between(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not has_request_context():
            return
        if "operations_written" in g:
            _die(Fault.KILL_MID_BATCH)
        elif statement.startswith("INSERT INTO operation"):
            g.operations_written = True


def main(arguments: Sequence[str]) -> int:
    _make_mortal()
    if folder := os.environ.get("CHECKLISTS"):
        library.FOLDER = Path(folder)
    return serve.main(list(arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
