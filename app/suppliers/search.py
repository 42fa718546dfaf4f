"""Finding suppliers by the beginnings of words, in time that does not grow with their number.

A word that few suppliers have is read from the index of words; for one that many have, the list is walked in its own
order and each supplier is looked up. Either way the work of a page is bounded.
"""

import uuid

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.db import db
from app.suppliers.models import SupplierWord
from app.suppliers.words import just_behind, search_words

FEW = 2_500
MOST_WORDS = 8


def supplier_matches(supplier_id: InstrumentedAttribute[uuid.UUID], text: str) -> ColumnElement[bool]:
    """The condition that the supplier in this column has a word beginning with each word of ``text``."""
    words = search_words(text)[:MOST_WORDS]
    if not words:
        return true()
    rarest = min(words, key=hits)
    conditions = [has_word(supplier_id, word) for word in words if word != rarest]
    if hits(rarest) <= FEW:
        conditions.append(supplier_id.in_(select(SupplierWord.supplier_id).where(begins(SupplierWord.word, rarest))))
    else:
        conditions.append(has_word(supplier_id, rarest))
    return and_(*conditions)


def hits(word: str) -> int:
    """How many suppliers' words begin so, counted no further than just beyond ``FEW``."""
    some: Select[tuple[int]] = select(literal_column("1")).where(begins(SupplierWord.word, word)).limit(FEW + 1)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def has_word(supplier_id: InstrumentedAttribute[uuid.UUID], word: str) -> ColumnElement[bool]:
    """The condition that this supplier has a word that begins so."""
    mine = aliased(SupplierWord)
    found: Select[str] = select(mine.word).where(mine.supplier_id == supplier_id, begins(mine.word, word))
    return found.exists()


def begins(column: InstrumentedAttribute[str], prefix: str) -> ColumnElement[bool]:
    """The condition that the text begins so; an index serves it."""
    return and_(column >= prefix, column < just_behind(prefix))
