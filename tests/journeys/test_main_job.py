"""The main job as people do it, in Polish: from an application on the public page to a certificate that a stranger
checks by its QR code, and to its suspension. One supplier, five people, each in a browser of their own."""

import io
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from app.demo.cast import PASSWORD
from app.demo.picture import sample_picture
from app.formats import today_in_poland
from tests.journeys.conftest import come_in, letter_link, sign_in
from tests.server import Server

DESK, TABLET, PHONE = {"width": 1280, "height": 900}, {"width": 820, "height": 1180}, {"width": 390, "height": 844}
SUPPLIER = "WTZ „Leśna Polana”"
CONTACT = (
    "Basia Leśna",
    "basia@lesna-polana.example.org",
    "Zielone jabłko rośnie nad rzeką",
)  # letters with accents have more than one spelling
WEAK = {"BIZ-WYR-01": "1", "EKN-KOS-03": "1"}  # criteria that get a low level, so that there is something to put right
NOT_APPLICABLE = "EKO-SUR-04"
PHOTO = "EKO-ZAR-01"
LOADS = 300  # how often a page is loaded again until the worker has printed what it shows


@dataclass
class People:
    """A browser for each of them; ``stranger`` and ``contact`` have no account at first."""

    stranger: Page
    maja: Page
    iga: Page
    olaf: Page
    robert: Page
    contact: Page


@pytest.fixture
def people(new_screen: Callable[..., Page]) -> People:
    made = People(
        stranger=new_screen(viewport=DESK),
        maja=new_screen(viewport=DESK),
        iga=new_screen(viewport=TABLET),
        olaf=new_screen(viewport=TABLET),
        robert=new_screen(viewport=DESK),
        contact=new_screen(viewport=PHONE),
    )
    for name in ("maja", "iga", "olaf", "robert"):
        come_in(getattr(made, name), f"{name}@base.example.org", PASSWORD)
    return made


def test_from_an_application_to_a_certificate_that_a_stranger_checks(people: People, live_server: Server) -> None:
    apply(people.stranger)
    case = link_and_plan(people.maja)
    invite_the_contact(people.maja, people.contact, live_server)
    declare(people.olaf, case)
    declare(people.iga, case)
    start_and_fill(people.iga, case)
    issue_the_report(people.iga, case)
    show_what_was_done(people.contact)
    return_one_task(people.iga, case)
    complete_the_returned_task(people.contact)
    verify_the_tasks(people.iga, case)
    send_to_review(people.iga, case)
    nobody_of_the_team_reviews_or_decides(people.iga, case)
    review_and_decide(people.robert, case)
    number = read_the_qr_code(people.robert, case, live_server)
    check_as_a_stranger(people.stranger, people.robert, case, number)


def apply(page: Page) -> None:
    """Someone without an account sends the public form."""
    page.goto("/")
    page.get_by_role("link", name="Złóż wniosek o certyfikat").click()
    page.get_by_label("Nazwa dostawcy").fill(SUPPLIER)
    page.get_by_label("Forma prawna", exact=True).select_option("wtz")
    page.get_by_label("Ulica i numer").fill("ul. Leśna 5")
    page.get_by_label("Kod pocztowy").fill("84-240")
    page.get_by_label("Miejscowość").fill("Reda")
    page.get_by_label("Nazwa jednostki prowadzącej").fill("Stowarzyszenie „Leśni Ludzie”")
    page.get_by_label("Forma prawna jednostki prowadzącej").select_option("ngo_s")
    page.get_by_label("NIP tego, kto podpisuje umowy").fill("100-555-00-08")
    page.get_by_label("Imię i nazwisko").fill(CONTACT[0])
    page.get_by_label("E-mail").fill(CONTACT[1])
    page.get_by_label("Produkty lub usługi, które obejmie certyfikat").fill("Budka lęgowa dla sikor\nZakładka z filcu")
    page.get_by_label("Przyjmujemy warunki certyfikacji").check()
    page.get_by_label("Zgadzamy się na wpis do publicznego rejestru").check()
    page.get_by_label("Zgadzamy się, aby wyniki trzech obszarów").check()
    page.get_by_role("button", name="Wyślij wniosek").click()
    expect(page.locator("main [role=alert]").first).to_contain_text("NIP")
    page.get_by_label("NIP tego, kto podpisuje umowy").fill("100-555-00-07")
    page.get_by_role("button", name="Wyślij wniosek").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wniosek do nas dotarł")


