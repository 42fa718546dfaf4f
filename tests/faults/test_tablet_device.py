"""What happens to the tablet itself and to those who use it: killed, without a session, a wrong clock, odd photos."""

import io
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Error, Page, ViewportSize, expect

from app.checklists import library
from app.checklists.lock import LOCK, write_lock
from tests.chromium import CHROMIUM_OPTIONS, chromium
from tests.factories import PASSWORD
from tests.faults.conftest import Field
from tests.faults.mortal import mortal_server
from tests.faults.proxy import API, Fault, FaultProxy
from tests.faults.soak import HANDS
from tests.faults.test_server import children_of
from tests.faults.test_tablet_faults import COUNT_ALARMS, TABLET, hurry, received, values
from tests.field import make_field
from tests.journeys.audit_screen import expect_level, expect_state, expect_sync, level, open_audit

pytestmark = pytest.mark.browser
KILLS = 3
STORM = """async criteria => {
  for (let number = 0; ; number++) {
    const id = criteria[number % criteria.length];
    const card = document.querySelector(`[data-criterion="${id}"]`);
    const field = card.querySelector("textarea[id^=note-]");
    const text = `${Date.now()}-${number}`;
    field.value = text;
    field.dispatchEvent(new Event("input"));
    field.dispatchEvent(new Event("blur"));
    while (card.dataset.state === "saving") await new Promise(go => setTimeout(go));
    if (card.dataset.state === "device") console.log(`saved ${text}`);
  }
}"""

REMEMBER_HANDLES = """
globalThis.handles = [];
const open = IDBFactory.prototype.open;
IDBFactory.prototype.open = function (...given) {
  const request = open.apply(this, given);
  request.addEventListener("success", () => handles.push(request.result));
  return request;
};"""
LIE = """() => {  // the store keeps an answer, says that it does not, and then takes none for a while
  globalThis.lying = true;
  let kept = false;
  const listen = IDBTransaction.prototype.addEventListener;
  IDBTransaction.prototype.addEventListener = function (type, ...rest) {
    const names = [...this.objectStoreNames];
    const lie = lying && names.includes("outbox") && !names.includes("audits") && this.mode === "readwrite";
    if (!lie || type !== "complete") listen.call(this, type, ...rest);
    if (!lie || type !== "abort") return;
    if (kept) this.abort();
    else listen.call(this, "complete", ...rest);
    kept = true;
  };
}"""
MANY = 205  # more than go into one request
MOST_OPS = 200
TAP_MANY = """async many => {
  const cards = [...document.querySelectorAll("[data-criterion]:not([hidden])")].reverse().slice(0, many);
  for (const card of cards) {
    card.querySelector("[data-level]").click();
    while (card.dataset.state === "saving") await new Promise(go => setTimeout(go));
  }
  return cards.filter(card => card.dataset.state === "device").map(card => card.dataset.criterion);
}"""


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return tmp_path / "profile"


def start_browser(browser: Browser, profile: Path, address: str) -> BrowserContext:
    """A browser of its own, which keeps what it has in a folder and can be killed."""
    context = browser.browser_type.launch_persistent_context(
        profile, executable_path=chromium(), args=CHROMIUM_OPTIONS, base_url=address, viewport=TABLET, locale="pl-PL"
    )
    context.set_default_timeout(30_000)
    return context


def kill_browser(profile: Path) -> None:
    """SIGKILL to every process of the browser that works in this folder."""
    for process in children_of(os.getpid()):
        with suppress(OSError):
            if str(profile).encode() in Path(f"/proc/{process}/cmdline").read_bytes():
                os.kill(process, signal.SIGKILL)


