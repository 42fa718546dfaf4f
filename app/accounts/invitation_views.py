"""Inviting people, and accepting an invitation. Here a supplier's contact is linked to the supplier."""

import uuid

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_security import hash_password
from werkzeug.wrappers import Response

from app import formats, limits, mail
from app.accounts import invitations, labels
from app.accounts.forms import AcceptForm, InviteContactForm, InviteStaffForm
from app.accounts.models import Invitation
from app.accounts.organisation import the_organisation
from app.accounts.permissions import Permission, Role
from app.accounts.views import accounts
from app.db import begin_writing, db
from app.errors import Invalid
from app.suppliers import service as suppliers
from app.web import language, now, public, requires, the_actor, writes_later


@accounts.route("/team/invite", methods=["GET", "POST"])
@requires(Permission.TEAM_EDIT)
@limits.invitations
def invite() -> str | Response | tuple[str, int]:
    """Invite a member of the staff, or with ``?supplier=`` that supplier's contact."""
    actor, supplier_id = the_actor(), request.args.get("supplier", type=uuid.UUID)
    supplier = suppliers.get_supplier(supplier_id, actor) if supplier_id else None
    asked = {key: request.args.get(key, "") for key in ("email", "name")}
    form = InviteContactForm(data=asked) if supplier else InviteStaffForm(data=asked)
    if isinstance(form, InviteStaffForm):
        form.offer(actor.roles)
    if form.validate_on_submit():
        roles = frozenset({Role.SUPPLIER_CONTACT}) if supplier else frozenset(form.roles.data or [])
        try:
            invitation, secret = invitations.invite(
                email=form.email.data or "",
                name=form.name.data or "",
                roles=roles,
                supplier_id=supplier_id,
                actor=actor,
                at=now(),
            )
        except Invalid as error:
            form.email.errors = list(error.reasons)
        else:
            _send(invitation, secret, form.language.data, supplier.name if supplier else "")
            db.session.commit()
            flash(_("The invitation is on its way to %(email)s.", email=invitation.email), "success")
            return redirect(
                url_for("suppliers.show", supplier_id=supplier_id) if supplier else url_for("accounts.team")
            )
    page = render_template("accounts/invite.html", form=form, supplier=supplier)
    return (page, 422) if form.errors else page


@accounts.post("/team/invitations/<uuid:invitation_id>/send-again")
@requires(Permission.TEAM_EDIT)
@limits.invitations
def send_invitation_again(invitation_id: uuid.UUID) -> Response:
    """A new link for another two weeks."""
    actor, invitation = the_actor(), invitations.get_invitation(invitation_id)
    supplier = suppliers.get_supplier(invitation.supplier_id, actor) if invitation.supplier_id else None
    secret = invitations.send_again(invitation, actor=actor, at=now())
    _send(invitation, secret, language(), supplier.name if supplier else "")
    db.session.commit()
    flash(_("The invitation is on its way to %(email)s.", email=invitation.email), "success")
    return redirect(url_for("accounts.team"))


@accounts.post("/team/invitations/<uuid:invitation_id>/withdraw")
@requires(Permission.TEAM_EDIT)
def withdraw_invitation(invitation_id: uuid.UUID) -> Response:
    """The link stops working."""
    invitations.withdraw(invitations.get_invitation(invitation_id), actor=the_actor(), at=now())
    db.session.commit()
    flash(_("The invitation is withdrawn."), "success")
    return redirect(url_for("accounts.team"))


@accounts.route("/invitations/<token>", methods=["GET", "POST"])
@public
@limits.public_form
@writes_later
def accept_invitation(token: str) -> str | Response | tuple[str, int]:
    """Set name, password and language; then sign in."""
    invitation = invitations.find_by_secret(token, at=now())
    form = AcceptForm(data={"name": invitation.name, "language": language()})
    if form.validate_on_submit():
        # Sign-in compares what Flask-Security normalises: letters with accents come in more than one spelling.
        password = current_app.extensions["security"].password_util.normalize(form.password.data or "")
        secret_hash = hash_password(password)  # slow on purpose; the write lock is taken after it
        begin_writing()
        at = now()
        invitation = invitations.find_by_secret(token, at=at)
        user = invitations.accept(
            invitation, name=form.name.data or "", password_hash=secret_hash, language=form.language.data, at=at
        )
        if invitation.supplier_id:
            suppliers.link_contact(invitation.supplier_id, user, actor=user.actor, at=at)
        db.session.commit()
        flash(_("Your account is ready. Sign in with %(email)s.", email=user.email), "success")
        return redirect(url_for("security.login"))
    page = render_template("accounts/accept.html", form=form, invitation=invitation, labels=labels, Role=Role)
    return (page, 422) if form.errors else page


def _send(invitation: Invitation, secret: str, letter_language: str, supplier: str) -> None:
    with force_locale(letter_language):
        roles = ", ".join(str(labels.ROLES[Role(name)]).lower() for name in invitation.role_names)
        until = formats.long_date(invitation.expires_at)
    mail.queue_letter(
        "invitation",
        to=invitation.email,
        name=invitation.name,
        language=letter_language,
        at=now(),
        inviter=the_actor().name,
        organisation=the_organisation().name,
        supplier=supplier,
        roles=roles,
        until=until,
        link=mail.link("accounts.accept_invitation", token=secret),
    )
