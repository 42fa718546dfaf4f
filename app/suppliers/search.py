"""Finding the rows of a list by the beginnings of words, in time that does not grow with the list.

Words are looked up in an index of words that has the list's order. Those that few have are read from it whole. For
words that many have, a page looks through ``WALKED`` candidates and no further, so it may hold fewer rows than fit and
says where to go on: along the index when few whole words begin so, else along the list itself.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Table,
    and_,
    func,
    literal_column,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from app.db import Base, db
from app.suppliers.models import SupplierWord
from app.suppliers.words import just_behind, search_words

PAGE = 50
FEW = 1_000
WALKED = 600
MOST_KEYS = 60
MOST_WORDS = 8
MOST_WHOLE_WORDS = 12
_SEPARATOR = "~"

Key = tuple[str, uuid.UUID]
Id = ColumnElement[uuid.UUID] | InstrumentedAttribute[uuid.UUID]
Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True)
class WordIndex:
    """A table of words: ``word``, the ``sort_key`` of the row that has it, and the column of that row's id."""

    table: Table
    owner: str

    def words(self) -> FromClause:
        """The table under a name of its own, so that a query can look twice."""
        return self.table.alias()


@dataclass(frozen=True)
class Listed(Generic[Row]):
    """What a list shows and how it is ordered."""

    entity: type[Row]
    sort_key: InstrumentedAttribute[str]
    id: InstrumentedAttribute[uuid.UUID]

    @property
    def place(self) -> tuple[InstrumentedAttribute[str], InstrumentedAttribute[uuid.UUID]]:
        return self.sort_key, self.id

    def key(self, row: Row) -> str:
        """The row's place, for addresses."""
        return key_of(getattr(row, self.sort_key.key), getattr(row, self.id.key))


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows in order; ``after`` is the key of the next page, empty on the last."""

    rows: Sequence[Row]
    after: str


@dataclass(frozen=True)
class Search:
    """The words looked for and the one to begin with; ``common`` when many have even that one."""

    index: WordIndex
    words: tuple[str, ...]
    rarest: str
    common: bool


@dataclass(frozen=True)
class Keys:
    """The next places in a list, and the place up to which these are all: None for the end of the list."""

    next: Sequence[Key]
    end: Key | None


SUPPLIER_WORDS = WordIndex(Base.metadata.tables[SupplierWord.__tablename__], "supplier_id")


def look_for(index: WordIndex, text: str) -> Search:
    """What to search for what a person typed."""
    words = search_words(text)[:MOST_WORDS]
    counted = dict(zip(words, _hits(index, words), strict=True))
    rarest = min(words, key=lambda word: (counted[word], -len(word)), default="")
    return Search(index, tuple(words), rarest, common=bool(words) and counted[rarest] > FEW)


def matches(owner: InstrumentedAttribute[uuid.UUID], search: Search) -> ColumnElement[bool]:
    """The condition that the one in this column has every word looked for."""
    if not search.words:
        return true()
    if search.common:
        return and_(*(_has_word(search.index, owner, word) for word in search.words))
    index = search.index.words()
    with_rarest = select(index.c[search.index.owner]).where(begins(index.c.word, search.rarest))
    return and_(owner.in_(with_rarest), *_others(search, owner))


def page(
    listed: Listed[Row],
    search: Search,
    conditions: Sequence[ColumnElement[bool]],
    after: str = "",
    along: Sequence[ColumnElement[bool]] = (),
) -> Page[Row]:
    """The next fifty that meet all conditions and have every word looked for.

    ``along``: those of the conditions that an index of the list's order serves; a walk along the list keeps to them.
    """
    key = read_key(after)
    query, end = select(listed.entity).where(*conditions, _behind(listed.place, key)).order_by(*listed.place), None
    if not search.words or are_few(listed.entity, conditions):
        query = query.where(matches(listed.id, search))
    elif (keys := _keys(search, key)) is not None:
        query, end = query.where(listed.id.in_([row_id for _sort_key, row_id in keys.next])), keys.end
    else:
        end = _end_of_walk([select(*listed.place).where(*along)], key)
        query = query.where(_until(listed.place, end), matches(listed.id, search))
    rows = db.session.scalars(query.limit(PAGE + 1)).all()
    if len(rows) > PAGE:
        return Page(rows[:PAGE], listed.key(rows[PAGE - 1]))
    return Page(rows, key_of(*end) if end else "")


def are_few(entity: type[Base], conditions: Sequence[ColumnElement[bool]]) -> bool:
    """Do few rows meet the conditions? Counted no further than that."""
    some: Select[int] = select(literal_column("1")).select_from(entity).where(*conditions).limit(FEW + 1)
    return _count(some) <= FEW


def begins(column: ColumnElement[str] | InstrumentedAttribute[str], prefix: str) -> ColumnElement[bool]:
    """The condition that the text begins so; an index serves it."""
    return and_(column >= prefix, column < just_behind(prefix))


def key_of(sort_key: str, row_id: uuid.UUID) -> str:
    """A place in a list, for addresses."""
    return f"{row_id}{_SEPARATOR}{sort_key}"


def read_key(after: str) -> Key | None:
    """The place that an address says; None for the beginning, and for what is no place."""
    row_id, _separator, sort_key = after.partition(_SEPARATOR)
    try:
        return sort_key, uuid.UUID(row_id)
    except ValueError:
        return None


def _keys(search: Search, key: Key | None) -> Keys | None:
    """The next places of those that have every word; None when very many words begin as the one to begin with."""
    index, end = search.index.words(), None
    place = (index.c.sort_key, index.c[search.index.owner])
    candidates = begins(index.c.word, search.rarest)
    if search.common:
        whole = _whole_words(search.index, search.rarest)
        if len(whole) > MOST_WHOLE_WORDS:
            return None
        candidates = index.c.word.in_(whole)
        end = _end_of_walk([select(*place).where(index.c.word == word) for word in whole], key)
    query = select(*place).where(candidates, _behind(place, key), _until(place, end), *_others(search, place[1]))
    found = db.session.execute(query.distinct().order_by(*place).limit(MOST_KEYS)).all()
    keys = [(sort_key, row_id) for sort_key, row_id in found]
    return Keys(keys, keys[-1] if len(keys) == MOST_KEYS else end)


def _end_of_walk(parts: Sequence[Select[str, uuid.UUID]], key: Key | None) -> Key | None:
    """The first place at which one of the parts has given its share of ``WALKED``; None when they all end before."""
    ends = []
    for part in parts:
        place = tuple(part.selected_columns)
        last = part.where(_behind(place, key)).order_by(*place).offset(WALKED // len(parts) - 1).limit(1)
        ends.append(select(last.subquery()))
    found = db.session.execute(union_all(*ends)).all()
    return min(((sort_key, row_id) for sort_key, row_id in found), default=None)


def _behind(place: Sequence[Any], key: Key | None) -> ColumnElement[bool]:
    return tuple_(*place) > tuple_(*key) if key else true()


def _until(place: Sequence[Any], end: Key | None) -> ColumnElement[bool]:
    return tuple_(*place) <= tuple_(*end) if end else true()


def _others(search: Search, owner: Id) -> list[ColumnElement[bool]]:
    return [_has_word(search.index, owner, word) for word in search.words if word != search.rarest]


def _has_word(index: WordIndex, owner: Id, word: str) -> ColumnElement[bool]:
    mine = index.words()
    return select(mine.c.word).where(mine.c[index.owner] == owner, begins(mine.c.word, word)).exists()


def _whole_words(index: WordIndex, prefix: str) -> Sequence[str]:
    """The words of the index that begin so, one more than ``MOST_WHOLE_WORDS`` at most: each the least behind the last.

    Written so that the statement begins with SELECT, as reading ones do.
    """
    word, behind = index.table.c.word, just_behind(prefix)
    step = select(func.min(word).label("word")).where(word >= prefix).cte("step", recursive=True, nesting=True)
    following = select(func.min(word)).where(word > step.c.word).scalar_subquery()
    step = step.union_all(select(following).where(step.c.word < behind))
    steps = select(step.c.word).where(step.c.word < behind).limit(MOST_WHOLE_WORDS + 1)
    return db.session.scalars(select(steps.subquery())).all()


def _hits(index: WordIndex, beginnings: Sequence[str]) -> Sequence[int]:
    """How many words of the index begin so, each counted no further than just beyond ``FEW``."""
    if not beginnings:
        return ()
    found = [begins(index.table.c.word, word) for word in beginnings]
    some: list[Select[int]] = [select(literal_column("1")).where(each).limit(FEW + 1) for each in found]
    counts = [select(func.count()).select_from(each.subquery()).scalar_subquery() for each in some]
    return tuple(db.session.execute(select(*counts)).one())


def _count(some: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0