def test_a_browser_that_is_killed_while_it_writes_keeps_everything_that_it_called_saved(
    browser: Browser, profile: Path, audit: str, live_server: Field, proxy: FaultProxy
) -> None:
    saved: list[str] = []
    chance = random.Random(22)
    context = start_browser(browser, profile, live_server.address)
    open_audit(context.new_page(), audit)
    expect(context.pages[-1].locator("[data-ready=yes]")).to_be_visible(timeout=60_000)
    proxy.order(Fault.DROP_REQUEST, API, times=None)
    for _kill in range(KILLS):
        page = context.pages[-1]
        page.on("console", lambda said: saved.extend(re.findall(r"^saved (\S+)", said.text)))
        page.evaluate(f"void ({STORM})(['EKO-ZAR-01', 'EKO-ZAR-02', 'EKO-SUR-01'])")
        before = len(saved)
        deadline = time.monotonic() + 30
        while len(saved) < before + 5 and time.monotonic() < deadline:
            page.wait_for_timeout(20)
        page.wait_for_timeout(chance.uniform(0, 300))
        kill_browser(profile)
        with suppress(Error):
            context.close()
        context = start_browser(browser, profile, live_server.address)
        page = context.new_page()
        page.goto(f"/app/audits/{audit}")  # also where the browser has forgotten who was here
        expect(page.locator("[data-criterion]").first).to_be_visible()
    assert len(saved) >= KILLS * 5
    proxy.calm()
    open_audit(page, audit)  # a killed browser may have forgotten the session too
    expect_sync(page, "synced", 0)
    there = [op["value"] for op in received(page, audit)]
    assert set(saved) <= set(there)
    assert len(there) == len(set(there))
    context.close()


def test_a_store_whose_handle_died_without_a_word_keeps_the_next_answer(screen: Page, audit: str) -> None:
    screen.add_init_script(REMEMBER_HANDLES)
    open_audit(screen, audit)
    expect_sync(screen, "synced", 0)
    screen.evaluate(COUNT_ALARMS)
    screen.evaluate("handles.forEach(one => one.close())")  # as an iPad does in the background
    level(screen, "EKO-ZAR-01", 3)
    expect_state(screen, "EKO-ZAR-01", "sent")
    assert screen.evaluate("alarms") == 0  # it was not even called unsaved
    assert values(screen, audit) == [3]


