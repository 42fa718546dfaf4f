"""Importing suppliers from a list: kept as a draft, judged row by row, then all good rows in one transaction."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select
from uuid_utils.compat import uuid7

from app import history
from app.accounts.permissions import Actor
from app.db import db
from app.errors import Invalid, NotFound
from app.suppliers.import_columns import COLUMNS, NEEDED, Problem, ReadRow, find_columns, read_row
from app.suppliers.models import Contact, ImportDraft, RunningBody, Supplier, SupplierWord
from app.suppliers.particulars import NO_LEGAL_PERSON
from app.suppliers.service import entered
from app.suppliers.sheet import Row, Table
from app.suppliers.words import search_words, sort_key

AT_ONCE = 400


@dataclass(frozen=True)
class Verdict:
    """The rows that can be imported, and those that cannot, in the file's order."""

    good: Sequence[ReadRow]
    bad: Sequence[ReadRow]


def keep_draft(table: Table, file_name: str, *, actor: Actor, at: datetime) -> ImportDraft:
    """Keep an uploaded list until it is confirmed; the person's earlier drafts go.

    Raises:
        Invalid: a column is missing without which nothing can be imported.
    """
    missing = [COLUMNS[key][0] for key in NEEDED if key not in find_columns(table.headings)]
    if missing:
        names = ", ".join(f"„{name}”" for name in missing)
        raise Invalid(_("The first row must hold the headings; these are missing: %(names)s.", names=names))
    db.session.execute(delete(ImportDraft).where(ImportDraft.uploaded_by_id == actor.id))
    draft = ImportDraft(
        file_name=file_name[:200],
        columns=list(table.headings),
        rows=[[row.line, *row.cells] for row in table.rows],
        uploaded_by_id=actor.id,
        uploaded_at=at,
    )
    db.session.add(draft)
    db.session.flush()
    return draft


def get_draft(draft_id: uuid.UUID, actor: Actor) -> ImportDraft:
    """The person's own draft.

    Raises:
        NotFound: it was imported already, replaced by a newer one, or is someone else's.
    """
    mine = select(ImportDraft).where(ImportDraft.id == draft_id, ImportDraft.uploaded_by_id == actor.id)
    draft = db.session.scalar(mine)
    if draft is None:
        raise NotFound(_("This list was imported already, or a newer one was uploaded."))
    return draft


def judge(draft: ImportDraft) -> Verdict:
    """Read every row and compare it with the others and with the suppliers that are known."""
    positions = find_columns(draft.columns)
    rows = [read_row(Row(line, tuple(cells)), positions) for line, *cells in draft.rows]
    rows = list(_marked(rows, _known({row.body.nip for row in rows if row.body})))
    return Verdict([row for row in rows if not row.problems], [row for row in rows if row.problems])


def import_rows(draft: ImportDraft, rows: Sequence[ReadRow], *, actor: Actor, at: datetime) -> int:
    """Register the good rows of a draft, without those registered since they were judged; returns how many.

    The draft is gone afterwards.
    """
    known = _known({row.body.nip for row in rows if row.body})
    good = [row for row in _marked(rows, known) if not row.problems]
    bodies = _bodies({row.body.nip for row in good if row.body})
    registered: list[tuple[history.About, dict[str, object]]] = []
    found_by: list[dict[str, object]] = []
    contacts: list[Contact] = []
    for row in good:
        if row.unit is None or row.body is None:
            continue
        body = bodies.setdefault(row.body.nip, RunningBody(**entered(row.body)))
        key, words = sort_key(row.unit.name), search_words(row.unit.name, row.unit.town, body.name, body.nip, body.krs)
        supplier = Supplier(id=uuid7(), **entered(row.unit), running_body=body, sort_key=key, profile={}, created_at=at)
        db.session.add(supplier)
        found_by += [{"supplier_id": supplier.id, "word": word, "sort_key": key} for word in words]
        if row.contact and row.contact["name"]:
            contacts.append(Contact(supplier_id=supplier.id, **row.contact))
        after: dict[str, object] = {
            "name": row.unit.name,
            "running_body": body.name,
            "nip": body.nip,
            "file": draft.file_name,
        }
        registered.append((history.About(supplier.id, supplier_id=supplier.id), after))
    db.session.flush()  # the suppliers first: what belongs to them refers to them
    if found_by:
        db.session.execute(insert(SupplierWord), found_by)
    db.session.add_all(contacts)
    db.session.flush()
    history.record_many("supplier:import", registered, actor=actor, at=at)
    db.session.delete(draft)
    db.session.flush()
    return len(registered)


def _parts(nips: set[str]) -> Iterator[list[str]]:
    """At most so many at once as a statement takes."""
    ordered = sorted(nips)
    return (ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE))


def _bodies(nips: set[str]) -> dict[str, RunningBody]:
    found: dict[str, RunningBody] = {}
    for some in _parts(nips):
        for body in db.session.scalars(select(RunningBody).where(RunningBody.nip.in_(some))):
            found[body.nip] = body
    return found


def _known(nips: set[str]) -> set[tuple[str, str]]:
    """What tells suppliers apart, for every supplier whose running body has one of these NIPs."""
    known: set[tuple[str, str]] = set()
    columns = select(RunningBody.nip, Supplier.name, Supplier.legal_form).join(
        RunningBody, RunningBody.id == Supplier.running_body_id
    )
    for some in _parts(nips):
        for nip, name, form in db.session.execute(columns.where(RunningBody.nip.in_(some))):
            known.add((nip, sort_key(name)))
            if form not in NO_LEGAL_PERSON:
                known.add((nip, str(form)))
    return known


def _marked(rows: Iterable[ReadRow], known: set[tuple[str, str]]) -> Iterable[ReadRow]:
    """Add what only the other rows and the database can tell: who is there already."""
    lines: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.unit is None or row.body is None or row.problems:
            yield row
            continue
        keys = [(row.body.nip, sort_key(row.unit.name))]
        if row.unit.legal_form not in NO_LEGAL_PERSON:
            keys.append((row.body.nip, str(row.unit.legal_form)))
        before = next((lines[key] for key in keys if key in lines), None)
        for key in keys:
            lines.setdefault(key, row.line)
        if before is not None:
            yield _with(row, _("The same supplier is in row %(line)d already (same NIP).", line=before))
        elif known.intersection(keys):
            yield _with(row, _("This supplier is registered already (same NIP)."))
        else:
            yield row


def _with(row: ReadRow, sentence: str) -> ReadRow:
    return replace(row, problems=(Problem(COLUMNS["nip"][0], sentence),))
