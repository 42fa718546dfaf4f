"""A tablet that cannot send: its rescue file goes to the office; when it comes back nothing is there twice."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from app.tablets.rescue_file import LARGEST
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


def heic_of(megabytes: int, green: int) -> bytes:
    """As some phones write them: this browser cannot draw it, so it stays as large as it came."""
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (320, 240), (90, green, 60))).save(out)
    filling = megabytes * 1_000_000
    return out.getvalue() + filling.to_bytes(4, "big") + b"free" + bytes(filling - 8)


def test_photos_for_more_than_one_rescue_file_are_shared_among_several_that_may_come_in_any_order(
    new_screen: Callable[..., Page], audit: str, tmp_path: Path
) -> None:
    tablet, office = new_screen(), new_screen()
    open_audit(tablet, audit)
    expect_sync(tablet, "synced", 0)
    tablet.context.set_offline(True)
    for number in range(5):
        (tmp_path / f"IMG_{number}.heic").write_bytes(heic_of(14, 100 + number))
        tablet.locator('[data-photo-for="EKO-ZAR-01"]').set_input_files(tmp_path / f"IMG_{number}.heic")
        expect_sync(tablet, "offline", number + 1)
    tablet.locator("[data-sync] button").click()
    tablet.get_by_role("dialog").get_by_role("button", name="Zachowaj plik ratunkowy").click()
    choice = tablet.get_by_role("dialog").last
    expect(choice).to_contain_text("za dużo zdjęć na jeden plik")
    files = [save_part(tablet, part, tmp_path) for part in choice.get_by_role("button", name="base-rescue").all()]
    assert len({file.name for file in files}) == len(files) == 3
    for file in reversed(files):
        assert file.stat().st_size < LARGEST
        take_over(office, file)
    stored = [one["photos"] for file in files for one in json.loads(file.read_text(encoding="utf-8"))["audits"]]
    assert [len(photos) for photos in stored] == [2, 2, 1]
    assert len(received(office, audit)) == 5
    for photo in (one["id"] for photos in stored for one in photos):
        assert office.request.get(f"/api/v1/audits/{audit}/photos/{photo}").body()[:3] == b"\xff\xd8\xff"


def save_part(tablet: Page, part: Locator, folder: Path) -> Path:
    with tablet.expect_download() as download:
        part.click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


SHARE_SHEET = """globalThis.handed = []; globalThis.late = true;
navigator.canShare = () => true;
navigator.share = async ({ files }) => {
  if (late) throw new DOMException("a tap is too long ago", "NotAllowedError");
  handed.push(files[0].name);
};"""


def test_a_share_sheet_that_wants_a_fresh_tap_gets_one(new_screen: Callable[..., Page], audit: str) -> None:
    tablet = new_screen(has_touch=True, is_mobile=True)
    tablet.add_init_script(SHARE_SHEET)
    open_audit(tablet, audit)
    expect_sync(tablet, "synced", 0)
    tablet.context.set_offline(True)
    level(tablet, "EKO-ZAR-01", 1)
    tablet.locator("[data-sync] button").click()
    tablet.get_by_role("dialog").get_by_role("button", name="Zachowaj plik ratunkowy").click()
    again = tablet.get_by_role("button", name="base-rescue")
    expect(again).to_be_visible()
    tablet.evaluate("late = false")
    again.click()
    tablet.wait_for_function("handed.length === 1")
