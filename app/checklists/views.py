"""Pages of checklists, open to everyone: a supplier reads here what will be asked."""

import io
import json
import uuid
import zipfile
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as WerkzeugResponse
from wtforms import Form, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts.permissions import Permission
from app.checklists import browse, library
from app.checklists.checklist import Checklist, as_bundle, text
from app.checklists.lock import read_lock
from app.checklists.problems import ChecklistError
from app.errors import NotFound
from app.suppliers import names
from app.suppliers.facts import known_facts
from app.suppliers.service import get_supplier
from app.web import language, public, requires, the_actor

SCHEME = "base"
checklists = Blueprint("checklists", __name__, url_prefix="/checklists")
# The facts that a reader may choose; others show everything.
LEGAL_FORM, PRODUCTS = "legal_form", "products"


@checklists.get("")
@public
def index() -> str:
    """The published checklists, the newest first."""
    found = [
        library.published(name, version)
        for name, versions in read_lock(library.FOLDER / "published.lock").items()
        for version in versions
    ]
    newest = sorted(found, key=lambda each: (str(each.content.valid_from), each.version), reverse=True)
    return render_template("checklists/index.html", checklists=[(each, text(each, language())) for each in newest])


@checklists.get("/for/<uuid:supplier>")
@requires(Permission.SUPPLIER_READ)
def latest(supplier: uuid.UUID) -> WerkzeugResponse:
    """The checklist in force, narrowed to what applies to one supplier."""
    checklist = library.current(SCHEME)
    facts = known_facts(get_supplier(supplier, the_actor()), checklist.content.profile)
    chosen: dict[str, Any] = {name: values for name, values in facts.items() if name in {LEGAL_FORM, PRODUCTS}}
    return redirect(url_for("checklists.show", name=checklist.id, version=checklist.version, **chosen))


@checklists.get("/<name>/<version>")
@public
def show(name: str, version: str) -> str:
    """One checklist: areas, sections and criteria with all that is known about them."""
    checklist = _published(name, version)
    form = _form(checklist, request.args)
    facts = {LEGAL_FORM: [form["legal_form"].data] if form["legal_form"].data else [], PRODUCTS: form["products"].data}
    chapters = browse.chapters(checklist, language(), facts, form["q"].data or "")
    return render_template(
        "checklists/show.html",
        checklist=checklist,
        content=text(checklist, language()),
        chapters=chapters,
        shown=sum(chapter.count for chapter in chapters),
        form=form,
        everything="all" in request.args,
        query={key: values for key, values in request.args.lists() if key in {"q", LEGAL_FORM, PRODUCTS}},
    )


@checklists.get("/<name>/<version>/checklist.json")
@public
def as_json(name: str, version: str) -> Response:
    """The checklist in one language, as one JSON document with its digest."""
    bundle = json.loads(as_bundle(_published(name, version), language()))
    answer = Response(json.dumps(bundle, ensure_ascii=False, indent=2), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{version}-{language()}.json"'
    return answer


@checklists.get("/<name>/<version>/checklist.zip")
@public
def as_yaml(name: str, version: str) -> WerkzeugResponse:
    """The checklist's own files, as they were published."""
    checklist = _published(name, version)
    folder = library.FOLDER / checklist.id / checklist.version
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*.yaml")):
            archive.write(path, path.relative_to(folder.parent))
    packed.seek(0)
    return send_file(packed, mimetype="application/zip", as_attachment=True, download_name=f"{name}-{version}.zip")


def _published(name: str, version: str) -> Checklist:
    try:
        return library.published(name, version)
    except ChecklistError:
        raise NotFound(_("There is no such checklist.")) from None


def _form(checklist: Checklist, query: MultiDict[str, str]) -> Form:
    """What a reader may choose: words, their legal form, what they make."""
    profile = checklist.content.profile
    forms = [SelectChoice(value, names.fact_value(LEGAL_FORM, value)) for value in profile.get(LEGAL_FORM, ())]
    kinds = [SelectChoice(value, names.fact_value(PRODUCTS, value)) for value in profile.get(PRODUCTS, ())]
    fields = {
        "q": StringField(_("Words")),
        "legal_form": SelectField(_("Legal form"), choices=[SelectChoice("", _("all forms")), *forms]),
        "products": SelectMultipleField(
            _("What we make"), choices=kinds, option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
        ),
    }
    form: Form = type("ReaderForm", (Form,), fields)(query)
    return form
