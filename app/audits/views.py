"""Pages of cases: the list, one case with its stepper, planning, findings and the report."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from app import history, jobs, storage, timeline
from app.accounts.permissions import Actor, Permission, Role
from app.accounts.service import people_with_role
from app.audits import cases, findings, photos, results, service, stages
from app.audits.explained import Sides, explained_areas, explained_grades
from app.audits.forms import DeclineForm, FindingForm, PlanForm, RemarkForm
from app.audits.models import Case
from app.audits.pictures import Picture, picture_of
from app.audits.signatures import proceedings
from app.audits.states import CaseState
from app.checklists.words import words
from app.db import db
from app.errors import Invalid, NotFound
from app.formats import today_in_poland
from app.remediation import rendering
from app.remediation import service as remediation
from app.web import language, now, requires, the_actor

audits = Blueprint("audits", __name__, url_prefix="/cases")


@audits.get("")
@requires(Permission.CASE_READ)
def list_cases() -> str:
    """The cases this person may see, the last changed first."""
    actor = the_actor()
    page = cases.page(
        actor,
        state=request.args.get("state", ""),
        words=request.args.get("q", ""),
        after=request.args.get("after", ""),
    )
    return render_template("audits/cases.html", page=page, form=cases.FilterForm(request.args))


@audits.get("/<uuid:case_id>")
@requires(Permission.CASE_READ)
def show(case_id: uuid.UUID) -> str:
    """One case: where it stands, what happens next, facts and history."""
    actor = the_actor()
    case = service.get_case(case_id, actor)
    records = history.timeline(case_id=case.id)
    return render_template(
        "audits/case.html",
        case=case,
        steps=stages.steps(case, records),
        turn=stages.turn(case, actor, to_do=remediation.is_to_do(case)),
        me=service.member(case, actor.id),
        notice_days=service.notice_days(case) if case.state is CaseState.PLANNED else None,
        picture=_picture(case) if _may_see_result(case, actor) else None,
        said=proceedings(case.audit.id) if case.audit and _may_see_result(case, actor) else None,
        open_points=remediation.before_review(case, today_in_poland()),
        records=timeline.entries(timeline.visible(records, actor)),
    )


@audits.post("/<uuid:case_id>/accept")
@requires(Permission.APPLICATION_REVIEW)
def accept(case_id: uuid.UUID) -> Response:
    """Take the application up."""
    service.accept(service.get_case(case_id, the_actor()), actor=the_actor(), at=now())
    db.session.commit()
    return _to_case(case_id)


@audits.route("/<uuid:case_id>/decline", methods=["GET", "POST"])
@requires(Permission.APPLICATION_REVIEW)
def decline(case_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Decline the application with a reason."""
    case = service.get_case(case_id, the_actor())
    form = DeclineForm()
    if form.validate_on_submit():
        service.decline(case, reason=form.reason.data or "", actor=the_actor(), at=now())
        db.session.commit()
        return _to_case(case_id)
    return render_template("audits/decline.html", case=case, form=form), 422 if form.errors else 200


