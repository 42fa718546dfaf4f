"""Finding suppliers by the beginnings of words, in time that does not grow with their number.

A word that few suppliers have is read from the index of words; for one that many have, the list is walked in its own
order and each supplier is looked up. Either way the work of a page is bounded.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.db import db
from app.suppliers.models import SupplierWord
from app.suppliers.words import just_behind, search_words

FEW = 1_500
MOST_WORDS = 8


@dataclass(frozen=True)
class Search:
    """The words looked for, the rarest of them, and whether many suppliers have even that one."""

    words: tuple[str, ...]
    rarest: str
    common: bool


def look_for(text: str) -> Search:
    """What to search for what a person typed."""
    words = search_words(text)[:MOST_WORDS]
    counted = {word: hits(word) for word in words}
    rarest = min(words, key=lambda word: counted[word], default="")
    return Search(tuple(words), rarest, common=bool(words) and counted[rarest] > FEW)


def supplier_matches(supplier_id: InstrumentedAttribute[uuid.UUID], text: str) -> ColumnElement[bool]:
    """The condition that the supplier in this column has a word beginning with each word of ``text``."""
    return matches(supplier_id, look_for(text))


def matches(supplier_id: InstrumentedAttribute[uuid.UUID], search: Search) -> ColumnElement[bool]:
    """The condition that the supplier in this column has every word looked for."""
    if not search.words:
        return true()
    if search.common:
        return and_(*(has_word(supplier_id, word) for word in search.words))
    others = (has_word(supplier_id, word) for word in search.words if word != search.rarest)
    with_rarest = select(SupplierWord.supplier_id).where(begins(SupplierWord.word, search.rarest))
    return and_(supplier_id.in_(with_rarest), *others)


def hits(word: str) -> int:
    """How many suppliers' words begin so, counted no further than just beyond ``FEW``."""
    some: Select[int] = select(literal_column("1")).where(begins(SupplierWord.word, word)).limit(FEW + 1)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def has_word(supplier_id: InstrumentedAttribute[uuid.UUID], word: str) -> ColumnElement[bool]:
    """The condition that this supplier has a word that begins so."""
    mine = aliased(SupplierWord)
    found: Select[str] = select(mine.word).where(mine.supplier_id == supplier_id, begins(mine.word, word))
    return found.exists()


def begins(column: InstrumentedAttribute[str], prefix: str) -> ColumnElement[bool]:
    """The condition that the text begins so; an index serves it."""
    return and_(column >= prefix, column < just_behind(prefix))
