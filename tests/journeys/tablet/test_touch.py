"""Fingers: what is touched is large enough, and nothing moves under them while an answer is kept and sent."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.audit_screen import expect_state, expect_sync, level, open_audit
from tests.journeys.tablet.test_meetings import add_person, meet
from tests.journeys.trouble import Line

SCREENS = [{"width": 820, "height": 1180}, {"width": 360, "height": 740}]
TARGET = 48
SETTLED = 700  # ms after a tap, when what moves is no longer put down to it
CONTROLS = """target => {
  for (const one of document.querySelectorAll("#main *")) {  // what is out of sight has no size otherwise
    if (getComputedStyle(one).contentVisibility === "auto") one.style.contentVisibility = "visible";
  }
  const all = "button, summary, a[href], select, textarea, input:not([type=hidden])";
  const touched = [...document.querySelectorAll(all)]
    .filter(one => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".unfolded p, .skip"))
    .map(one => (one.matches("[type=file], [type=checkbox], [type=radio]") && one.closest("label")) || one)
    .map(one => [one.outerHTML.slice(0, 150), one.getBoundingClientRect()]);
  const small = touched.filter(([, { width, height }]) => Math.round(height) < target || Math.round(width) < target);
  return { touched: touched.length, small: small.map(([what, { width, height }]) => `${what} ${width} x ${height}`) };
}"""
WATCH = """() => {
  globalThis.moved = [];
  new PerformanceObserver(list => list.getEntries().filter(one => !one.hadRecentInput).forEach(one =>
    moved.push(...one.sources.map(({ node }) => node).filter(node => node?.parentElement?.closest("main")).map(String)))
  ).observe({ type: "layout-shift" });
}"""
PLACES = """parts => Object.fromEntries([...document.querySelectorAll(parts)]
  .map((one, at) => [`${at} ${one.id || one.className}`, one.getBoundingClientRect()])
  .filter(([, { width, top, bottom }]) => width && bottom > 0 && top < innerHeight)
  .map(([what, { x, y, width, height }]) => [what, [x, y, width, height]]))"""
A_HAIR = 1  # px: a page may come to rest between two pixels
ALL = "[data-criterion], [data-criterion] :is(h3, .level, .chosen, .camera, .tools > button, .unfold)"
CARD = '[data-criterion="EKO-ZAR-02"]'
ABOVE = f"#c-EKO-ZAR-01, {CARD} :is(h3, .level)"


@pytest.fixture(params=SCREENS, ids=["tablet", "phone"])
def small_screen(new_screen: Callable[..., Page], request: pytest.FixtureRequest) -> Page:
    return new_screen(viewport=request.param)


def expect_touchable(page: Page, least: int) -> None:
    """At least so many controls are to be seen, each of them large enough for a finger."""
    found = page.evaluate(CONTROLS, TARGET)
    assert not found["small"], "\n".join(found["small"])
    assert found["touched"] >= least


def expect_unmoved(page: Page, parts: str, before: dict[str, list[float]]) -> None:
    assert before == {what: pytest.approx(place, abs=A_HAIR) for what, place in page.evaluate(PLACES, parts).items()}


def test_every_control_of_a_question_and_of_the_bars_is_large_enough(small_screen: Page, complete_audit: str) -> None:
    screen = small_screen
    open_audit(screen, complete_audit)
    for area in ("EKN", "BIZ", "EKO"):
        screen.click(f'.area[data-area="{area}"]')
        expect_touchable(screen, 100)
    level(screen, "EKO-ZAR-01", 0)
    card = screen.locator('[data-criterion="EKO-ZAR-01"]')
    expect(card.locator(".finding")).to_be_visible()
    for unfold in card.locator(".unfold").all():
        unfold.click()
    screen.locator(".level.na:visible").first.click()
    expect(screen.locator(".reason:visible")).to_have_count(1)
    screen.locator(".result > summary").click()
    screen.click("#menu summary")
    expect_touchable(screen, 100)


def test_every_control_of_a_meeting_is_large_enough(small_screen: Page, complete_audit: str) -> None:
    screen = small_screen
    open_audit(screen, complete_audit)
    level(screen, "EKO-ZAR-01", 0)
    opening = meet(screen, "otwierające")
    add_person(opening, "Anna Próbna", "kierowniczka")
    expect_touchable(screen, 12)
    opening.get_by_role("button", name="Do pytań").first.click()
    closing = meet(screen, "zamykające")
    closing.get_by_role("button", name="Anna Próbna, kierowniczka").click()
    closing.get_by_role("button", name="Nie zgadza się", exact=True).first.click()
    expect(closing.get_by_label("Słowa dostawcy").first).to_be_visible()
    expect_touchable(screen, 12)
    closing.get_by_role("button", name="Podpisz", exact=True).click()
    expect(screen.get_by_role("dialog")).to_be_visible()
    expect_touchable(screen, 12)


@pytest.mark.parametrize("value", [0, 4])
def test_an_answer_moves_nothing_above_itself_and_its_sending_nothing_at_all(
    small_screen: Page, audit: str, value: int
) -> None:
    screen = small_screen
    line = Line(screen.context)
    open_audit(screen, audit)
    expect_sync(screen, "synced", 0)
    line.cut()
    screen.hover(f'{CARD} [data-level="{value}"]')  # it comes into view
    screen.wait_for_timeout(SETTLED)
    screen.evaluate(WATCH)
    above = screen.evaluate(PLACES, ABOVE)
    assert len(above) >= 6
    level(screen, "EKO-ZAR-02", value)
    expect_state(screen, "EKO-ZAR-02", "device")
    expect_unmoved(screen, ABOVE, above)
    screen.wait_for_timeout(SETTLED)
    everything = screen.evaluate(PLACES, ALL)
    line.mend()
    expect_state(screen, "EKO-ZAR-02", "sent")
    expect_sync(screen, "synced", 0)
    expect_unmoved(screen, ALL, everything)
    assert screen.evaluate("moved") == []
