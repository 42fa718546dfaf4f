"""What networks and servers do to a tablet: each fault by its name, and after it everything is there once."""

import json
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Route, ViewportSize, expect

from tests.faults.conftest import Field
from tests.faults.mortal import end_at_once, launch_mortal
from tests.faults.proxy import API, ELSEWHERE, PHOTOS, Fault, FaultProxy
from tests.journeys.audit_screen import expect_level, expect_state, expect_sync, level, open_audit
from tests.visits import jpeg

pytestmark = pytest.mark.browser
TABLET = ViewportSize(width=820, height=1180)
UNHEARD = [  # the server has it, the tablet does not know
    Fault.DROP_REPLY,
    Fault.TRUNCATE,
    Fault.HALF_JSON,
    Fault.HALF_ITEMISED,
    Fault.ERROR,
    Fault.OTHER_PROTOCOL,
    Fault.KILL_AFTER_COMMIT,
]
COUNT_ALARMS = """() => {
  globalThis.alarms = 0;
  const count = (node) => (alarms += Number(node.role === "alertdialog"));
  const look = new MutationObserver((all) => all.forEach((one) => one.addedNodes.forEach(count)));
  look.observe(document.body, { childList: true });
}"""
UNDONE = [  # the server does not have it
    Fault.DROP_REQUEST,
    Fault.BAD_GATEWAY,
    Fault.REDIRECT,
    Fault.PORTAL,
    Fault.EMPTY,
    Fault.KILL_BEFORE_COMMIT,
    Fault.KILL_MID_BATCH,
]


@pytest.fixture(scope="module")
def open_screen(browser: Browser, live_server: Field) -> Iterator[tuple[Page, str]]:
    """One screen for faults that leave nothing behind, and its audit."""
    audit = live_server.audit()
    context = browser.new_context(base_url=live_server.address, viewport=TABLET, service_workers="block")
    page = context.new_page()
    open_audit(page, audit)
    yield page, audit
    context.close()


def received(page: Page, audit: str) -> list[dict[str, Any]]:
    """Every operation that the server has, each of them once, none refused and none in dispute with itself."""
    ops: list[dict[str, Any]] = page.request.get(f"/api/v1/audits/{audit}/ops?since=0").json()["ops"]
    assert len({op["op_id"] for op in ops}) == len(ops)
    return ops


def values(page: Page, audit: str) -> list[Any]:
    ops = received(page, audit)
    assert {op["result"]["status"] for op in ops} <= {"applied"}, ops
    return [op["value"] for op in ops]


def hurry(page: Page) -> None:
    """Try again now, not when the pause is over."""
    page.evaluate("dispatchEvent(new Event('online'))")


def stop_sending(proxy: FaultProxy) -> None:
    proxy.order(Fault.DROP_REQUEST, API, times=None)


@pytest.mark.parametrize("fault", [*UNHEARD, *UNDONE])
def test_a_call_that_goes_wrong_is_made_again_and_counts_once(
    open_screen: tuple[Page, str], proxy: FaultProxy, fault: Fault
) -> None:
    screen, audit = open_screen
    expect_sync(screen, "synced", 0)
    screen.evaluate(COUNT_ALARMS)
    before = values(screen, audit)
    first, second, third = [number for number in (0, 1, 2, 3, 4) if number not in before[-2:]][:3]
    proxy.order(fault, times=None)
    level(screen, "EKO-ZAR-01", first)
    expect_sync(screen, "offline", 1)
    expect_state(screen, "EKO-ZAR-01", "device")
    assert values(screen, audit) == ([*before, first] if fault in UNHEARD else before)
    level(screen, "EKO-ZAR-01", second)  # a further word on top of one whose receipt is not here
    level(screen, "EKO-ZAR-02", third)
    expect_sync(screen, "offline", 3)
    proxy.calm()
    hurry(screen)
    expect_sync(screen, "synced", 0)
    expect_state(screen, "EKO-ZAR-01", "sent")
    assert values(screen, audit) == [*before, first, second, third]
    assert not [one for one in proxy.seen if one.path == ELSEWHERE]  # nothing goes where a portal sends it
    assert screen.evaluate("alarms") == 0  # an answer that cannot be believed is no reason to be alarmed


def test_a_server_that_is_killed_with_all_its_processes_has_everything_once_when_it_is_back(
    screen: Page, audit: str, live_server: Field
) -> None:
    open_audit(screen, audit)
    expect_sync(screen, "synced", 0)
    server = live_server.server
    live_server.proxy.after_reply(lambda _seen: end_at_once(server))
    level(screen, "EKO-ZAR-01", 1)
    expect_sync(screen, "offline", 1)
    assert server.process.wait(5) == -signal.SIGKILL
    level(screen, "EKO-ZAR-02", 2)
    expect_state(screen, "EKO-ZAR-02", "device")
    again = launch_mortal(server.data, server.port)
    server.process = again.process
    again.wait_until_ready()
    hurry(screen)
    expect_sync(screen, "synced", 0)
    assert values(screen, audit) == [1, 2]