def link_and_plan(page: Page) -> str:
    """Maja registers the supplier, accepts the application and plans the visit for today."""
    page.goto("/applications")
    page.get_by_role("link", name=SUPPLIER).click()
    page.get_by_role("button", name="Zarejestruj jako nowego dostawcę").click()
    page.wait_for_url(re.compile("/cases/"))
    case = page.url
    page.get_by_role("button", name="Przyjmij wniosek").click()
    page.get_by_role("link", name="Zaplanuj").first.click()
    page.get_by_label("Dzień wizyty").fill(today_in_poland().isoformat())
    page.get_by_label("Audytor wiodący").select_option(label="Iga Lewandowska")
    page.get_by_label("Olaf Zieliński").check()
    page.get_by_role("button", name="Zapisz plan wizyty").click()
    expect(page.get_by_text("Brakuje oświadczenia").first).to_be_visible()
    return case


def invite_the_contact(office: Page, contact: Page, server: Server) -> None:
    """Maja says what they make and invites the contact; the contact opens the letter's link on a phone."""
    office.get_by_role("link", name="Strona dostawcy").click()
    office.get_by_role("link", name="Dodaj produkt").click()
    office.get_by_label("Nazwa produktu lub usługi").fill("Budka lęgowa dla sikor")
    office.get_by_label("Rodzaj").first.select_option("craft")
    office.get_by_role("button", name="Zapisz").click()
    office.get_by_role("link", name="Zaproś do BASE").click()
    expect(office.get_by_label("E-mail")).to_have_value(CONTACT[1])
    office.get_by_role("button", name="Wyślij zaproszenie").click()
    contact.goto(letter_link(server, CONTACT[1], "/invitations/"))
    contact.get_by_label("Hasło", exact=True).fill(CONTACT[2])
    contact.get_by_label("Hasło jeszcze raz").fill(CONTACT[2])
    contact.get_by_role("button", name="Załóż konto").click()
    contact.wait_for_url(re.compile("/login"))
    sign_in(contact, CONTACT[1], CONTACT[2])


def declare(page: Page, case: str) -> None:
    page.goto(case)
    page.get_by_role("button", name="Nic mnie z nim nie wiąże").click()
    expect(page.get_by_role("button", name="Nic mnie z nim nie wiąże")).to_have_count(0)


def start_and_fill(page: Page, case: str) -> None:
    """Iga answers everything that applies, with the taps that a tablet takes."""
    page.goto(case)
    page.get_by_role("button", name="Rozpocznij audyt").click()
    page.wait_for_url(re.compile("/app/audits/"))
    fill_areas(page)
    page.locator("#area-BIZ").get_by_role("button", name="Zakończ audyt").click()
    page.get_by_role("dialog").get_by_label("Dlaczego nie ma podpisów?").fill("Kierowniczka musiała wyjechać.")
    page.get_by_role("button", name="Zakończ teraz").click()
    page.wait_for_url(case)


def fill_areas(page: Page) -> None:
    expect(page.locator("[data-criterion]").first).to_be_visible()
    for area in ("EKO", "EKN", "BIZ"):
        page.click(f'.area[data-area="{area}"]')
        left = page.locator(f'#area-{area} [data-criterion][data-state="empty"]:visible')
        while left.count():  # some are asked only after the answer to another
            name = str(left.first.get_attribute("data-criterion"))
            answer(page.locator(f'[data-criterion="{name}"]'), name)
            expect(page.locator(f'[data-criterion="{name}"]')).not_to_have_attribute("data-state", "empty")
        page.wait_for_selector('[data-sync="synced"][data-pending="0"]')


