"""Pages of lists as files: upload, preview, confirm; template and export."""

import uuid
from collections.abc import Iterator
from typing import IO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response

from app.accounts.permissions import Permission
from app.db import begin_writing, db
from app.errors import Invalid
from app.formats import today_in_poland
from app.forms import PageForm
from app.suppliers import exports, imports, listing
from app.suppliers.sheet import read_table
from app.web import now, requires, the_actor, writes_later

supplier_imports = Blueprint("supplier_imports", __name__, url_prefix="/suppliers")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SHOWN = 200
Answer = str | Response | tuple[str, int]


class UploadForm(PageForm):
    """A list of suppliers."""

    file = FileField(
        _l("File with suppliers"),
        validators=[FileRequired(_l("Choose a file."))],
        description=_l("Excel (.xlsx) or CSV, at most 10,000 rows. The first row holds the headings."),
    )


@supplier_imports.route("/import", methods=["GET", "POST"])
@writes_later
@requires(Permission.SUPPLIER_IMPORT)
def upload() -> Answer:
    """Upload a list; nothing is registered yet."""
    form = UploadForm()
    if form.validate_on_submit():
        try:
            table = read_table(form.file.data.read())
            begin_writing()
            draft = imports.keep_draft(table, form.file.data.filename or "", actor=the_actor(), at=now())
        except Invalid as refused:
            form.file.errors = refused.reasons
        else:
            db.session.commit()
            return redirect(url_for("supplier_imports.preview", draft_id=draft.id))
    return render_template("suppliers/import.html", form=form), 422 if form.is_submitted() else 200


@supplier_imports.get("/import/<uuid:draft_id>")
@requires(Permission.SUPPLIER_IMPORT)
def preview(draft_id: uuid.UUID) -> str:
    """What would be registered, and every row that would not, with the reason."""
    draft = imports.get_draft(draft_id, the_actor())
    verdict = imports.judge(draft)
    return render_template("suppliers/preview.html", draft=draft, verdict=verdict, most=MOST_SHOWN)


@supplier_imports.post("/import/<uuid:draft_id>")
@writes_later
@requires(Permission.SUPPLIER_IMPORT)
def confirm(draft_id: uuid.UUID) -> Response:
    """Register all good rows at once."""
    draft = imports.get_draft(draft_id, the_actor())
    rows = imports.judge(draft).good  # takes seconds for thousands of rows, so before anyone has to wait for it
    begin_writing()
    count = imports.import_rows(draft, rows, actor=the_actor(), at=now())
    db.session.commit()
    flash(ngettext("%(num)d supplier was registered.", "%(num)d suppliers were registered.", count), "success")
    return redirect(url_for("suppliers.index"))


@supplier_imports.get("/template.<any(xlsx, csv):format>")
@requires(Permission.SUPPLIER_IMPORT)
def template(format: str) -> Response:  # noqa: A002  # the word of the address
    """An empty list with headings and one example."""
    if format == "csv":
        return _csv(exports.as_csv([exports.EXAMPLE]), "base-dostawcy-wzor.csv")
    return _xlsx(exports.as_xlsx([exports.EXAMPLE]), "base-dostawcy-wzor.xlsx")


@supplier_imports.get("/export.<any(xlsx, csv):format>")
@requires(Permission.SUPPLIER_READ)
def export(format: str) -> Response:  # noqa: A002  # the word of the address
    """The list as it is narrowed, as a file."""
    found = listing.everything(the_actor(), listing.wanted(request.args))
    rows = (exports.row_of(supplier) for supplier in found)
    name = f"base-dostawcy-{today_in_poland().isoformat()}.{format}"
    return _csv(exports.as_csv(rows), name) if format == "csv" else _xlsx(exports.as_xlsx(rows), name)


def _csv(lines: Iterator[str], name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("".join(lines), mimetype="text/csv", headers=headers)


def _xlsx(file: IO[bytes], name: str) -> Response:
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=name)