def test_a_batch_that_arrives_twice_counts_once(screen: Page, audit: str, proxy: FaultProxy) -> None:
    open_audit(screen, audit)
    proxy.order(Fault.DUPLICATE, times=None)
    level(screen, "EKO-ZAR-01", 1)
    expect_sync(screen, "synced", 0)
    level(screen, "EKO-ZAR-01", 2)
    expect_sync(screen, "synced", 0)
    assert all(one.reached == 2 for one in proxy.batches() if one.fault)
    assert values(screen, audit) == [1, 2]


def test_a_call_that_arrives_after_later_ones_changes_nothing(screen: Page, audit: str, proxy: FaultProxy) -> None:
    open_audit(screen, audit)
    expect_sync(screen, "synced", 0)
    proxy.order(Fault.LATE)
    level(screen, "EKO-ZAR-01", 1)
    expect_sync(screen, "offline", 1)
    level(screen, "EKO-ZAR-01", 2)
    expect_sync(screen, "synced", 0)
    level(screen, "EKO-ZAR-01", 3)
    expect_sync(screen, "synced", 0)
    assert proxy.release() == 1
    screen.reload()
    expect_level(screen, "EKO-ZAR-01", 3)
    expect_sync(screen, "synced", 0)
    assert values(screen, audit) == [1, 2, 3]


def test_an_answer_that_never_ends_is_given_up_after_half_a_minute(screen: Page, audit: str, proxy: FaultProxy) -> None:
    screen.clock.install()
    open_audit(screen, audit)
    expect_sync(screen, "synced", 0)
    proxy.order(Fault.SLOW)
    level(screen, "EKO-ZAR-01", 1)
    expect_sync(screen, "pending", 1)
    level(screen, "EKO-ZAR-02", 2)
    expect_state(screen, "EKO-ZAR-02", "device")  # nobody waits for it to go on working
    while not any(one.fault and one.status for one in proxy.batches()):  # else the half minute passes before the call
        screen.wait_for_timeout(20)
    screen.clock.run_for(31_000)
    expect_sync(screen, "offline", 2)
    screen.clock.run_for(1_500)
    expect_sync(screen, "synced", 0)
    assert values(screen, audit) == [1, 2]


@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.UNAVAILABLE])
def test_a_server_that_asks_for_patience_gets_it(screen: Page, audit: str, proxy: FaultProxy, fault: Fault) -> None:
    screen.clock.install()
    open_audit(screen, audit)
    expect_sync(screen, "synced", 0)
    proxy.order(fault, retry_after="40")
    level(screen, "EKO-ZAR-01", 1)
    expect_sync(screen, "offline", 1)
    before = len(proxy.batches())
    level(screen, "EKO-ZAR-02", 2)  # nor does more work make it impatient
    screen.clock.run_for(35_000)
    screen.context.set_offline(True)
    screen.context.set_offline(False)
    hurry(screen)  # nor a network that comes back
    screen.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # nor somebody who looks at it again
    screen.wait_for_timeout(1_000)  # a call that were made would have arrived by now
    expect_sync(screen, "offline", 2)
    assert len(proxy.batches()) == before
    screen.clock.run_for(6_000)
    expect_sync(screen, "synced", 0)
    assert values(screen, audit) == [1, 2]


def test_a_person_need_not_be_as_patient_as_the_server_asks(screen: Page, audit: str, proxy: FaultProxy) -> None:
    open_audit(screen, audit)
    expect_sync(screen, "synced", 0)
    proxy.order(Fault.UNAVAILABLE, retry_after="3600")
    level(screen, "EKO-ZAR-01", 1)
    expect_sync(screen, "offline", 1)
    screen.locator("[data-sync]").click()
    screen.get_by_role("button", name="Wyślij teraz").click()
    expect_sync(screen, "synced", 0)
    assert values(screen, audit) == [1]


