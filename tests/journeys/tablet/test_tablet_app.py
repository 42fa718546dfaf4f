"""The app around the audit screen: kept on the tablet, opened without a network, renewed, refused in an iPad's tab."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD
from tests.field import Field
from tests.journeys.audit_screen import expect_state, expect_sync, level
from tests.journeys.conftest import come_in
from tests.journeys.trouble import noise, photo, received
from tests.server import ROOT, Server, launch_from, start_server

PHONE = {"width": 390, "height": 844}
Replace = Callable[..., None]
IPAD = (
    "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.6 Mobile/15E148 Safari/604.1"
)
STANDALONE = "Object.defineProperty(navigator, 'standalone', {value: %s})"
UNTIL_KEPT = """async () => {
  while (!navigator.serviceWorker.controller) await new Promise(go => setTimeout(go, 50));
}"""
UNTIL_GONE = """async () => {
  while (await navigator.serviceWorker.getRegistration('/app/')) await new Promise(go => setTimeout(go, 50));
}"""
VERSION = """async () => {
  const { port1, port2 } = new MessageChannel();
  const said = new Promise(go => port1.onmessage = event => go(event.data));
  navigator.serviceWorker.controller.postMessage("check", [port2]);
  return (await said).version;
}"""
KEPT_BYTES = """async () => {
  const [{ name }] = (await indexedDB.databases()).filter(({ name }) => name.startsWith("aud-"));
  const database = await new Promise(go => indexedDB.open(name).onsuccess = event => go(event.target.result));
  const asked = database.transaction("photos").objectStore("photos").getAll();
  const rows = await new Promise(go => asked.onsuccess = () => go(asked.result));
  database.close();
  return rows[0].bytes;
}"""
DEVICE = """async () => {
  const [{ name }] = (await indexedDB.databases()).filter(({ name }) => name.startsWith("aud-"));
  const database = await new Promise(go => indexedDB.open(name).onsuccess = event => go(event.target.result));
  const asked = database.transaction("meta").objectStore("meta").get("device_id");
  const device = await new Promise(go => asked.onsuccess = () => go(asked.result));
  database.close();
  return device;
}"""
SPLASH_SIZES = """links => Promise.all(links.map(async ({ media, href }) => {
  const image = new Image();
  image.src = href;
  await image.decode();
  return [media, image.width, image.height];
}))"""
LOOK_FOR_UPDATE = "navigator.serviceWorker.getRegistration('/app/').then(kept => kept.update()).then(() => {})"
ENDED = """async () => {
  const kept = await navigator.serviceWorker.getRegistration('/app/');
  for (let turn = 0; kept.installing && turn < 200; turn++) await new Promise(go => setTimeout(go, 50));
  return kept.waiting ? "waiting" : "nothing";
}"""


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[str]]]:
    """A data folder with Iga and two audits of hers."""
    field = Field(tmp_path_factory.mktemp("app"))
    yield (
        field.folder,
        [field.audit(alone=True, supplier=name) for name in ("WTZ „Morska Szuflada”", "Tkalnia Spotkań")],
    )
    field.close()


@pytest.fixture(scope="module")
def live_server(visits: tuple[Path, list[str]]) -> Iterator[Server]:
    with start_server(visits[0], "--no-demo") as server:
        yield server


@pytest.fixture
def audit(visits: tuple[Path, list[str]]) -> str:
    return visits[1][0]


@pytest.fixture
def tablet(new_screen: Callable[..., Page]) -> Page:
    """Signed in, the app open and kept."""
    return open_app(new_screen(service_workers="allow"))


def open_app(page: Page) -> Page:
    come_in(page, "iga@base.example.org", PASSWORD)
    page.goto("/app/")
    page.evaluate(UNTIL_KEPT)
    expect(page.locator("[data-audit]")).to_have_count(2)
    return page


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A folder with the product, one module changed."""
    shutil.copytree(ROOT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__", "*.gz"))
    for name in ("templates", "checklists", "migrations"):
        (tmp_path / name).symlink_to(ROOT / name)
    with (tmp_path / "app" / "static" / "tablet" / "dom.js").open("a", encoding="utf-8") as module:
        module.write("// a newer version\n")
    return tmp_path


@pytest.fixture
def next_protocol(newer: Path) -> Path:
    """The same, a product that speaks the next protocol and still understands this one."""
    for name, said in (("audits/wire.py", "\nPROTO = 1\n"), ("static/tablet/asking.js", "export const PROTO = 1;")):
        module = newer / "app" / name
        code = module.read_text("utf-8")
        assert said in code
        module.write_text(code.replace(said, said.replace("1", "2")), "utf-8")
    return newer


@pytest.fixture
def replace_server(visits: tuple[Path, list[str]], live_server: Server) -> Iterator[Replace]:
    """``replace_server(root, BASE_…=…)``: another server on the same port and data; the first again at the end."""

    def replace(root: Path = ROOT, **settings: str) -> None:
        live_server.stop()
        other = launch_from(root, live_server.port, visits[0] / "data", ["--no-demo"], settings)
        other.wait_until_ready()
        live_server.process = other.process

    yield replace
    replace()


def test_without_a_network_too_a_worker_makes_photos_smaller(tablet: Page, audit: str) -> None:
    """The page itself encodes only when nothing else happens on it: here it cannot at all."""
    tablet.goto(f"/app/audits/{audit}")
    expect(tablet.locator("[data-ready=yes]")).to_be_visible(timeout=60_000)
    tablet.context.set_offline(True)
    tablet.reload()
    tablet.evaluate("HTMLCanvasElement.prototype.toBlob = undefined")
    large = noise()
    photo(tablet, "EKO-ZAR-01", large)
    expect(tablet.locator('[data-criterion="EKO-ZAR-01"] [data-photo]')).to_have_attribute("data-state", "device")
    assert 0 < tablet.evaluate(KEPT_BYTES) < len(large)


def test_the_app_starts_without_a_network(tablet: Page, audit: str) -> None:
    tablet.context.set_offline(True)
    tablet.close()
    again = tablet.context.new_page()
    again.goto("/app/")
    expect(again.locator("h1")).to_have_text("Audyty na tym tablecie")
    expect(again.locator("[data-sync]")).to_have_attribute("data-sync", "offline")
    again.goto(f"/app/audits/{audit}")
    expect(again.locator("h1")).to_be_visible()
    expect(again.locator("main")).to_contain_text("Brak połączenia")


def test_the_app_asks_to_sign_in_and_comes_back(new_screen: Callable[..., Page]) -> None:
    page = new_screen()
    page.goto("/app/")
    expect(page.locator("[data-sync]")).to_have_attribute("data-sync", "signin")
    page.locator("main").get_by_role("link", name="Zaloguj się").click()
    page.fill("input[name=email]", "iga@base.example.org")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/app/")
    expect(page.locator("[data-audit]")).to_have_count(2)


def test_the_app_is_kept_whole(tablet: Page) -> None:
    assert tablet.evaluate(VERSION.replace("version", "missing")) == []


def test_what_is_sent_passes_the_worker_untouched(tablet: Page, audit: str) -> None:
    answers: dict[str, bool] = {}
    tablet.on("response", lambda one: answers.update({one.url.rpartition("/")[2]: one.from_service_worker}))
    sent = tablet.evaluate(
        """async audit => {
          const answer = await fetch(`/api/v1/audits/${audit}/ops`, {method: "POST", body: JSON.stringify({proto: 1,
            device_id: "test", ops: []}), headers: {"Content-Type": "application/json", "X-Audit-Client": "1"}});
          await fetch("/app/");
          return answer.status;
        }""",
        audit,
    )
    assert sent == 200
    assert answers["ops"] is False
    tablet.reload()
    assert {kept for name, kept in answers.items() if name.endswith(".css")} == {True}  # one sheet when packed


def test_a_new_version_waits_until_the_person_takes_it(tablet: Page, replace_server: Replace, newer: Path) -> None:
    second = tablet.context.new_page()
    second.goto("/app/")
    before = tablet.evaluate(VERSION)
    replace_server(newer)
    tablet.evaluate("document.getElementById('sync').dataset.pending = '2'")
    tablet.evaluate(LOOK_FOR_UPDATE)
    assert tablet.evaluate(ENDED) == "waiting"
    expect(tablet.locator("[data-offer=update]")).to_have_count(0)
    second.reload()  # a start with another page open
    expect(second.locator("[data-audit]")).to_have_count(2)
    assert second.evaluate(VERSION) == before
    tablet.evaluate("document.getElementById('sync').dataset.pending = '0'")
    with tablet.expect_navigation():
        tablet.get_by_role("button", name="Zaktualizuj").click()
    expect(tablet.locator("[data-audit]")).to_have_count(2)
    after = tablet.evaluate(VERSION)
    assert after != before
    assert tablet.evaluate("caches.keys()") == [f"base-shell-{after}"]


def test_a_new_version_takes_over_at_a_start_with_no_other_page(
    tablet: Page, replace_server: Replace, newer: Path
) -> None:
    before = tablet.evaluate(VERSION)
    replace_server(newer)
    tablet.evaluate(LOOK_FOR_UPDATE)
    assert tablet.evaluate(ENDED) == "waiting"
    assert tablet.evaluate(VERSION) == before
    with tablet.expect_navigation(), tablet.expect_navigation():  # the reload, and the one by the new version
        tablet.evaluate("setTimeout(() => location.reload())")
    expect(tablet.locator("[data-audit]")).to_have_count(2)
    assert tablet.evaluate(VERSION) != before


def test_a_version_that_does_not_come_whole_changes_nothing(tablet: Page, replace_server: Replace, newer: Path) -> None:
    before = tablet.evaluate(VERSION)
    (newer / "app" / "static" / "favicon.svg").unlink()  # on the list by its name
    replace_server(newer)
    tablet.evaluate(f"{LOOK_FOR_UPDATE}.catch(() => {{}})")
    assert tablet.evaluate(ENDED) == "nothing"
    assert tablet.evaluate("caches.keys()") == [f"base-shell-{before}"]
    tablet.context.set_offline(True)
    tablet.reload()
    expect(tablet.locator("h1")).to_have_text("Audyty na tym tablecie")


def test_a_tablet_that_speaks_the_protocol_before_still_sends(
    tablet: Page, audit: str, replace_server: Replace, next_protocol: Path
) -> None:
    tablet.goto(f"/app/audits/{audit}")
    expect(tablet.locator("[data-ready=yes]")).to_be_visible(timeout=60_000)
    expect_sync(tablet, "synced", 0)
    before = received(tablet, audit)
    tablet.context.set_offline(True)
    level(tablet, "EKO-ZAR-02", 1)
    photo(tablet, "EKO-ZAR-02")
    expect_state(tablet, "EKO-ZAR-02", "device")
    replace_server(next_protocol)
    tablet.context.set_offline(False)
    expect_sync(tablet, "synced", 0)
    expect_state(tablet, "EKO-ZAR-02", "sent")
    assert [op["kind"] for op in received(tablet, audit)[len(before) :]] == ["answer.set", "photo.add"]
    asked = tablet.request.get("/api/v1/version", headers={"X-Audit-Client": "2"})
    assert asked.json()["proto"] == 2


def test_the_office_can_take_the_app_away(tablet: Page, replace_server: Replace) -> None:
    replace_server(BASE_OFFLINE_APP="false")
    tablet.evaluate(LOOK_FOR_UPDATE)
    tablet.evaluate(UNTIL_GONE)
    assert tablet.evaluate("caches.keys()") == []
    tablet.goto("/app/")
    expect(tablet.locator("[data-audit]")).to_have_count(2)


@pytest.mark.parametrize("place", ["/app/", "/app/audits/{audit}"])
def test_an_ipads_tab_says_why_and_how_and_lets_nobody_fill_in(
    new_screen: Callable[..., Page], audit: str, place: str, accessible: Callable[[Page], None]
) -> None:
    page = new_screen(user_agent=IPAD, has_touch=True)
    page.add_init_script(STANDALONE % "false")
    come_in(page, "iga@base.example.org", PASSWORD)
    page.goto(place.format(audit=audit))
    expect(page.locator(".hint-card")).to_contain_text("Dodaj do ekranu początkowego")
    accessible(page)
    expect(page.locator("[data-criterion]")).to_have_count(0)
    expect(page.get_by_role("button", name="Przygotuj do pracy bez sieci")).to_have_count(0)
    expect(page.get_by_role("link", name="Otwórz audyt")).to_have_count(0)
    databases = page.evaluate("indexedDB.databases().then(all => all.map(one => one.name))")
    assert databases == []


def test_an_ipads_tab_has_what_the_app_shows_while_it_opens(new_screen: Callable[..., Page]) -> None:
    screen = {"width": 820, "height": 1180}
    page = new_screen(user_agent=IPAD, has_touch=True, viewport=screen, screen=screen, device_scale_factor=2)
    page.add_init_script(STANDALONE % "false")
    page.goto("/app/")
    splashes = page.locator("link[rel=apple-touch-startup-image]")
    expect(splashes).to_have_count(2)
    assert splashes.evaluate_all(SPLASH_SIZES) == [
        ["(orientation: portrait)", 1640, 2360],
        ["(orientation: landscape)", 2360, 1640],
    ]


def test_an_ipads_home_screen_is_the_right_place(new_screen: Callable[..., Page], audit: str) -> None:
    page = new_screen(user_agent=IPAD, has_touch=True)
    page.add_init_script(STANDALONE % "true")
    come_in(page, "iga@base.example.org", PASSWORD)
    page.goto(f"/app/audits/{audit}")
    expect(page.locator("[data-criterion]")).to_have_count(75)


def test_the_office_sees_at_once_who_took_an_audit_along(
    tablet: Page, audit: str, new_screen: Callable[..., Page]
) -> None:
    line = tablet.locator(f'[data-audit="{audit}"]')
    line.get_by_role("button", name="Przygotuj do pracy bez sieci").click()
    expect(line).to_have_attribute("data-kept", "ready")
    device = tablet.evaluate(DEVICE)
    office = new_screen()
    come_in(office, "maja@base.example.org", PASSWORD)
    office.goto("/tablets")
    expect(office.get_by_role("main")).to_contain_text(device[:8])


def test_an_audit_is_taken_along_and_then_filled_in_without_a_network(tablet: Page, audit: str) -> None:
    line = tablet.locator(f'[data-audit="{audit}"]')
    expect(line).to_contain_text("Nie ma na tym tablecie")
    line.get_by_role("button", name="Przygotuj do pracy bez sieci").click()
    expect(line).to_have_attribute("data-kept", "ready")
    expect(line).to_contain_text("Gotowy do pracy bez sieci")
    tablet.context.set_offline(True)
    tablet.reload()
    expect(line).to_have_attribute("data-kept", "ready")
    line.get_by_role("link", name="Otwórz audyt").click()
    expect(tablet.locator("[data-criterion]")).to_have_count(75)
    tablet.click('[data-criterion="EKO-ZAR-01"] [data-level="2"]')
    expect(tablet.locator('[data-criterion="EKO-ZAR-01"]')).to_have_attribute("data-state", "device")
    tablet.goto("/app/")
    expect(line).to_contain_text("1 zmiana jeszcze niewysłana")
    tablet.context.set_offline(False)
    expect(tablet.locator("[data-sync]")).to_have_attribute("data-pending", "0")


def test_an_opened_audit_says_that_it_is_ready(tablet: Page, visits: tuple[Path, list[str]]) -> None:
    tablet.goto(f"/app/audits/{visits[1][1]}")
    expect(tablet.locator("[data-ready]")).to_have_text("Gotowy do pracy bez sieci")
    tablet.goto("/app/")
    expect(tablet.locator(f'[data-audit="{visits[1][1]}"]')).to_have_attribute("data-kept", "ready")


def test_an_app_that_is_too_old_takes_nothing_along(new_screen: Callable[..., Page], audit: str) -> None:
    page = new_screen()  # without the worker, so that the answer can be changed on its way
    answer = {"proto": 1, "server_time": "2026-11-22T10:00:00+00:00", "min_client": "9.0.0", "app": "9.0.0"}
    page.route("**/api/v1/version", lambda route: route.fulfill(json=answer))
    come_in(page, "iga@base.example.org", PASSWORD)
    page.goto("/app/")
    line = page.locator(f'[data-audit="{audit}"]')
    line.get_by_role("button", name="Przygotuj do pracy bez sieci").click()
    expect(line).to_contain_text("Ta wersja aplikacji jest zbyt stara")
    expect(line).to_have_attribute("data-kept", "none")
    page.route("**/api/v1/me", lambda route: route.fulfill(json=route.fetch().json() | {"min_client": "9.0.0"}))
    page.goto(f"/app/audits/{audit}")
    expect(page.locator("main")).to_contain_text("Ta wersja aplikacji jest zbyt stara")
    expect(page.locator("[data-criterion]")).to_have_count(0)


@pytest.mark.parametrize("look", ["tablet", "phone", "dark", "english"])
def test_the_first_screen_has_no_barriers(
    new_screen: Callable[..., Page], accessible: Callable[[Page], None], look: str
) -> None:
    looks: dict[str, dict[str, Any]] = {
        "tablet": {},
        "phone": {"viewport": PHONE},
        "dark": {"color_scheme": "dark", "viewport": PHONE},
        "english": {},
    }
    page = new_screen(**looks[look])
    come_in(page, "iga@base.example.org", PASSWORD)
    page.goto("/language/en?next=/app/" if look == "english" else "/app/")
    expect(page.locator("[data-audit]")).to_have_count(2)
    expect(page.locator("h1")).to_have_text("Audits on this tablet" if look == "english" else "Audyty na tym tablecie")
    accessible(page)
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    heights = page.evaluate("[...document.querySelectorAll('main a, main button')].map(one => one.offsetHeight)")
    assert min(heights) >= 48
    page.goto("/language/pl?next=/app/")
    expect(page.locator("h1")).to_have_text("Audyty na tym tablecie")
