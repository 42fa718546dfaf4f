"""Static files: served compressed and for good, under a path that changes when any of them changes."""

import hashlib
from pathlib import Path

from flask import Flask
from whitenoise import WhiteNoise

STATIC = Path(__file__).parent / "static"
FOREVER = 365 * 24 * 3600


def serve(app: Flask) -> None:
    """Serve ``app/static`` at ``/static/<digest>/``; modules there may import each other by relative paths."""
    prefix = f"/static/{_digest(STATIC)}/"
    app.config["STATIC_PREFIX"] = prefix
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=str(STATIC), prefix=prefix, max_age=FOREVER, immutable_file_test=lambda *_: True
    )


def _digest(folder: Path) -> str:
    """Twelve hex digits over names, sizes and contents of every file."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".gz":
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]
