"""Photos shown large and drawn on: what is drawn is a new photo in the place of the old one."""

import io
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests.journeys.audit_screen import expect_sync, open_audit
from tests.journeys.trouble import received

CRITERION = "EKO-ZAR-01"
UPRIGHT_BY_EXIF = 6


def grey(*, lying: bool = False) -> FilePayload:
    """A plain photo of 800 × 600; ``lying``: on its side, with the note that says so."""
    out = io.BytesIO()
    exif = Image.Exif()
    if lying:
        exif[0x0112] = UPRIGHT_BY_EXIF
    Image.new("RGB", (800, 600), (130, 130, 130)).save(out, "JPEG", exif=exif)
    return FilePayload(name="IMG_1.jpg", mimeType="image/jpeg", buffer=out.getvalue())


def png() -> FilePayload:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((800, 600)).save(out, "PNG")
    return FilePayload(name="IMG_2.png", mimeType="image/png", buffer=out.getvalue())


def card(screen: Page) -> Locator:
    return screen.locator(f'[data-criterion="{CRITERION}"]')


def take(screen: Page, *photos: FilePayload) -> None:
    for number, photo in enumerate(photos, card(screen).locator("[data-photo]").count() + 1):
        screen.locator(f'[data-photo-for="{CRITERION}"]').set_input_files([photo])
        expect(card(screen).locator("[data-photo]")).to_have_count(number)


def show(screen: Page, number: int = 1) -> Locator:
    """Open a photo; its dialog."""
    card(screen).get_by_role("button", name=f"Zdjęcie {number} do {CRITERION}: pokaż duże").click()
    dialog = screen.get_by_role("dialog")
    expect(dialog.locator("canvas.picture")).not_to_have_attribute("width", "300")
    return dialog


