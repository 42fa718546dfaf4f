"""What people enter about units and running bodies, tidied, and what is wrong with it, field by field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from flask_babel import gettext as _

from app.suppliers import places
from app.suppliers.identifiers import bare, krs_problem, local_regon_problem, nip_problem, regon_problem
from app.suppliers.models import LegalForm

T = TypeVar("T")
_POSTAL_CODE = re.compile(r"\d{2}-\d{3}")
_BLANKS = re.compile(r"[^\S\n]+")
# A unit of these forms is no legal person: someone else runs it and signs for it.
NO_LEGAL_PERSON = frozenset({LegalForm.WTZ, LegalForm.ZAZ})
LONGEST = {"name": 250, "street": 200, "town": 100, "support_centre": 100, "vat_status": 200, "notes": 5000}


@dataclass(frozen=True)
class Body:
    """A running body as entered: the legal person that runs units and signs contracts."""

    name: str
    legal_form: LegalForm
    nip: str
    regon: str = ""
    krs: str = ""
    social_enterprise: bool = False
    public_benefit: bool = False
    vat_status: str = ""


@dataclass(frozen=True)
class Unit:
    """A supplier as entered: the unit that makes things. ``people``: headcounts by kind."""

    name: str
    legal_form: LegalForm
    local_regon: str = ""
    street: str = ""
    postal_code: str = ""
    town: str = ""
    county_code: str = ""
    support_centre: str = ""
    notes: str = ""
    people: Mapping[str, int] = field(default_factory=dict)


def tidy_body(body: Body) -> Body:
    """Blanks at the ends and between words put right, numbers as bare digits."""
    return replace(_tidy(body), nip=bare(body.nip), regon=bare(body.regon), krs=bare(body.krs))


def tidy_unit(unit: Unit) -> Unit:
    """Blanks put right, the postal code with its dash."""
    digits = bare(unit.postal_code)
    postal_code = f"{digits[:2]}-{digits[2:]}" if len(digits) == 5 and digits.isdigit() else unit.postal_code.strip()
    return replace(_tidy(unit), local_regon=bare(unit.local_regon), postal_code=postal_code)


def body_problems(body: Body) -> dict[str, str]:
    """Field → what is wrong, as a sentence. ``body`` is tidy."""
    found = {
        "name": "" if body.name else _("Enter the name of the running body."),
        "legal_form": _("A workshop or a vocational establishment is run by another body; choose that body's form.")
        if body.legal_form in NO_LEGAL_PERSON
        else "",
        "nip": nip_problem(body.nip),
        "regon": regon_problem(body.regon),
        "krs": krs_problem(body.krs),
    }
    return _only_wrong({**_too_long(body), **_only_wrong(found)})


def unit_problems(unit: Unit) -> dict[str, str]:
    """Field → what is wrong, as a sentence. ``unit`` is tidy."""
    wrong_code = unit.postal_code and not _POSTAL_CODE.fullmatch(unit.postal_code)
    found = {
        "name": "" if unit.name else _("Enter the name of the supplier."),
        "local_regon": local_regon_problem(unit.local_regon),
        "postal_code": _("A postal code looks like 84-100.") if wrong_code else "",
        "county_code": ""
        if not unit.county_code or places.is_code(unit.county_code)
        else _("The code of a county has four digits and begins with a province, for instance 2211."),
    }
    return _only_wrong({**_too_long(unit), **_only_wrong(found)})


def _too_long(entered: Body | Unit) -> dict[str, str]:
    sizes = {name: len(getattr(entered, name)) for name in LONGEST if hasattr(entered, name)}
    return {
        name: _("At most %(limit)d characters fit here; this has %(size)d.", limit=LONGEST[name], size=size)
        for name, size in sizes.items()
        if size > LONGEST[name]
    }


def _only_wrong(found: Mapping[str, str]) -> dict[str, str]:
    return {name: sentence for name, sentence in found.items() if sentence}


def _tidy(entered: T) -> T:
    texts: dict[str, Any] = {
        item.name: _BLANKS.sub(" ", value).strip()
        for item in fields(entered)  # type: ignore[arg-type]  # a dataclass of this module
        if type(value := getattr(entered, item.name)) is str
    }
    return replace(entered, **texts)  # type: ignore[type-var]  # as above
