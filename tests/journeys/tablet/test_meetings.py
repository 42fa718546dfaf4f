"""The opening and the closing meeting on the tablet: people, findings read out, signatures; without a network."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from app.audits.merge import empty
from app.checklists.canonical import digest
from tests.journeys.audit_screen import expect_sync, level, open_audit
from tests.journeys.trouble import wait_until

LANDSCAPE: ViewportSize = {"width": 1180, "height": 820}
PHONE = {"width": 390, "height": 844}


def meet(screen: Page, which: str) -> Locator:
    """Go to a meeting by its entry above the questions."""
    screen.evaluate("scrollTo(0, 0)")
    screen.locator(".meeting-entry", has_text=f"Spotkanie {which}").click()
    page = screen.locator("section.meeting:visible")
    expect(page.get_by_role("heading", name=f"Spotkanie {which}")).to_be_focused()
    return page


def add_person(page: Locator, name: str, role: str) -> None:
    page.get_by_label("Imię i nazwisko").fill(name)
    page.get_by_label("Funkcja").fill(role)
    page.get_by_role("button", name="Dodaj", exact=True).click()
    expect(page.locator(".people")).to_contain_text(name)


def draw(screen: Page) -> None:
    """Two strokes across the field."""
    box = screen.locator("canvas.pad").bounding_box()
    assert box
    left, top, width, height = box["x"], box["y"], box["width"], box["height"]
    for start, end in (((0.2, 0.3), (0.5, 0.7)), ((0.55, 0.7), (0.8, 0.35))):
        screen.mouse.move(left + start[0] * width, top + start[1] * height)
        screen.mouse.down()
        for step in range(1, 9):
            x = start[0] + (end[0] - start[0]) * step / 8
            y = start[1] + (end[1] - start[1]) * step / 8 + 0.05 * (step % 2)
            screen.mouse.move(left + x * width, top + y * height)
        screen.mouse.up()


def sign(screen: Page, name: str, role: str = "kierowniczka") -> None:
    screen.locator("section.meeting:visible").get_by_role("button", name="Podpisz", exact=True).click()
    dialog = screen.get_by_role("dialog")
    dialog.get_by_label("Imię i nazwisko").fill(name)
    dialog.get_by_label("Funkcja").fill(role)
    draw(screen)
    keep(dialog)


def keep(dialog: Locator) -> None:
    """Save the signature; drawing and keeping its picture takes a moment."""
    dialog.get_by_role("button", name="Zapisz podpis").click()
    expect(dialog).to_have_count(0)


def finish(screen: Page) -> Locator:
    """Open the end of the audit; its dialog."""
    screen.click("#menu summary")
    screen.locator("#menu").get_by_role("button", name="Zakończ audyt").click()
    return screen.get_by_role("dialog")


def ops(screen: Page, audit: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = screen.request.get(f"/api/v1/audits/{audit}/ops?since=0").json()["ops"]
    return [op for op in found if op["device_id"] != "prepared"]


def standing_digest(screen: Page, audit: str) -> str:
    """What a signature made now is bound to, from what the server holds."""
    said = screen.request.get(f"/api/v1/audits/{audit}/bundle").json()
    answers = {
        f"{one['criterion']}/{one['field']}": one["head_op"] for one in said["answers"] if not empty(one["value"])
    }
    return digest(
        {"answers": answers, "photos": {p["id"]: p["sha256"] for p in said["photos"] if p["kind"] == "photo"}}
    )


def dark_points(canvas: Locator) -> int:
    """How many pixels are drawn."""
    points: int = canvas.evaluate(
        """canvas => {
          const seen = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
          let dark = 0;
          for (let at = 3; at < seen.length; at += 4) if (seen[at] > 128 && seen[at - 3] < 100) dark++;
          return dark;
        }"""
    )
    return points


def test_a_visit_with_both_meetings_is_held_without_a_network_and_received(
    screen: Page, complete_audit: str, accessible: Callable[[Page], None]
) -> None:
    open_audit(screen, complete_audit)
    screen.context.set_offline(True)
    level(screen, "EKO-ZAR-02", 1)
    level(screen, "EKO-ZAR-01", 0)

    opening = meet(screen, "otwierające")
    add_person(opening, "Anna Próbna", "kierowniczka pracowni")
    opening.get_by_role("button", name="Iga Lewandowska, audytor").click()
    expect(opening.get_by_label("Data i godzina")).to_have_value(re.compile(r"^20\d\d-"))
    accessible(screen)
    opening.get_by_role("button", name="Do pytań").first.click()
    expect(screen.locator(".meeting-entry").first).to_contain_text("2 osoby")

    closing = meet(screen, "zamykające")
    for one in ("Anna Próbna, kierowniczka pracowni", "Iga Lewandowska, audytor"):
        closing.get_by_role("button", name=one).click()
    heard = closing.locator(".read")
    assert heard.count() >= 2
    first = closing.locator("[data-finding='EKO-ZAR-01']")
    first.get_by_role("button", name="Nie zgadza się", exact=True).click()
    expect(first.get_by_label("Słowa dostawcy")).to_be_focused()
    screen.keyboard.type("Segregujemy od maja.")
    closing.get_by_role("button", name="Z pozostałymi dostawca się zgadza").click()
    expect(closing.locator(".read[data-stand='agreed']")).to_have_count(heard.count() - 1)
    sign(screen, "Anna Próbna")
    sign(screen, "Iga Lewandowska", "audytorka wiodąca")
    signed = closing.locator(".signatures > li")
    expect(signed).to_have_count(2)
    expect(signed.first).to_have_attribute("data-holds", "true")
    expect(signed.first).to_have_attribute("data-state", "device")
    assert signed.first.locator("img").evaluate("img => img.decode().then(() => img.naturalWidth)") == 1000
    accessible(screen)

    screen.context.set_offline(False)
    expect_sync(screen, "synced", 0)
    screen.reload()
    expect(screen.locator("section.meeting:visible").get_by_role("heading", level=2)).to_have_text(
        "Spotkanie zamykające"
    )
    expect(first.get_by_label("Słowa dostawcy")).to_have_value("Segregujemy od maja.")
    expect(signed.first).to_have_attribute("data-state", "sent")
    expect(signed.first).to_have_attribute("data-holds", "true")
    bound = {op["signature"]["digest"] for op in ops(screen, complete_audit) if op.get("signature")}
    assert bound == {standing_digest(screen, complete_audit)}

    dialog = finish(screen)
    accessible(screen)
    dialog.get_by_role("button", name="Zakończ teraz").click()
    screen.wait_for_url("**/cases/*")
    shown = screen.locator("#meetings")
    expect(shown).to_contain_text("Anna Próbna")
    expect(shown).to_contain_text("audytorka wiodąca")
    expect(shown).not_to_contain_text("Zmienione po podpisie")
    screen.goto(f"/app/audits/{complete_audit}#meeting-closing")
    expect(first.locator(".said")).to_have_text("Nie zgadza się: Segregujemy od maja.")
    expect(screen.get_by_role("button", name="Podpisz", exact=True)).to_have_count(0)
    accessible(screen)


def test_turning_the_tablet_while_signing_keeps_what_is_drawn(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    meet(screen, "zamykające").get_by_role("button", name="Podpisz", exact=True).click()
    draw(screen)
    pad = screen.locator("canvas.pad")
    upright = dark_points(pad)
    box = pad.bounding_box()
    assert box
    screen.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.5)
    screen.mouse.down()
    screen.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5, steps=6)
    with_line = dark_points(pad)
    screen.set_viewport_size(LANDSCAPE)
    expect(pad).to_be_in_viewport(ratio=0.99)
    wait_until(screen, f"document.querySelector('canvas.pad').clientWidth !== {int(box['width'])}")
    assert dark_points(pad) > upright / 4
    assert with_line > upright
    screen.mouse.up()
    draw(screen)  # a line that was under way does not block the next one
    dialog = screen.get_by_role("dialog")
    for _ in range(2):
        dialog.get_by_role("button", name="Cofnij").click()
    dialog.get_by_label("Imię i nazwisko").fill("Anna Próbna")
    keep(dialog)
    expect_sync(screen, "synced", 0)
    op = next(op for op in ops(screen, audit) if op.get("signature"))
    strokes = op["signature"]["strokes"]
    assert len(strokes) == 3
    assert 150 <= strokes[0][0][0] <= 250, "the first line begins at a fifth of the width"
    content = screen.request.get(f"/api/v1/audits/{audit}/photos/{op['photo']['id']}").body()
    assert content.startswith(b"\x89PNG")


def test_an_empty_or_nameless_signature_is_asked_for_again(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    meet(screen, "zamykające").get_by_role("button", name="Podpisz", exact=True).click()
    dialog = screen.get_by_role("dialog")
    save = dialog.get_by_role("button", name="Zapisz podpis")
    save.click()
    expect(dialog.get_by_role("alert")).to_have_text("Proszę wpisać, kto podpisuje.")
    expect(dialog.get_by_label("Imię i nazwisko")).to_be_focused()
    dialog.get_by_label("Imię i nazwisko").fill("Anna Próbna")
    draw(screen)
    dialog.get_by_role("button", name="Wyczyść").click()
    save.click()
    expect(dialog.get_by_role("alert")).to_have_text("Proszę podpisać się w białym polu.")


def test_what_changes_after_a_signature_asks_for_it_again(screen: Page, complete_audit: str) -> None:
    open_audit(screen, complete_audit)
    closing = meet(screen, "zamykające")
    sign(screen, "Anna Próbna")
    signed = closing.locator(".signatures > li")
    expect(signed).to_have_attribute("data-holds", "true")
    screen.click('.area[data-area="EKO"]')
    level(screen, "EKO-ZAR-02", 1)
    meet(screen, "zamykające")
    expect(signed).to_have_attribute("data-holds", "false")
    expect(signed.get_by_role("alert")).to_contain_text("Po tym podpisie coś się zmieniło")
    expect_sync(screen, "synced", 0)

    dialog = finish(screen)
    dialog.get_by_role("button", name="Zakończ teraz").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Proszę poprosić o nowe podpisy")
    dialog.get_by_role("button", name="Spotkanie zamykające").last.click()

    signed.get_by_role("button", name="Podpisz ponownie").click()
    expect(screen.get_by_role("dialog").get_by_label("Imię i nazwisko")).to_have_value("Anna Próbna")
    draw(screen)
    keep(screen.get_by_role("dialog"))
    expect(signed).to_have_count(1)
    expect(signed).to_have_attribute("data-holds", "true")
    expect_sync(screen, "synced", 0)
    finish(screen).get_by_role("button", name="Zakończ teraz").click()
    screen.wait_for_url("**/cases/*")


def test_a_person_may_finish_although_something_changed(screen: Page, complete_audit: str) -> None:
    open_audit(screen, complete_audit)
    meet(screen, "zamykające")
    sign(screen, "Anna Próbna")
    screen.click('.area[data-area="EKO"]')
    level(screen, "EKO-ZAR-02", 1)
    expect_sync(screen, "synced", 0)
    dialog = finish(screen)
    dialog.get_by_label("Kończę, choć po podpisie coś się zmieniło").check()
    dialog.get_by_role("button", name="Zakończ teraz").click()
    screen.wait_for_url("**/cases/*")


def test_without_signatures_the_end_asks_why(
    screen: Page, complete_audit: str, accessible: Callable[[Page], None]
) -> None:
    open_audit(screen, complete_audit)
    dialog = finish(screen)
    expect(dialog).to_contain_text("Spotkanie otwierające: kto był obecny")
    dialog.get_by_role("button", name="Zakończ teraz").click()
    expect(dialog.get_by_role("alert")).to_have_text("Proszę zebrać podpisy albo napisać, dlaczego ich nie ma.")
    accessible(screen)
    dialog.get_by_label("Dlaczego nie ma podpisów?").fill("Kierowniczka musiała wyjechać.")
    dialog.get_by_role("button", name="Zakończ teraz").click()
    screen.wait_for_url("**/cases/*")
    said = [op for op in ops(screen, complete_audit) if op.get("field") == "unsigned"]
    assert [op["value"] for op in said] == ["Kierowniczka musiała wyjechać."]


def test_two_lists_of_people_are_settled_by_a_choice(new_screen: Callable[..., Page], audit: str) -> None:
    hers, his = new_screen(), new_screen()
    open_audit(hers, audit)
    open_audit(his, audit, "olaf")
    his.context.set_offline(True)
    add_person(meet(hers, "otwierające"), "Anna Próbna", "")
    expect_sync(hers, "synced", 0)
    theirs = meet(his, "otwierające")
    add_person(theirs, "Jan Zmyślony", "")
    his.context.set_offline(False)
    expect(theirs.locator(".conflict").first).to_contain_text("Dwie odpowiedzi")
    theirs.locator(".conflict li", has_text="Anna Próbna").get_by_role("button").click()
    expect(theirs.locator(".people")).to_contain_text("Anna Próbna")


@pytest.mark.parametrize("look", ["phone", "dark landscape"])
def test_the_meetings_have_no_barriers(
    new_screen: Callable[..., Page], audit: str, accessible: Callable[[Page], None], look: str
) -> None:
    looks: dict[str, dict[str, Any]] = {
        "phone": {"viewport": PHONE},
        "dark landscape": {"color_scheme": "dark", "viewport": LANDSCAPE},
    }
    screen = new_screen(**looks[look])
    open_audit(screen, audit)
    level(screen, "EKO-ZAR-02", 1)
    accessible(screen)
    closing = meet(screen, "zamykające")
    closing.get_by_role("button", name="Nie zgadza się", exact=True).first.click()
    accessible(screen)
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not screen.evaluate(wide)
    closing.get_by_role("button", name="Podpisz", exact=True).click()
    accessible(screen)
