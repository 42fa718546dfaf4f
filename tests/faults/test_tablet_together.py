"""Two auditors at one audit, each with a network and nothing to do: what one says is soon before the other."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.faults.test_tablet_faults import received
from tests.faults.test_tablet_unseen import note_of
from tests.journeys.audit_screen import expect_level, expect_state, expect_sync, level, open_audit

pytestmark = pytest.mark.browser
MINUTE = 60_000


@pytest.fixture
def idle(new_screen: Callable[..., Page], audit: str) -> tuple[Page, Page]:
    """Iga's screen and Olaf's, each on a tablet of its own whose time a test may let pass; nothing is under way."""
    hers, his = new_screen(), new_screen()
    for page, who in ((hers, "iga"), (his, "olaf")):
        page.clock.install()
        open_audit(page, audit, who)
        expect_sync(page, "synced", 0)
    return hers, his


def test_each_sees_the_others_answer_within_a_minute_untouched(idle: tuple[Page, Page], audit: str) -> None:
    hers, his = idle
    level(hers, "EKO-ZAR-01", 1)
    expect_state(hers, "EKO-ZAR-01", "sent")
    expect_state(his, "EKO-ZAR-01", "empty")
    his.clock.run_for(MINUTE)
    expect_level(his, "EKO-ZAR-01", 1)
    expect_state(his, "EKO-ZAR-01", "sent")

    level(his, "EKO-ZAR-02", 2)
    expect_state(his, "EKO-ZAR-02", "sent")
    expect_state(hers, "EKO-ZAR-02", "empty")
    hers.clock.run_for(MINUTE)
    expect_level(hers, "EKO-ZAR-02", 2)
    expect_state(hers, "EKO-ZAR-02", "sent")
    for page in idle:
        expect_sync(page, "synced", 0)
    assert [(op["by"].split()[0], op["value"]) for op in received(hers, audit)] == [("Iga", 1), ("Olaf", 2)]


def test_what_one_says_minute_after_minute_is_each_time_before_the_other(idle: tuple[Page, Page]) -> None:
    hers, his = idle
    field = note_of(his)
    field.blur()
    for value, words in ((1, "Rejestru brak."), (3, "Rejestr jest, w biurze.")):
        level(hers, "EKO-ZAR-01", value)
        note_of(hers).fill(words)
        note_of(hers).blur()
        expect_sync(hers, "synced", 0)
        expect(field).not_to_have_value(words)
        his.clock.run_for(MINUTE)
        expect_level(his, "EKO-ZAR-01", value)
        expect(field).to_have_value(words)
