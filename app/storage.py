"""Files that people add (photos, evidence) and that we make (PDFs): kept by key on local disk.

A key is ``<area>/<uuid>/<name>``. A file is written whole or not at all, and never overwritten with other content.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from flask import current_app

from app.errors import Conflict, NotFound


def _root() -> Path:
    root: Path = current_app.config["FILES_DIR"]
    return root


def _path(key: str) -> Path:
    root = _root().resolve()
    path = (root / key).resolve()
    if not path.is_relative_to(root) or path == root:
        raise NotFound(f"no file {key}")
    return path


def put(key: str, content: bytes) -> str:
    """Store ``content`` durably under ``key``; returns its SHA-256 as hex.

    Raises:
        Conflict: another content is stored under this key.
    """
    path = _path(key)
    digest = hashlib.sha256(content).hexdigest()
    if path.exists():
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise Conflict(f"file {key} exists with other content")
        return digest
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
    _sync_folder(path.parent)
    return digest


def get(key: str) -> bytes:
    """The content stored under ``key``.

    Raises:
        NotFound: nothing is stored there.
    """
    try:
        return _path(key).read_bytes()
    except FileNotFoundError:
        raise NotFound(f"no file {key}") from None


def open_file(key: str) -> BinaryIO:
    """The file stored under ``key``, opened for reading, for sending without loading it whole.

    Raises:
        NotFound: nothing is stored there.
    """
    try:
        return _path(key).open("rb")
    except FileNotFoundError:
        raise NotFound(f"no file {key}") from None


def remove(key: str) -> None:
    """Forget the file stored under ``key``; nothing happens when there is none. Only for what was never published."""
    _path(key).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    # the rename itself must survive a power cut
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
