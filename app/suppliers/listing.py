"""The list of suppliers: searched, narrowed and paged by key, in time that does not grow with its length."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, literal_column, select

from app.accounts.permissions import Actor
from app.db import db
from app.suppliers.models import LegalForm, Supplier
from app.suppliers.search import SUPPLIER_WORDS, Listed, Page, Search, look_for, matches
from app.suppliers.search import page as search_page
from app.suppliers.service import visible_suppliers

MOST_COUNTED = 500
SUPPLIERS = Listed(Supplier, Supplier.sort_key, Supplier.id)


@dataclass(frozen=True)
class Wanted:
    """What narrows the list; empty texts narrow nothing."""

    words: str = ""
    legal_form: str = ""
    county: str = ""


def wanted(query: Mapping[str, str]) -> Wanted:
    """What the parameters of an address ask for; ``as_query`` is the way back."""
    return Wanted(query.get("q", "").strip(), query.get("legal_form", ""), query.get("county", ""))


def as_query(wanted: Wanted) -> dict[str, str]:
    """The parameters of an address that ask for this; only those that narrow."""
    parameters = {"q": wanted.words, "legal_form": wanted.legal_form, "county": wanted.county}
    return {name: value for name, value in parameters.items() if value}


@dataclass(frozen=True)
class Count:
    """How many there are; ``more`` when counting stopped there."""

    number: int
    more: bool


def search_for(wanted: Wanted) -> Search:
    """The search for the words; made once for a page and its count."""
    return look_for(SUPPLIER_WORDS, wanted.words)


def page(actor: Actor, wanted: Wanted, after: str = "", search: Search | None = None) -> Page[Supplier]:
    """The next fifty suppliers that this person may see. Looking for common words, a page may hold fewer."""
    search = search or search_for(wanted)
    narrowed = _narrowed(wanted)
    return search_page(SUPPLIERS, search, [visible_suppliers(actor), *narrowed], after, along=narrowed)


def count(actor: Actor, wanted: Wanted, search: Search | None = None) -> Count | None:
    """How many suppliers the list has, counted no further than ``MOST_COUNTED``; None for a search of common words,
    which would have to look through all of them.
    """
    search = search or search_for(wanted)
    if search.common:
        return None
    conditions = [visible_suppliers(actor), matches(Supplier.id, search), *_narrowed(wanted)]
    some: Select[int] = select(literal_column("1")).select_from(Supplier).where(*conditions).limit(MOST_COUNTED + 1)
    number = db.session.scalar(select(func.count()).select_from(some.subquery())) or 0
    return Count(min(number, MOST_COUNTED), more=number > MOST_COUNTED)


def everything(actor: Actor, wanted: Wanted) -> Iterator[Supplier]:
    """Every supplier of the list in order, page by page, for an export."""
    after = ""
    while True:
        part = page(actor, wanted, after)
        yield from part.rows
        after = part.after
        if not after:
            return


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.legal_form in set(LegalForm):
        conditions.append(Supplier.legal_form == LegalForm(wanted.legal_form))
    if wanted.county:
        conditions.append(Supplier.county_code == wanted.county)
    return conditions
