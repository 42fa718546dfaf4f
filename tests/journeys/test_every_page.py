"""Every page, for every one of the cast, in both languages: it answers, it is accessible, it fits a phone, it speaks
one language. A page is drawn in the browser when something on it was not drawn before."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize

from app.demo.cast import CAST, PASSWORD
from tests.chromium import PATIENCE
from tests.journeys.addresses import Address, addresses
from tests.journeys.conftest import come_in, violations
from tests.journeys.reading import Foreign, Reader, foreign_words
from tests.server import Server

DESK: ViewportSize = {"width": 1280, "height": 900}
TABLET: ViewportSize = {"width": 820, "height": 1180}
PHONE: ViewportSize = {"width": 390, "height": 844}
SMALLEST: ViewportSize = {"width": 360, "height": 740}
EVERYONE = ["", *(person.first for person in CAST)]
# Judged by axe on a tablet and on a phone, not at a desk: people work with these there.
IMPORTANT = {
    "dashboard.show", "audits.show", "audits.list_findings", "audits.result", "remediation.case", "remediation.task",
    "certificates.check", "certificates.register", "security.login", "applications.apply", "applications.link",
}  # fmt: skip
APPLICATION = {
    "unit_name": "Spółdzielnia Socjalna „Nowa Przystań”", "unit_form": "sps", "body_form": "", "town": "Hel",
    "nip": "1005550007", "contact_name": "Ewa Nowa", "contact_email": "ewa@przystan.example.org",
    "products": "Lampion z papieru", "consent_terms": "y",
}  # fmt: skip
APP = {"tablet.home", "tablet.shell"}  # one page for everyone; its script asks for the person's language
ANSWERS = {200, 401, 403, 404, 409, 422}
WRITTEN_BY_PEOPLE = {"audytor", "Zdjęcia z wizyty:", "tak", "nie"}  # functions, findings and levels in their own words
ONCE = re.compile(r'name="csrf_token" value="[^"]+"')


@dataclass
class House:
    """What is known of the pages so far, and the people with their browsers."""

    browser: Browser
    server: Server
    addresses: list[Address]
    foreign: dict[str, Foreign]
    read: set[tuple[str, str]] = field(default_factory=set)
    drawn: set[tuple[str, ...]] = field(default_factory=set)
    screens: dict[str, Page] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def screen(self, who: str) -> Page:
        """The browser of one person, signed in once."""
        if who not in self.screens:
            context = self.browser.new_context(base_url=self.server.address, viewport=DESK, locale="pl-PL")
            context.set_default_timeout(PATIENCE)
            context.on("console", self._hear)
            context.on("weberror", lambda error: self.complaints.append(str(error.error)))
            self.screens[who] = context.new_page()
            if who:
                come_in(self.screens[who], f"{who}@base.example.org", PASSWORD)
        return self.screens[who]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(f"{message.location.get('url', '')}: {message.text}")


@pytest.fixture(scope="module")
def house(browser: Browser, live_server: Server) -> Iterator[House]:
    made = House(browser, live_server, [], foreign_words())
    _apply(made.screen(""))  # there is a page for an application that nobody has linked yet
    made.addresses = addresses(live_server.data)
    yield made
    for screen in made.screens.values():
        screen.context.close()


def _apply(screen: Page) -> None:
    """Send the public form, as a program would that knows its fields."""
    screen.goto("/apply")
    token = screen.locator("main input[name=csrf_token]").input_value()
    answer = screen.context.request.post("/apply", form={**APPLICATION, "csrf_token": token}, max_redirects=0)
    assert answer.status == 302, answer.text()


def test_there_is_an_address_for_nearly_every_rule(house: House) -> None:
    assert len({address.endpoint for address in house.addresses}) > 40


@pytest.mark.parametrize("who", EVERYONE)
def test_pages_in_polish(house: House, who: str) -> None:
    wrong = list(_visit(house, who, "pl", house.addresses))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", EVERYONE)
def test_pages_in_english(house: House, who: str) -> None:
    first: dict[str, Address] = {}
    for address in house.addresses:
        first.setdefault(address.endpoint, address)
    wrong = list(_visit(house, who, "en", list(first.values())))
    assert not wrong, "\n".join(wrong)


def _visit(house: House, who: str, language: str, places: list[Address]) -> Iterator[str]:
    """Go everywhere; what is wrong, one sentence each."""
    screen = house.screen(who)
    screen.context.request.get(f"/language/{language}", max_redirects=0)
    for address in places:
        if not who and address.endpoint in APP:  # its script sends a visitor to sign in: a journey of the app
            continue
        answer = screen.context.request.get(address.path, max_redirects=0)
        if 300 <= answer.status < 400:
            continue
        name = f"{who or 'visitor'} {language} {answer.status} {address.path}"
        if answer.status not in ANSWERS:
            yield f"{name}: {answer.status}"
        elif answer.headers["content-type"].startswith("text/html"):
            yield from (f"{name}: {sentence}" for sentence in _judge(house, screen, address, language, answer.text()))
    yield from house.complaints
    house.complaints.clear()


def _judge(house: House, screen: Page, address: Address, language: str, source: str) -> Iterator[str]:
    words = ONCE.sub("", source[source.find("<main") :])
    if (language, words) in house.read:  # somebody else saw the same
        return
    house.read.add((language, words))
    page = Reader(source)
    if page.language != language and address.endpoint not in APP:
        yield f"lang={page.language!r}"
    if page.headings != 1:
        yield f"{page.headings} h1"
    foreign = [one for one in house.foreign[language].found_in(page.texts) if one not in WRITTEN_BY_PEOPLE]
    yield from (f"in the wrong language: {one!r}" for one in foreign)
    made = {(language, address.endpoint if address.endpoint in IMPORTANT else "", *one) for one in page.skeleton}
    if not made <= house.drawn:
        house.drawn |= made
        yield from _draw(screen, address, language)


def _draw(screen: Page, address: Address, language: str) -> Iterator[str]:
    """Show the page once and look at it in several sizes."""
    screen.set_viewport_size(DESK)
    screen.goto(address.path)
    if address.endpoint in APP:  # it loads once more when it learns the person's language
        screen.wait_for_selector(f"html[lang={language}]", state="attached")
        screen.wait_for_selector("#loading", state="detached")
    important = address.endpoint in IMPORTANT
    for size in [DESK, TABLET, PHONE, SMALLEST] if important else [DESK, TABLET, SMALLEST]:
        screen.set_viewport_size(size)
        beyond = screen.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if beyond > 0:
            yield f"scrolls {beyond} px sideways at {size['width']} px"
        if language == "pl" and (size in (TABLET, PHONE) if important else size is DESK):
            yield from (f"at {size['width']} px: {sentence}" for sentence in violations(screen))
