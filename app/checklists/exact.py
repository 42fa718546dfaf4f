"""Exact numbers: read from text, written as text, never through a float. Pure.

Every number of a checklist has at most 15 significant digits and lies below 10^15, so that it survives a
JSON number (an IEEE double) unchanged: what is exported is exactly what was read.
"""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import lcm

Number = int | Decimal

LARGEST = Decimal(10) ** 15
MOST_DIGITS = 15


def fits(number: Number) -> bool:
    """True for a finite number below 10^15 with at most 15 significant digits and 15 decimals."""
    if isinstance(number, int):
        return -LARGEST < number < LARGEST
    if not number.is_finite() or number.adjusted() >= MOST_DIGITS:
        return False
    if number == 0:
        return True
    _, digits, exponent = number.as_tuple()  # normalize() would round to 28 digits first
    significant = len("".join(map(str, digits)).rstrip("0"))
    last = len(digits) - significant
    return isinstance(exponent, int) and significant <= MOST_DIGITS and exponent + last >= -MOST_DIGITS


def read(text: str) -> Number | None:
    """The exact number that a plain decimal text means, or None when it is none or does not fit."""
    if len(text) > 40 or not text.isascii() or text != text.strip() or "_" in text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return tidy(number) if fits(number) else None


def tidy(number: Number) -> Number:
    """An int when the number is whole, else the Decimal without trailing zeros."""
    if isinstance(number, int):
        return number
    if number == number.to_integral_value():
        return int(number)
    return number.normalize()


def text(number: Number) -> str:
    """Shortest plain text: ``3``, ``0.1``, never an exponent."""
    number = tidy(number)
    return str(number) if isinstance(number, int) else format(number, "f")


def common_denominator(numbers: Iterable[Number]) -> int:
    """The least number that makes all of them whole when they are multiplied by it."""
    return lcm(*(Fraction(number).denominator for number in numbers))


def two_decimals(value: Fraction | int, divisor: int = 1) -> str:
    """Rounded half up (away from zero) to two decimals, only for print: ``71.25``, ``-0.01``, ``0.00``."""
    numerator, denominator = value.numerator, value.denominator * divisor
    hundredths = (abs(numerator) * 200 + denominator) // (2 * denominator)
    sign = "-" if numerator < 0 and hundredths else ""
    return f"{sign}{hundredths // 100}.{hundredths % 100:02d}"
