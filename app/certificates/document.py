"""The certificate as a PDF, from its content alone: no database, no clock. Imports WeasyPrint, see ``app.pdf``."""

import io
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import segno
from babel.dates import format_date
from babel.numbers import format_decimal
from flask import render_template

from app.certificates.border import woven_border
from app.pdf import image, make_pdf

SHEET = (297.0, 210.0)  # A4 landscape, mm
BORDER_INSET = 10.5
# Longer lists of products and places stand on a page of their own.
LONGEST_SCOPE = 190
# Beyond this many letters in the names of unit and running body the sheet is set tighter.
LONGEST_NAMES = 190
LONGEST_SCOPE_WHEN_TIGHT = 90
# Names up to this many letters are set in this size (pt), longer ones in the last.
NAME_SIZES = ((46, 28), (80, 23), (130, 19))
SMALLEST_NAME = 14


def render(content: Mapping[str, Any]) -> bytes:
    """The PDF of a certificate's ``content`` (see ``certificates.content``); the same content, the same bytes."""
    return make_pdf(certificate_html(content), "certificate.css")


def certificate_html(content: Mapping[str, Any]) -> str:
    """The page that ``render`` prints. Polish binds; English stands under it."""
    scope, holder = content["scope"], content["holder"]
    tight = len(holder["name"]) + len(holder["running_body"]) > LONGEST_NAMES
    longest = LONGEST_SCOPE_WHEN_TIGHT if tight else LONGEST_SCOPE
    listed = len(", ".join([*scope["products"], *scope["sites"]])) > longest
    return render_template(
        "pdf/certificate.html",
        c=content,
        border=image(woven_border(*SHEET, BORDER_INSET)),
        image=image,
        bar=bar,
        qr=qr_code(content["address"]),
        name_size=name_size(holder["name"]),
        listed=listed,
        tight=tight,
        pl=_Words("pl"),
        en=_Words("en"),
    )


def bar(percent: str, colour: str) -> str:
    """A small bar from 0 to 100 as an image."""
    filled = min(max(float(percent), 0), 100)
    return image(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 3" preserveAspectRatio="none" width="100" height="3">'
        f'<rect width="100" height="3" fill="#EFEBE3"/><rect width="{filled:g}" height="3" fill="{colour}"/></svg>'
    )


def qr_code(address: str) -> str:
    """The address as an image, error correction Q: readable with a quarter of it scratched."""
    drawn = io.BytesIO()
    segno.make(address, error="q", micro=False).save(
        drawn, kind="svg", border=0, xmldecl=False, svgns=True, omitsize=True, dark="#1D2A26"
    )
    return image(drawn.getvalue().decode())


def name_size(name: str) -> int:
    """The size in points in which the holder's name keeps to two lines."""
    return next((size for longest, size in NAME_SIZES if len(name) <= longest), SMALLEST_NAME)


class _Words:
    """Dates and numbers in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def date(self, value: str) -> str:
        written: str = format_date(date.fromisoformat(value), "d MMMM y", locale=self.language)
        return written

    def percent(self, value: str) -> str:
        rounded = Decimal(value).quantize(Decimal(1), rounding="ROUND_HALF_UP")
        return f"{format_decimal(rounded, locale=self.language)}%"
