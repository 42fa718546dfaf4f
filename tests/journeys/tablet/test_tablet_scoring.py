"""The tablet scores by itself: without the server the result, the questions and what is missing follow every tap."""

import re

from playwright.sync_api import Page, expect

from app.checklists import library
from app.checklists.scoring import explain_missing, score
from tests.journeys.audit_screen import expect_state, level, open_audit


def test_without_a_network_the_result_and_the_questions_follow_every_tap(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    checklist = library.published("base", "2026.1")
    food = next(
        criterion.id
        for area in checklist.content.areas
        for section in area.sections
        for criterion in section.criteria
        if {**section.applies_when, **criterion.applies_when}.get("products") == ("food",)
    )
    expect(screen.locator(f'[data-criterion="{food}"]')).to_have_attribute("hidden", "")
    screen.context.route(re.compile(r"/api/v1/"), lambda route: route.abort())
    answers = {"EKO-ZAR-01": 4, "EKO-ZAR-02": 0, "EKO-ZAR-03": 2}
    for criterion, value in answers.items():
        level(screen, criterion, value)
        expect_state(screen, criterion, "device")
    screen.click("#menu summary")
    screen.get_by_role("button", name="Fakty o dostawcy").click()
    screen.get_by_role("dialog").get_by_label("Żywność").check()
    screen.keyboard.press("Escape")
    expect(screen.locator(f'[data-criterion="{food}"]')).not_to_have_attribute("hidden", "")
    facts = {"products": ["craft", "food"], "legal_form": "wtz"}
    result = score(checklist, facts, {name: {"value": value} for name, value in answers.items()})
    missing = explain_missing(result, "pl")
    assert missing
    screen.click(".result > summary")
    expect(screen.locator(".result-body li")).to_have_text(list(missing.sentences))
    expect(screen.locator('.area[data-area="EKO"]')).to_contain_text(f"{result.areas[0].answered}/")
