"""Settings: the organisation, what the environment sets, and how the jobs are doing."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app import jobs
from app.accounts.effective import effective_settings
from app.accounts.forms import OrganisationForm
from app.accounts.organisation import FIELDS, edit_organisation, the_organisation
from app.accounts.permissions import Permission
from app.accounts.views import accounts
from app.db import db
from app.web import now, requires, the_actor


@accounts.route("/settings", methods=["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def settings() -> str | Response | tuple[str, int]:
    """Change the organisation's particulars; see the rest."""
    form = OrganisationForm(obj=the_organisation())
    if form.validate_on_submit():
        version = request.form.get("version", -1, type=int)
        values = {name: form[name].data for name in FIELDS}
        edit_organisation(values, version=version, actor=the_actor(), at=now())
        db.session.commit()
        flash(_("Saved."), "success")
        return redirect(url_for("accounts.settings"))
    page = render_template(
        "accounts/settings.html",
        form=form,
        effective=effective_settings(current_app.config["SETTINGS"]),
        jobs=jobs.counts(),
        failed=jobs.list_failed(limit=20),
    )
    return (page, 422) if form.errors else page


@accounts.post("/settings/jobs/retry")
@requires(Permission.SETTINGS_EDIT)
def retry_jobs() -> Response:
    """Try everything that failed once more."""
    count = jobs.retry_failed(at=now())
    db.session.commit()
    flash(ngettext("%(num)d job waits to be tried again.", "%(num)d jobs wait to be tried again.", count), "success")
    return redirect(url_for("accounts.settings"))
