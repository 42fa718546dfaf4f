"""Faults: a real browser, a real server that may die, and between them a proxy that does what networks do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import field
from tests.faults.mortal import mortal_server
from tests.faults.proxy import FaultProxy
from tests.journeys.conftest import new_screen, screen
from tests.server import Server

__all__ = ["new_screen", "screen"]  # fixtures, here too


@dataclass
class Field:
    """Where auditors work: ``address`` is the proxy's, so that every screen opens there.

    ``audit()``: the id of an audit of Iga and Olaf that no other test uses.
    """

    server: Server
    proxy: FaultProxy
    audit: Callable[[], str]

    @property
    def address(self) -> str:
        return self.proxy.address


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    folder: Path = tmp_path_factory.mktemp("faults")
    made = field.Field(folder)
    with mortal_server(folder / "data") as server, FaultProxy(server.port) as proxy:
        yield Field(server, proxy, made.audit)
    made.close()


@pytest.fixture
def proxy(live_server: Field) -> Iterator[FaultProxy]:
    """Nothing goes wrong until a test orders it."""
    live_server.proxy.clear()
    yield live_server.proxy
    live_server.proxy.calm()


@pytest.fixture
def audit(live_server: Field) -> str:
    return live_server.audit()
