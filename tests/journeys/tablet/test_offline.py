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
from tests.journeys.conftest import sign_in
from tests.journeys.trouble import Line, break_store, empty_store, noise, photo, quota, received, wait_until
from tests.server import Server
from tests.visits import jpeg

WAITING = "Object.keys(localStorage).some(key => key.includes('canary') && JSON.parse(localStorage[key]).answers === 1)"


@pytest.fixture
def line(screen: Page) -> Line:
    return Line(screen.context)


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


def test_answers_never_travel_in_another_persons_session(screen: Page, line: Line, audit: str) -> None:
    open_audit(screen, audit)
    line.cut()
    level(screen, "EKO-ZAR-01", 3)
    expect_sync(screen, "offline", 1)
    other = screen.context.new_page()
    screen.context.clear_cookies()
    sign_in(other, "olaf@base.example.org", PASSWORD)
    line.mend(screen)
    expect_sync(screen, "signin", 1)
    expect(screen.locator("[data-sync]")).to_contain_text("Iga Lewandowska")
    assert received(other, audit) == []
    other.goto(f"/app/audits/{audit}")
    expect_state(other, "EKO-ZAR-01", "empty")
    other.locator("[data-sync] button").click()
    expect(other.get_by_role("dialog")).to_contain_text("Iga Lewandowska: 1 niewysłana zmiana")
    screen.context.clear_cookies()
    sign_in(other, "iga@base.example.org", PASSWORD)
    screen.evaluate("dispatchEvent(new Event('online'))")
    expect_sync(screen, "synced", 0)
    assert {op["by"] for op in received(screen, audit)} == {"Iga Lewandowska"}


def touch(page: Page, criterion: str, value: int) -> None:
    """Choose a level although an alarm may cover the questions already: the page notices a loss by itself too."""
    page.locator(f'[data-criterion="{criterion}"] [data-level="{value}"]').dispatch_event("click")


def test_a_store_emptied_under_the_page_is_filled_again_and_announced(screen: Page, line: Line, audit: str) -> None:
    open_audit(screen, audit)
    line.cut()
    level(screen, "EKO-ZAR-01", 1)
    level(screen, "EKO-ZAR-02", 2)
    photo(screen, "EKO-ZAR-01")
    expect(screen.locator("[data-photo]")).to_have_count(1)  # kept, not only on its way
    expect_sync(screen, "offline", 3)
    empty_store(screen)
    touch(screen, "EKO-ZAR-03", 3)
    alarm = screen.locator("dialog.loss")
    expect(alarm).to_contain_text("Przywrócono 2 zmiany")
    expect(alarm).to_contain_text("Zniknęło 1 zdjęcie")
    alarm.get_by_role("button").click()
    screen.reload()
    for criterion, value in (("EKO-ZAR-01", 1), ("EKO-ZAR-02", 2), ("EKO-ZAR-03", 3)):
        expect_level(screen, criterion, value)
    line.mend()
    expect_sync(screen, "synced", 0)
    assert [op["value"] for op in received(screen, audit) if op["kind"] == "answer.set"] == [1, 2, 3]


def test_a_new_tablet_whose_language_is_another_than_the_persons_raises_no_alarm(screen: Page, audit: str) -> None:
    screen.goto("/language/en")
    with screen.expect_response("**/guidance"):
        open_audit(screen, audit)  # in English, and once more in Polish
    expect(screen.get_by_role("button", name="Spotkanie otwierające")).to_be_visible()
    expect_sync(screen, "synced", 0)
    expect(screen.locator("dialog.loss")).to_have_count(0)
    empty_store(screen)
    screen.evaluate("localStorage.clear()")
    screen.reload()
    expect(screen.locator("dialog.loss")).to_be_visible()


def test_somebody_who_only_reads_the_audit_has_no_work_to_lose(screen: Page, audit: str) -> None:
    open_audit(screen, audit, "maja")
    screen.goto("/login")
    empty_store(screen)
    screen.evaluate("localStorage.clear()")
    screen.goto(f"/app/audits/{audit}")
    expect(screen.locator("[data-criterion]").first).to_be_visible()
    expect_sync(screen, "synced", 0)
    expect(screen.locator("dialog.loss")).to_have_count(0)


