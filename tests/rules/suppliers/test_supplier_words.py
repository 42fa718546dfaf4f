"""Words for searching and keys for sorting."""

import pytest

from app.demo.service import samples
from app.suppliers.names import PEOPLE
from app.suppliers.words import just_behind, plain, search_words, sort_key


@pytest.mark.parametrize(
    ("text", "folded"), [("Słupsk", "slupsk"), ("ŻÓŁĆ", "zolc"), ("Straße", "strasse"), ("Ægir", "aegir")]
)
def test_diacritics_and_capitals_do_not_count(text: str, folded: str) -> None:
    assert plain(text) == folded


def test_each_word_is_there_once_and_grouped_numbers_are_one_word() -> None:
    assert search_words("WTZ „Morska Szuflada”", "wtz", "100-014-20-77") == ["1000142077", "morska", "szuflada", "wtz"]


def test_polish_letters_come_after_the_letter_they_are_made_from() -> None:
    names = ["az", "ąb", "Ćma", "lód", "łza", "zebra", "źrebię", "żaba"]

    assert sorted(set(names), key=sort_key) == names
    assert sort_key("„ABC” d") == sort_key("abc D")


def test_a_prefix_ends_just_before_what_comes_behind_it() -> None:
    assert [text for text in ("sluo", "slup", "slupsk", "sluq") if "slup" <= text < just_behind("slup")] == [
        "slup",
        "slupsk",
    ]


def test_every_headcount_of_the_demo_has_a_name() -> None:
    assert {kind for sample in samples() for kind in sample["people"]} <= set(PEOPLE)
