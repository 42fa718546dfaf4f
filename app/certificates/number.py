"""The certificate number ``BASE-YYYY-NNNNN-CC``: made, read and checked. Pure.

CC are the check digits of ISO 7064 MOD 97-10 over ``BASEYYYYNNNNN`` (the family of IBAN and LEI): every
wrong digit and every swap of two neighbours is noticed, so a slip of the finger is told apart from a number
that was never issued.
"""

import re
import unicodedata
from dataclasses import dataclass

from stdnum.iso7064 import mod_97_10

PREFIX = "BASE"
LARGEST_SEQUENCE = 99_999
_LONGEST_INPUT = 300  # a scanned address with the number at its end
_LOOK_ALIKES = str.maketrans("OIL", "011")
_SEPARATORS = re.compile(r"[\s\-‐-―−_]+")
_SHAPE = re.compile(rf"{PREFIX}(\d{{4}})(\d{{5}})(\d{{2}})(?:\.([1-9]\d?))?", re.ASCII)


@dataclass(frozen=True)
class CertificateNumber:
    """A number whose check digits are right; whether it was issued only the register knows.

    ``edition`` is None when the number was written without one.
    """

    text: str
    edition: int | None = None


def number_for(year: int, sequence: int) -> str:
    """The number of the ``sequence``-th certificate of a year, for example ``BASE-2026-00042-32``.

    Raises:
        ValueError: the year has not four digits, or the sequence is not between 1 and 99999.
    """
    if not 1000 <= year <= 9999 or not 1 <= sequence <= LARGEST_SEQUENCE:
        raise ValueError(f"no certificate number for year {year} and sequence {sequence}")
    return _written(f"{year}", f"{sequence:05d}")


def read_number(text: str) -> CertificateNumber | None:
    """The number that somebody typed or scanned, or None when it is mistyped.

    Forgiven: lower case, spaces and dashes of any kind or none at all, O for 0 and I or L for 1 after the
    prefix, an edition (``.2``) at the end, and the whole address of the public page.
    """
    if len(text) > _LONGEST_INPUT:
        return None
    plain = unicodedata.normalize("NFKC", text).strip().rstrip("/").rpartition("/")[2].upper()
    plain = _SEPARATORS.sub("", plain)
    shape = _SHAPE.fullmatch(plain[: len(PREFIX)] + plain[len(PREFIX) :].translate(_LOOK_ALIKES))
    if shape is None:
        return None
    year, sequence, check_digits, edition = shape.groups()
    number = _written(year, sequence)
    # compared with the digits we would print: MOD 97-10 alone takes 00, 01 and 99 for 97, 98 and 02
    if not number.endswith(check_digits):
        return None
    return CertificateNumber(number, int(edition) if edition else None)


def _written(year: str, sequence: str) -> str:
    check_digits = mod_97_10.calc_check_digits(f"{PREFIX}{year}{sequence}")
    return f"{PREFIX}-{year}-{sequence}-{check_digits}"