def answer(card: Locator, name: str) -> None:
    """The best level, or a low one; the evidence that the level asks for."""
    if name == NOT_APPLICABLE:
        card.locator('[data-level="na"]').click()
        card.locator("textarea").first.fill("Wyroby nie zawierają drewna ani skóry.")
    elif name in WEAK:
        card.locator(f'[data-level="{WEAK[name]}"]').click()
    else:
        card.locator(".level:not(.na)").last.dispatch_event("click")  # with a finger each: tablet/test_whole_visit
    if name == PHOTO:
        card.locator("input[type=file]").set_input_files([photo("IMG_1.jpg", "Segregacja odpadów")])
        expect(card.locator("[data-photo]")).to_have_attribute("data-state", "sent")
    expect(card).not_to_have_attribute("aria-busy", "true")  # what follows from the level is shown too
    if card.locator(".evidence").is_visible():
        if "zdjęci" in card.locator(".evidence").inner_text() and "notat" not in card.locator(".evidence").inner_text():
            card.locator("input[type=file]").set_input_files([photo(f"{name}.jpg", name)])
        else:
            note = card.locator("textarea[id^=note]")
            if not note.is_visible():
                card.get_by_role("button", name="notatka").click()
            note.fill("Obejrzano w pracowni, okazano dokumenty.")
            note.blur()
        expect(card.locator(".evidence")).to_be_hidden()


def photo(name: str, words: str) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": sample_picture(words, size=(640, 480))}


def document(name: str) -> FilePayload:
    content = io.BytesIO()
    Image.new("RGB", (400, 560), "white").save(content, "PDF")
    return {"name": name, "mimeType": "application/pdf", "buffer": content.getvalue()}


def issue_the_report(page: Page, case: str) -> None:
    """Iga completes each finding that has to be put right, then issues the report."""
    page.goto(f"{case}/findings")
    for name in WEAK:
        page.locator(f'main a[href$="/findings/{name}"]').click()
        for field in ("Wymaganie", "Czego brakuje", "Dowody"):
            box = page.get_by_label(field, exact=False).first
            if not box.input_value():
                box.fill("Cennik nie zawiera wszystkich kosztów; okazano zeszyt z cenami.")
        page.get_by_role("button", name="Zapisz ustalenie").click()
        page.wait_for_url(re.compile("/findings(#|$)"))
    page.get_by_role("button", name="Wydaj raport").click()
    expect(page.get_by_role("button", name="Wydaj raport")).to_have_count(0)
    page.goto(f"{case}/tasks")
    for name in WEAK:
        expect(page.get_by_text(name).first).to_be_visible()


def show_what_was_done(page: Page) -> None:
    """The contact sends a photo for one task and a document for the next."""
    files = [photo("szkolenie.jpg", "Nowy cennik"), document("cennik.pdf")]
    for number, file in enumerate(files):
        page.goto("/")
        page.get_by_role("link", name="Otwórz zadanie").first.click()
        with page.expect_navigation():
            page.locator("input[type=file]").set_input_files([file])
        expect(page.get_by_text(file["name"])).to_be_visible()
        page.get_by_label("Co zostało zrobione?").fill(f"Gotowe: {number + 1}.")
        page.get_by_role("button", name="Gotowe, wyślij do sprawdzenia").click()
        expect(page.get_by_role("button", name="Gotowe, wyślij do sprawdzenia")).to_have_count(0)


def tasks_of(page: Page, case: str) -> list[str]:
    page.goto(f"{case}/tasks")
    links = page.locator('main a[href*="/tasks/"]').all()
    return list(dict.fromkeys(str(link.get_attribute("href")) for link in links))


def return_one_task(page: Page, case: str) -> None:
    page.goto(tasks_of(page, case)[0])
    page.get_by_text("Czegoś brakuje?").click()
    page.get_by_label("Czego jeszcze brakuje?").fill("Na zdjęciu nie widać daty. Wystarczy zdjęcie całej strony.")
    page.get_by_role("button", name="Zwróć do uzupełnienia").click()
    expect(page.get_by_text("Na zdjęciu nie widać daty").first).to_be_visible()


