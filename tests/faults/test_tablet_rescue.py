"""A tablet that cannot send: its rescue file goes to the office; when it comes back nothing is there twice."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.factories import PASSWORD
from tests.faults.test_tablet_faults import hurry, received
from tests.journeys.audit_screen import expect_level, expect_state, expect_sync, level, open_audit
from tests.journeys.conftest import come_in
from tests.visits import jpeg

pytestmark = pytest.mark.browser


def save_rescue_file(tablet: Page, folder: Path) -> Path:
    """As its auditor does: from the list of what waits."""
    tablet.locator("[data-sync] button").click()
    dialog = tablet.get_by_role("dialog")
    with tablet.expect_download() as download:
        dialog.get_by_role("button", name="Zachowaj plik ratunkowy").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    tablet.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    return file


def take_over(office: Page, file: Path) -> None:
    """As the coordinator does: upload, look, confirm."""
    come_in(office, "maja@base.example.org", PASSWORD)
    office.goto("/tablets/rescue")
    office.locator("input[type=file]").set_input_files(file)
    office.get_by_role("button", name="Wczytaj i sprawdź").click()
    expect(office.get_by_role("main")).to_contain_text("Iga Lewandowska")
    office.get_by_role("button", name="Przejmij").click()
    expect(office.get_by_role("main")).to_contain_text("Przejęto")


def test_a_rescue_file_and_the_tablet_that_comes_back_later_count_once(
    new_screen: Callable[..., Page], audit: str, tmp_path: Path
) -> None:
    tablet, office = new_screen(), new_screen()
    open_audit(tablet, audit)
    expect_sync(tablet, "synced", 0)
    tablet.context.set_offline(True)
    level(tablet, "EKO-ZAR-01", 1)
    level(tablet, "EKO-ZAR-02", 2)
    photo = FilePayload(name="IMG_1.jpg", mimeType="image/jpeg", buffer=jpeg())
    tablet.locator('[data-photo-for="EKO-ZAR-01"]').set_input_files([photo])
    expect_sync(tablet, "offline", 3)
    file = save_rescue_file(tablet, tmp_path)
    level(tablet, "EKO-ZAR-01", 3)  # the work goes on after the file was saved
    expect_sync(tablet, "offline", 4)

    take_over(office, file)
    said = json.loads(file.read_text(encoding="utf-8"))["audits"][0]
    there = received(office, audit)
    assert [op["op_id"] for op in there] == [op["op_id"] for op in said["ops"]]
    assert {op["by"] for op in there} == {"Iga Lewandowska"}
    assert {op["result"]["status"] for op in there} == {"applied"}
    stored = office.request.get(f"/api/v1/audits/{audit}/photos/{said['photos'][0]['id']}")
    assert stored.body()[:3] == b"\xff\xd8\xff"

    tablet.context.set_offline(False)
    hurry(tablet)
    expect_sync(tablet, "synced", 0)
    expect(tablet.locator("[data-photo]")).to_have_attribute("data-state", "sent")
    for criterion, value in (("EKO-ZAR-01", 3), ("EKO-ZAR-02", 2)):
        expect_level(tablet, criterion, value)
        expect_state(tablet, criterion, "sent")
    after = received(tablet, audit)
    assert after[:3] == there
    assert [op["value"] for op in after[3:]] == [3]
    assert {op["result"]["status"] for op in after} == {"applied"}
