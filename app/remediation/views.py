"""Pages of remediation: a case's tasks, one task for the supplier and for the auditor, evidence files."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app import storage
from app.accounts.permissions import Permission
from app.audits import pictures, results
from app.audits.models import Case
from app.audits.service import get_case, member
from app.db import begin_writing, db
from app.errors import Invalid, NotFound
from app.formats import today_in_poland
from app.images import Document, Picture, take_document
from app.remediation import files, service
from app.remediation.forms import EvidenceForm, PlanForm, ReturnForm, SubmitForm, VerifyForm
from app.remediation.models import Evidence, Task
from app.remediation.pages import listed, row, shown
from app.web import language, now, requires, the_actor, writes_later

remediation = Blueprint("remediation", __name__)


@remediation.get("/tasks")
@requires(Permission.CASE_READ)
def index() -> str:
    """Every open task this person sees, the most urgent first."""
    return render_template("remediation/tasks.html", tasks=listed(the_actor(), language()))


@remediation.get("/cases/<uuid:case_id>/tasks")
@requires(Permission.CASE_READ)
def case(case_id: uuid.UUID) -> str:
    """The tasks of one case; the supplier sees first what to do now."""
    actor = the_actor()
    found = get_case(case_id, actor)
    if found.reported_at is None:
        raise NotFound(_("There are no tasks yet."))
    tasks = [row(each, language(), today_in_poland()) for each in service.tasks_of(found)]
    return render_template(
        "remediation/case.html",
        case=found,
        tasks=tasks,
        picture=_picture(found),
        open_points=service.before_review(found, today_in_poland()),
        me=member(found, actor.id),
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
        return _page(found, plan_form=form), 422
    entered = {name: form[name].data or "" for name in ("correction", "cause", "corrective_action", "owner_name")}
    service.propose_plan(found, planned_on=form.planned_on.data, actor=the_actor(), at=now(), **entered)
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
        return _page(found, evidence_form=form), 422
    try:
        documents = _documents(request.files.getlist("files"))
    except Invalid as refused:
        form.files.errors = list(refused.reasons)
        return _page(found, evidence_form=form), 422
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
        try:
            service.submit(found, note=form.note.data or "", actor=the_actor(), at=now())
        except Invalid as refused:
            form.note.errors = list(refused.reasons)
        else:
            return _saved(found, _("Thank you. The auditor checks it now."))
    return _page(found, submit_form=form), 422


@remediation.post("/tasks/<uuid:task_id>/verify")
@requires(Permission.TASK_VERIFY)
def verify(task_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Accept with a new level."""
    found = service.get_task(task_id, the_actor())
    form = VerifyForm()
    form.new_value.choices = shown(found, the_actor(), language()).choices
    if form.validate_on_submit():
        try:
            service.verify(found, new_value=form.new_value.data, note=form.note.data or "", actor=the_actor(), at=now())
        except Invalid as refused:
            form.new_value.errors = list(refused.reasons)
        else:
            return _saved(found, _("Verified. The result has moved."))
    return _page(found, verify_form=form), 422


@remediation.post("/tasks/<uuid:task_id>/return")
@requires(Permission.TASK_VERIFY)
def send_back(task_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Ask for more, with the reason."""
    found = service.get_task(task_id, the_actor())
    form = ReturnForm()
    if not form.validate_on_submit():
        return _page(found, return_form=form), 422
    service.send_back(found, reason=form.reason.data or "", actor=the_actor(), at=now())
    return _saved(found, _("The task is back with the supplier."))


def _picture(found: Case) -> pictures.Picture | None:
    if found.audit is None:
        return None
    as_found, after = results.as_found(found.audit), service.result_today(found, today_in_poland())
    return pictures.picture_of(results.checklist_of(found), as_found, after, language())


def _page(found: Task, **forms: object) -> str:
    view = shown(found, the_actor(), language())
    verify_form = VerifyForm(data={"new_value": view.suggested}) if "verify_form" not in forms else None
    if verify_form is not None:
        verify_form.new_value.choices = view.choices
    shown_forms = {
        "plan_form": PlanForm(obj=found),
        "evidence_form": EvidenceForm(),
        "submit_form": SubmitForm(),
        "verify_form": verify_form,
        "return_form": ReturnForm(),
        **forms,
    }
    return render_template(
        "remediation/task.html", task=found, view=view, me=member(found.case, the_actor().id), **shown_forms
    )


def _evidence(found: Task, evidence_id: uuid.UUID) -> Evidence:
    for file in found.evidence:
        if file.id == evidence_id and file.removed_at is None:
            return file
    raise NotFound(_("There is no such file."))


def _saved(found: Task, message: str) -> Response:
    db.session.commit()
    flash(message, "success")
    return redirect(url_for("remediation.task", task_id=found.id))
