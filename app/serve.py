"""``script/server``: look before starting, migrate, load the demo, then run web server and worker together.

This first process makes the application once and watches its two children: the web server (gunicorn, which
forks its own workers) and the worker that runs jobs. It restarts the worker when it dies, and stops both when
it is told to.
"""

import argparse
import ctypes
import fcntl
import gc
import os
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, NoReturn

from flask import Flask
from gunicorn.app.base import BaseApplication
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app import create_app, migrations
from app.accounts.models import User
from app.config import read_settings
from app.db import db
from app.demo.cast import CAST, PASSWORD
from app.demo.service import load_demo
from app.errors import BadSetting
from app.jobs import run_worker
from app.web import now

STOP_SECONDS = 2.5
GRACE_SECONDS = 2
THREADS = 4
RESTART_SECONDS = 1
PR_SET_PDEATHSIG = 1
GARBAGE = 20_000  # objects between two looks for rings of them; with 700 a tenth of a tablet's batch is looking
ENDING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
WATCHED = ENDING | {signal.SIGCHLD}


class CannotStart(Exception):
    """Why the server does not start, in one line for the person at the terminal."""


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; answers the exit code."""
    options = _options(arguments)
    try:
        return _serve(options)
    except (CannotStart, BadSetting) as reason:
        print(f"script/server: {reason}", file=sys.stderr)
        return 1


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/server")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, default=None)
    parser.add_argument("--no-demo", action="store_true")
    return parser.parse_args(arguments)


def _said_here(options: argparse.Namespace) -> dict[str, object]:
    """Settings that follow from the command line and the terminal; the environment wins where it can be meant."""
    said: dict[str, object] = {"data_dir": options.data} if options.data else {}
    if "BASE_PUBLIC_URL" not in os.environ:
        said["public_url"] = f"http://{options.host}:{options.port}"
    if "BASE_LOG_FORMAT" not in os.environ and sys.stdout.isatty():
        said["log_format"] = "console"
    return said


def _serve(options: argparse.Namespace) -> int:
    settings = read_settings(**_said_here(options))
    listener = _listen(options.host, options.port)
    lock = _lock(settings.data_dir)
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    try:
        app = create_app(settings)
        _prepare(app, with_demo=not options.no_demo)
        banner = _banner(app, settings.public_url)
    except SQLAlchemyError as error:
        raise CannotStart(f"the database cannot be used: {_first_line(error)}") from error
    except OSError as error:
        raise CannotStart(str(error)) from error
    code = _supervise(app, listener, banner)
    lock.close()
    return code


def _listen(host: str, port: int) -> socket.socket:
    """The server's own socket, taken first: nobody else can take it while we get ready."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        why = "is taken by another program or not allowed" if isinstance(error, OSError) else "does not exist"
        raise CannotStart(f"port {port} on {host} {why} ({error}); choose another one with --port") from error
    return listener


def _lock(folder: Path) -> IO[str]:
    """Keep a second server out of the data folder. Children inherit the lock."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "server.lock").open("a+")
    except OSError as error:
        raise CannotStart(f"the data folder {folder} cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotStart(f"another server already works in the data folder {folder}") from None
    return lock


def _prepare(app: Flask, *, with_demo: bool) -> None:
    """Migrate and load the demo where needed, in a process of its own: connections do not survive a fork."""
    with app.app_context():
        migrate = not migrations.is_current(db.engine)
        if migrate and migrations.is_newer(db.engine):
            raise CannotStart(migrations.TOO_OLD)
        load = with_demo and (migrate or _is_empty())
        db.session.remove()
        db.engine.dispose()
    if not migrate and not load:
        return
    code = os.waitstatus_to_exitcode(os.waitpid(_fork(lambda: _write_database(app, migrate=migrate, load=load)), 0)[1])
    if code:
        raise CannotStart("the database could not be made ready, see above")


def _write_database(app: Flask, *, migrate: bool, load: bool) -> None:
    with app.app_context():
        try:
            if migrate:
                print("Preparing the database …", flush=True)
                migrations.upgrade(db.engine)
            if load and _is_empty():
                print("Loading the demo …", flush=True)
                load_demo(now())
        except SQLAlchemyError as error:
            print(f"script/server: the database cannot be used: {_first_line(error)}", file=sys.stderr)
            sys.exit(1)


def _is_empty() -> bool:
    return db.session.scalar(select(User.id).limit(1)) is None


def _banner(app: Flask, address: str) -> str:
    with app.app_context():
        has_demo = db.session.scalar(select(User.id).where(User.email == CAST[0].email)) is not None
        db.session.remove()
        db.engine.dispose()
    lines = [f"BASE is ready: {address}"]
    if has_demo:
        lines.append(f"Demo sign-ins, all with the password {PASSWORD}:")
        lines += [f"  {each.email:<28} {each.name}, {', '.join(each.roles)}" for each in CAST]
    return "\n".join([*lines, "Stop with Ctrl-C."])


def _supervise(app: Flask, listener: socket.socket, banner: str) -> int:
    """Run both children until a signal to stop, or until the web server gives up."""
    gc.freeze()  # what is loaded now stays; the children need not look at it, nor copy its pages
    gc.enable()
    web = _fork(lambda: _run_web_server(app, listener, banner))
    worker = _fork(lambda: _run_worker(app))
    listener.close()
    code = 0
    while True:
        if signal.sigwait(WATCHED) in ENDING:
            break
        ended = _ended_children()
        if web in ended:
            print("script/server: the web server ended unexpectedly", file=sys.stderr)
            code = 1
            break
        if worker in ended:
            time.sleep(RESTART_SECONDS)
            worker = _fork(lambda: _run_worker(app))
    _stop({web, worker})
    return code


def _ended_children() -> set[int]:
    ended: set[int] = set()
    while True:
        try:
            process, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if not process:
            return ended
        ended.add(process)


def _stop(processes: set[int]) -> None:
    """Ask the children to end, and end those that are still there after a while."""
    for process in processes:
        _send(process, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while processes and time.monotonic() < deadline:
        signal.sigtimedwait({signal.SIGCHLD}, 0.1)
        processes -= _ended_children()
    for process in processes:
        _send(process, signal.SIGKILL)


def _send(process: int, number: signal.Signals) -> None:
    try:
        os.kill(process, number)
    except ProcessLookupError:
        return


def _fork(work: Callable[[], None]) -> int:
    """Run ``work`` in a child that ends when we do, however we end."""
    parent = os.getpid()
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
        if os.getppid() == parent:
            work()
            code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
    except BaseException:  # noqa: BLE001  # the last place to say it before this process ends
        traceback.print_exc()
    finally:
        _leave(code)


def _leave(code: int) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _run_worker(app: Flask) -> None:
    from app.handlers import HANDLERS  # noqa: PLC0415  # only the worker needs what jobs need: PDFs above all

    stop = threading.Event()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches everyone; our parent says when
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    run_worker(app, dict(HANDLERS), stop)


def _run_web_server(app: Flask, listener: socket.socket, banner: str) -> None:
    options = {
        "bind": f"fd://{os.dup(listener.fileno())}",
        "worker_class": "gthread",
        "workers": app.config["SETTINGS"].web_concurrency,
        "threads": THREADS,
        "timeout": 60,
        "graceful_timeout": GRACE_SECONDS,
        "control_socket_disable": True,
        "loglevel": "warning",
        "when_ready": lambda _server: print(banner, flush=True),
    }
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(GARBAGE)
    WebServer(app, options).run()


class WebServer(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn around an application that is already made."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self.app = app
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.app


def _first_line(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]


if __name__ == "__main__":
    sys.exit(main())
