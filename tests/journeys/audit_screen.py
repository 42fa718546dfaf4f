"""What the journeys of the audit screen do and see: opening, tapping, looking at the states of §5's contract."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from app import create_app, migrations
from app.accounts.models import User
from app.accounts.permissions import Role
from app.config import Settings
from app.db import db
from tests.factories import PASSWORD, make_user
from tests.journeys.conftest import sign_in
from tests.visits import make_audit


def make_field(folder: Path, audits: int, more: Callable[[User, User], list[str]] | None = None) -> list[str]:
    """A data folder with Iga, Olaf and audits of theirs; ``more`` adds further ones. Answers their ids."""
    (folder / "data").mkdir()
    app = create_app(Settings(environment="test", data_dir=folder / "data"))
    with app.app_context():
        migrations.upgrade(db.engine)
        iga = make_user(Role.AUDITOR, name="Iga Lewandowska", email="iga@base.example.org", password=PASSWORD)
        olaf = make_user(Role.AUDITOR, name="Olaf Zieliński", email="olaf@base.example.org", password=PASSWORD)
        made = [str(make_audit(iga, olaf, supplier="WTZ „Morska Szuflada”").id) for _ in range(audits)]
        made += more(iga, olaf) if more else []
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return made


def open_audit(page: Page, audit: str, who: str = "iga") -> None:
    sign_in(page, f"{who}@base.example.org", PASSWORD)
    page.goto(f"/app/audits/{audit}")
    expect(page.locator("[data-criterion]").first).to_be_visible()


def level(page: Page, criterion: str, value: object) -> None:
    page.click(f'[data-criterion="{criterion}"] [data-level="{value}"]')


def expect_level(page: Page, criterion: str, value: object) -> None:
    expect(page.locator(f'[data-criterion="{criterion}"] [data-level="{value}"]')).to_have_attribute(
        "aria-checked", "true"
    )


def expect_state(page: Page, criterion: str, state: str) -> None:
    expect(page.locator(f'[data-criterion="{criterion}"]')).to_have_attribute("data-state", state)


def expect_sync(page: Page, state: str, pending: int) -> None:
    expect(page.locator("[data-sync]")).to_have_attribute("data-sync", state)
    expect(page.locator("[data-sync]")).to_have_attribute("data-pending", str(pending))
