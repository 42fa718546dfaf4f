"""The team: who works in BASE, with which roles, and who is invited."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import history, timeline
from app.accounts import invitations, labels, service, sign_ins
from app.accounts.devices import device_words
from app.accounts.forms import RolesForm, TeamFilter
from app.accounts.permissions import PERMISSIONS, Permission, Role
from app.accounts.roles import givable
from app.db import db
from app.web import PAGE_SIZE, now, requires, the_actor

accounts = Blueprint("accounts", __name__)
accounts.add_app_template_global(device_words)


@accounts.get("/team")
@requires(Permission.TEAM_READ)
def team() -> str:
    """People by name, open invitations, and what each role may do."""
    chosen = TeamFilter(request.args)
    chosen.validate()
    contacts = chosen.group.data == "contacts"
    people = service.list_people(
        staff=not contacts,
        active={"open": True, "closed": False}.get(chosen.state.data),
        role=Role(chosen.role.data) if chosen.role.data in set(Role) else None,
        after=_uuid(request.args.get("after")),
        limit=PAGE_SIZE + 1,
    )
    more = None
    if len(people) > PAGE_SIZE:
        kept: dict[str, Any] = {**request.args.to_dict(), "after": people[PAGE_SIZE - 1].id}
        more = url_for("accounts.team", **kept)
    return render_template(
        "accounts/team.html",
        form=chosen,
        people=people[:PAGE_SIZE],
        next_url=more,
        waiting=invitations.list_waiting() if the_actor().may(Permission.TEAM_EDIT) else [],
        at=now(),
        permissions=PERMISSIONS,
        labels=labels,
    )


@accounts.get("/team/<uuid:user_id>")
@requires(Permission.TEAM_READ)
def person(user_id: uuid.UUID) -> str:
    """One person: roles, where they are signed in, what changed."""
    user = service.get_user(user_id)
    form = RolesForm(data={"roles": list(user.roles_held)})
    return _person_page(user_id, form)


@accounts.post("/team/<uuid:user_id>/roles")
@requires(Permission.TEAM_EDIT)
def change_roles(user_id: uuid.UUID) -> Response | tuple[str, int]:
    """Give a member of the staff other roles."""
    user, actor = service.get_user(user_id), the_actor()
    form = RolesForm()
    form.offer(actor.roles)
    if not form.validate_on_submit():
        return _person_page(user_id, form), 422
    kept = user.roles_held - set(givable(actor.roles))
    service.change_roles(user, kept.union(form.roles.data or []), actor=actor, at=now())
    db.session.commit()
    flash(_("%(name)s has other roles from now on.", name=user.name), "success")
    return redirect(url_for("accounts.person", user_id=user_id))


@accounts.post("/team/<uuid:user_id>/close")
@requires(Permission.TEAM_EDIT)
def close_account(user_id: uuid.UUID) -> Response:
    """Let somebody in no more."""
    user = service.get_user(user_id)
    service.close_account(user, actor=the_actor(), at=now())
    db.session.commit()
    flash(_("The account of %(name)s is closed and signed out everywhere.", name=user.name), "success")
    return redirect(url_for("accounts.person", user_id=user_id))


@accounts.post("/team/<uuid:user_id>/reopen")
@requires(Permission.TEAM_EDIT)
def reopen_account(user_id: uuid.UUID) -> Response:
    """Let somebody in again."""
    user = service.get_user(user_id)
    service.reopen_account(user, actor=the_actor(), at=now())
    db.session.commit()
    flash(_("%(name)s can sign in again.", name=user.name), "success")
    return redirect(url_for("accounts.person", user_id=user_id))


@accounts.post("/team/<uuid:user_id>/sign-out")
@requires(Permission.TEAM_EDIT)
def sign_out_everywhere(user_id: uuid.UUID) -> Response:
    """End every sign-in of somebody."""
    user = service.get_user(user_id)
    service.sign_out_everywhere(user, actor=the_actor(), at=now())
    db.session.commit()
    flash(_("%(name)s is signed out everywhere.", name=user.name), "success")
    return redirect(url_for("accounts.person", user_id=user_id))


@accounts.post("/team/<uuid:user_id>/remove-second-factor")
@requires(Permission.TEAM_EDIT)
def remove_second_factor(user_id: uuid.UUID) -> Response:
    """Help somebody who lost their telephone."""
    user = service.get_user(user_id)
    service.remove_second_factor(user, actor=the_actor(), at=now())
    db.session.commit()
    flash(_("%(name)s signs in with the password alone until they set the app up again.", name=user.name), "success")
    return redirect(url_for("accounts.person", user_id=user_id))


def _person_page(user_id: uuid.UUID, form: RolesForm) -> str:
    user, actor = service.get_user(user_id), the_actor()
    form.offer(actor.roles)
    manages = actor.may(Permission.TEAM_EDIT) and service.may_manage(user, actor)
    return render_template(
        "accounts/person.html",
        person=user,
        form=form,
        manages=manages,
        open_sign_ins=sign_ins.list_open(user_id, at=now()) if manages else [],
        entries=timeline.entries(history.timeline(subject_id=user_id, limit=PAGE_SIZE)),
        labels=labels,
    )


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None
