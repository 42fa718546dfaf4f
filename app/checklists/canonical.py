"""Canonical JSON after RFC 8785 (JCS): one way only to write the same values. Pure."""

import json
from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Any

from app.checklists import exact


def canonical_json(value: Any) -> bytes:
    """UTF-8 bytes. Numbers are ints or Decimals that ``exact.fits``; floats are refused because they are not exact."""
    return _written(value).encode("utf-8")


def digest(value: Any) -> str:
    """SHA-256 over the canonical JSON, in lower-case hex."""
    return sha256(canonical_json(value)).hexdigest()


def _written(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | Decimal):
        return _number(value)
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_written(value[key])}" for key in keys) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_written, value)) + "]"
    raise TypeError(f"{type(value).__name__} has no canonical JSON")


def _number(value: int | Decimal) -> str:
    """As JavaScript writes the number: no exponent from 10^-6 to 10^21."""
    if not exact.fits(value):
        raise ValueError(f"{value} does not survive a JSON number")
    plain = exact.text(value)
    if value == 0 or abs(Decimal(value)) >= Decimal("0.000001"):
        return plain
    sign, digits, exponent = Decimal(plain).normalize().as_tuple()
    mantissa = str(digits[0]) + ("." + "".join(map(str, digits[1:])) if len(digits) > 1 else "")
    return f"{'-' if sign else ''}{mantissa}e{int(exponent) + len(digits) - 1}"
