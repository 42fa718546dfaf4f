"""Names of legal forms, kinds of products and kinds of people, for forms and pages."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.suppliers.models import LegalForm, ProductKind

LEGAL_FORMS: Mapping[str, LazyString] = {
    LegalForm.WTZ: _l("Occupational therapy workshop (WTZ)"),
    LegalForm.ZAZ: _l("Vocational activity establishment (ZAZ)"),
    LegalForm.SPS: _l("Social co-operative"),
    LegalForm.NGO_F: _l("Foundation"),
    LegalForm.NGO_S: _l("Association"),
    LegalForm.SPZOO_NP: _l("Non-profit limited company"),
    LegalForm.KGW: _l("Rural women's circle (KGW)"),
    LegalForm.KOSC: _l("Church legal person"),
    LegalForm.JST: _l("Unit of local government"),
}
SHORT_FORMS: Mapping[str, LazyString] = {
    LegalForm.WTZ: _l("WTZ"),
    LegalForm.ZAZ: _l("ZAZ"),
    LegalForm.SPS: _l("co-operative"),
    LegalForm.NGO_F: _l("foundation"),
    LegalForm.NGO_S: _l("association"),
    LegalForm.SPZOO_NP: _l("company"),
    LegalForm.KGW: _l("KGW"),
    LegalForm.KOSC: _l("church"),
    LegalForm.JST: _l("local government"),
}
PRODUCT_KINDS: Mapping[str, LazyString] = {
    ProductKind.FOOD: _l("Food"),
    ProductKind.CRAFT: _l("Handicraft"),
    ProductKind.COSMETICS: _l("Cosmetics, soap, candles"),
    ProductKind.SERVICES: _l("Services"),
}
PEOPLE: Mapping[str, LazyString] = {
    "participants": _l("Participants"),
    "employees": _l("Employees"),
    "with_disabilities": _l("of them with disabilities"),
    "at_risk": _l("of them at risk of exclusion"),
    "members": _l("Members"),
    "volunteers": _l("Volunteers"),
}
FACTS: Mapping[str, LazyString] = {
    "products": _l("What the supplier makes"),
    "legal_form": _l("Legal form"),
    "employer": _l("Does the supplier employ people?"),
}
ANSWERS: Mapping[str, LazyString] = {"yes": _l("yes"), "no": _l("no"), "tak": _l("yes"), "nie": _l("no")}


def legal_form(value: str) -> str:
    """The name of a legal form."""
    return str(LEGAL_FORMS.get(value, value))


def short_form(value: str) -> str:
    """A legal form in a word or two."""
    return str(SHORT_FORMS.get(value, value))


def product_kind(value: str) -> str:
    """The name of a kind of product."""
    return str(PRODUCT_KINDS.get(value, value))


def fact(name: str) -> str:
    """The question or name of a fact of the profile; its id when the checklist brought a new one."""
    return str(FACTS.get(name, name))


def fact_value(name: str, value: str) -> str:
    """The name of a value of a fact."""
    names = {"products": PRODUCT_KINDS, "legal_form": LEGAL_FORMS}.get(name, ANSWERS)
    return str(names.get(value, value))


def people(kind: str) -> str:
    """The name of a kind of people."""
    return str(PEOPLE.get(kind, kind))
