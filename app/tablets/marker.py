"""The mark that a browser carries once its store holds an audit, out of reach of what empties a page's store.

A person whose mark is there but whose store is empty has lost work, or the tablet was set up anew. The cookie holds a
short digest per person: on a shared tablet one person's mark says nothing about another's store.
"""

import hashlib
from datetime import timedelta

from flask import Response, current_app, request

from app.accounts.permissions import Actor

COOKIE = "tablet"
KEPT = timedelta(days=400)  # browsers keep no cookie longer
MOST_PEOPLE = 20


def is_marked(actor: Actor) -> bool:
    """Did this browser's store hold an audit for this person before?"""
    return _mark(actor) in _marks()


def put_mark(response: Response, actor: Actor) -> None:
    """Mark the browser for this person, or keep the mark for longer."""
    marks = [_mark(actor), *(one for one in _marks() if one != _mark(actor))][:MOST_PEOPLE]
    response.set_cookie(
        COOKIE,
        ".".join(marks),
        max_age=KEPT,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        path="/api/v1",
    )


def _marks() -> list[str]:
    return [one for one in request.cookies.get(COOKIE, "").split(".") if len(one) == 12 and one.isalnum()]


def _mark(actor: Actor) -> str:
    return hashlib.sha256(f"tablet {actor.id}".encode()).hexdigest()[:12]
