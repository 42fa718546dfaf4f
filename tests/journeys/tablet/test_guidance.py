"""Why a question is asked, what to look for, the legal basis: they come after the questions, and stay on the tablet."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from tests.factories import PASSWORD
from tests.journeys.audit_screen import expect_state, level, open_audit
from tests.journeys.conftest import come_in
from tests.journeys.trouble import Line

FIRST = "EKO-ZAR-01"
GUIDANCE = re.compile(r"/api/v1/audits/[^/]+/guidance$")
UNTIL_CONTROLLED = """async () => {
  while (!navigator.serviceWorker.controller) await new Promise(go => setTimeout(go, 50));
}"""
# What the tablet's store holds: every row of `store`, which `change` may put something else in the place of.
ROWS = """async () => {
  const done = request => new Promise((go, fail) => {
    request.onsuccess = () => go(request.result);
    request.onerror = () => fail(request.error);
  });
  const [{name}] = await indexedDB.databases();
  const database = await done(indexedDB.open(name));
  const rows = database.transaction("%(store)s", "readwrite").objectStore("%(store)s");
  const change = row => { %(change)s };
  const found = await done(rows.getAll());
  for (const row of found) if (change(row)) await done(rows.put(change(row)));
  database.close();
  return found;
}"""
AS_IT_WAS_BEFORE = """
const {guidance, ...kept} = row;
for (const area of kept.content.areas) for (const section of area.sections) for (const criterion of section.criteria) {
  Object.assign(criterion, guidance?.[criterion.id]);
  delete criterion.guided;
}
return kept;
"""


def rows(page: Page, store: str, change: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(ROWS % {"store": store, "change": change})
    return found


def until_kept(page: Page) -> None:
    while not all(row.get("guidance") for row in rows(page, "templates")):
        page.wait_for_timeout(50)


def fold(page: Page, criterion: str = FIRST) -> Locator:
    return page.locator(f'[data-criterion="{criterion}"]').get_by_role("button", name="Dlaczego, na co patrzeć")


def panel(page: Page, criterion: str = FIRST) -> Locator:
    return page.locator(f"#why-{criterion}")


def expect_guidance(page: Page) -> None:
    shown = panel(page)
    expect(shown.locator("h4")).to_have_text(["Dlaczego to ważne", "Na co patrzeć", "Podstawa prawna"])
    expect(shown).to_contain_text("Gdy brakuje osoby i celu")
    expect(shown).to_contain_text("rozmowa: kierownik i jedna osoba z zespołu")
    expect(shown).to_contain_text("PN-EN ISO 14001")


def test_an_audit_that_is_ready_for_offline_has_it(new_screen: Callable[..., Page], audit: str) -> None:
    tablet = new_screen(service_workers="allow")
    come_in(tablet, "iga@base.example.org", PASSWORD)
    tablet.goto("/app/")
    tablet.evaluate(UNTIL_CONTROLLED)
    line = tablet.locator(f'[data-audit="{audit}"]')
    line.get_by_role("button", name="Przygotuj do pracy bez sieci").click()
    expect(line).to_have_attribute("data-kept", "ready")
    tablet.context.set_offline(True)
    line.get_by_role("link", name="Otwórz audyt").click()
    fold(tablet).click()
    expect_guidance(tablet)
    fold(tablet).click()
    expect(panel(tablet)).to_be_hidden()


def test_the_questions_do_not_wait_for_it_and_nothing_moves_when_it_comes(screen: Page, audit: str) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    screen.route(GUIDANCE, hold)
    open_audit(screen, audit)
    level(screen, FIRST, 2)
    expect_state(screen, FIRST, "sent")
    fold(screen).click()
    expect(panel(screen)).to_have_text("Pobieram wyjaśnienia…")
    fold(screen, "EKO-ZAR-02").click()
    fold(screen, "EKO-ZAR-02").click()
    before = fold(screen).bounding_box()
    for route in held:
        route.continue_()
    expect_guidance(screen)
    assert fold(screen).bounding_box() == before
    expect(panel(screen, "EKO-ZAR-02")).to_be_hidden()
    assert len(held) == 1


def test_when_it_does_not_come_words_say_so_and_a_second_try_works(
    screen: Page, audit: str, accessible: Callable[[Page], None]
) -> None:
    screen.route(GUIDANCE, lambda route: route.abort())
    open_audit(screen, audit)
    expect(screen.locator("[data-ready=no]")).to_contain_text("Nie udało się pobrać")
    fold(screen).click()
    expect(panel(screen)).to_contain_text("Nie udało się pobrać wyjaśnień. Spróbuj ponownie")
    accessible(screen)
    screen.unroute(GUIDANCE)
    panel(screen).get_by_role("button", name="Spróbuj ponownie").click()
    expect_guidance(screen)
    expect(fold(screen)).to_be_focused()


def test_an_answer_that_is_no_guidance_is_not_kept(screen: Page, audit: str) -> None:
    screen.route(GUIDANCE, lambda route: route.fulfill(status=500, json={"proto": 1, "error": "internal"}))
    open_audit(screen, audit)
    fold(screen).click()
    expect(panel(screen)).to_contain_text("Nie udało się pobrać wyjaśnień")
    assert not rows(screen, "templates")[0].get("guidance")
    expect(screen.locator("[data-sync]")).to_have_attribute("data-sync", "synced")


def test_what_an_earlier_version_kept_within_the_questions_stays(screen: Page, audit: str) -> None:
    line = Line(screen.context)
    open_audit(screen, audit)
    until_kept(screen)
    rows(screen, "templates", AS_IT_WAS_BEFORE)
    line.cut()
    screen.reload()
    fold(screen).click()
    expect_guidance(screen)
    line.mend()
    screen.route(GUIDANCE, lambda route: route.abort())
    screen.reload()  # the questions come anew, without it
    fold(screen).click()
    expect_guidance(screen)
    line.cut()
    screen.reload()
    fold(screen).click()
    expect_guidance(screen)


def test_in_another_language_an_audit_is_ready_only_with_it(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    until_kept(screen)
    rows(screen, "audits", "return {...row, ready_at: new Date().toISOString()};")
    screen.goto("/app/")
    line = screen.locator(f'[data-audit="{audit}"]')
    expect(line).to_have_attribute("data-kept", "ready")
    screen.route(GUIDANCE, lambda route: route.abort())
    screen.goto(f"/language/en?next=/app/audits/{audit}")
    expect(screen.get_by_role("button", name="Why, what to look for").first).to_be_visible()
    screen.goto("/app/")
    expect(line).to_have_attribute("data-kept", "opened")
    screen.goto("/language/pl?next=/app/")
