"""The columns of an import: how they are headed, and how a row of cells becomes a unit, a body and a contact."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from app.suppliers.models import LegalForm
from app.suppliers.names import LEGAL_FORMS, SHORT_FORMS
from app.suppliers.particulars import (
    NO_LEGAL_PERSON,
    Body,
    Unit,
    body_problems,
    tidy_body,
    tidy_unit,
    unit_problems,
)
from app.suppliers.sheet import LONGEST_CELL, Row, is_formula
from app.suppliers.words import plain

# Key → headings, the first one in the template. Compared without capitals and diacritics.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("Nazwa", "Dostawca", "Name", "Supplier"),
    "legal_form": ("Forma prawna", "Forma", "Legal form"),
    "street": ("Ulica i numer", "Ulica", "Street"),
    "postal_code": ("Kod pocztowy", "Postal code"),
    "town": ("Miejscowość", "Miasto", "Town"),
    "county_code": ("Powiat (TERYT)", "TERYT", "County (TERYT)"),
    "local_regon": ("REGON jednostki", "REGON of the unit"),
    "support_centre": ("OWES", "Support centre"),
    "body_name": ("Jednostka prowadząca", "Running body"),
    "body_form": ("Forma jednostki prowadzącej", "Legal form of the running body"),
    "nip": ("NIP",),
    "regon": ("REGON",),
    "krs": ("KRS",),
    "vat_status": ("VAT",),
    "social_enterprise": ("Przedsiębiorstwo społeczne", "PS", "Social enterprise"),
    "public_benefit": ("OPP", "Public benefit"),
    "contact_name": ("Osoba do kontaktu", "Kontakt", "Contact"),
    "contact_email": ("E-mail", "Email"),
    "contact_phone": ("Telefon", "Telephone"),
    "notes": ("Uwagi", "Notes"),
}
NEEDED = ("name", "legal_form", "nip")
YES, NO = frozenset({"tak", "yes", "t", "y", "1", "x"}), frozenset({"", "nie", "no", "n", "0", "-"})
# A spreadsheet drops zeros in front of numbers: put them back.
_DIGITS = {"krs": 10, "regon": 9}
_FROM_BODY = {"name": "body_name", "legal_form": "body_form"}


@dataclass(frozen=True)
class Problem:
    """What is wrong in one cell: the column as it is headed, and a sentence that says what would be right."""

    column: str
    sentence: str


@dataclass(frozen=True)
class ReadRow:
    """A row as read. ``unit`` and ``body`` are missing when it has problems."""

    line: int
    name: str
    problems: tuple[Problem, ...]
    unit: Unit | None = None
    body: Body | None = None
    contact: Mapping[str, str] | None = None


def find_columns(headings: Sequence[str]) -> dict[str, int]:
    """Key → position of the column; headings that are not known are left out."""
    known = {plain(heading): key for key, names in COLUMNS.items() for heading in (key, *names)}
    found: dict[str, int] = {}
    for position, heading in enumerate(headings):
        key = known.get(plain(heading).strip())
        if key is not None:
            found.setdefault(key, position)
    return found


def read_row(row: Row, positions: Mapping[str, int]) -> ReadRow:
    """Read and judge one row of cells; ``positions`` as found by ``find_columns``."""
    cells = {key: row.cells[position] if position < len(row.cells) else "" for key, position in positions.items()}
    cells = {key: _with_zeros(key, text) for key, text in cells.items()}
    problems = list(_unreadable(cells))
    forms = {key: _legal_form(cells.get(key, "")) for key in ("legal_form", "body_form")}
    if forms["legal_form"] is None:
        problems.append(_problem("legal_form", _form_sentence(cells.get("legal_form", ""))))
    if cells.get("body_form") and forms["body_form"] is None:
        problems.append(_problem("body_form", _form_sentence(cells["body_form"])))
    name = cells.get("name", "")
    if problems or forms["legal_form"] is None:
        return ReadRow(row.line, name, tuple(problems))
    unit, body = _unit(cells, forms["legal_form"]), _body(cells, forms["legal_form"], forms["body_form"])
    problems += [_problem(key, sentence) for key, sentence in unit_problems(unit).items()]
    if unit.legal_form in NO_LEGAL_PERSON and not cells.get("body_name"):
        problems.append(_problem("body_name", _("A WTZ and a ZAZ need the body that runs them.")))
    else:
        wrong = body_problems(body)
        problems += [_problem(_FROM_BODY.get(key, key), sentence) for key, sentence in wrong.items()]
    contact = {key: cells.get(f"contact_{key}", "") for key in ("name", "email", "phone")}
    return ReadRow(row.line, name, tuple(dict.fromkeys(problems)), unit, body, contact)


def _unreadable(cells: Mapping[str, str]) -> Iterator[Problem]:
    for key, text in cells.items():
        if is_formula(text):
            yield _problem(key, _("This cell is a formula. Paste its value instead."))
        elif len(text) > LONGEST_CELL:
            yield _problem(key, _("This cell is too long: at most %(limit)d characters.", limit=LONGEST_CELL))
        elif key in {"social_enterprise", "public_benefit"} and plain(text) not in YES | NO:
            yield _problem(key, _("Write yes or no (tak, nie); this says „%(text)s”.", text=text[:40]))


def _unit(cells: Mapping[str, str], form: LegalForm) -> Unit:
    names = ("street", "postal_code", "town", "county_code", "local_regon", "support_centre", "notes")
    texts: dict[str, Any] = {name: cells.get(name, "") for name in names}
    return tidy_unit(Unit(name=cells.get("name", ""), legal_form=form, **texts))


def _body(cells: Mapping[str, str], unit_form: LegalForm, body_form: LegalForm | None) -> Body:
    numbers = {name: cells.get(name, "") for name in ("nip", "regon", "krs", "vat_status")}
    flags = {name: plain(cells.get(name, "")) in YES for name in ("social_enterprise", "public_benefit")}
    own = unit_form if unit_form not in NO_LEGAL_PERSON else LegalForm.NGO_S
    return tidy_body(
        Body(
            **numbers,
            name=cells.get("body_name") or cells.get("name", ""),
            legal_form=body_form or own,
            social_enterprise=flags["social_enterprise"],
            public_benefit=flags["public_benefit"],
        )
    )


def _legal_form(text: str) -> LegalForm | None:
    return _forms_by_word().get(plain(text).strip())


@cache
def _forms_by_word() -> Mapping[str, LegalForm]:
    """Code, short and long name in both languages → legal form."""
    found = {str(form): form for form in LegalForm}
    for language in ("pl", "en"):
        with force_locale(language):
            for form in LegalForm:
                found[plain(str(LEGAL_FORMS[form]))] = form
                found[plain(str(SHORT_FORMS[form]))] = form
    return found


def _form_sentence(text: str) -> str:
    codes = ", ".join(LegalForm)
    if not text:
        return str(_("The legal form is missing. Write one of: %(codes)s.", codes=codes))
    return str(_("„%(text)s” is no legal form. Write one of: %(codes)s.", text=text[:40], codes=codes))


def _with_zeros(key: str, text: str) -> str:
    return text.zfill(_DIGITS[key]) if key in _DIGITS and text.isdecimal() else text


def _problem(key: str, sentence: str) -> Problem:
    return Problem(COLUMNS[key][0], str(sentence))
