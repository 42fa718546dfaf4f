"""Pages of remediation: a case's tasks, one task for the supplier and for the auditor, evidence files."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app import storage
from app.accounts.organisation import the_organisation
from app.accounts.permissions import Permission
from app.audits import pictures, results
from app.audits.models import Case
from app.audits.service import get_case, is_contact, member
from app.checklists.words import words
from app.db import begin_writing, db
from app.errors import Invalid, NotFound
from app.formats import today_in_poland
from app.forms import PageForm
from app.images import Document, Picture, take_document
from app.remediation import files, service
from app.remediation.forms import EvidenceForm, PlanForm, ReturnForm, SubmitForm, VerifyForm, VerifyNumberForm
from app.remediation.models import Evidence, Task
from app.remediation.pages import Shown, listed, row, shown, title_of
from app.web import language, now, requires, the_actor, writes_later

remediation = Blueprint("remediation", __name__)


@remediation.get("/tasks")
@requires(Permission.CASE_READ)
def index() -> str:
    """The open tasks this person sees, the most urgent first; ``?show=`` narrows the list."""
    which = request.args.get("show", "")
    page = listed(the_actor(), language(), today_in_poland(), which, after=request.args.get("after", ""))
    return render_template("remediation/tasks.html", page=page, which=which)


@remediation.get("/cases/<uuid:case_id>/tasks")
@requires(Permission.CASE_READ)
def case(case_id: uuid.UUID) -> str:
    """The tasks of one case; the supplier sees first what to do now."""
    actor = the_actor()
    found = get_case(case_id, actor)
    if found.reported_at is None:
        raise NotFound(_("There are no tasks yet."))
    today = today_in_poland()
    tasks = [row(each, language(), today) for each in service.tasks_of(found)]
    contact = is_contact(found.supplier_id, actor.id)
    first = next((each for each in tasks if each.to_do), None) if contact else None
    return render_template(
        "remediation/case.html",
        case=found,
        tasks=tasks,
        first=first,
        view=shown(first.task, actor, language(), today) if first else None,
        forms=_forms(first.task) if first else None,
        picture=_picture(found),
        open_points=service.before_review(found, today),
        me=member(found, actor.id),
        contact=contact,
        organisation=the_organisation(),
    )


@remediation.get("/tasks/<uuid:task_id>")
@requires(Permission.CASE_READ)
def task(task_id: uuid.UUID) -> str:
    """One task: what to do, until when, what good looks like, evidence, and what this person can do now."""
    return _page(service.get_task(task_id, the_actor()))


@remediation.post("/tasks/<uuid:task_id>/plan")
@requires(Permission.EVIDENCE_SUBMIT)
def propose_plan(task_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """The supplier proposes a plan."""
    found = service.get_task(task_id, the_actor())
    form = PlanForm()
    if not form.validate_on_submit() or form.planned_on.data is None:
        return _page(found, plan=form), 422
    form.check_version(found)
    entered = {name: form[name].data or "" for name in ("correction", "cause", "corrective_action", "owner_name")}
    try:
        service.propose_plan(found, planned_on=form.planned_on.data, actor=the_actor(), at=now(), **entered)
    except Invalid as refused:
        form.planned_on.errors = list(refused.reasons)
        return _page(found, plan=form), 422
    return _saved(found, _("The plan is with the auditor."))


@remediation.post("/tasks/<uuid:task_id>/plan/accept")
@requires(Permission.TASK_VERIFY)
def accept_plan(task_id: uuid.UUID) -> Response:
    """The auditor agrees with the plan."""
    found = service.get_task(task_id, the_actor())
    service.accept_plan(found, actor=the_actor(), at=now())
    return _saved(found, _("The plan is accepted."))


@remediation.post("/tasks/<uuid:task_id>/evidence")
@requires(Permission.EVIDENCE_SUBMIT)
@writes_later
def add_evidence(task_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Add photos or documents."""
    found = service.get_task(task_id, the_actor())
    form = EvidenceForm()
    if not form.validate_on_submit():
        return _page(found, evidence=form), 422
    try:
        documents = _documents(request.files.getlist("files"))
    except Invalid as refused:
        form.files.errors = list(refused.reasons)
        return _page(found, evidence=form), 422
    db.session.rollback()  # reading is over; the pictures are ready, now the write lock
    begin_writing()
    found = service.get_task(task_id, the_actor())
    for document, name in documents:
        files.add_evidence(found, document, name, actor=the_actor(), at=now())
    return _saved(found, _("Added. Send the task to be checked when it is done."))


def _documents(uploads: list[FileStorage]) -> list[tuple[Document | Picture, str]]:
    named = [file for file in uploads if file.filename]
    if not named:
        raise Invalid(_("Choose a photo or a document first."))
    return [(take_document(file.read()), str(file.filename)) for file in named]


