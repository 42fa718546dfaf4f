"""Who holds a tablet in the tests of pages and of the interface."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.permissions import Role
from app.audits.models import Audit
from tests.factories import make_user, sign_in_as
from tests.tablets import Tablet
from tests.visits import make_audit


@pytest.fixture
def iga(client: FlaskClient) -> Any:
    user = make_user(Role.AUDITOR, name="Iga Lewandowska")
    sign_in_as(client, user)
    return user


@pytest.fixture
def audit(iga: Any) -> Audit:
    return make_audit(iga)


@pytest.fixture
def tablet(client: FlaskClient, audit: Audit) -> Tablet:
    return Tablet(client, audit)


@pytest.fixture
def olaf(app: Flask) -> Any:
    """A second auditor with a tablet of his own."""
    return make_user(Role.AUDITOR, name="Olaf Zieliński")
