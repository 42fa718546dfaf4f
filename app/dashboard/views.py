"""The start page: what waits for the person who is signed in, or what BASE is for everyone else."""

from flask import Blueprint, render_template

from app.web import current_actor, public

dashboard = Blueprint("dashboard", __name__)


@dashboard.get("/")
@public
def show() -> str:
    """My work, or the front page of the product."""
    actor = current_actor()
    if actor is None:
        return render_template("dashboard/front.html")
    return render_template("dashboard/my_work.html", actor=actor)
