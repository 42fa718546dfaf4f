"""One's own account: particulars, password, second factor, and where one is signed in."""

import uuid

from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts import service, sign_ins
from app.accounts.forms import AccountForm, ContactAccountForm
from app.accounts.models import User
from app.accounts.security import SIGN_IN_KEY
from app.accounts.views import accounts
from app.db import db
from app.errors import NotFound
from app.history import About, record
from app.suppliers import parts
from app.suppliers.models import Contact
from app.web import now, public, signed_in, the_actor


@accounts.route("/account", methods=["GET", "POST"])
@signed_in
def account() -> str | Response | tuple[str, int]:
    """See and change one's own particulars."""
    actor = the_actor()
    user = service.get_user(actor.id) if actor.id else None
    contacts = parts.contacts_of(user.id) if user else []
    form = ContactAccountForm(data=_known(user, contacts[0])) if user and contacts else AccountForm(obj=user)
    if user is not None and form.validate_on_submit():
        words = {"name": form.name.data, "position": form.position.data, "language": form.language.data}
        service.edit_account(user, **words, actor=actor, at=now())
        if contacts:
            told = {"name": user.name, "function": user.position, "phone": form.phone.data or ""}
            parts.keep_own_contacts(user.id, **told, actor=actor, at=now())
        db.session.commit()
        flash(_("Saved."), "success")
        return redirect(url_for("accounts.account"))
    page = render_template(
        "accounts/account.html",
        form=form,
        person=user,
        open_sign_ins=sign_ins.list_open(current_user.id, at=now()),
        this_sign_in=_this_sign_in(),
    )
    return (page, 422) if form.errors else page


@accounts.post("/account/sign-ins/<uuid:sign_in_id>/end")
@signed_in
def end_sign_in(sign_in_id: uuid.UUID) -> Response:
    """Sign one of one's own browsers out."""
    actor = the_actor()
    if actor.id is None or not sign_ins.end(sign_in_id, user_id=actor.id, at=now()):
        raise NotFound(_("This browser is signed out already."))
    record("account:sign_out", About(actor.id), actor=actor, at=now(), after={"browsers": 1})
    db.session.commit()
    flash(_("That browser is signed out."), "success")
    return redirect(url_for("accounts.account"))


@accounts.post("/account/sign-ins/end-others")
@signed_in
def end_other_sign_ins() -> Response:
    """Sign every other browser out."""
    actor = the_actor()
    ended = sign_ins.end_all(current_user.id, at=now(), except_id=_this_sign_in())
    record("account:sign_out", About(current_user.id), actor=actor, at=now(), after={"browsers": ended})
    db.session.commit()
    flash(_("All other browsers are signed out."), "success")
    return redirect(url_for("accounts.account"))


@accounts.get("/logout")
@public
def ask_to_sign_out() -> str:
    """Ask first: a link alone signs nobody out."""
    return render_template("accounts/sign_out.html")


def _known(user: User, contact: Contact) -> dict[str, str]:
    """What the account says, and the supplier's page where the account is silent."""
    position = user.position or contact.function
    return {"name": user.name, "position": position, "language": user.language, "phone": contact.phone}


def _this_sign_in() -> uuid.UUID:
    return uuid.UUID(session[SIGN_IN_KEY])
