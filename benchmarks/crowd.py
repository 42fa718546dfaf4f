"""Fills a database that holds the demo with many suppliers, cases, audits and certificates like the demo's."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Table, insert, select
from uuid_utils.compat import uuid7

from app.db import Base, begin_writing, db
from app.suppliers.words import search_words, sort_key

FIRST = ("Morska", "Zielona", "Dobra", "Jasna", "Leśna", "Wspólna", "Słoneczna", "Cicha", "Nowa", "Złota")
SECOND = (
    "Szuflada",
    "Kromka",
    "Stolarnia",
    "Pracownia",
    "Spiżarnia",
    "Tkalnia",
    "Zagroda",
    "Garncarnia",
    "Nić",
    "Łąka",
)
TOWNS = ("Puck", "Słupsk", "Kartuzy", "Łeba", "Gdynia", "Bytów", "Chojnice", "Żukowo", "Tczew", "Malbork")
CHUNK = 2_000
# In an order in which foreign keys hold; each with the columns that point to another table of this list.
COPIED: dict[str, dict[str, str]] = {
    "running_body": {},
    "supplier": {"running_body_id": "running_body"},
    "application": {"supplier_id": "supplier"},
    "case": {"supplier_id": "supplier", "application_id": "application"},
    "team_member": {"case_id": "case"},
    "audit": {"case_id": "case"},
    "answer": {"audit_id": "audit"},
    "decision": {"case_id": "case"},
    "certificate": {"case_id": "case", "supplier_id": "supplier", "decision_id": "decision"},
}

Row = dict[str, Any]


def multiply(copies: int, *, answers: bool = False) -> None:
    """Add so many copies of the demo's first certified supplier with all that belongs to it; commits.

    Without ``answers`` the decisions have an empty seal too: no list reads it, and 100,000 would take gigabytes.
    """
    original = _original(answers=answers)
    begin_writing()
    for numbers in _chunks(copies):
        rows: dict[str, list[Row]] = {}
        for number in numbers:
            for name, row in _copy(original, number):
                rows.setdefault(name, []).append(row)
        for name, added in rows.items():
            db.session.execute(insert(_table(name)), added)
    db.session.commit()
    db.session.connection().exec_driver_sql("ANALYZE")
    db.session.commit()


def _chunks(copies: int) -> Iterator[range]:
    for start in range(0, copies, CHUNK):
        yield range(start, min(start + CHUNK, copies))


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _original(*, answers: bool) -> dict[str, list[Row]]:
    certificate = _rows("certificate")[0]
    case = next(row for row in _rows("case") if row["id"] == certificate["case_id"])
    supplier = next(row for row in _rows("supplier") if row["id"] == case["supplier_id"])
    audit = next(row for row in _rows("audit") if row["case_id"] == case["id"])
    decisions = [row for row in _rows("decision") if row["id"] == certificate["decision_id"]]
    return {
        "running_body": [row for row in _rows("running_body") if row["id"] == supplier["running_body_id"]],
        "supplier": [supplier],
        "application": [row for row in _rows("application") if row["id"] == case["application_id"]],
        "case": [case],
        "team_member": [row for row in _rows("team_member") if row["case_id"] == case["id"]],
        "audit": [audit],
        "answer": [row for row in _rows("answer") if row["audit_id"] == audit["id"]] if answers else [],
        "decision": [row if answers else {**row, "sealed": {}} for row in decisions],
        "certificate": [certificate],
    }


def _rows(name: str) -> list[Row]:
    table = _table(name)
    order = list(table.primary_key.columns)
    return [dict(row) for row in db.session.execute(select(table).order_by(*order)).mappings()]


def _copy(original: dict[str, list[Row]], number: int) -> Iterator[tuple[str, Row]]:
    new: dict[uuid.UUID, uuid.UUID] = {}
    name = f"{FIRST[number % 10]} {SECOND[number // 10 % 10]} {number}"
    town = TOWNS[number // 100 % 10]
    said = search_words(name, town, f"{9_000_000_000 + number}")
    for table, pointers in COPIED.items():
        for old in original[table]:
            row = {**old, **{column: new[old[column]] for column in pointers}}
            if "id" in row:
                row["id"] = new[old["id"]] = uuid7()
            row |= _own(table, number, name, town, old)
            yield table, row
            if table in ("supplier", "certificate"):
                own = {f"{table}_id": row["id"], "sort_key": row["sort_key"]}
                yield from ((f"{table}_word", {**own, "word": word}) for word in said)


def _own(table: str, number: int, name: str, town: str, old: Row) -> Row:
    match table:
        case "running_body":
            return {"nip": f"{9_000_000_000 + number}", "name": name}
        case "supplier":
            return {"name": name, "town": town, "sort_key": sort_key(name)}
        case "case":
            return {
                "number": f"9{number // 90_000:03d}/{number:05d}",
                "changed_at": old["changed_at"] - timedelta(minutes=number),
            }
        case "certificate":
            year, sequence = 3000 + number // 90_000, number
            return {
                "number": f"BASE-{year}-{sequence:05d}-00",
                "year": year,
                "sequence": sequence,
                "holder_name": name,
                "sort_key": sort_key(name),
            }
    return {}
