"""The app is renewed in the middle of an audit: nothing that was said is lost, nothing is sent twice."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.audit_screen import expect_level, expect_state, expect_sync, level
from tests.journeys.tablet.test_tablet_app import (
    ENDED,
    LOOK_FOR_UPDATE,
    VERSION,
    Replace,
    audit,
    live_server,
    newer,
    replace_server,
    tablet,
    visits,
)
from tests.journeys.trouble import Line, photo, received

__all__ = ["audit", "live_server", "newer", "replace_server", "tablet", "visits"]  # fixtures, here too
OFFER = "[data-offer=update]"
WRITE_ON = """(field, offer) => {
  field.focus();
  setInterval(() => {
    field.value += "Segregacja";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    sessionStorage.written = field.value;
  }, 50);
  document.querySelector(`${offer} button`).click();
}"""


@pytest.fixture
def other_audit(visits: tuple[Path, list[str]]) -> str:
    return visits[1][1]


def fill_in(page: Page, audit: str) -> None:
    page.goto(f"/app/audits/{audit}")
    expect(page.locator("[data-ready=yes]")).to_be_visible(timeout=60_000)
    expect_sync(page, "synced", 0)


def note_of(page: Page, criterion: str) -> Locator:
    card = page.locator(f'[data-criterion="{criterion}"]')
    if not card.locator("textarea[id^=note-]").is_visible():
        card.get_by_role("button", name="Notatka").click()
    return card.locator("textarea[id^=note-]")


def said(page: Page, audit: str) -> list[Any]:
    """What the server has been told, in order, each once: values, and photos that it holds."""
    ops = received(page, audit)
    assert {op["result"]["status"] for op in ops} <= {"applied"}
    return [op["value"] if op["kind"] == "answer.set" else op["kind"] for op in ops if op.get("stored", True)]


def wait_with(page: Page, replace: Replace, root: Path) -> str:
    """Let a newer version come and wait; answers the version that goes on."""
    before: str = page.evaluate(VERSION)
    replace(root)
    page.evaluate(LOOK_FOR_UPDATE)
    assert page.evaluate(ENDED) == "waiting"
    assert page.evaluate(VERSION) == before
    return before


def test_a_version_that_takes_over_in_the_middle_of_an_audit_loses_and_doubles_nothing(
    tablet: Page, audit: str, replace_server: Replace, newer: Path
) -> None:
    line = Line(tablet.context)
    fill_in(tablet, audit)
    level(tablet, "EKO-ZAR-01", 1)
    expect_state(tablet, "EKO-ZAR-01", "sent")
    line.cut()
    level(tablet, "EKO-ZAR-01", 2)
    level(tablet, "EKO-ZAR-02", 3)
    photo(tablet, "EKO-ZAR-02")
    field = note_of(tablet, "EKO-ZAR-02")
    field.press_sequentially("Segregacja przy")
    expect_sync(tablet, "offline", 4)

    before = wait_with(tablet, replace_server, newer)
    expect(tablet.locator(OFFER)).to_have_count(0)  # not while something waits to be sent
    expect(field).to_be_focused()
    with tablet.expect_navigation():
        field.evaluate(
            """field => {
              field.value += " każdym stanowisku";
              field.dispatchEvent(new Event("input", { bubbles: true }));
              setTimeout(() => location.reload());
            }"""
        )
    expect_level(tablet, "EKO-ZAR-01", 2)  # drawn when the page has loaded once more, by the new version
    assert tablet.evaluate(VERSION) != before
    expect_level(tablet, "EKO-ZAR-02", 3)
    expect(note_of(tablet, "EKO-ZAR-02")).to_have_value("Segregacja przy każdym stanowisku")
    expect(tablet.locator('[data-criterion="EKO-ZAR-02"] [data-photo]')).to_have_attribute("data-state", "device")
    for criterion in ("EKO-ZAR-01", "EKO-ZAR-02"):
        expect_state(tablet, criterion, "device")
    expect(tablet.get_by_role("alertdialog")).to_have_count(0)
    expect_sync(tablet, "offline", 5)

    line.mend()
    expect_sync(tablet, "synced", 0)
    for criterion in ("EKO-ZAR-01", "EKO-ZAR-02"):
        expect_state(tablet, criterion, "sent")
    assert said(tablet, audit) == [1, 2, 3, "photo.add", "Segregacja przy", "Segregacja przy każdym stanowisku"]


def test_a_version_taken_while_somebody_writes_on_keeps_every_letter(
    tablet: Page, other_audit: str, replace_server: Replace, newer: Path
) -> None:
    fill_in(tablet, other_audit)
    before = wait_with(tablet, replace_server, newer)
    with tablet.expect_navigation():
        note_of(tablet, "EKO-ZAR-02").evaluate(WRITE_ON, OFFER)
    written = tablet.evaluate("sessionStorage.written")
    expect(note_of(tablet, "EKO-ZAR-02")).to_have_value(written)
    assert tablet.evaluate(VERSION) != before
    expect_sync(tablet, "synced", 0)
    assert said(tablet, other_audit)[-1] == written


def test_a_page_that_goes_on_with_the_version_before_keeps_and_sends_everything(
    tablet: Page, other_audit: str, replace_server: Replace, newer: Path
) -> None:
    going_on = tablet.context.new_page()
    fill_in(going_on, other_audit)
    known = said(tablet, other_audit)
    before = wait_with(tablet, replace_server, newer)
    field = note_of(going_on, "EKO-SUR-01")
    field.press_sequentially("Wykaz")
    expect_sync(going_on, "synced", 0)
    with tablet.expect_navigation():
        tablet.locator(OFFER).get_by_role("button").click()
    expect(tablet.locator("[data-audit]")).to_have_count(2)
    assert tablet.evaluate(VERSION) != before

    tablet.context.set_offline(True)
    field.press_sequentially(" w biurze")
    level(going_on, "EKO-SUR-01", 3)
    photo(going_on, "EKO-SUR-01")
    expect_sync(going_on, "offline", 3)
    going_on.reload()
    expect_level(going_on, "EKO-SUR-01", 3)
    expect(note_of(going_on, "EKO-SUR-01")).to_have_value("Wykaz w biurze")
    expect(going_on.locator('[data-criterion="EKO-SUR-01"] [data-photo]')).to_have_attribute("data-state", "device")
    tablet.context.set_offline(False)
    expect_sync(going_on, "synced", 0)
    assert said(tablet, other_audit)[len(known) :] == ["Wykaz", "Wykaz w biurze", 3, "photo.add"]
