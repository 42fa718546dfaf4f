"""Static files: served compressed and for good, under a path that changes when any of them changes."""

import contextlib
import gzip
import hashlib
import os
from pathlib import Path

from flask import Flask
from whitenoise import WhiteNoise

STATIC = Path(__file__).parent / "static"
FOREVER = 365 * 24 * 3600
COMPRESSED = frozenset({".css", ".js", ".svg", ".json", ".webmanifest"})


def serve(app: Flask) -> None:
    """Serve ``app/static`` at ``/static/<digest>/``; modules there may import each other by relative paths."""
    files = sorted(path for path in STATIC.rglob("*") if path.is_file() and path.suffix != ".gz")
    digests = {path.relative_to(STATIC).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    prefix = f"/static/{hashlib.sha256(repr(digests).encode()).hexdigest()[:12]}/"
    app.config.update(STATIC_PREFIX=prefix, STATIC_DIGESTS=digests)
    with contextlib.suppress(OSError):  # a folder that cannot be written is served as it is, larger
        _compress(files)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]  # how WSGI middleware is put on
        app.wsgi_app, root=str(STATIC), prefix=prefix, max_age=FOREVER, immutable_file_test=lambda *_: True
    )


def _compress(files: list[Path]) -> None:
    """A ``.gz`` beside every text, made anew when the text is newer; WhiteNoise sends it to browsers that take it."""
    for path in files:
        beside = path.with_name(path.name + ".gz")
        changed = path.stat().st_mtime_ns
        if path.suffix not in COMPRESSED or (beside.exists() and beside.stat().st_mtime_ns == changed):
            continue
        part = beside.with_name(f"{beside.name}.{os.getpid()}")
        part.write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
        os.utime(part, ns=(changed, changed))  # the same time says: made from this version
        part.replace(beside)
