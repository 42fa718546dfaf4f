"""Make the pictures of the README anew, from the demo: ``script/screenshots [FOLDER]``."""

import io
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.demo.cast import PASSWORD  # noqa: E402  # the project is found only now
from tests.chromium import CHROMIUM_OPTIONS, chromium  # noqa: E402  # as above
from tests.journeys.conftest import sign_in  # noqa: E402  # as above
from tests.server import Server, start_server  # noqa: E402  # as above

DESK: ViewportSize = {"width": 1280, "height": 900}
TABLET: ViewportSize = {"width": 820, "height": 1180}
PHONE: ViewportSize = {"width": 390, "height": 844}
CERTIFICATE = "BASE-2026-00001-58"
CERTIFICATE_DPI = 110
COLOURS = 128
PRINT_SECONDS = 120


def main() -> None:
    """Write every picture into the folder."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots"
    out.mkdir(parents=True, exist_ok=True)
    public = {"BASE_PUBLIC_URL": "http://base.example.org"}  # stands on the certificate
    with (
        tempfile.TemporaryDirectory() as folder,
        start_server(Path(folder), **public) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        draw(browser, server, out)
        browser.close()
    for picture in sorted(out.glob("*.png")):
        print(f"{picture.name:20} {picture.stat().st_size // 1024:4} kB")


def draw(browser: Browser, server: Server, out: Path) -> None:
    """Go where each picture is taken."""
    iga = someone(browser, server, "iga", TABLET)
    open_first(iga, "/cases?state=in_audit")
    iga.locator('a[href*="/app/audits/"]').first.click()
    iga.wait_for_selector("[data-criterion]")
    iga.locator('[data-criterion][data-state="empty"]:visible .level').nth(3).click()
    iga.wait_for_selector('[data-sync="synced"][data-pending="0"]')
    iga.evaluate("scrollTo(0, 0)")
    keep(iga.screenshot(), out / "audit.png")

    hanna = someone(browser, server, "hanna", PHONE)
    hanna.goto("/")
    keep(hanna.screenshot(), out / "supplier.png")

    maja = someone(browser, server, "maja", DESK)
    open_first(maja, "/cases?state=remediation")
    keep(maja.screenshot(), out / "case.png")

    visitor = someone(browser, server, "", DESK)
    visitor.goto("/register")
    keep(visitor.screenshot(), out / "register.png")
    visitor.goto(f"/c/{CERTIFICATE}")
    wait_for_the_printer(visitor)
    keep(visitor.screenshot(), out / "verification.png")
    with visitor.expect_download() as got:
        visitor.locator('a[href$="/certificate.pdf"]').click()
    keep(picture_of(Path(got.value.path())), out / "certificate.png")


def someone(browser: Browser, server: Server, first: str, size: ViewportSize) -> Page:
    """A new browser, signed in as one of the cast when named."""
    page = browser.new_context(
        base_url=server.address, viewport=size, locale="pl-PL", timezone_id="Europe/Warsaw"
    ).new_page()
    if first:
        sign_in(page, f"{first}@base.example.org", PASSWORD)
    return page


def open_first(page: Page, address: str) -> None:
    """The first case of a list."""
    page.goto(address)
    page.locator('main a[href*="/cases/"]').first.click()
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}$"))


def wait_for_the_printer(page: Page) -> None:
    """Until the worker has printed the certificate of this page."""
    deadline = time.monotonic() + PRINT_SECONDS
    while not page.locator('a[href$="/certificate.pdf"]').count():
        if time.monotonic() > deadline:
            sys.exit("script/screenshots: the certificate was not printed")
        page.reload()


def picture_of(document: Path) -> bytes:
    """The first page of a PDF."""
    command = ["pdftoppm", "-r", str(CERTIFICATE_DPI), "-png", "-f", "1", "-l", "1", "-singlefile", str(document)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def keep(content: bytes, path: Path) -> None:
    """Write a picture with few colours: it looks the same and is small."""
    with Image.open(io.BytesIO(content)) as picture:
        small = picture.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        small.save(path, optimize=True)


if __name__ == "__main__":
    main()
