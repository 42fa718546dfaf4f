"""The tablet without a network and in trouble: what the screen called saved is not lost, doubled or overwritten."""

import base64
import contextlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, Request, Route, expect

from tests.chromium import CHROMIUM_OPTIONS, chromium
from tests.factories import PASSWORD
from tests.field import Field
from tests.journeys.audit_screen import expect_level, expect_state, expect_sync, level, open_audit
from tests.journeys.trouble import Line, noise, photo, quota, received
from tests.server import Server
from tests.visits import jpeg


def test_answers_notes_and_photos_survive_a_reload_without_a_server(screen: Page, line: Line, audit: str) -> None:
    open_audit(screen, audit)
    line.cut()
    level(screen, "EKO-ZAR-01", 0)
    level(screen, "EKO-ZAR-02", 3)
    card = screen.locator('[data-criterion="EKO-ZAR-02"]')
    card.get_by_role("button", name="Notatka").click()
    card.locator("textarea[id^=note]").fill("Segregacja przy każdym stanowisku")
    photo(screen, "EKO-ZAR-01")
    expect_sync(screen, "offline", 4)
    screen.reload()
    expect_level(screen, "EKO-ZAR-01", 0)
    expect_level(screen, "EKO-ZAR-02", 3)
    expect_state(screen, "EKO-ZAR-02", "device")
    expect(card.locator("textarea[id^=note]")).to_have_value("Segregacja przy każdym stanowisku")
    shown = screen.locator('[data-criterion="EKO-ZAR-01"] [data-photo]')
    expect(shown).to_have_attribute("data-state", "device")
    assert shown.locator("img").evaluate("img => img.decode().then(() => img.naturalWidth)") > 0
    expect_sync(screen, "offline", 4)
    line.mend()
    expect_sync(screen, "synced", 0)
    expect(shown).to_have_attribute("data-state", "sent")
    assert sorted(op["kind"] for op in received(screen, audit)) == ["answer.set"] * 3 + ["photo.add"]


def test_a_page_that_crashes_keeps_what_it_showed_as_saved(screen: Page, line: Line, audit: str) -> None:
    open_audit(screen, audit)
    line.cut()
    level(screen, "EKO-ZAR-01", 2)
    expect_state(screen, "EKO-ZAR-01", "device")
    with contextlib.suppress(Error):
        screen.goto("chrome://crash")
    again = screen.context.new_page()
    again.goto(f"/app/audits/{audit}")
    expect_level(again, "EKO-ZAR-01", 2)
    expect_sync(again, "offline", 1)
    line.mend(again)
    expect_sync(again, "synced", 0)


def ids_in(request: Request) -> list[str]:
    said = json.loads(request.post_data or "{}") if request.url.endswith("/ops") else {}
    return [op["op_id"] for op in said.get("ops", [])]


def test_two_pages_show_and_send_the_same_queue(screen: Page, line: Line, audit: str) -> None:
    open_audit(screen, audit)
    second = screen.context.new_page()
    second.goto(f"/app/audits/{audit}")
    line.cut()
    level(screen, "EKO-ZAR-01", 1)
    expect_level(second, "EKO-ZAR-01", 1)
    level(second, "EKO-ZAR-01", 2)
    level(second, "EKO-ZAR-02", 4)
    expect_level(screen, "EKO-ZAR-02", 4)
    for page in (screen, second):
        expect(page.locator("[data-sync]")).to_have_attribute("data-pending", "3")
    sent: list[str] = []
    line.down = False
    screen.context.on("request", lambda one: sent.extend(ids_in(one)))
    line.mend()
    for page in (screen, second):
        expect_sync(page, "synced", 0)
        expect_level(page, "EKO-ZAR-01", 2)
    ops = received(screen, audit)
    assert sorted(sent) == sorted(op["op_id"] for op in ops)  # each by one of the pages
    assert [op["value"] for op in ops] == [1, 2, 4]
    assert {op["result"]["status"] for op in ops} == {"applied"}


def test_a_finger_on_the_state_opens_the_list_although_the_state_changes_under_it(
    screen: Page, line: Line, audit: str
) -> None:
    open_audit(screen, audit)
    expect_sync(screen, "synced", 0)
    screen.locator("[data-sync] button").hover()
    screen.mouse.down()
    line.cut()
    screen.evaluate("dispatchEvent(new Event('offline'))")
    expect_sync(screen, "offline", 0)
    expect(screen.locator("[data-sync] button")).to_be_focused()
    screen.mouse.up()
    expect(screen.get_by_role("dialog")).to_be_visible()


def test_another_audit_of_the_tablet_is_sent_too(screen: Page, line: Line, field: Field) -> None:
    first, second = field.audit(), field.audit()
    open_audit(screen, first)
    line.cut()
    level(screen, "EKO-ZAR-01", 1)
    expect_sync(screen, "offline", 1)
    line.down = False
    with screen.expect_response(re.compile(f"/audits/{first}/ops")):
        screen.goto(f"/app/audits/{second}")
    expect_sync(screen, "synced", 0)
    assert [op["value"] for op in received(screen, first)] == [1]