@audits.route("/<uuid:case_id>/plan", methods=["GET", "POST"])
@requires(Permission.CASE_PLAN)
def plan(case_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Choose the team and the day of the visit."""
    case = service.get_case(case_id, the_actor())
    auditors = {str(user.id): user for user in people_with_role(Role.AUDITOR)}
    form = PlanForm(data=cases.planned(case))
    form.lead.choices = form.auditors.choices = [SelectChoice(key, user.name) for key, user in auditors.items()]
    if form.validate_on_submit() and form.visit_on.data:
        form.check_version(case)
        others = [auditors[key] for key in form.auditors.data or []]
        try:
            service.plan(
                case,
                lead=auditors[form.lead.data],
                auditors=others,
                visit_on=form.visit_on.data,
                actor=the_actor(),
                at=now(),
            )
        except Invalid as refused:
            form.form_errors.extend(refused.reasons)
        else:
            db.session.commit()
            flash(_("The visit is planned. The supplier and the team get an e-mail."), "success")
            return _to_case(case_id)
    return render_template("audits/plan.html", case=case, form=form), 422 if form.errors else 200


@audits.post("/<uuid:case_id>/declare")
@requires(Permission.AUDIT_FILL)
def declare(case_id: uuid.UUID) -> Response:
    """Declare that there is no conflict of interest."""
    service.declare_no_conflict(service.get_case(case_id, the_actor()), actor=the_actor(), at=now())
    db.session.commit()
    return _to_case(case_id)


@audits.post("/<uuid:case_id>/start")
@requires(Permission.AUDIT_FILL)
def start(case_id: uuid.UUID) -> Response:
    """Start the audit and go to the tablet screen."""
    audit = service.start_audit(service.get_case(case_id, the_actor()), actor=the_actor(), at=now())
    db.session.commit()
    return redirect(url_for("tablet.shell", audit_id=audit.id))


@audits.get("/<uuid:case_id>/findings")
@requires(Permission.CASE_READ)
def list_findings(case_id: uuid.UUID) -> str:
    """The findings of a case; a supplier sees them once the report is issued."""
    return _findings_page(service.get_case(case_id, the_actor()), RemarkForm())


@audits.post("/<uuid:case_id>/remarks")
@requires(Permission.EVIDENCE_SUBMIT)
def remark(case_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """The supplier's remark on the report."""
    case = service.get_case(case_id, the_actor())
    form = RemarkForm()
    if not form.validate_on_submit():
        return _findings_page(case, form), 422
    findings.remark(case, words=form.words.data or "", actor=the_actor(), at=now())
    db.session.commit()
    flash(_("Thank you. Your remark stands beside the report."), "success")
    return redirect(url_for("audits.list_findings", case_id=case_id, _anchor="remarks"))


@audits.get("/<uuid:case_id>/result")
@requires(Permission.CASE_READ)
def result(case_id: uuid.UUID) -> str:
    """Every score explained: as found and after remediation, grade by grade, section by section, answer by answer."""
    actor = the_actor()
    case = service.get_case(case_id, actor)
    if case.audit is None or not _may_see_result(case, actor):
        raise NotFound(_("There is no result yet."))
    answers, overdue_on = results.answers_of(case.audit.id), remediation.overdue_day(case, today_in_poland())
    answers_now = remediation.answers_after(case, overdue_on)
    sides = Sides(
        found=results.score_of(case.audit, answers),
        now=results.score_of(case.audit, answers_now),
        answers=answers,
        answers_now=answers_now,
        photos=results.photos_of(case.audit.id),
    )
    return render_template(
        "audits/result.html",
        case=case,
        picture=picture_of(results.checklist_of(case), sides.found, sides.now, language()),
        grades=explained_grades(sides, language()),
        areas=explained_areas(sides, language()),
        total_of=results.checklist_of(case).content.total.of,
    )


@audits.get("/<uuid:case_id>/photos/<uuid:photo_id>")
@requires(Permission.CASE_READ)
def photo(case_id: uuid.UUID, photo_id: uuid.UUID) -> Response:
    """A photo of the visit, or with ``?small=1`` its thumbnail; the supplier sees it once the report is issued."""
    actor = the_actor()
    case = service.get_case(case_id, actor)
    found = results.photo_of(case.audit.id, photo_id) if case.audit and _may_see_result(case, actor) else None
    if found is None:
        raise NotFound(_("There is no such photo."))
    key = found.thumbnail_key if request.args.get("small") else found.key
    return send_file(storage.open_file(key), mimetype=photos.media_type(key))


@audits.route("/<uuid:case_id>/findings/<criterion>", methods=["GET", "POST"])
@requires(Permission.FINDING_EDIT)
def edit_finding(case_id: uuid.UUID, criterion: str) -> str | Response | tuple[str, int]:
    """Complete one finding."""
    case = service.get_case(case_id, the_actor())
    finding = findings.get(case, criterion)
    said = words(results.checklist_of(case), language())
    form = FindingForm(obj=finding)
    form.grade.choices = [SelectChoice(grade, said.finding(grade)) for grade in findings.allowed_grades(finding)]
    if form.validate_on_submit():
        form.check_version(finding)
        try:
            findings.edit(finding, actor=the_actor(), at=now(), **_entered(form))
        except Invalid as refused:
            form.form_errors.extend(refused.reasons)
        else:
            db.session.commit()
            return redirect(url_for("audits.list_findings", case_id=case_id, _anchor=criterion))
    page = render_template("audits/finding.html", case=case, finding=finding, words=said, form=form)
    return page, 422 if form.errors else 200


@audits.post("/<uuid:case_id>/report")
@requires(Permission.REPORT_ISSUE)
def issue_report(case_id: uuid.UUID) -> Response:
    """Issue the report: findings are fixed, remediation opens, the PDF is made."""
    actor, at = the_actor(), now()
    case = service.get_case(case_id, actor)
    findings.issue_report(case, actor=actor, at=at)
    remediation.open_tasks(case, actor=actor, at=at)
    jobs.queue(rendering.KIND, {"case_id": str(case.id)}, at=at, unique_key=f"report:{case.id}")
    db.session.commit()
    flash(_("The report is issued. The supplier gets an e-mail with a link to it."), "success")
    return _to_case(case_id)


@audits.get("/<uuid:case_id>/report.pdf")
@requires(Permission.CASE_READ)
def report(case_id: uuid.UUID) -> Response:
    """The report's PDF."""
    case = service.get_case(case_id, the_actor())
    if not case.report_key:
        raise NotFound(_("The report is being prepared. Try again in a moment."))
    name = f"BASE-{case.number.replace('/', '-')}.pdf"
    return send_file(storage.open_file(case.report_key), mimetype="application/pdf", download_name=name)


@audits.post("/<uuid:case_id>/send-to-review")
@requires(Permission.TASK_VERIFY)
def send_to_review(case_id: uuid.UUID) -> Response:
    """Hand the complete file to a reviewer."""
    case = service.get_case(case_id, the_actor())
    remediation.send_to_review(case, actor=the_actor(), at=now())
    db.session.commit()
    return _to_case(case_id)


def _may_see_result(case: Case, actor: Actor) -> bool:
    """The foundation's people at any time, the supplier once the report is issued."""
    return case.audit is not None and (actor.is_staff or case.reported_at is not None)


def _findings_page(case: Case, form: RemarkForm) -> str:
    actor = the_actor()
    if case.audit is None or not _may_see_result(case, actor):
        raise NotFound(_("There are no findings yet."))
    until = findings.remarks_until(case)
    contact = service.is_contact(case.supplier_id, actor.id)
    return render_template(
        "audits/findings.html",
        case=case,
        groups=findings.by_grade(case),
        words=words(results.checklist_of(case), language()),
        me=service.member(case, actor.id),
        said=proceedings(case.audit.id),
        missing=findings.before_report(case) if case.reported_at is None else [],
        remarks=findings.remarks_of(case),
        remarks_until=until,
        form=form if contact and until and today_in_poland() <= until else None,
    )


def _picture(case: Case) -> Picture | None:
    if case.audit is None:
        return None
    found, after = results.as_found(case.audit), remediation.result_today(case, today_in_poland())
    return picture_of(results.checklist_of(case), found, after, language())


def _entered(form: FindingForm) -> dict[str, str]:
    names = ("requirement", "not_met", "evidence", "grade", "grade_comment")
    return {name: form[name].data or "" for name in names}


def _to_case(case_id: uuid.UUID) -> Response:
    return redirect(url_for("audits.show", case_id=case_id))