def test_a_batch_that_is_too_large_is_halved_until_it_passes(screen: Page, audit: str, proxy: FaultProxy) -> None:
    open_audit(screen, audit)
    expect_sync(screen, "synced", 0)
    screen.context.set_offline(True)
    for criterion in ("EKO-ZAR-01", "EKO-ZAR-02", "EKO-ZAR-03", "EKO-SUR-01"):
        level(screen, criterion, 1)
    expect_sync(screen, "offline", 4)
    proxy.clear()
    proxy.order(Fault.TOO_LARGE, times=2)
    screen.context.set_offline(False)
    expect_sync(screen, "synced", 0)
    sizes = [len(json.loads(one.body)["ops"]) for one in proxy.batches()]
    assert sizes[:4] == [4, 2, 1, 3]
    assert values(screen, audit) == [1, 1, 1, 1]


def test_one_change_that_is_always_too_large_is_set_aside_and_named(
    screen: Page, audit: str, proxy: FaultProxy
) -> None:
    open_audit(screen, audit)
    expect_sync(screen, "synced", 0)
    proxy.order(Fault.TOO_LARGE, times=None)
    level(screen, "EKO-ZAR-01", 1)
    expect_state(screen, "EKO-ZAR-01", "rejected")
    proxy.calm()
    level(screen, "EKO-ZAR-02", 2)
    expect_state(screen, "EKO-ZAR-02", "sent")
    expect(screen.locator('[data-criterion="EKO-ZAR-01"] .trouble')).to_be_visible()
    screen.reload()
    expect_level(screen, "EKO-ZAR-01", 1)
    expect_state(screen, "EKO-ZAR-01", "rejected")


def test_receipts_that_come_in_parts_after_a_lost_answer_are_believed(
    screen: Page, audit: str, proxy: FaultProxy
) -> None:
    open_audit(screen, audit)
    expect_sync(screen, "synced", 0)
    screen.context.set_offline(True)
    criteria = ("EKO-ZAR-01", "EKO-ZAR-02", "EKO-ZAR-03", "EKO-SUR-01")
    for criterion in criteria:
        level(screen, criterion, 1)
    expect_sync(screen, "offline", 4)
    proxy.order(Fault.DROP_REPLY)
    proxy.order(Fault.TOO_LARGE)
    screen.context.set_offline(False)
    expect_sync(screen, "synced", 0)
    for criterion in criteria:
        expect_level(screen, criterion, 1)
        expect_state(screen, criterion, "sent")
    assert values(screen, audit) == [1, 1, 1, 1]


def test_answers_go_before_photos_and_the_newest_photo_before_the_others(
    screen: Page, audit: str, proxy: FaultProxy
) -> None:
    open_audit(screen, audit)
    expect_sync(screen, "synced", 0)
    screen.context.set_offline(True)
    file = FilePayload(name="IMG_1.jpg", mimeType="image/jpeg", buffer=jpeg())
    for number, criterion in enumerate(("EKO-ZAR-01", "EKO-ZAR-02", "EKO-ZAR-03"), 1):
        screen.locator(f'[data-photo-for="{criterion}"]').set_input_files([file])
        expect_sync(screen, "offline", number)
    level(screen, "EKO-SUR-01", 1)
    oldest = screen.locator('[data-criterion="EKO-ZAR-01"] [data-photo]').get_attribute("data-photo")
    proxy.clear()
    screen.context.set_offline(False)
    expect_sync(screen, "synced", 0)
    bringing = [
        one for one in proxy.seen if one.method == "PUT" or (one.path.endswith("/ops") and b'"op_id"' in one.body)
    ]
    assert [one.method for one in bringing] == ["POST", "PUT", "PUT", "PUT"]
    assert [op["seq"] for op in json.loads(bringing[0].body)["ops"]] == [1, 2, 3, 4]
    assert bringing[-1].path.endswith(f"/{oldest}")  # two at a time, so the first two come in any order


def test_an_answer_does_not_wait_for_photos_that_are_on_their_way(screen: Page, audit: str, proxy: FaultProxy) -> None:
    open_audit(screen, audit)
    expect_sync(screen, "synced", 0)
    proxy.order(Fault.SLOW, PHOTOS, times=2)
    file = FilePayload(name="IMG_1.jpg", mimeType="image/jpeg", buffer=jpeg())
    for criterion in ("EKO-ZAR-01", "EKO-ZAR-02"):
        screen.locator(f'[data-photo-for="{criterion}"]').set_input_files([file])
    expect_sync(screen, "pending", 2)
    level(screen, "EKO-SUR-01", 1)
    expect_state(screen, "EKO-SUR-01", "sent")
    expect(screen.locator("[data-photo][data-state=device]")).to_have_count(2)
    proxy.calm()
    hurry(screen)
    expect_sync(screen, "synced", 0)


