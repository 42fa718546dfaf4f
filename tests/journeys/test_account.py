"""One's own account and the office's lists, by hand: a forgotten password, a second factor, signing out elsewhere, the
language, the keyboard alone, an import with bad rows."""

import io
import re
from collections.abc import Callable, Sequence

import xlsxwriter
from passlib.totp import TOTP  # type: ignore[import-untyped]  # it has no types
from playwright.sync_api import FilePayload, Page, expect

from app.demo.cast import PASSWORD
from tests.journeys.conftest import letter_link, sign_in
from tests.server import Server

PHONE = {"width": 390, "height": 844}
NEW_PASSWORD = "Żółty kajak na Wdzie"


def test_a_forgotten_password_is_replaced_by_the_link_in_the_letter(
    screen: Page, live_server: Server, accessible: Callable[[Page], None]
) -> None:
    screen.goto("/login")
    screen.get_by_role("link", name="Nie pamiętam hasła").click()
    screen.get_by_label("E-mail").fill("ada@base.example.org")
    screen.get_by_role("button", name="Wyślij mi odnośnik").click()
    screen.goto(letter_link(live_server, "ada@base.example.org", "/reset/"))
    accessible(screen)
    screen.get_by_label("Nowe hasło", exact=False).first.fill(NEW_PASSWORD)
    screen.get_by_label("Nowe hasło jeszcze raz").fill(NEW_PASSWORD)
    screen.get_by_role("button", name="Ustaw hasło").click()
    screen.wait_for_url(lambda address: "/reset/" not in address)
    screen.context.clear_cookies()
    sign_in(screen, "ada@base.example.org", NEW_PASSWORD)
    expect(screen.get_by_role("heading", level=1)).to_have_text("Moja praca")


def test_a_second_factor_is_set_up_and_asked_for(
    new_screen: Callable[..., Page], accessible: Callable[[Page], None]
) -> None:
    screen = new_screen()
    sign_in(screen, "kuba@base.example.org", PASSWORD)
    screen.goto("/tf-setup")
    accessible(screen)
    screen.get_by_role("button", name="Ustaw aplikację").click()
    key = screen.locator("main code").inner_text().replace("-", "").replace(" ", "")
    app = TOTP(key=key, format="base32")
    accessible(screen)
    screen.get_by_label("Kod z aplikacji").fill(app.generate().token)
    screen.get_by_role("button", name="Włącz drugi składnik").click()
    expect(screen.get_by_text("Drugi składnik jest włączony").first).to_be_visible()
    phone = new_screen(viewport=PHONE)
    give_the_password(phone)
    accessible(phone)
    later = app.generate()
    phone.get_by_label("Kod z aplikacji").fill(app.generate(later.expire_time + 1).token)  # each code works once
    phone.get_by_role("button", name="Zaloguj się").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Moja praca")
    without_the_phone(screen, new_screen(viewport=PHONE), accessible)


def give_the_password(page: Page) -> None:
    """Kuba's, up to the question for the second factor."""
    page.goto("/login")
    page.get_by_label("E-mail").fill("kuba@base.example.org")
    page.get_by_label("Hasło").fill(PASSWORD)
    page.get_by_role("button", name="Zaloguj się").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Drugi składnik")


def without_the_phone(screen: Page, elsewhere: Page, accessible: Callable[[Page], None]) -> None:
    """Recovery codes are made, and one of them lets in."""
    screen.goto("/mf-recovery-codes")
    accessible(screen)
    screen.get_by_role("button", name="Utwórz nowe kody").click()
    code = screen.locator("main .codes code").first.inner_text()
    accessible(screen)
    give_the_password(elsewhere)
    elsewhere.get_by_role("link", name="użyję kodu zapasowego").click()
    accessible(elsewhere)
    elsewhere.get_by_label("Kod zapasowy").fill(code)
    elsewhere.get_by_role("button", name="Zaloguj się").click()
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Moja praca")


