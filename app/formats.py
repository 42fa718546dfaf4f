"""Dates, numbers and spaces as people of each language write them: the template filters."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date as babel_date
from babel.dates import format_timedelta
from babel.numbers import format_decimal
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

POLAND = ZoneInfo("Europe/Warsaw")
NBSP = "\N{NO-BREAK SPACE}"
NB_HYPHEN = "\N{NON-BREAKING HYPHEN}"
_ONE_LETTER_WORD = re.compile(r"(?<![^\s(„])([aiouwzAIOUWZ]) (?=\S)")
_E_MAIL = re.compile(r"\b([eE])-(?=mail\w*\b(?!@))")


def today_in_poland() -> date:
    """The calendar day in Poland, by which validity and deadlines are counted."""
    return datetime.now(POLAND).date()


def local_day(value: date | datetime) -> date:
    """The day in Poland of an instant; a date stays as it is."""
    return value.astimezone(POLAND).date() if isinstance(value, datetime) else value


def long_date(value: date | datetime | None) -> str:
    """22 listopada 2026 / 22 November 2026."""
    return babel_date(local_day(value), "d MMMM y", locale=_locale()) if value else ""


def short_date(value: date | datetime | None) -> str:
    """22.11.2026."""
    return local_day(value).strftime("%d.%m.%Y") if value else ""


def date_time(value: datetime | None) -> str:
    """22 listopada 2026, 14:02, on the clock in Poland."""
    if value is None:
        return ""
    return f"{long_date(value)}, {value.astimezone(POLAND):%H:%M}"


def date_in_words(value: date | None, today: date | None = None) -> str:
    """piątek, 4 grudnia (zostało 12 dni) / Friday, 4 December (12 days left); overdue says by how much."""
    if value is None:
        return ""
    today = today or today_in_poland()
    pattern = "EEEE, d MMMM" if value.year == today.year else "EEEE, d MMMM y"
    days = (value - today).days
    if days < 0:
        distance = ngettext("%(num)d day late", "%(num)d days late", -days)
    elif days == 0:
        distance = _("today")
    else:
        distance = ngettext("%(num)d day left", "%(num)d days left", days)
    return f"{babel_date(value, pattern, locale=_locale())} ({distance})"


def ago(value: datetime | None, at: datetime | None = None) -> str:
    """3 dni temu / 3 days ago."""
    if value is None:
        return ""
    passed = (at or datetime.now(UTC)) - value
    if passed < timedelta(minutes=1):
        return str(_("just now"))
    return str(format_timedelta(-passed, granularity="minute", add_direction=True, locale=_locale()))


def number(value: Decimal | float | None, places: int | None = None) -> str:
    """A number with the language's separators; ``places`` fixes the decimals, half up."""
    if value is None:
        return "–"
    if places is not None:
        value = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        pattern = "#,##0." + "0" * places if places else "#,##0"
        return format_decimal(value, pattern, locale=_locale())
    return format_decimal(value, locale=_locale())


def percent(value: Decimal | str | None, places: int = 0) -> str:
    """71% from a percent value of 71."""
    return "–" if value is None else f"{number(Decimal(value), places)}%"


def file_size(value: int) -> str:
    """340 kB, 2.1 MB."""
    return f"{number(value // 1000 or 1)}{NBSP}kB" if value < 1_000_000 else f"{number(value / 1e6, 1)}{NBSP}MB"


def nbsp(text: str) -> str | Markup:
    """Polish one-letter words keep to the word after them, and an e-mail to itself."""
    joined = _E_MAIL.sub(rf"\1{NB_HYPHEN}", _ONE_LETTER_WORD.sub(rf"\1{NBSP}", str(text)))
    return Markup(joined) if isinstance(text, Markup) else joined  # noqa: S704  # only spaces and hyphens changed


def _locale() -> str:
    return str(get_locale() or "pl")


FILTERS: Mapping[str, Callable[..., Any]] = {
    "ago": ago,
    "date": long_date,
    "short_date": short_date,
    "datetime": date_time,
    "date_in_words": date_in_words,
    "number": number,
    "percent": percent,
    "file_size": file_size,
    "nbsp": nbsp,
}
