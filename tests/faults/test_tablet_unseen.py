"""What comes while somebody stands in a field, or has a dialog open, is not overwritten by what they then say."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.faults.test_tablet_faults import hurry, received
from tests.journeys.audit_screen import expect_level, expect_state, expect_sync, level, open_audit

pytestmark = pytest.mark.browser


@pytest.fixture
def both(new_screen: Callable[..., Page], audit: str) -> tuple[Page, Page]:
    """Iga's screen and Olaf's."""
    hers, his = new_screen(), new_screen()
    open_audit(hers, audit)
    open_audit(his, audit, "olaf")
    expect_sync(hers, "synced", 0)
    return hers, his


def note_of(page: Page) -> Locator:
    """The field for a note at the first question, open."""
    card = page.locator('[data-criterion="EKO-ZAR-01"]')
    if not card.locator("textarea[id^=note-]").is_visible():
        card.get_by_role("button", name="Notatka").click()
    return card.locator("textarea[id^=note-]")


def hear(page: Page, other: Page) -> None:
    """Let what was said at the other screen so far arrive at this one; its answer at another question shows it."""
    level(other, "EKO-ZAR-02", 2)
    expect_sync(other, "synced", 0)
    hurry(page)
    expect_level(page, "EKO-ZAR-02", 2)


def test_a_note_that_comes_while_somebody_stands_in_its_field_is_a_question(both: tuple[Page, Page]) -> None:
    hers, his = both
    field = note_of(hers)
    field.focus()
    note_of(his).fill("Widziałem rejestr.")
    hear(hers, his)
    expect(field).to_have_value("")
    field.press_sequentially("Rejestru brak.")
    expect_state(hers, "EKO-ZAR-01", "conflict")
    conflict = hers.locator('[data-criterion="EKO-ZAR-01"] .conflict')
    expect(conflict).to_contain_text("Widziałem rejestr.")
    expect(conflict).to_contain_text("Rejestru brak.")


def test_somebody_who_goes_on_writing_in_a_field_never_disagrees_with_themselves(
    both: tuple[Page, Page], audit: str
) -> None:
    hers, his = both
    field = note_of(hers)
    field.press_sequentially("Rejestr")
    expect_state(hers, "EKO-ZAR-01", "sent")
    hear(hers, his)
    hers.reload()
    field = note_of(hers)
    field.press_sequentially(" odpadów")
    expect_state(hers, "EKO-ZAR-01", "sent")
    field.press_sequentially(" jest")
    expect_state(hers, "EKO-ZAR-01", "sent")
    notes = [op for op in received(hers, audit) if op["field"] == "comment"]
    assert {op["result"]["status"] for op in notes} == {"applied"}


def test_facts_that_change_while_their_dialog_is_open_are_shown_before_somebody_chooses(
    both: tuple[Page, Page], audit: str
) -> None:
    hers, his = both
    for page in both:
        page.locator("#menu summary").click()
        page.get_by_role("button", name="Fakty o dostawcy").click()
    his.locator("input[value=cosmetics]").check()
    expect(his.locator("[data-sync]")).to_have_attribute("data-pending", "0")
    hurry(hers)
    expect(hers.locator("input[value=cosmetics]")).to_be_checked()
    hers.locator("input[value=food]").check()
    expect(hers.locator("[data-sync]")).to_have_attribute("data-pending", "0")
    assert [op["value"] for op in received(hers, audit)] == [["craft", "cosmetics"], ["food", "craft", "cosmetics"]]


@pytest.mark.parametrize(("choice", "values"), [(0, {"craft", "food"}), (1, {"craft", "cosmetics"})])
def test_two_ideas_of_a_fact_stand_side_by_side_until_somebody_chooses(
    both: tuple[Page, Page], audit: str, choice: int, values: set[str]
) -> None:
    hers, his = both
    his.context.set_offline(True)
    for page, fact in ((his, "cosmetics"), (hers, "food")):
        page.locator("#menu summary").click()
        page.get_by_role("button", name="Fakty o dostawcy").click()
        page.locator(f"input[value={fact}]").check()
    expect_sync(hers, "synced", 0)
    his.context.set_offline(False)
    question = his.get_by_role("dialog").locator(".conflict")
    expect(question.locator("li")).to_have_count(2)
    expect(question).to_contain_text("Iga")
    expect(question).to_contain_text("Kosmetyki")
    question.get_by_role("button").nth(choice).click()
    expect(question).to_have_count(0)
    expect_sync(his, "synced", 0)
    for page in both:
        hurry(page)
        expect(page.get_by_role("dialog").locator(".conflict")).to_have_count(0)
        for value in ("craft", "food", "cosmetics"):
            expect(page.locator(f"input[value={value}]")).to_be_checked(checked=value in values)
    assert set(received(hers, audit)[-1]["value"]) == values


def test_the_time_of_a_meeting_that_comes_while_somebody_stands_in_its_field_is_a_question(
    both: tuple[Page, Page],
) -> None:
    hers, his = both
    for page in both:
        page.locator(".meeting-entry").first.click()
    field = hers.locator("[id='c-meeting:opening'] input[type=datetime-local]")
    field.focus()
    opening = his.locator("[id='c-meeting:opening']")
    opening.locator("input[type=datetime-local]").fill("2026-11-22T09:00")
    opening.locator("input[id^=name-]").fill("Anna Próbna")
    opening.locator("form button").click()
    expect_sync(his, "synced", 0)
    hurry(hers)
    expect(hers.locator("[id='c-meeting:opening'] .people")).to_contain_text("Anna Próbna")
    field.fill("2026-11-22T10:30")
    expect(hers.locator("[id='c-meeting:opening'] .conflict")).to_be_visible()


def at_the_closing_meeting(both: tuple[Page, Page]) -> list[Locator]:
    for page in both:
        page.locator(".meeting-entry").last.click()
    return [page.locator("[id='c-meeting:closing']") for page in both]


def test_words_of_the_supplier_that_come_while_somebody_writes_them_down_are_a_question(
    both: tuple[Page, Page],
) -> None:
    hers, his = both
    level(hers, "EKO-ZAR-01", 0)
    expect_sync(hers, "synced", 0)
    hurry(his)
    mine, theirs = (page.locator("[data-finding=EKO-ZAR-01]") for page in at_the_closing_meeting(both))
    mine.get_by_role("button", name="Nie zgadza się", exact=True).click()
    expect_sync(hers, "synced", 0)
    hurry(his)
    theirs.get_by_label("Słowa dostawcy").fill("Segregujemy od maja.")
    expect(theirs.locator(".said")).to_contain_text("Segregujemy od maja.")
    expect_sync(his, "synced", 0)
    hurry(hers)
    expect(mine.locator(".said")).to_contain_text("Segregujemy od maja.")
    field = mine.get_by_label("Słowa dostawcy")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    field.press_sequentially("Segregujemy od czerwca.")
    expect(mine.locator(".conflict")).to_contain_text("od maja")
    expect(mine.locator(".conflict")).to_contain_text("od czerwca")


def test_why_nobody_signed_that_comes_while_somebody_writes_it_down_is_a_question(both: tuple[Page, Page]) -> None:
    hers, his = both
    mine, theirs = at_the_closing_meeting(both)
    field = mine.locator("textarea#unsigned")
    field.focus()
    theirs.locator("textarea#unsigned").fill("Kierowniczka wyjechała.")
    theirs.get_by_label("Imię i nazwisko").fill("Anna Próbna")
    theirs.get_by_role("button", name="Dodaj", exact=True).click()
    expect_sync(his, "synced", 0)
    hurry(hers)
    expect(mine.locator(".people")).to_contain_text("Anna Próbna")
    expect(field).to_have_value("")
    field.press_sequentially("Nikt nie chciał.")
    expect(mine.locator(".conflict")).to_contain_text("Kierowniczka wyjechała.")
    expect(mine.locator(".conflict")).to_contain_text("Nikt nie chciał.")
