"""A whole visit on a tablet: taken along, all of BASE answered with photos and signatures without a network, received.

``BASE_PICTURES=FOLDER`` keeps the pictures that docs/tablet.md shows; script/screenshots sets it.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from app.demo.picture import sample_picture
from tests.factories import PASSWORD
from tests.field import Field
from tests.journeys.audit_screen import expect_state, expect_sync
from tests.journeys.conftest import sign_in
from tests.journeys.tablet.test_meetings import add_person, finish, meet, sign
from tests.journeys.tablet.test_tablet_app import UNTIL_KEPT

EVERYTHING = ("food", "craft", "cosmetics")
NOT_ASKED = {"EKO-OPK-01", "EKN-FIN-03"}  # of a workshop like this one, whatever it makes
ASKED = 75 - len(NOT_ASKED)
WEAK = {"EKO-ZAR-01": "1", "EKN-KOS-03": "1", "BIZ-WYR-01": "1"}
PHOTOS = 20
PICTURED = {"EKO": "2-eko", "BIZ": "3-biz"}
SEEN = "Obejrzano w pracowni, okazano dokumenty."


@pytest.fixture
def visit(field: Field) -> str:
    """An audit in which nearly every question applies."""
    return field.audit(products=EVERYTHING)


@pytest.fixture
def picture(tmp_path: Path) -> Callable[[Page, str], None]:
    folder = Path(os.environ.get("BASE_PICTURES", tmp_path))

    def keep(page: Page, name: str) -> None:
        page.screenshot(path=folder / f"visit-{name}.png", animations="disabled")

    return keep


def test_from_check_out_to_received_with_the_network_off_in_between(
    new_screen: Callable[..., Page], visit: str, picture: Callable[[Page, str], None]
) -> None:
    screen = new_screen(service_workers="allow")
    take_along(screen, visit)
    picture(screen, "1-ready")

    screen.context.set_offline(True)
    screen.goto(f"/app/audits/{visit}")
    expect(screen.locator("[data-criterion]").first).to_be_visible()
    photos = answer_everything(screen, picture)
    assert photos == PHOTOS
    assert counted(screen) == (ASKED, ASKED)
    not_asked = set(screen.locator("[data-criterion][hidden]").evaluate_all("all => all.map(c => c.dataset.criterion)"))
    hold_the_meetings(screen)
    picture(screen, "4-signed")
    waiting = int(screen.locator("[data-sync]").get_attribute("data-pending") or 0)
    assert waiting > 75 + PHOTOS
    screen.reload()
    expect_sync(screen, "offline", waiting)

    screen.context.set_offline(False)
    expect(screen.locator("[data-sync]")).to_have_attribute("data-pending", "0", timeout=60_000)
    picture(screen, "5-sent")
    dialog = finish(screen)
    picture(screen, "6-finish")
    dialog.get_by_role("button", name="Zakończ teraz").click()
    screen.wait_for_url("**/cases/*")
    expect(screen.locator("#meetings")).to_contain_text("Anna Próbna")
    expect(screen.locator("#meetings .signatures img")).to_have_count(2)
    expect(screen.get_by_role("main")).to_contain_text("Zakończono audyt")
    held = screen.request.get(f"/api/v1/audits/{visit}/bundle").json()
    levels = {one["criterion"]: one["value"] for one in held["answers"] if one["field"] == "score"}
    template = [c["id"] for area in held["template"]["areas"] for part in area["sections"] for c in part["criteria"]]
    assert len(template) == 75
    assert {name for name in template if levels.get(name) is None} == not_asked == NOT_ASKED
    assert len(levels) == ASKED
    assert held["audit"]["state"] == "finished"
    assert [one["stored"] for one in held["photos"] if one["kind"] == "photo"] == [True] * PHOTOS
    assert len([one for one in held["photos"] if one["kind"] == "signature"]) == 2
    ops = screen.request.get(f"/api/v1/audits/{visit}/ops?since=0").json()["ops"]
    assert len({op["op_id"] for op in ops}) == len(ops)
    assert {op["result"]["status"] for op in ops} == {"applied"}

    screen.goto("/app/")
    line = screen.locator(f'[data-audit="{visit}"]')
    expect(line).to_have_attribute("data-kept", "received")
    expect(line.locator(".line-states")).to_have_text("Odebrany przez serwer")
    picture(screen, "7-received")


def take_along(screen: Page, visit: str) -> None:
    """Sign in, open the app and prepare the audit."""
    sign_in(screen, "iga@base.example.org", PASSWORD)
    screen.goto("/app/")
    screen.evaluate(UNTIL_KEPT)
    line = screen.locator(f'[data-audit="{visit}"]')
    line.get_by_role("button", name="Przygotuj do pracy bez sieci").click()
    expect(line.get_by_text("Gotowy do pracy bez sieci").first).to_be_visible()


def answer_everything(screen: Page, picture: Callable[[Page, str], None]) -> int:
    """Every question that is asked; answers how many photos were taken."""
    photos = 0
    for area in ("EKO", "EKN", "BIZ"):
        screen.click(f'.area[data-area="{area}"]')
        left = screen.locator(f'#area-{area} [data-criterion][data-state="empty"]:visible')
        while left.count():  # some are asked only after the answer to another
            name = str(left.first.get_attribute("data-criterion"))
            card = screen.locator(f'[data-criterion="{name}"]')
            levels = card.locator(f'[data-level="{WEAK[name]}"]') if name in WEAK else card.locator(".level:not(.na)")
            levels.last.click()
            expect_state(screen, name, "device")
            photos += give_evidence(card, name, photos)
            expect_state(screen, name, "device")
        if area in PICTURED:
            picture(screen, PICTURED[area])
    for name in WEAK:
        while photos < PHOTOS and name == "BIZ-WYR-01":
            take_photo(screen.locator(f'[data-criterion="{name}"]'), f"{name} {photos}")
            photos += 1
    return photos


def counted(screen: Page) -> tuple[int, int]:
    """How many questions are answered and how many asked, as the tabs of the three areas say it."""
    told = screen.locator(".area .area-count .visually-hidden").all_text_contents()
    assert len(told) == 3
    pairs = [tuple(map(int, words.split(" z "))) for words in told]
    return sum(done for done, _ in pairs), sum(asked for _, asked in pairs)


def give_evidence(card: Locator, name: str, photos: int) -> int:
    """What the level asks for: a photo where one does, else a note. Answers how many photos it took."""
    wanted = card.locator(".evidence")
    if not wanted.is_visible():
        return 0
    only_photo = "notat" not in wanted.inner_text()
    if only_photo or ("zdjęci" in wanted.inner_text() and photos < PHOTOS - 6):
        take_photo(card, name)
        expect(wanted).to_be_hidden()
        return 1
    note = card.locator("textarea[id^=note]")
    if not note.is_visible():
        card.get_by_role("button", name="notatka").click()
    note.fill(SEEN)
    note.blur()
    expect(wanted).to_be_hidden()
    return 0


def take_photo(card: Locator, words: str) -> None:
    before = card.locator("[data-photo]").count()
    file = re.sub(r"\W", "-", words)
    photo: FilePayload = {
        "name": f"{file}.jpg", "mimeType": "image/jpeg", "buffer": sample_picture(words, size=(1200, 900)),
    }  # fmt: skip
    card.locator("input[type=file]").set_input_files([photo])
    expect(card.locator("[data-photo]")).to_have_count(before + 1)


def hold_the_meetings(screen: Page) -> None:
    """Who was there, every finding agreed, two signatures."""
    opening = meet(screen, "otwierające")
    add_person(opening, "Anna Próbna", "kierowniczka")
    opening.get_by_role("button", name="Do pytań").first.click()
    closing = meet(screen, "zamykające")
    closing.get_by_role("button", name="Anna Próbna, kierowniczka").click()
    closing.get_by_role("button", name="Z pozostałymi dostawca się zgadza").click()
    sign(screen, "Anna Próbna")
    sign(screen, "Iga Lewandowska", "audytorka wiodąca")
    expect(closing.locator(".signatures > li")).to_have_count(2)