def test_a_sign_in_elsewhere_is_ended(new_screen: Callable[..., Page]) -> None:
    here, elsewhere = new_screen(), new_screen()
    sign_in(here, "olaf@base.example.org", PASSWORD)
    sign_in(elsewhere, "olaf@base.example.org", PASSWORD)
    here.goto("/account")
    here.locator(".sign-ins").get_by_role("button", name="Wyloguj się").click()
    elsewhere.goto("/cases")
    expect(elsewhere).to_have_url(re.compile("/login"))
    here.goto("/cases")
    expect(here.get_by_role("heading", level=1)).to_have_text("Sprawy")


def test_the_language_is_kept_with_the_person(new_screen: Callable[..., Page]) -> None:
    screen = new_screen()
    sign_in(screen, "olaf@base.example.org", PASSWORD)
    screen.get_by_role("link", name="English").click()
    expect(screen.get_by_role("heading", level=1)).to_have_text("My work")
    screen.context.clear_cookies()
    sign_in(screen, "olaf@base.example.org", PASSWORD)
    expect(screen.locator("html")).to_have_attribute("lang", "en")
    screen.get_by_role("link", name="Polski").click()
    expect(screen.get_by_role("heading", level=1)).to_have_text("Moja praca")


def test_the_keyboard_alone_signs_in_and_answers(screen: Page) -> None:
    screen.goto("/login")
    press_until(screen, "input[name=email]")
    screen.keyboard.type("iga@base.example.org")
    press_until(screen, "input[name=password]")
    screen.keyboard.type(PASSWORD)
    screen.keyboard.press("Enter")
    screen.wait_for_url(lambda address: "/login" not in address)
    screen.goto("/cases?state=in_audit")
    press_until(screen, 'main a[href*="/cases/"]')
    screen.keyboard.press("Enter")
    screen.wait_for_url(re.compile("/cases/"))
    press_until(screen, 'main a[href*="/app/audits/"]')
    screen.keyboard.press("Enter")
    expect(screen.locator("[data-criterion]").first).to_be_visible()
    press_until(screen, '[data-state="empty"] .level')
    name = screen.evaluate("document.activeElement.closest('[data-criterion]').dataset.criterion")
    screen.keyboard.press("ArrowRight")
    expect(screen.locator(f'[data-criterion="{name}"]')).to_have_attribute("data-state", "sent")


def press_until(page: Page, selector: str, presses: int = 200) -> None:
    """Press Tab until something that fits is in focus."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def test_an_import_names_the_bad_rows_and_takes_the_good(screen: Page, accessible: Callable[[Page], None]) -> None:
    sign_in(screen, "maja@base.example.org", PASSWORD)
    screen.goto("/suppliers/import")
    listed = [
        ("Nazwa", "Forma prawna", "Miejscowość", "Jednostka prowadząca", "NIP"),
        ("Fundacja „Biały Kamień”", "ngo_f", "Kościerzyna", "", "1005550007"),
        ("Fundacja „Zły Numer”", "ngo_f", "Gdańsk", "", "1005550008"),
        ("", "ngo_f", "Sopot", "", "1005550013"),
    ]
    file: FilePayload = {"name": "lista.xlsx", "mimeType": "application/vnd.ms-excel", "buffer": workbook(listed)}
    screen.locator("input[type=file]").set_input_files(file)
    screen.get_by_role("button", name="Wczytaj i sprawdź").click()
    expect(screen.get_by_role("heading", level=1)).to_have_text("Sprawdź listę przed importem")
    expect(screen.get_by_text("Wiersz 3").first).to_be_visible()
    expect(screen.get_by_text("Wiersz 4").first).to_be_visible()
    accessible(screen)
    screen.get_by_role("button", name="Zarejestruj 1 dostawcę").click()
    screen.goto("/suppliers?q=kamień")
    expect(screen.get_by_role("link", name="Biały Kamień")).to_be_visible()


def workbook(rows: Sequence[tuple[str, ...]]) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return content.getvalue()
