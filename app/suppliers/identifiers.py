"""Polish register numbers: read as people write them, checked, and what exactly is wrong said in a sentence.

The checks are python-stdnum's; a KRS number has no checksum. Whether a number was ever issued is not checked.
"""

import re

from flask_babel import gettext as _
from stdnum import ean
from stdnum.pl import nip, regon

_KEPT_APART = re.compile(r"[\s\-‑–.]")
_NIP, _KRS, _REGON, _LOCAL_REGON, _EAN = 10, 10, 9, 14, 13


def bare(text: str) -> str:
    """The digits as typed, without spaces, dashes and a leading ``PL``."""
    return _KEPT_APART.sub("", text).removeprefix("PL").removeprefix("pl")


def nip_problem(text: str) -> str:
    """What is wrong with a NIP, as a sentence; empty when it is right."""
    number = bare(text)
    if not number:
        return str(_("Enter the NIP of the running body."))
    return _length_problem("NIP", number, _NIP) or _check_digit_problem("NIP", number, right=nip.is_valid(number))


def regon_problem(text: str) -> str:
    """What is wrong with the nine-digit REGON of a legal person; empty when it is right or left out."""
    return _regon_problem(bare(text), _REGON)


def local_regon_problem(text: str) -> str:
    """What is wrong with the fourteen-digit REGON of a local unit; empty when it is right or left out."""
    return _regon_problem(bare(text), _LOCAL_REGON)


def krs_problem(text: str) -> str:
    """What is wrong with a KRS number; empty when it is right or left out."""
    number = bare(text)
    return _length_problem("KRS", number, _KRS) if number else ""


def ean_problem(text: str) -> str:
    """What is wrong with an EAN-13 code; empty when it is right or left out."""
    number = bare(text)
    if not number:
        return ""
    right = ean.is_valid(number)
    return _length_problem("EAN", number, _EAN) or _check_digit_problem("EAN", number, right=right)


def _regon_problem(number: str, length: int) -> str:
    if not number:
        return ""
    right = regon.is_valid(number)
    return _length_problem("REGON", number, length) or _check_digit_problem("REGON", number, right=right)


def _length_problem(name: str, number: str, length: int) -> str:
    if not (number.isascii() and number.isdigit()):
        return str(_("%(name)s has digits only; this has other characters: %(number)s.", name=name, number=number))
    if len(number) != length:
        count = len(number)
        return str(_("%(name)s has %(length)d digits, this one has %(count)d.", name=name, length=length, count=count))
    return ""


def _check_digit_problem(name: str, number: str, *, right: bool) -> str:
    if right:
        return ""
    return str(
        _("%(name)s %(number)s has a wrong check digit. Compare it with the document.", name=name, number=number)
    )