def test_an_answer_that_was_called_unsaved_and_arrived_all_the_same_is_no_second_one(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    expect_sync(screen, "synced", 0)
    screen.evaluate(LIE)
    level(screen, "EKO-ZAR-01", 3)
    expect(screen.get_by_role("alertdialog")).to_be_visible()
    hurry(screen)
    while not values(screen, audit):
        screen.wait_for_timeout(50)
    screen.wait_for_timeout(500)  # its receipt is taken in
    screen.evaluate("lying = false")
    expect(screen.get_by_role("alertdialog")).to_have_count(0)  # it is tried again after three seconds
    expect_state(screen, "EKO-ZAR-01", "sent")
    expect_sync(screen, "synced", 0)
    assert values(screen, audit) == [3]
    screen.wait_for_timeout(300)
    assert screen.get_by_role("alertdialog").count() == 0  # no number is missing on the server


def test_a_session_that_the_server_ended_stops_nothing_and_is_made_anew(
    screen: Page, audit: str, live_server: Field
) -> None:
    open_audit(screen, audit)
    expect_sync(screen, "synced", 0)
    with closing(sqlite3.connect(live_server.server.data / "base.sqlite3")) as database, database:
        database.execute("DELETE FROM sign_in")
    level(screen, "EKO-ZAR-01", 3)
    expect_sync(screen, "signin", 1)
    level(screen, "EKO-ZAR-02", 1)
    expect_state(screen, "EKO-ZAR-02", "device")
    screen.locator("[data-sync] a").click()
    screen.fill("input[name=email]", "iga@base.example.org")
    screen.fill("input[name=password]", PASSWORD)
    screen.click("main button[type=submit]")
    expect_level(screen, "EKO-ZAR-01", 3)
    expect_sync(screen, "synced", 0)
    assert values(screen, audit) == [3, 1]


def test_two_tablets_without_a_network_lose_no_answer_and_ask_about_the_one_they_differ_in(
    new_screen: Callable[..., Page], audit: str
) -> None:
    hers, his = new_screen(), new_screen()
    for screen, who in ((hers, "iga"), (his, "olaf")):
        open_audit(screen, audit, who)
        expect_sync(screen, "synced", 0)
        screen.context.set_offline(True)
    level(hers, "EKO-ZAR-01", 3)
    level(hers, "EKO-ZAR-02", 2)
    level(hers, "EKO-SUR-01", 1)
    level(his, "EKO-ZAR-01", 1)
    level(his, "EKO-ZAR-02", 2)  # they agree
    level(his, "EKO-ZAR-03", 4)
    expect_sync(his, "offline", 3)
    for screen in (hers, his):
        screen.context.set_offline(False)
    for screen in (hers, his):
        expect(screen.locator("[data-sync]")).to_have_attribute("data-pending", "0")
    for screen in (hers, his):
        hurry(screen)
        expect_sync(screen, "conflict", 0)
        card = screen.locator('[data-criterion="EKO-ZAR-01"] .conflict')
        expect(card).to_contain_text("3 · ")
        expect(card).to_contain_text("1 · ")
        expect_level(screen, "EKO-ZAR-02", 2)
        expect_state(screen, "EKO-ZAR-02", "sent")
        expect_level(screen, "EKO-ZAR-03", 4)
        expect_level(screen, "EKO-SUR-01", 1)
    ops = received(hers, audit)
    assert [op["criterion"] for op in ops if op["result"]["status"] == "conflict"] == ["EKO-ZAR-01"]
    assert len(ops) == 6


@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_is_a_day_wrong_decides_nothing(new_screen: Callable[..., Page], audit: str, days: int) -> None:
    hers, his = new_screen(), new_screen()
    hers.clock.set_system_time(datetime.now(UTC) + timedelta(days=days))
    open_audit(hers, audit)
    open_audit(his, audit, "olaf")
    his.context.set_offline(True)
    level(hers, "EKO-ZAR-01", 3)
    expect_sync(hers, "synced", 0)
    level(his, "EKO-ZAR-01", 1)  # he has not seen hers
    his.context.set_offline(False)
    expect_state(his, "EKO-ZAR-01", "conflict")
    level(hers, "EKO-ZAR-02", 2)
    expect_state(hers, "EKO-ZAR-02", "sent")
    (op,) = (one for one in received(hers, audit) if one["criterion"] == "EKO-ZAR-02")
    wrong = datetime.fromisoformat(op["at_device"]) - datetime.fromisoformat(op["received_at"])
    assert abs(wrong) < timedelta(minutes=1)  # since the server has told the time


def test_an_app_of_an_earlier_version_may_send_what_it_holds(screen: Page, audit: str, proxy: FaultProxy) -> None:
    open_audit(screen, audit)
    expect_sync(screen, "synced", 0)
    screen.evaluate("document.body.dataset.app = '0.9.0'")
    level(screen, "EKO-ZAR-01", 3)
    expect_sync(screen, "synced", 0)
    assert b'"app":"0.9.0"' in proxy.batches()[-1].body
    assert values(screen, audit) == [3]


def picture(width: int, height: int, **how: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, "JPEG", **how)
    return out.getvalue()


def turned() -> bytes:
    """A camera held upright: the pixels lie on their side, EXIF says so, and where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    return picture(400, 300, exif=exif)


def heic() -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (320, 240), (90, 120, 60))).save(out)
    return out.getvalue()


def take_photo(page: Page, folder: Path, content: bytes) -> None:
    file = folder / "IMG_1.jpg"
    file.write_bytes(content)
    page.locator('[data-photo-for="EKO-ZAR-01"]').set_input_files(file)


ODD_PHOTOS: dict[str, tuple[Callable[[], bytes], tuple[int, int]]] = {
    "HEIC": (heic, (320, 240)),
    "30 MB": (lambda: picture(1200, 900) + bytes(30_000_000), (1200, 900)),
    "6000 × 4500": (lambda: picture(6000, 4500), (1600, 1200)),
    "turned by EXIF": (turned, (300, 400)),
}


@pytest.mark.parametrize("name", ODD_PHOTOS)
def test_an_odd_photo_arrives_upright_small_and_without_a_position(
    screen: Page, audit: str, tmp_path: Path, name: str
) -> None:
    make, size = ODD_PHOTOS[name]
    open_audit(screen, audit)
    take_photo(screen, tmp_path, make())
    shown = screen.locator('[data-criterion="EKO-ZAR-01"] [data-photo]')
    expect(shown).to_have_attribute("data-state", "sent", timeout=30_000)
    expect_sync(screen, "synced", 0)
    stored = screen.request.get(f"/api/v1/audits/{audit}/photos/{shown.get_attribute('data-photo')}").body()
    assert len(stored) < 600_000
    with Image.open(io.BytesIO(stored)) as image:
        assert image.size == size
        assert not image.getexif()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Zdjęcie jest puste"),
        (b"%PDF-1.7 no photo at all", "nie da się odczytać"),
        (b"\0\0\0\x18ftypheic" + bytes(30_000_000), "za duże"),
    ],
    ids=["nothing", "a document", "30 MB that nobody here can read"],
)
def test_what_is_no_photo_is_said_and_leaves_nothing(
    screen: Page, audit: str, tmp_path: Path, content: bytes, words: str
) -> None:
    open_audit(screen, audit)
    take_photo(screen, tmp_path, content)
    card = screen.locator('[data-criterion="EKO-ZAR-01"]')
    expect(card.locator(".trouble")).to_contain_text(words)
    expect(card.locator("[data-photo]")).to_have_count(0)
    expect_sync(screen, "synced", 0)
    assert received(screen, audit) == []


def make_large_checklist(folder: Path) -> None:
    """BASE with four times as many questions."""
    shutil.copytree(library.FOLDER, folder)
    file = folder / "base" / "2026.1" / "ecology.yaml"
    more = "\n".join(
        f"      - {{id: EKO-DUZ-{number:03}, question: Pytanie {number}?, scale: maturity, class: development,"
        f" compliant_from: 2, not_applicable: never}}"
        for number in range(225)
    )
    section = f"  - id: EKO-DUZ\n    title: Bardzo długa sekcja\n    criteria:\n{more}\n"
    file.write_text(file.read_text(encoding="utf-8").rstrip() + "\n\n" + section, encoding="utf-8")
    write_lock(folder / LOCK, {})
    write_lock(folder / LOCK, {"base": {"2026.1": library.load(file.parent).digest}})


def test_a_checklist_of_300_criteria_is_filled_in_without_a_network_and_sent(
    tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_large_checklist(tmp_path / "checklists")
    monkeypatch.setattr(library, "FOLDER", tmp_path / "checklists")
    library.published.cache_clear()
    try:
        (audit,) = make_field(tmp_path, 1)
    finally:
        monkeypatch.undo()
        library.published.cache_clear()
    with mortal_server(tmp_path / "data", CHECKLISTS=str(tmp_path / "checklists")) as server:
        size = ViewportSize(width=820, height=1180)
        context = browser.new_context(base_url=server.address, viewport=size, service_workers="block")
        context.add_init_script(HANDS)
        page = context.new_page()
        open_audit(page, audit)
        expect(page.locator("[data-criterion]")).to_have_count(300)
        context.set_offline(True)
        tapped = page.evaluate(TAP_MANY, MANY)
        assert len(tapped) == MANY
        expect_sync(page, "offline", len(tapped))
        bodies: list[str] = []
        page.on("request", lambda sent: bodies.append(sent.post_data or "{}"))
        context.set_offline(False)
        expect_sync(page, "synced", 0)
        assert [len(ops) for body in bodies if (ops := json.loads(body).get("ops"))] == [MOST_OPS, MANY - MOST_OPS]
        ops = received(page, audit)
        assert sorted(op["criterion"] for op in ops) == sorted(tapped)
        assert {op["result"]["status"] for op in ops} == {"applied"}
        context.close()
