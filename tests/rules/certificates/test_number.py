"""Certificate numbers: three ways to be wrong are told apart, and every slip of the finger is noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.certificates.number import CertificateNumber, number_for, read_number

years = st.integers(2026, 2099)
sequences = st.integers(1, 99_999)
numbers = st.builds(number_for, years, sequences)


def test_the_documented_number() -> None:
    assert number_for(2026, 42) == "BASE-2026-00042-32"


@pytest.mark.parametrize(
    "typed",
    [
        "BASE-2026-00042-32",
        "base-2026-00042-32",
        "BASE 2026 00042 32",
        "BASE20260004232",
        " BASE – 2026 – 00042 – 32\n",
        "BASE‑2026‑00042‑32",
        "BASE-2O26-OOO42-32",
        "base-2o26-ooo42-32",
        "BASE\N{NO-BREAK SPACE}2026\N{NO-BREAK SPACE}00042\N{NO-BREAK SPACE}32",
        "ＢＡＳＥ-2026-00042-32",
        "https://base.example.org/c/BASE-2026-00042-32",
        "HTTPS://BASE.EXAMPLE.ORG/C/BASE-2026-00042-32/",
    ],
)
def test_ways_of_writing_the_same_number(typed: str) -> None:
    assert read_number(typed) == CertificateNumber("BASE-2026-00042-32")


def test_i_and_l_are_read_as_one_after_the_prefix() -> None:
    number = number_for(2031, 11_111)
    assert read_number(number.replace("11111", "IlLi1")) == CertificateNumber(number)


def test_an_edition_may_stand_behind_the_number() -> None:
    assert read_number("BASE-2026-00042-32.2") == CertificateNumber("BASE-2026-00042-32", 2)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "BASE",
        "BASE-2026-00042",
        "BASE-2026-00042-3",
        "BASE-2026-00042-323",
        "BASE-2026-0042-32",
        "BASE-2026-00042-33",
        "BASE-2026-00043-32",
        "BASE-2027-00042-32",
        "BASE-2026-00024-32",
        "BSAE-2026-00042-32",
        "BA5E-2026-00042-32",
        "2026-00042-32",
        "BASE-2026-00042-32.0",
        "BASE-2026-00042-32.",
        "BASE-2026-00042-32 x",
        "BASE-2026-0004٢-32",
        "BASE-2026-00042-32'; DROP TABLE certificate; --",
        "9" * 100_000,
    ],
)
def test_mistyped_numbers(typed: str) -> None:
    assert read_number(typed) is None


@given(years, sequences)
def test_every_number_we_make_is_read_back(year: int, sequence: int) -> None:
    number = number_for(year, sequence)
    assert read_number(number) == CertificateNumber(number)


@given(numbers)
def test_every_single_wrong_digit_is_noticed(number: str) -> None:
    for place, digit in enumerate(number):
        for wrong in "0123456789":
            if digit.isdigit() and wrong != digit:
                assert read_number(number[:place] + wrong + number[place + 1 :]) is None


@given(numbers)
def test_every_swap_of_two_neighbours_is_noticed(number: str) -> None:
    digits = number.removeprefix("BASE-").replace("-", "")
    for place in range(len(digits) - 1):
        left, right = digits[place], digits[place + 1]
        if left != right:
            assert read_number(f"BASE{digits[:place]}{right}{left}{digits[place + 2 :]}") is None


@given(numbers)
def test_a_digit_left_out_or_doubled_is_noticed(number: str) -> None:
    digits = number.removeprefix("BASE-").replace("-", "")
    for place in range(len(digits)):
        assert read_number(f"BASE{digits[:place]}{digits[place + 1 :]}") is None
        assert read_number(f"BASE{digits[:place]}{digits[place]}{digits[place:]}") is None


@given(numbers)
def test_other_check_digits_are_never_taken(number: str) -> None:
    taken = [f"{check:02d}" for check in range(100) if read_number(f"{number[:-2]}{check:02d}")]
    assert taken == [number[-2:]]


@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    found = read_number(text)
    assert found is None or read_number(found.text) is not None


@pytest.mark.parametrize(("year", "sequence"), [(2026, 0), (2026, 100_000), (26, 1), (2026, -1), (20_260, 1)])
def test_no_number_beyond_its_places(year: int, sequence: int) -> None:
    with pytest.raises(ValueError, match="no certificate number"):
        number_for(year, sequence)
