"""The list of suppliers: searched, narrowed and paged by key, in time that does not grow with its length."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, Tuple, func, literal_column, select, tuple_

from app.accounts.permissions import Actor
from app.db import db
from app.suppliers.models import LegalForm, Supplier
from app.suppliers.search import Search, look_for, matches
from app.suppliers.service import visible_suppliers

PAGE = 50
MOST_COUNTED = 500
WALKED = 1_000
"""How many suppliers one page looks through when a common word is searched."""
_BEHIND = "~"


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
class Page:
    """Suppliers in order; ``after`` is the key of the next page, empty on the last."""

    rows: Sequence[Supplier]
    after: str


@dataclass(frozen=True)
class Count:
    """How many there are; ``more`` when counting stopped there."""

    number: int
    more: bool


def page(actor: Actor, wanted: Wanted, after: str = "") -> Page:
    """The next fifty suppliers that this person may see. Looking for common words, a page may hold fewer."""
    search = look_for(wanted.words)
    query = select(Supplier).where(*_conditions(actor, wanted, search))
    query = query.order_by(Supplier.sort_key, Supplier.id).limit(PAGE + 1)
    if key := _read_key(after):
        query = query.where(_key() > tuple_(*key))
    end = _end_of_walk(actor, wanted, after) if search.common else None
    if end is not None:
        query = query.where(_key() <= tuple_(*end))
    rows = db.session.scalars(query).all()
    if len(rows) > PAGE:
        return Page(rows[:PAGE], key_of(rows[PAGE - 1].sort_key, rows[PAGE - 1].id))
    return Page(rows, key_of(*end) if end else "")


def count(actor: Actor, wanted: Wanted) -> Count | None:
    """How many suppliers the list has, counted no further than ``MOST_COUNTED``; None for a search of common words,
    which would have to walk through all of them.
    """
    search = look_for(wanted.words)
    if search.common:
        return None
    conditions = _conditions(actor, wanted, search)
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


def key_of(sort_key: str, supplier_id: uuid.UUID) -> str:
    """A place in the list, for addresses."""
    return f"{supplier_id}{_BEHIND}{sort_key}"


def _read_key(after: str) -> tuple[str, uuid.UUID] | None:
    supplier_id, _separator, sort_key = after.partition(_BEHIND)
    try:
        return sort_key, uuid.UUID(supplier_id)
    except ValueError:
        return None


def _conditions(actor: Actor, wanted: Wanted, search: Search) -> list[ColumnElement[bool]]:
    return [visible_suppliers(actor), matches(Supplier.id, search), *_narrowed(wanted)]


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.legal_form in set(LegalForm):
        conditions.append(Supplier.legal_form == LegalForm(wanted.legal_form))
    if wanted.county:
        conditions.append(Supplier.county_code == wanted.county)
    return conditions


def _end_of_walk(actor: Actor, wanted: Wanted, after: str) -> tuple[str, uuid.UUID] | None:
    """The key behind which this page does not look any more; None when the list ends before."""
    query: Select[str, uuid.UUID] = select(Supplier.sort_key, Supplier.id).where(
        visible_suppliers(actor), *_narrowed(wanted)
    )
    if key := _read_key(after):
        query = query.where(_key() > tuple_(*key))
    row = db.session.execute(query.order_by(Supplier.sort_key, Supplier.id).offset(WALKED - 1).limit(1)).first()
    return (row.sort_key, row.id) if row else None


def _key() -> Tuple:
    return tuple_(Supplier.sort_key, Supplier.id)