def drag(screen: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Across the photo, in shares of its width and height."""
    box = screen.locator("canvas.picture").bounding_box()
    assert box
    screen.mouse.move(box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"])
    screen.mouse.down()
    screen.mouse.move(box["x"] + end[0] * box["width"], box["y"] + end[1] * box["height"], steps=5)
    screen.mouse.up()


def colour(screen: Page, x: float, y: float) -> tuple[int, int, int]:
    """What the photo shows at a place, in shares of its width and height."""
    seen = screen.locator("canvas.picture").evaluate(
        "(one, [x, y]) => [...one.getContext('2d').getImageData(x * one.width, y * one.height, 1, 1).data]", [x, y]
    )
    return seen[0], seen[1], seen[2]


def is_red(seen: tuple[int, int, int]) -> bool:
    red, green, blue = seen
    return red > 150 and green < 90 and blue < 90


def held(screen: Page, audit: str) -> list[str]:
    """The photos that stand on the server."""
    return [one["id"] for one in screen.request.get(f"/api/v1/audits/{audit}/bundle").json()["photos"]]


def test_what_is_drawn_replaces_the_photo_also_without_a_network(
    screen: Page, audit: str, accessible: Callable[[Page], None]
) -> None:
    open_audit(screen, audit)
    take(screen, grey(), grey())
    expect_sync(screen, "synced", 0)
    before = held(screen, audit)
    screen.context.set_offline(True)
    dialog = show(screen)
    dialog.get_by_role("button", name="Strzałka").click()
    drag(screen, (0.2, 0.8), (0.5, 0.5))
    assert is_red(colour(screen, 0.35, 0.65))
    dialog.get_by_role("button", name="Okrąg").click()
    drag(screen, (0.6, 0.2), (0.9, 0.4))
    assert is_red(colour(screen, 0.6, 0.3))
    accessible(screen)
    dialog.get_by_role("button", name="Cofnij").click()
    assert not is_red(colour(screen, 0.6, 0.3))
    dialog.get_by_role("button", name="Zapisz na zdjęciu").click()
    expect(dialog).to_have_count(0)
    photos = card(screen).locator("[data-photo]")
    expect(photos).to_have_count(2)
    expect(photos.last).to_have_attribute("data-state", "device")
    screen.context.set_offline(False)
    expect_sync(screen, "synced", 0)
    after = held(screen, audit)
    assert before[0] not in after
    assert before[1] in after
    assert len(after) == 2
    show(screen, 2)
    assert is_red(colour(screen, 0.35, 0.65))


def test_a_photo_is_drawn_on_with_the_keyboard(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    take(screen, grey())
    dialog = show(screen)
    dialog.get_by_role("button", name="Okrąg").press("Enter")
    picture = dialog.locator("canvas.picture")
    picture.focus()
    screen.keyboard.press("Enter")
    unit = 800 / 160
    right = (400 + 12 * unit) / 800
    assert is_red(colour(screen, right, 0.5))
    screen.keyboard.press("ArrowLeft")
    assert not is_red(colour(screen, right, 0.5))
    screen.keyboard.press("+")
    assert is_red(colour(screen, right, 0.5))
    screen.keyboard.press("Delete")
    expect(dialog.get_by_role("button", name="Cofnij")).to_be_disabled()
    dialog.get_by_role("button", name="Tekst").press("Enter")
    expect(dialog.get_by_label("Tekst", exact=True)).to_be_focused()
    screen.keyboard.type("Brak opisu")
    screen.keyboard.press("Enter")
    expect(picture).to_be_focused()
    dialog.get_by_role("button", name="Zapisz na zdjęciu").press("Enter")
    expect(dialog).to_have_count(0)
    expect(card(screen).locator("[data-photo] .thumbnail")).to_be_focused()


def test_closing_asks_before_it_forgets_what_is_drawn(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    take(screen, grey())
    dialog = show(screen)
    dialog.get_by_role("button", name="Okrąg").click()
    drag(screen, (0.5, 0.5), (0.5, 0.5))
    answers = iter(["dismiss", "accept"])
    screen.on("dialog", lambda asked: getattr(asked, next(answers))())
    dialog.get_by_role("button", name="Zamknij").click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Zamknij").click()
    expect(dialog).to_have_count(0)


def test_a_browser_without_canvas_in_workers_makes_photos_smaller_on_the_page(screen: Page, audit: str) -> None:
    def without_canvas(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=f"globalThis.OffscreenCanvas = undefined;{answer.text()}")

    screen.route("**/app/encoder/*.js", without_canvas)
    open_audit(screen, audit)
    take(screen, png())
    dialog = show(screen)
    dialog.get_by_role("button", name="Okrąg").click()
    drag(screen, (0.5, 0.5), (0.5, 0.5))
    dialog.get_by_role("button", name="Zapisz na zdjęciu").click()
    expect(dialog).to_have_count(0)
    expect_sync(screen, "synced", 0)
    photos = [op["photo"] for op in received(screen, audit) if op["kind"] == "photo.add"]
    assert [photo["mime"] for photo in photos] == ["image/jpeg", "image/jpeg"]


def test_a_photo_taken_on_its_side_stands_upright(screen: Page, audit: str) -> None:
    open_audit(screen, audit)
    take(screen, grey(lying=True))
    dialog = show(screen)
    expect(dialog.locator("canvas.picture")).to_have_attribute("width", "600")
    expect(dialog.locator("canvas.picture")).to_have_attribute("height", "800")


def test_a_colleague_sees_the_photo_from_the_server_and_without_a_network_a_word(
    new_screen: Callable[..., Page], audit: str
) -> None:
    hers, his = new_screen(), new_screen()
    open_audit(hers, audit)
    take(hers, grey())
    expect_sync(hers, "synced", 0)
    open_audit(his, audit, "olaf")
    show(his)
    his.keyboard.press("Escape")
    his.context.set_offline(True)
    card(his).get_by_role("button", name="pokaż duże").click()
    expect(his.get_by_role("dialog")).to_contain_text("Całe zdjęcie jest na serwerze")


def test_a_picture_that_does_not_come_is_a_sign_until_the_network_is_back(
    new_screen: Callable[..., Page], audit: str
) -> None:
    hers, his = new_screen(), new_screen()
    open_audit(hers, audit)
    take(hers, grey())
    expect_sync(hers, "synced", 0)
    his.route("**/thumbnail", lambda route: route.abort())
    open_audit(his, audit, "olaf")
    expect(card(his).locator("[data-photo] .no-picture")).to_be_visible()
    expect(card(his).locator("[data-photo] img")).to_have_count(0)
    his.unroute("**/thumbnail")
    his.evaluate("dispatchEvent(new Event('online'))")
    expect(card(his).locator("[data-photo] img")).to_have_js_property("naturalWidth", 320)