def complete_the_returned_task(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Otwórz zadanie").first.click()
    expect(page.get_by_text("Na zdjęciu nie widać daty").first).to_be_visible()
    with page.expect_navigation():
        page.locator("input[type=file]").set_input_files([photo("cala-strona.jpg", "Z datą")])
    page.get_by_role("button", name="Gotowe, wyślij do sprawdzenia").click()
    expect(page.get_by_role("button", name="Gotowe, wyślij do sprawdzenia")).to_have_count(0)


def verify_the_tasks(page: Page, case: str) -> None:
    for address in tasks_of(page, case):
        page.goto(address)
        page.get_by_role("radio").last.check()
        page.get_by_label("Co o tym przekonało?").fill("Dokument pokazuje, że wymaganie jest spełnione.")
        page.get_by_role("button", name="Przyjmij", exact=True).click()
        expect(page.get_by_role("button", name="Przyjmij", exact=True)).to_have_count(0)


def send_to_review(page: Page, case: str) -> None:
    page.goto(case)
    page.get_by_role("button", name="Przekaż do przeglądu").click()
    expect(page.get_by_role("button", name="Przekaż do przeglądu")).to_have_count(0)


def nobody_of_the_team_reviews_or_decides(page: Page, case: str) -> None:
    for step in ("review", "decision"):
        answer = page.goto(f"{case}/{step}")
        assert answer is not None
        assert answer.status == 403
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def review_and_decide(page: Page, case: str) -> None:
    page.goto(f"{case}/review")
    page.get_by_label("Przyznać certyfikat").check()
    page.get_by_label("Uwagi").or_(page.get_by_label("Notatka")).first.fill("Akta są kompletne.")
    page.get_by_role("button", name="Zapisz przegląd").click()
    page.goto(f"{case}/decision")
    page.get_by_label("Przyznać certyfikat").check()
    page.get_by_label("Uzasadnienie decyzji").fill("Wynik po naprawie spełnia warunki oceny BASE.")
    page.get_by_role("button", name="Podejmij decyzję").click()
    expect(page.get_by_role("button", name="Podejmij decyzję")).to_have_count(0)


def read_the_qr_code(page: Page, case: str, server: Server) -> str:
    """The worker prints the certificate; a phone's camera reads the address of its public page. Answers the number."""
    page.goto(f"{case}/certificate")
    download = page.get_by_role("link", name="Pobierz certyfikat")
    for _ in range(LOADS):
        if download.count():
            break
        page.reload()
    with page.expect_download() as got:
        download.click()
    drawn = server.data.parent / "drawn"
    command = ["pdftoppm", "-r", "150", "-png", "-singlefile", str(got.value.path()), str(drawn)]
    subprocess.run(command, check=True, capture_output=True)
    with Image.open(drawn.with_suffix(".png")) as picture:
        codes = [code.text for code in zxingcpp.read_barcodes(picture)]
    assert len(codes) == 1
    assert codes[0].startswith(f"{server.address}/c/BASE-")
    return codes[0].rpartition("/")[2]


def check_as_a_stranger(page: Page, decider: Page, case: str, number: str) -> None:
    """Valid, suspended, valid again; a slip of the finger and an unknown number are other answers."""
    band = page.locator(".band")
    page.goto(f"/c/{number}")
    expect(band).to_contain_text("Ważny dziś")
    expect(page.get_by_role("heading", level=1)).to_have_text(SUPPLIER)
    page.goto(f"/register?q={SUPPLIER.split('„')[1].rstrip('”')}")
    expect(page.get_by_text(number).first).to_be_visible()
    decider.goto(f"{case}/certificate")
    decider.get_by_role("link", name="Zawieś").click()
    decider.get_by_label("Powód do dokumentacji fundacji").fill("Zgłoszono zmianę miejsca pracy.")
    decider.get_by_role("button", name="Zawieś certyfikat").click()
    expect(decider.get_by_role("link", name="Zakończ zawieszenie")).to_be_visible()
    page.goto(f"/c/{number}")
    expect(band).to_contain_text("Zawieszony")
    decider.get_by_role("link", name="Zakończ zawieszenie").click()
    decider.get_by_label("Powód do dokumentacji fundacji").fill("Nowe miejsce obejrzano.")
    decider.get_by_role("button", name="Zakończ zawieszenie").click()
    expect(decider.get_by_role("link", name="Zawieś")).to_be_visible()
    page.goto("/verify-certificate")
    page.get_by_label("Numer certyfikatu").fill(number.lower().replace("-", " "))
    page.get_by_role("button", name="Sprawdź").click()
    expect(band).to_contain_text("Ważny dziś")
    last = number[-1]
    page.goto(f"/c/{number[:-1]}{(int(last) + 1) % 10}")
    expect(page.get_by_role("heading", level=1)).to_have_text("W numerze jest błąd")
    page.goto("/c/BASE-2026-99999-85")
    expect(page.get_by_role("heading", level=1)).to_have_text("Takiego numeru nie ma w rejestrze")
