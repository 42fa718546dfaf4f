"""The audit's report as a PDF, from its content alone. Imports WeasyPrint, see ``app.pdf``."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import render_template
from flask_babel import force_locale
from markupsafe import Markup

from app.pdf import image, make_pdf

NUMBERS = ("percent", "before", "floor", "target")


def render_report(content: Mapping[str, Any]) -> bytes:
    """The PDF of a report's ``content``: plain JSON values, dates in ISO, percents as text; same content, same bytes.

    Keys: ``language number issued_on visit_on issuer supplier scope team checklist grade missing areas total
    strengths findings meetings sections notes``, as :mod:`app.remediation.report` gathers them.
    """
    return make_pdf(report_html(content), "report.css")


def report_html(content: Mapping[str, Any]) -> str:
    """The page that ``render_report`` prints, in the content's language."""
    with force_locale(content["language"]):
        return render_template(
            "pdf/report.html",
            c=content,
            areas=[_bar(area) for area in content["areas"]],
            total=_bar(content["total"]),
            areas_of_sections=_by_area(content["sections"]),
            day=_day,
            instant=_instant,
            image=image,
            chart=_chart,
        )


def _chart(figure: Markup) -> Markup:
    """The drawing of a figure without its caption, whose small drawings have no words of their own."""
    return figure[figure.index("<svg") : figure.index("</svg>") + len("</svg>")]


def _bar(values: Mapping[str, Any]) -> dict[str, Any]:
    numbers = {name: Decimal(values[name]) if values.get(name) is not None else None for name in NUMBERS}
    return {**values, **numbers}


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _by_area(sections: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Area → its sections, in the given order."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for section in sections:
        found.setdefault(section["area"], []).append(section)
    return found
