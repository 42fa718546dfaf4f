"""The certification body's own particulars: one row, made when first asked for."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.models import Organisation
from app.accounts.permissions import Actor
from app.db import db
from app.errors import Conflict
from app.history import About, record

FIELDS = ("name", "address", "email", "website")


def the_organisation() -> Organisation:
    """The one row; in a reading request a fresh one that is not kept."""
    found = db.session.scalar(select(Organisation).order_by(Organisation.id).limit(1))
    return found or Organisation(name="Fundacja HELISA", address="", email="", website="", version=0)


def edit_organisation(values: dict[str, str], *, version: int, actor: Actor, at: datetime) -> Organisation:
    """Change the particulars; ``version`` is the one that the person saw.

    Raises:
        Conflict: somebody else changed them in the meantime.
    """
    organisation = the_organisation()
    if organisation.version != version:
        raise Conflict(_("Someone else changed this in the meantime. Look at the present version first."))
    before = {name: getattr(organisation, name) for name in FIELDS}
    for name in FIELDS:
        setattr(organisation, name, values[name])
    db.session.add(organisation)
    db.session.flush()
    changed = [name for name in FIELDS if before[name] != values[name]]
    if changed:
        record(
            "organisation:edit",
            About(organisation.id),
            actor=actor,
            at=at,
            before={name: before[name] for name in changed},
            after={name: values[name] for name in changed},
        )
    return organisation
