"""The log of a tablet: the office asks, the tablet tells at its next call without answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app import history
from app.accounts.permissions import Actor, Role
from app.audits.wire import TabletEvents
from app.db import db
from app.errors import NotFound
from app.tablets.models import TabletLog


@dataclass(frozen=True)
class Line:
    """One event of a log, in words. ``audit_id`` is empty where it belongs to none."""

    at: datetime
    words: str
    audit_id: str


def lines(log: TabletLog) -> list[Line]:
    """What the tablet told, the newest first; times are those of its own clock."""
    return [Line(datetime.fromisoformat(one["at"]), _words(one), one.get("audit", "")) for one in reversed(log.events)]


_WORDS: Mapping[tuple[str, str], LazyString] = {
    ("opened", ""): _l("Audit opened"),
    ("opened", "offline"): _l("Audit opened without a network"),
    ("gap", ""): _l("The server misses one of the numbers"),
    ("refused", ""): _l("The server refuses this audit"),
    ("trouble", "offline"): _l("The server does not answer"),
    ("trouble", "signin"): _l("The session is over"),
    ("trouble", "stranger"): _l("Somebody else is signed in"),
}


def _words(event: dict[str, Any]) -> str:
    name = event["event"]
    if name == "lost":
        expected, back = event.get("expected", 0), event.get("back", 0)
        return str(
            _("The store was empty. Changes missing: %(expected)d, put back: %(back)d", expected=expected, back=back)
        )
    more = "offline" if event.get("online") is False else event.get("trouble", "")
    return str(_WORDS.get((name, more), name))


def find(device_id: str) -> TabletLog | None:
    """What the device told or was asked for, None when nobody ever asked."""
    return db.session.scalar(select(TabletLog).where(TabletLog.device_id == device_id))


def is_wanted(device_id: str) -> bool:
    """Has the office asked for the log of this device and not got it yet?"""
    log = find(device_id)
    return log is not None and log.is_wanted


def ask(device_id: str, *, actor: Actor, at: datetime) -> TabletLog:
    """Ask a device for its log; what it told before stays until it tells anew."""
    log = find(device_id)
    if log is None:
        log = TabletLog(device_id=device_id, asked_at=at, came_at=None, user_id=None, events=[])
        db.session.add(log)
    log.asked_at = at
    db.session.flush()
    said = {"device_id": device_id}
    history.record("tablet:ask_log", history.About(log.id), actor=actor, at=at, role=Role.COORDINATOR, after=said)
    return log


def keep(told: TabletEvents, *, actor: Actor, at: datetime) -> TabletLog:
    """Keep what a device tells about itself.

    Raises:
        NotFound: nobody asked.
    """
    log = find(told.device_id)
    if log is None or not log.is_wanted:
        raise NotFound(_("Nobody asked for the log of this tablet."))
    log.events = [one.model_dump(mode="json", exclude_defaults=True) for one in told.events]
    log.came_at, log.user_id = at, actor.id
    db.session.flush()
    return log
