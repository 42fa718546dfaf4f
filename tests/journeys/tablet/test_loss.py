"""A store that was emptied, work that stays on a tablet, and whose work it is."""

import contextlib
import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Error, Page, expect

from tests.factories import PASSWORD
from tests.field import Field
from tests.journeys.audit_screen import expect_level, expect_state, expect_sync, level, open_audit
from tests.journeys.conftest import come_in, sign_in
from tests.journeys.trouble import WAITING, Line, break_store, empty_store, photo, received, wait_until


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


def test_a_store_emptied_before_the_first_screen_was_opened_is_noticed_there(
    screen: Page, line: Line, audit: str
) -> None:
    open_audit(screen, audit)
    line.cut()
    level(screen, "EKO-ZAR-01", 1)
    expect_sync(screen, "offline", 1)
    screen.goto("/login")
    empty_store(screen)
    line.down = False
    screen.goto("/app/")
    expect(screen.locator("dialog.loss")).to_contain_text("Przywrócono 1 zmianę")
    screen.goto(f"/app/audits/{audit}")
    expect_level(screen, "EKO-ZAR-01", 1)
    expect_sync(screen, "synced", 0)
    assert [op["value"] for op in received(screen, audit)] == [1]
    expect(screen.locator("dialog.loss")).to_have_count(0)  # once is enough


def test_a_browser_that_forgot_everything_is_noticed_on_the_first_screen(screen: Page, audit: str) -> None:
    with screen.expect_response("**/guidance"):
        open_audit(screen, audit)
    screen.goto("/login")
    empty_store(screen)
    screen.evaluate("localStorage.clear()")
    screen.goto("/app/")
    expect(screen.locator("dialog.loss")).to_be_visible()


def test_another_persons_work_stays_closed_without_a_network(screen: Page, line: Line, audit: str) -> None:
    open_audit(screen, audit)
    line.cut()
    level(screen, "EKO-ZAR-01", 3)
    expect_sync(screen, "offline", 1)
    screen.context.clear_cookies()
    sign_in(screen, "olaf@base.example.org", PASSWORD)
    for path in (f"/app/audits/{audit}", "/app/"):
        screen.goto(path)
        expect(screen.get_by_role("button", name="Spróbuj ponownie")).to_be_visible()
        expect(screen.locator("[data-criterion], [data-audit]")).to_have_count(0)
    screen.context.clear_cookies()
    sign_in(screen, "iga@base.example.org", PASSWORD)
    screen.goto(f"/app/audits/{audit}")
    expect_level(screen, "EKO-ZAR-01", 3)


def test_signing_out_asks_also_while_the_first_answers_are_on_their_way(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    expect_sync(screen, "synced", 0)
    screen.context.route("**/ops", lambda _route: None)  # never answered
    level(screen, "EKO-ZAR-01", 2)
    expect_state(screen, "EKO-ZAR-01", "device")
    screen.goto("/logout")
    screen.get_by_role("main").get_by_role("button", name="Wyloguj").click()
    screen.wait_for_url("**/app/sign-out")
    expect(screen.get_by_role("main")).to_contain_text("Praca na tym tablecie nie jest jeszcze wysłana")


def test_a_page_that_crashes_in_the_middle_of_a_sentence_gives_the_words_back(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    card = screen.locator('[data-criterion="EKO-ZAR-01"]')
    card.get_by_role("button", name="Notatka").click()
    card.locator("textarea[id^=note-]").press_sequentially("Segregują od maja", delay=100)
    with contextlib.suppress(Error):
        screen.goto("chrome://crash", timeout=2_000)
    again = screen.context.new_page()
    again.goto(f"/app/audits/{audit}")
    expect(again.locator('[data-criterion="EKO-ZAR-01"] textarea[id^=note-]')).to_have_value("Segregują od maja")
    expect_state(again, "EKO-ZAR-01", "sent")
    assert [op["value"] for op in received(again, audit)] == ["Segregują od maja"]
    again.reload()
    expect_state(again, "EKO-ZAR-01", "sent")
    assert again.evaluate("Object.keys(localStorage).filter(key => key.includes('drafts'))") == []


def test_an_audit_of_others_is_refused_in_words_that_say_so(screen: Page, field: Field) -> None:
    come_in(screen, "olaf@base.example.org", PASSWORD)
    screen.goto(f"/app/audits/{field.audit(alone=True)}")
    expect(screen.get_by_role("alert")).to_contain_text("Nie ma takiego audytu albo nie masz do niego dostępu")


def test_the_office_asks_for_the_log_of_a_tablet_and_has_it_at_its_next_call(
    new_screen: Callable[..., Page], screen: Page, line: Line, audit: str
) -> None:
    open_audit(screen, audit)
    line.cut()
    level(screen, "EKO-ZAR-01", 1)
    expect_sync(screen, "offline", 1)
    line.mend(screen)
    expect_sync(screen, "synced", 0)
    office = new_screen()
    come_in(office, "maja@base.example.org", PASSWORD)
    office.goto("/tablets")
    (op,) = received(screen, audit)
    office.get_by_role("link", name=op["device_id"][:8]).click()
    office.get_by_role("button", name="Poproś o dziennik").click()
    expect(office.get_by_role("main")).to_contain_text("Przyjdzie, gdy")
    with screen.expect_response("**/tablets/log"):
        screen.evaluate("dispatchEvent(new Event('online'))")
    office.reload()
    log = office.get_by_role("table", name="Dziennik: Iga Lewandowska")
    expect(log).to_contain_text("Otwarto audyt")
    expect(log).to_contain_text("Serwer nie odpowiada")
    expect(office.get_by_role("button", name="Poproś o nowy dziennik")).to_be_visible()