@remediation.post("/tasks/<uuid:task_id>/evidence/<uuid:evidence_id>/remove")
@requires(Permission.EVIDENCE_SUBMIT)
def remove_evidence(task_id: uuid.UUID, evidence_id: uuid.UUID) -> Response:
    """Take a file off the task."""
    found = service.get_task(task_id, the_actor())
    files.remove_evidence(_evidence(found, evidence_id), actor=the_actor(), at=now())
    return _saved(found, _("Removed."))


@remediation.get("/tasks/<uuid:task_id>/evidence/<uuid:evidence_id>")
@requires(Permission.CASE_READ)
def evidence(task_id: uuid.UUID, evidence_id: uuid.UUID) -> Response:
    """A file, or with ``?small=1`` its thumbnail."""
    found = _evidence(service.get_task(task_id, the_actor()), evidence_id)
    small = bool(request.args.get("small")) and found.thumbnail_key
    response = send_file(
        storage.open_file(found.thumbnail_key if small else found.key),
        mimetype="image/jpeg" if small else found.mime,
        download_name=found.file_name,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@remediation.post("/tasks/<uuid:task_id>/submit")
@requires(Permission.EVIDENCE_SUBMIT)
def submit(task_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Report the task as done."""
    found = service.get_task(task_id, the_actor())
    form = SubmitForm()
    if form.validate_on_submit():
        form.check_version(found)
        try:
            service.submit(found, note=form.note.data or "", actor=the_actor(), at=now())
        except Invalid as refused:
            form.note.errors = list(refused.reasons)
        else:
            return _saved(found, _("Thank you. The auditor checks it now."))
    return _page(found, submit=form), 422


@remediation.post("/tasks/<uuid:task_id>/verify")
@requires(Permission.TASK_VERIFY)
def verify(task_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Accept with a new level."""
    found = service.get_task(task_id, the_actor())
    form = _verify_form(found, shown(found, the_actor(), language(), today_in_poland()))
    if form.validate_on_submit():
        form.check_version(found)
        try:
            service.verify(found, new_value=form.new_value.data, note=form.note.data or "", actor=the_actor(), at=now())
        except Invalid as refused:
            form.new_value.errors = list(refused.reasons)
        else:
            return _saved(found, _("Verified. The result has moved."))
    return _page(found, verify=form), 422


@remediation.post("/tasks/<uuid:task_id>/return")
@requires(Permission.TASK_VERIFY)
def send_back(task_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Ask for more, with the reason."""
    found = service.get_task(task_id, the_actor())
    form = ReturnForm()
    if not form.validate_on_submit():
        return _page(found, **{"return": form}), 422
    form.check_version(found)
    service.send_back(found, reason=form.reason.data or "", actor=the_actor(), at=now())
    return _saved(found, _("The task is back with the supplier."))


@remediation.post("/tasks/<uuid:task_id>/reopen")
@requires(Permission.TASK_VERIFY)
def reopen(task_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Open a verified task again, with the reason."""
    found = service.get_task(task_id, the_actor())
    form = ReturnForm()
    if not form.validate_on_submit():
        return _page(found, **{"return": form}), 422
    form.check_version(found)
    service.reopen(found, reason=form.reason.data or "", actor=the_actor(), at=now())
    return _saved(found, _("The task is back with the supplier."))


def _picture(found: Case) -> pictures.Picture | None:
    if found.audit is None:
        return None
    as_found, after = results.as_found(found.audit), service.result_today(found, today_in_poland())
    return pictures.picture_of(results.checklist_of(found), as_found, after, language())


def _page(found: Task, **forms: object) -> str:
    actor = the_actor()
    view = shown(found, actor, language(), today_in_poland())
    return render_template(
        "remediation/task.html",
        task=found,
        view=view,
        title=title_of(found, words(results.checklist_of(found.case), language())),
        me=member(found.case, actor.id),
        forms={**_forms(found), "verify": _verify_form(found, view), **forms},
        organisation=the_organisation(),
    )


def _forms(found: Task) -> dict[str, PageForm]:
    """Fresh forms; a form that was sent with errors takes the place of its fresh one."""
    return {
        "plan": PlanForm(formdata=None, obj=found),
        "evidence": EvidenceForm(formdata=None),
        "submit": SubmitForm(formdata=None, data={"version": str(found.version), "note": found.supplier_note}),
        "return": ReturnForm(formdata=None, data={"version": str(found.version)}),
    }


def _verify_form(found: Task, view: Shown) -> VerifyForm | VerifyNumberForm:
    start = {"version": str(found.version), "new_value": view.suggested}
    if not view.choices:
        return VerifyNumberForm(data={"version": str(found.version)})
    form = VerifyForm(data=start)
    form.new_value.choices = view.choices
    return form


def _evidence(found: Task, evidence_id: uuid.UUID) -> Evidence:
    for file in found.evidence:
        if file.id == evidence_id and file.removed_at is None:
            return file
    raise NotFound(_("There is no such file."))


def _saved(found: Task, message: str) -> Response:
    db.session.commit()
    flash(message, "success")
    return redirect(url_for("remediation.task", task_id=found.id))
