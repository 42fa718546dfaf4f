"""What the journeys of the audit screen do and see: opening, tapping, looking at the states of §5's contract."""

from playwright.sync_api import Page, expect

from tests.factories import PASSWORD
from tests.journeys.conftest import come_in


def open_audit(page: Page, audit: str, who: str = "iga") -> None:
    come_in(page, f"{who}@base.example.org", PASSWORD)
    page.goto(f"/app/audits/{audit}")
    expect(page.locator("[data-criterion]").first).to_be_visible()


def level(page: Page, criterion: str, value: object) -> None:
    page.click(f'[data-criterion="{criterion}"] [data-level="{value}"]')


def expect_level(page: Page, criterion: str, value: object) -> None:
    expect(page.locator(f'[data-criterion="{criterion}"] [data-level="{value}"]')).to_have_attribute(
        "aria-checked", "true"
    )


def expect_state(page: Page, criterion: str, state: str) -> None:
    card = page.locator(f'[data-criterion="{criterion}"]')
    expect(card).to_have_attribute("data-state", state)
    if state != "saving":
        expect(card).not_to_have_attribute("aria-busy", "true")  # what follows from the answer is shown too


def expect_sync(page: Page, state: str, pending: int) -> None:
    expect(page.locator("[data-sync]")).to_have_attribute("data-sync", state)
    expect(page.locator("[data-sync]")).to_have_attribute("data-pending", str(pending))