def test_an_answer_given_while_others_are_on_their_way_does_not_wait_for_photos_either(
    screen: Page, audit: str, proxy: FaultProxy
) -> None:
    open_audit(screen, audit)
    expect_sync(screen, "synced", 0)
    proxy.order(Fault.SLOW, PHOTOS)
    held: list[Route] = []

    def hold(route: Route) -> None:
        if held or "photo.add" not in (route.request.post_data or ""):
            route.continue_()
        else:
            held.append(route)

    screen.route("**/ops", hold)
    file = FilePayload(name="IMG_1.jpg", mimeType="image/jpeg", buffer=jpeg())
    screen.locator('[data-photo-for="EKO-ZAR-01"]').set_input_files([file])
    while not held:
        screen.wait_for_timeout(20)
    level(screen, "EKO-SUR-01", 1)
    expect_state(screen, "EKO-SUR-01", "device")
    screen.wait_for_timeout(300)  # its sending is asked for
    held[0].continue_()
    expect_state(screen, "EKO-SUR-01", "sent")
    expect(screen.locator("[data-photo][data-state=device]")).to_have_count(1)
    proxy.calm()
    hurry(screen)
    expect_sync(screen, "synced", 0)


def test_airplane_mode_from_opening_to_sending(new_screen: Callable[..., Page], audit: str) -> None:
    screen = new_screen(service_workers="allow")
    open_audit(screen, audit)
    expect(screen.locator("[data-ready=yes]")).to_be_visible(timeout=30_000)
    screen.context.set_offline(True)
    level(screen, "EKO-ZAR-01", 1)
    file = FilePayload(name="IMG_1.jpg", mimeType="image/jpeg", buffer=jpeg())
    screen.locator('[data-photo-for="EKO-ZAR-01"]').set_input_files([file])
    expect(screen.locator("[data-photo]")).to_have_attribute("data-state", "device")  # counted before it is kept
    expect_sync(screen, "offline", 2)
    screen.reload()
    expect_level(screen, "EKO-ZAR-01", 1)
    level(screen, "EKO-ZAR-02", 2)
    expect_state(screen, "EKO-ZAR-02", "device")
    screen.close()
    later = screen.context.new_page()
    later.goto(f"/app/audits/{audit}")
    expect_level(later, "EKO-ZAR-02", 2)
    expect_sync(later, "offline", 3)
    later.context.set_offline(False)
    expect_sync(later, "synced", 0)
    assert sorted(op["kind"] for op in received(later, audit)) == ["answer.set", "answer.set", "photo.add"]


@pytest.mark.parametrize(
    "fault",
    [Fault.DROP_REPLY, Fault.TRUNCATE, Fault.BAD_GATEWAY, Fault.PORTAL, Fault.REFUSED, Fault.DUPLICATE],
)
def test_a_photo_is_there_only_when_the_server_says_so(
    screen: Page, audit: str, proxy: FaultProxy, fault: Fault
) -> None:
    open_audit(screen, audit)
    proxy.order(fault, PHOTOS, times=None)
    file = FilePayload(name="IMG_1.jpg", mimeType="image/jpeg", buffer=jpeg())
    screen.locator('[data-photo-for="EKO-ZAR-01"]').set_input_files([file])
    shown = screen.locator("[data-photo]")
    if fault is not Fault.DUPLICATE:
        expect_sync(screen, "offline", 1)
        expect(shown).to_have_attribute("data-state", "device")
        proxy.calm()
        hurry(screen)
    expect_sync(screen, "synced", 0)
    expect(shown).to_have_attribute("data-state", "sent")
    assert [op["kind"] for op in received(screen, audit)] == ["photo.add"]


@pytest.mark.parametrize("opens", ["before", "after"])
def test_a_photo_that_another_tablet_is_still_sending_is_there_when_it_has_arrived(
    new_screen: Callable[..., Page], audit: str, proxy: FaultProxy, opens: str
) -> None:
    hers, his = new_screen(), new_screen()
    open_audit(hers, audit)
    if opens == "before":
        open_audit(his, audit, "olaf")
    proxy.order(Fault.BAD_GATEWAY, PHOTOS, times=None)
    file = FilePayload(name="IMG_1.jpg", mimeType="image/jpeg", buffer=jpeg())
    hers.locator('[data-photo-for="EKO-ZAR-01"]').set_input_files([file])
    expect_sync(hers, "offline", 1)
    if opens == "after":
        open_audit(his, audit, "olaf")
    hurry(his)
    shown = his.locator("[data-photo]")
    expect(shown).to_have_attribute("data-state", "empty")
    expect(shown).to_contain_text("Jeszcze nie na serwerze")
    proxy.calm()
    hurry(hers)
    expect_sync(hers, "synced", 0)
    hurry(his)
    expect(shown).to_have_attribute("data-state", "sent")
    expect(shown.locator("img")).to_have_js_property("naturalWidth", 64)