def test_a_store_emptied_between_two_visits_raises_the_alarm(screen: Page, line: Line, audit: str) -> None:
    open_audit(screen, audit)
    line.cut()
    level(screen, "EKO-ZAR-01", 1)
    expect_sync(screen, "offline", 1)
    wait_until(screen, WAITING)
    screen.goto("/login")
    empty_store(screen)
    line.down = False
    screen.goto(f"/app/audits/{audit}")
    expect(screen.locator("dialog.loss")).to_contain_text("Przywrócono 1 zmianę")
    expect_sync(screen, "synced", 0)
    expect_level(screen, "EKO-ZAR-01", 1)


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


def test_a_store_that_does_not_answer_stops_the_work_and_keeps_it_in_memory(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    break_store(screen)
    level(screen, "EKO-ZAR-01", 1)
    alarm = screen.get_by_role("alertdialog")
    expect(alarm).to_contain_text("NIE ZAPISANO – proszę nie zamykać")
    expect(screen.locator("[data-sync]")).to_have_attribute("data-sync", "error")
    expect_state(screen, "EKO-ZAR-01", "saving")
    with screen.expect_download() as download:
        alarm.get_by_role("button", name="Zachowaj plik ratunkowy").click()
    saved = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert [op["value"] for op in saved["audits"][0]["ops"]] == [1]
    # In one go: a moment later the app tries again by itself.
    alarm.get_by_role("button", name="Spróbuj ponownie").evaluate("button => { mendStore(); button.click(); }")
    expect(alarm).to_have_count(0)
    expect_sync(screen, "synced", 0)


def test_the_mirror_brings_back_what_a_broken_store_did_not_keep(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    break_store(screen)
    level(screen, "EKO-ZAR-01", 4)
    expect(screen.get_by_role("alertdialog")).to_be_visible()
    screen.on("dialog", lambda dialog: dialog.accept())
    screen.reload()
    expect_level(screen, "EKO-ZAR-01", 4)
    expect_sync(screen, "synced", 0)
    assert [op["value"] for op in received(screen, audit)] == [4]


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


def test_signing_out_with_unsent_work_asks_first(
    screen: Page, line: Line, audit: str, accessible: Callable[[Page], None]
) -> None:
    open_audit(screen, audit)
    line.cut()
    level(screen, "EKO-ZAR-01", 2)
    expect_sync(screen, "offline", 1)
    wait_until(screen, WAITING)
    screen.goto("/logout")
    screen.get_by_role("main").get_by_role("button", name="Wyloguj").click()
    screen.wait_for_url("**/app/sign-out")
    expect(screen.get_by_role("main")).to_contain_text("Praca na tym tablecie nie jest jeszcze wysłana")
    accessible(screen)
    line.mend(screen)
    screen.get_by_role("button", name="Wyloguj się", exact=True).click()
    screen.wait_for_url(lambda address: "/logout" not in address and "/app/" not in address)
    assert screen.request.get("/api/v1/me").status == 401
    assert screen.evaluate("indexedDB.databases().then(all => all.length)") == 0
    sign_in(screen, "iga@base.example.org", PASSWORD)
    assert [op["value"] for op in received(screen, audit)] == [2]


def test_unsent_work_may_stay_on_the_tablet_knowingly(screen: Page, line: Line, audit: str) -> None:
    open_audit(screen, audit)
    line.cut()
    level(screen, "EKO-ZAR-01", 2)
    expect_sync(screen, "offline", 1)
    wait_until(screen, WAITING)
    screen.goto("/app/sign-out")
    screen.get_by_role("button", name="Wyloguj się, zostaw pracę na tablecie").click()
    screen.wait_for_url(lambda address: "/logout" not in address and "/app/" not in address)
    line.down = False
    screen.goto(f"/app/audits/{audit}")  # nobody is signed in: nothing of Iga's opens
    screen.wait_for_url("**/login**")
    open_audit(screen, audit)
    expect_level(screen, "EKO-ZAR-01", 2)
    expect_sync(screen, "synced", 0)


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


def test_two_pages_put_an_emptied_store_back_once(screen: Page, line: Line, audit: str) -> None:
    open_audit(screen, audit)
    second = screen.context.new_page()
    second.goto(f"/app/audits/{audit}")
    expect(second.locator("[data-criterion]").first).to_be_visible()
    line.cut()
    level(screen, "EKO-ZAR-01", 1)
    expect_level(second, "EKO-ZAR-01", 1)
    empty_store(screen)
    touch(screen, "EKO-ZAR-02", 2)
    touch(second, "EKO-ZAR-03", 3)
    for page in (screen, second):
        page.locator("dialog.loss").get_by_role("button").click()
    line.mend()
    for page in (screen, second):
        expect_sync(page, "synced", 0)
    assert sorted(op["value"] for op in received(screen, audit)) == [1, 2, 3]
