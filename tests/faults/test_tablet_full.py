"""A tablet without room: an answer finds it at the price of the ballast, or the screen says that it is not saved."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.chromium import CHROMIUM_OPTIONS, chromium
from tests.faults.conftest import Field
from tests.faults.test_tablet_faults import TABLET, hurry, values
from tests.journeys.audit_screen import expect_level, expect_state, expect_sync, level, open_audit

pytestmark = pytest.mark.browser
BALLAST = 4 * 1024 * 1024
PLENTY = 1_000_000_000
USED = "navigator.storage.estimate().then(one => one.usage)"


def room(page: Page, address: str, size: int) -> None:
    """How much this site may store. A browser that runs looks at it again only after half a minute."""
    page.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", {"origin": address, "quotaSize": size})


@pytest.fixture
def small_tablet(
    browser: Browser, live_server: Field, audit: str, tmp_path: Path
) -> Iterator[Callable[[Callable[[int], int]], Page]]:
    """``small_tablet(room)``: an audit taken along with the ballast, then opened without a network.

    ``room`` says how many bytes there are, given those in use. Only a browser with a profile on disk counts them.
    """
    started: list[BrowserContext] = []

    def start() -> Page:
        context = browser.browser_type.launch_persistent_context(
            tmp_path / "profile",
            executable_path=chromium(),
            args=CHROMIUM_OPTIONS,
            base_url=live_server.address,
            viewport=TABLET,
            locale="pl-PL",
        )
        context.set_default_timeout(30_000)
        started.append(context)
        page = context.pages[0]
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    def take_along(size: Callable[[int], int]) -> Page:
        page = start()
        open_audit(page, audit)
        expect(page.locator("[data-ready=yes]")).to_be_visible(timeout=60_000)
        expect_sync(page, "synced", 0)
        used = page.evaluate(USED)
        assert used > BALLAST
        started.pop().close()
        page = start()
        room(page, live_server.address, size(used))
        page.context.set_offline(True)
        page.goto(f"/app/audits/{audit}")
        expect_sync(page, "offline", 0)
        return page

    yield take_along
    for context in started:
        context.close()


def expect_all_there(screen: Page, audit: str, there: list[int]) -> None:
    """The network is back: everything arrives, once."""
    screen.context.set_offline(False)
    hurry(screen)
    expect(screen.locator("[data-sync]")).to_have_attribute("data-pending", "0")
    assert values(screen, audit) == there


def test_an_answer_finds_room_when_the_ballast_is_thrown_out(
    small_tablet: Callable[[Callable[[int], int]], Page], audit: str
) -> None:
    screen = small_tablet(lambda used: used - BALLAST // 4)
    level(screen, "EKO-ZAR-01", 2)
    expect_state(screen, "EKO-ZAR-01", "device")
    expect_sync(screen, "full", 1)
    level(screen, "EKO-ZAR-02", 1)
    expect_state(screen, "EKO-ZAR-02", "device")
    screen.reload()
    expect_level(screen, "EKO-ZAR-01", 2)
    expect_level(screen, "EKO-ZAR-02", 1)
    expect_all_there(screen, audit, [2, 1])


def test_what_a_colleague_said_finds_room_in_the_same_way(
    small_tablet: Callable[[Callable[[int], int]], Page], new_screen: Callable[..., Page], audit: str
) -> None:
    screen = small_tablet(lambda used: used - BALLAST // 4)
    his = new_screen()
    open_audit(his, audit, "olaf")
    level(his, "EKO-ZAR-02", 2)
    expect_sync(his, "synced", 0)
    screen.context.set_offline(False)
    hurry(screen)
    expect_level(screen, "EKO-ZAR-02", 2)
    expect_sync(screen, "full", 0)


def test_an_answer_without_any_room_is_called_not_saved_and_is_kept_as_soon_as_there_is_room(
    small_tablet: Callable[[Callable[[int], int]], Page], audit: str, live_server: Field
) -> None:
    screen = small_tablet(lambda _used: 1)
    level(screen, "EKO-ZAR-01", 2)
    alarm = screen.get_by_role("alertdialog")
    expect(alarm).to_contain_text("NIE ZAPISANO – proszę nie zamykać")
    expect_state(screen, "EKO-ZAR-01", "saving")
    expect_sync(screen, "error", 1)
    room(screen, live_server.address, PLENTY)
    alarm.get_by_role("button", name="Spróbuj ponownie").click()
    expect(alarm).to_have_count(0)
    expect_state(screen, "EKO-ZAR-01", "device")
    expect_all_there(screen, audit, [2])


def test_an_answer_without_any_room_survives_the_end_of_the_page(
    small_tablet: Callable[[Callable[[int], int]], Page], audit: str, live_server: Field
) -> None:
    screen = small_tablet(lambda _used: 1)
    level(screen, "EKO-ZAR-01", 2)
    expect(screen.get_by_role("alertdialog")).to_be_visible()
    screen.reload()  # still no room: it opens all the same, and says so again
    expect(screen.get_by_role("alertdialog")).to_contain_text("NIE ZAPISANO")
    expect_level(screen, "EKO-ZAR-01", 2)
    screen.context.set_offline(False)
    screen.reload()  # nor does what the server has find room
    expect(screen.get_by_role("alertdialog")).to_contain_text("NIE ZAPISANO")
    expect_level(screen, "EKO-ZAR-01", 2)
    room(screen, live_server.address, PLENTY)
    screen.reload()
    expect_level(screen, "EKO-ZAR-01", 2)
    expect_all_there(screen, audit, [2])
