"""The audit screen as an auditor uses it: taps, types, takes photos, loses the network, disagrees with a colleague."""

import re
import time
from collections.abc import Callable
from typing import Any
from uuid import RFC_4122, UUID

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.journeys.audit_screen import expect_state, expect_sync, level, open_audit
from tests.journeys.trouble import received
from tests.visits import jpeg

PHONE = {"width": 390, "height": 844}
LANDSCAPE = {"width": 1180, "height": 820}


def test_a_tap_is_saved_at_once_and_is_there_after_a_reload(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    expect(screen.locator("[data-criterion]")).to_have_count(75)
    expect_state(screen, "EKO-ZAR-01", "empty")
    level(screen, "EKO-ZAR-01", 3)
    expect_state(screen, "EKO-ZAR-01", "sent")
    expect_sync(screen, "synced", 0)
    (op_id,) = [UUID(op["op_id"]) for op in received(screen, audit)]
    assert (op_id.version, op_id.variant) == (7, RFC_4122)  # they grow with time: docs/decisions/0016
    assert abs((op_id.int >> 80) / 1000 - time.time()) < 60
    screen.reload()
    expect(screen.locator('[data-criterion="EKO-ZAR-01"] [data-level="3"]')).to_have_attribute("aria-checked", "true")
    expect(screen.locator('[data-criterion="EKO-ZAR-01"] .chosen')).to_contain_text("3 · ")
    expect_state(screen, "EKO-ZAR-01", "sent")


def test_the_result_and_the_progress_follow_the_answers(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    expect(screen.locator('.area[data-area="EKO"]')).to_contain_text("0/")
    level(screen, "EKO-ZAR-01", 4)
    expect(screen.locator('.area[data-area="EKO"]')).to_contain_text("1/")
    screen.click(".result > summary")
    expect(screen.locator(".result-body")).to_contain_text(re.compile("Do oceny .* brakuje jeszcze"))
    before = screen.locator(".jump").inner_text()
    screen.click(".jump")
    level(screen, "EKO-ZAR-02", 2)
    expect(screen.locator(".jump")).not_to_have_text(before)


def test_without_a_network_answers_wait_and_are_sent_when_it_is_back(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    screen.context.set_offline(True)
    level(screen, "EKO-ZAR-01", 1)
    level(screen, "EKO-ZAR-02", 2)
    expect_state(screen, "EKO-ZAR-01", "device")
    expect_sync(screen, "offline", 2)
    expect(screen.locator("[data-sync]")).to_contain_text("2 zmiany zapisane na tym tablecie")
    screen.context.set_offline(False)
    expect_state(screen, "EKO-ZAR-01", "sent")
    expect_sync(screen, "synced", 0)


def test_unsent_answers_survive_a_reload(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    screen.route("**/ops", lambda route: route.abort())
    level(screen, "EKO-ZAR-01", 1)
    expect_sync(screen, "offline", 1)
    screen.on("dialog", lambda dialog: dialog.accept())
    screen.route("**/ops", lambda route: route.fulfill(status=200, content_type="text/html", body="<p>Sign in</p>"))
    screen.reload()
    expect(screen.locator('[data-criterion="EKO-ZAR-01"] [data-level="1"]')).to_have_attribute("aria-checked", "true")
    expect_sync(screen, "offline", 1)
    screen.unroute("**/ops")
    screen.evaluate("dispatchEvent(new Event('online'))")
    expect_sync(screen, "synced", 0)


def test_an_answer_whose_receipt_got_lost_is_not_doubled(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    lost = []

    def lose_one(route: Route) -> None:
        answer = route.fetch()
        lost.append(answer.status)
        route.abort() if len(lost) == 1 else route.fulfill(response=answer)

    screen.route("**/ops", lose_one)
    level(screen, "EKO-ZAR-01", 1)
    level(screen, "EKO-ZAR-01", 2)
    expect_sync(screen, "synced", 0)
    assert lost[0] == 200
    expect_state(screen, "EKO-ZAR-01", "sent")
    ops = screen.request.get(f"/api/v1/audits/{audit}/ops?since=0").json()["ops"]
    assert [op["value"] for op in ops] == [1, 2]
    assert {op["result"]["status"] for op in ops} == {"applied"}


def test_two_auditors_who_disagree_see_both_answers_and_choose(
    new_screen: Callable[..., Page], audit: str, accessible: Callable[[Page], None]
) -> None:
    hers, his = new_screen(), new_screen()
    open_audit(hers, audit)
    open_audit(his, audit, "olaf")
    expect(his.locator("[data-sync]")).to_contain_text(re.compile(r"\d\d:\d\d"))  # he asks again in a minute
    level(hers, "EKO-ZAR-01", 3)
    expect_state(hers, "EKO-ZAR-01", "sent")
    level(his, "EKO-ZAR-01", 1)
    expect_state(his, "EKO-ZAR-01", "conflict")
    expect_sync(his, "conflict", 0)
    card = his.locator('[data-criterion="EKO-ZAR-01"] .conflict')
    expect(card).to_contain_text("Iga Lewandowska")
    expect(card).to_contain_text("3 · ")
    expect(card).to_contain_text("1 · ")
    accessible(his)
    card.locator("li", has_text="1 · ").get_by_role("button").click()
    expect_state(his, "EKO-ZAR-01", "sent")
    expect_sync(his, "synced", 0)
    hers.reload()
    expect(hers.locator('[data-criterion="EKO-ZAR-01"] [data-level="1"]')).to_have_attribute("aria-checked", "true")


def test_not_applicable_needs_a_reason_and_gives_way_to_a_level(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    card = screen.locator('[data-criterion="EKO-SUR-04"]')
    level(screen, "EKO-SUR-04", "na")
    expect(card.locator("textarea").first).to_be_focused()
    expect_state(screen, "EKO-SUR-04", "empty")
    screen.keyboard.type("Wyroby nie zawierają drewna ani skóry")
    expect_state(screen, "EKO-SUR-04", "sent")
    screen.reload()
    expect(card.locator('[data-level="na"]')).to_have_attribute("aria-checked", "true")
    level(screen, "EKO-SUR-04", 2)
    expect(card.locator('[data-level="na"]')).to_have_attribute("aria-checked", "false")
    expect_state(screen, "EKO-SUR-04", "sent")
    screen.reload()
    expect(card.locator('[data-level="2"]')).to_have_attribute("aria-checked", "true")
    expect(card.locator(".reason")).to_be_hidden()


def test_a_photo_is_taken_sent_and_deleted(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    level(screen, "EKO-ZAR-01", 0)
    card = screen.locator('[data-criterion="EKO-ZAR-01"]')
    expect(card.locator(".evidence")).to_contain_text("Potrzebny dowód")
    photo = FilePayload(name="IMG_1.jpg", mimeType="image/jpeg", buffer=jpeg())
    card.locator('[data-photo-for="EKO-ZAR-01"]').set_input_files([photo])
    shown = card.locator("[data-photo]")
    expect(shown).to_have_attribute("data-state", "sent")
    expect(card.locator(".evidence")).to_be_hidden()
    screen.reload()
    expect(shown).to_have_attribute("data-state", "sent")
    width = shown.locator("img").evaluate("img => img.decode().then(() => img.naturalWidth)")
    assert width > 0
    screen.on("dialog", lambda dialog: dialog.accept())
    shown.get_by_role("button", name="Usuń zdjęcie").click()
    expect(shown).to_have_count(0)
    expect_sync(screen, "synced", 0)


def test_an_empty_file_from_the_camera_is_announced(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    card = screen.locator('[data-criterion="EKO-ZAR-01"]')
    empty = FilePayload(name="IMG_1.jpg", mimeType="image/jpeg", buffer=b"")
    card.locator('[data-photo-for="EKO-ZAR-01"]').set_input_files([empty])
    expect(card).to_contain_text("Zdjęcie jest puste")
    expect(card.locator("[data-photo]")).to_have_count(0)


def test_a_finding_is_raised_with_a_note(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    level(screen, "EKO-ZAR-02", 1)
    card = screen.locator('[data-criterion="EKO-ZAR-02"]')
    expect(card.locator(".finding")).to_contain_text("Niezgodność mała")
    card.locator(".finding select").select_option("major")
    expect(card.locator(".finding")).to_contain_text("Proszę wpisać w notatce")
    screen.keyboard.type("Chemikalia stoją przy wejściu, zagrożenie dla uczestników")
    expect(card.locator(".finding")).not_to_contain_text("Proszę wpisać w notatce")
    expect_sync(screen, "synced", 0)
    screen.reload()
    expect(card.locator(".finding .mark")).to_have_text("Niezgodność duża")
    expect(card.locator("textarea[id^=note]")).to_have_value(re.compile("Chemikalia"))


def test_a_change_counts_as_unsent_before_anything_else_is_drawn(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    expect_sync(screen, "synced", 0)
    counted = screen.evaluate(
        """() => {
            document.querySelector('[data-criterion="EKO-ZAR-01"] [data-level="2"]').click();
            return document.getElementById("sync").dataset.pending;
        }"""
    )
    assert counted == "1"


def test_facts_change_what_is_asked(screen: Page, audit: str, accessible: Callable[[Page], None]) -> None:
    open_audit(screen, audit)
    food = screen.locator('.area[data-area="BIZ"]')
    before = food.inner_text()
    screen.click("#menu summary")
    screen.get_by_role("button", name="Fakty o dostawcy").click()
    accessible(screen)
    screen.get_by_role("dialog").get_by_label("Żywność").check()
    expect(food).not_to_have_text(before)
    expect_sync(screen, "synced", 0)


def test_the_screen_works_by_keyboard(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    card = screen.locator('[data-criterion="EKO-ZAR-01"]')
    card.locator('[data-level="0"]').focus()
    screen.keyboard.press("ArrowRight")
    expect(card.locator('[data-level="1"]')).to_be_focused()
    expect(card.locator('[data-level="1"]')).to_have_attribute("aria-checked", "true")
    screen.keyboard.press("ArrowRight")
    expect_state(screen, "EKO-ZAR-01", "sent")
    expect(card.locator('[data-level="2"]')).to_have_attribute("aria-checked", "true")
    screen.keyboard.press("Tab")
    expect(card.locator('[data-photo-for="EKO-ZAR-01"]')).to_be_focused()


def test_a_complete_audit_is_finished_and_then_only_read(screen: Page, complete_audit: str) -> None:
    open_audit(screen, complete_audit)
    expect(screen.locator(".jump")).to_have_text("Wszystko ma odpowiedź")
    screen.click("#menu summary")
    screen.get_by_role("button", name="Zakończ audyt").first.click()
    screen.get_by_role("dialog").get_by_label("Dlaczego nie ma podpisów?").fill("Kierowniczka musiała wyjechać.")
    screen.get_by_role("dialog").get_by_role("button", name="Zakończ teraz").click()
    screen.wait_for_url("**/cases/*")
    screen.goto(f"/app/audits/{complete_audit}")
    expect(screen.locator(".notice")).to_contain_text("Audyt jest zakończony")
    expect(screen.locator('[data-criterion="EKO-ZAR-01"] [data-level="0"]')).to_be_disabled()
    expect(screen.locator('[data-photo-for="EKO-ZAR-01"]')).to_be_disabled()


@pytest.mark.parametrize("look", ["tablet", "phone", "dark landscape"])
def test_the_screen_has_no_barriers(
    new_screen: Callable[..., Page],
    audit: str,
    accessible: Callable[[Page], None],
    look: str,
) -> None:
    looks: dict[str, dict[str, Any]] = {
        "tablet": {},
        "phone": {"viewport": PHONE},
        "dark landscape": {"color_scheme": "dark", "viewport": LANDSCAPE},
    }
    screen = new_screen(**looks[look])
    open_audit(screen, audit)
    level(screen, "EKO-ZAR-02", 1)
    level(screen, "EKO-SUR-04", "na")
    screen.click(".result > summary")
    for unfold in screen.locator('[data-criterion="EKO-ZAR-02"] .unfold').all():
        unfold.click()
    expect_sync(screen, "synced", 0)
    screen.evaluate("scrollTo(0, 0)")
    accessible(screen)
    wide = screen.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide
    screen.click('.area[data-area="BIZ"]')
    screen.locator("#area-BIZ").get_by_role("button", name="Zakończ audyt").click()
    expect(screen.get_by_role("dialog")).to_contain_text("Bez odpowiedzi")
    accessible(screen)
