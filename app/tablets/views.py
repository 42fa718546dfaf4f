"""Pages of tablets for the office: where audits live, alarms, and rescue files."""

import uuid

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from app.accounts.permissions import Permission
from app.db import begin_writing, db
from app.errors import Invalid, NotFound
from app.forms import PageForm
from app.tablets import logs, rescue, service
from app.tablets.rescue_file import LARGEST, read_rescue
from app.web import csrf, now, requires, the_actor, writes_later

tablets = Blueprint("tablets", __name__, url_prefix="/tablets")
FORM_AROUND_IT = 100_000  # bytes of an upload beside the file itself
Answer = str | Response | tuple[str, int]


class RescueForm(PageForm):
    """A rescue file."""

    file = FileField(
        _l("Rescue file"),
        validators=[FileRequired(_l("Choose a file."))],
        description=_l("The file that the tablet saved or sent, named base-rescue….json, at most 60 MB."),
    )


@tablets.get("")
@requires(Permission.TABLET_MANAGE)
def index() -> str:
    """Which audit lives on which tablet, and what needs somebody's attention."""
    at = now()
    return render_template("tablets/index.html", standings=service.overview(at), losses=service.open_losses(), at=at)


@tablets.get("/device")
@requires(Permission.TABLET_MANAGE)
def device() -> str:
    """One device: the audits on it, and its log."""
    device_id, at = request.args.get("id", ""), now()
    standings, log = service.of_device(device_id, at), logs.find(device_id)
    if not standings and log is None:
        raise NotFound(_("There is no such tablet."))
    return render_template(
        "tablets/device.html",
        device_id=device_id,
        standings=standings,
        log=log,
        lines=logs.lines(log) if log else [],
        suppliers={str(one.audit_id): one.supplier for one in standings},
        at=at,
    )


@tablets.post("/device/log")
@requires(Permission.TABLET_MANAGE)
def ask_log() -> Response:
    """Ask a device for its log; it tells at its next call."""
    device_id, at = request.args.get("id", ""), now()
    if not service.of_device(device_id, at):
        raise NotFound(_("There is no such tablet."))
    logs.ask(device_id, actor=the_actor(), at=at)
    db.session.commit()
    return redirect(url_for("tablets.device", id=device_id))


@tablets.post("/losses/<uuid:loss_id>/settle")
@requires(Permission.TABLET_MANAGE)
def settle_loss(loss_id: uuid.UUID) -> Response:
    """Somebody has looked after a report of lost work."""
    service.settle_loss(loss_id, actor=the_actor(), at=now())
    db.session.commit()
    return redirect(url_for("tablets.index"))


@tablets.route("/rescue", methods=["GET", "POST"])
@writes_later
@requires(Permission.TABLET_MANAGE)
def upload() -> Answer:
    """Upload a rescue file; nothing is taken over yet."""
    request.max_content_length = LARGEST + FORM_AROUND_IT
    try:
        form = RescueForm()
        valid = form.validate_on_submit()
    except RequestEntityTooLarge:
        form, valid = RescueForm(formdata=None), False
        form.file.errors = [_("The file is too large. At most %(limit)s MB are accepted.", limit=LARGEST // 1_000_000)]
    if valid:
        with form.file.data.stream as file:
            content = file.read(LARGEST + 1)
        try:
            said = read_rescue(content)  # slow, so before anybody has to wait for it
            begin_writing()
            kept = rescue.keep(said, content, actor=the_actor(), at=now())
        except Invalid as refused:
            form.file.errors = refused.reasons
        else:
            db.session.commit()
            return redirect(url_for("tablets.preview", file_id=kept.id))
    return render_template("tablets/rescue.html", form=form), 422 if form.is_submitted() else 200


csrf.exempt(upload)  # the form checks the token itself, once the address has allowed a larger body than others do


@tablets.get("/rescue/<uuid:file_id>")
@requires(Permission.TABLET_MANAGE)
def preview(file_id: uuid.UUID) -> str:
    """What the file holds, and what of it is new."""
    kept = rescue.get(file_id, the_actor())
    return render_template("tablets/preview.html", kept=kept, preview=rescue.read(kept))


@tablets.post("/rescue/<uuid:file_id>")
@writes_later
@requires(Permission.TABLET_MANAGE)
def take(file_id: uuid.UUID) -> Response:
    """Take the file over."""
    largest = current_app.config["SETTINGS"].max_upload_mb
    kept = rescue.get(file_id, the_actor())
    prepared = rescue.prepare(kept, largest_mb=largest)
    begin_writing()
    taken = rescue.take(prepared, kept, actor=the_actor(), at=now(), largest_photo=largest * 1_000_000)
    db.session.commit()
    for kind, sentence in _said(taken):
        flash(sentence, kind)
    return redirect(url_for("tablets.preview", file_id=file_id))


def _said(taken: rescue.Taken) -> list[tuple[str, str]]:
    """What became of the file, as sentences with the kind of notice."""
    kept = _(
        "Taken over. Changes that stand: %(changes)d, photos: %(photos)d.", changes=taken.applied, photos=taken.photos
    )
    left = taken.rejected + taken.photos_left
    return [
        ("success", kept),
        *(
            [("info", _("Questions that now have two answers: %(number)d.", number=taken.conflicts))]
            if taken.conflicts
            else []
        ),
        *([("error", _("Kept in the record, but not taken over: %(number)d.", number=left))] if left else []),
    ]