def test_without_a_session_work_goes_on_and_is_sent_after_signing_in(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    screen.context.clear_cookies()
    level(screen, "EKO-ZAR-01", 3)
    expect_sync(screen, "signin", 1)
    expect(screen.locator("[data-sync]")).to_contain_text("Zaloguj się, aby wysłać 1 zmianę")
    screen.reload()
    expect_level(screen, "EKO-ZAR-01", 3)
    screen.locator("[data-sync] a").click()
    screen.fill("input[name=email]", "iga@base.example.org")
    screen.fill("input[name=password]", PASSWORD)
    screen.click("main button[type=submit]")
    expect_level(screen, "EKO-ZAR-01", 3)
    expect_sync(screen, "synced", 0)


@pytest.fixture
def small_tablet(browser: Browser, live_server: Server, tmp_path: Path) -> Iterator[Page]:
    """A browser with a profile on disk: only there a quota counts."""
    context = browser.browser_type.launch_persistent_context(
        tmp_path,
        executable_path=chromium(),
        args=CHROMIUM_OPTIONS,
        base_url=live_server.address,
        service_workers="block",
    )
    yield context.pages[0]
    context.close()


def test_a_full_tablet_keeps_answers_and_pauses_photos(small_tablet: Page, audit: str) -> None:
    screen, line = small_tablet, Line(small_tablet.context)
    screen.goto("/login")
    quota(screen, 3_500_000)
    open_audit(screen, audit)
    line.cut()
    card = screen.locator('[data-criterion="EKO-ZAR-01"]')
    refused = card.get_by_text("Tablet jest pełny, to zdjęcie nie zostało zapisane")
    kept = 0
    for kept in range(6):
        photo(screen, "EKO-ZAR-01", noise())
        expect(card.locator("[data-photo]").nth(kept).or_(refused)).to_be_visible()
        if refused.is_visible():
            break
    expect(card.locator("[data-photo]")).to_have_count(kept)
    expect_sync(screen, "full", kept)
    level(screen, "EKO-ZAR-02", 2)
    expect_state(screen, "EKO-ZAR-02", "device")
    screen.reload()
    expect_level(screen, "EKO-ZAR-02", 2)
    expect_sync(screen, "full", kept + 1)
    line.mend()
    expect(screen.locator("[data-sync]")).to_have_attribute("data-pending", "0")


def test_the_list_of_what_waits_and_the_rescue_file(
    screen: Page, line: Line, audit: str, accessible: Callable[[Page], None]
) -> None:
    open_audit(screen, audit)
    line.cut()
    level(screen, "EKO-ZAR-01", 2)
    picture = jpeg()
    photo(screen, "EKO-ZAR-01", picture)
    expect_sync(screen, "offline", 2)
    screen.locator("[data-sync] button").click()
    dialog = screen.get_by_role("dialog")
    expect(dialog).to_contain_text("EKO-ZAR-01 · odpowiedź")
    expect(dialog).to_contain_text("brak połączenia")
    accessible(screen)
    with screen.expect_download() as download:
        dialog.get_by_role("button", name="Zachowaj plik ratunkowy").click()
    saved = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert (saved["format"], saved["version"]) == ("base-rescue", 1)
    (kept,) = saved["audits"]
    assert kept["audit_id"] == audit
    assert [op["kind"] for op in kept["ops"]] == ["answer.set", "photo.add"]
    assert base64.b64decode(kept["photos"][0]["bytes_base64"])[:3] == b"\xff\xd8\xff"


def test_a_photo_that_never_came_back_from_the_camera_is_announced(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    with screen.expect_file_chooser():
        screen.locator('[data-photo-for="EKO-SUR-04"]').dispatch_event("click")
    screen.reload()  # as when the camera takes the memory
    alarm = screen.get_by_role("alertdialog")
    expect(alarm).to_contain_text("EKO-SUR-04")
    alarm.get_by_role("button").click()
    expect(screen.locator('[data-criterion="EKO-SUR-04"] [data-level="0"]')).to_be_focused()
    screen.reload()
    expect(screen.locator('[data-criterion="EKO-ZAR-01"]')).to_be_visible()
    expect(alarm).to_have_count(0)


def test_a_change_that_the_server_misses_is_told_at_once(screen: Page, audit: str) -> None:
    def with_a_gap(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "gap": True})

    open_audit(screen, audit)
    screen.route("**/ops", with_a_gap)
    level(screen, "EKO-ZAR-01", 2)
    alarm = screen.get_by_role("alertdialog")
    expect(alarm).to_contain_text("Serwerowi brakuje zmiany")
    expect(alarm.get_by_role("button", name="Zachowaj plik ratunkowy")).to_be_visible()
