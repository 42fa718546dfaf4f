"""Everyone of the cast gets in, on a tablet; nobody else does."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.demo.cast import CAST, PASSWORD, Person
from tests.journeys.conftest import sign_in


def test_the_sign_in_page_is_accessible(screen: Page, accessible: Callable[[Page], None]) -> None:
    screen.goto("/login")
    expect(screen.locator("h1")).to_be_visible()
    accessible(screen)


@pytest.mark.parametrize("person", CAST, ids=lambda person: person.first)
def test_everyone_of_the_cast_signs_in(screen: Page, person: Person, accessible: Callable[[Page], None]) -> None:
    sign_in(screen, person.email, PASSWORD)
    expect(screen.locator("h1")).to_be_visible()
    accessible(screen)


def test_a_wrong_password_says_so_and_lets_nobody_in(screen: Page, accessible: Callable[[Page], None]) -> None:
    screen.goto("/login")
    screen.fill("input[name=email]", CAST[0].email)
    screen.fill("input[name=password]", "not the password")
    screen.click("main button[type=submit]")
    expect(screen.locator("main [role=alert]").first).to_be_visible()
    accessible(screen)
    screen.goto("/cases")
    expect(screen).to_have_url(re.compile("/login"))
