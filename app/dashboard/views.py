"""The start page: what waits for the person who is signed in, or what BASE is for everyone else."""

from flask import Blueprint, current_app, render_template

from app.dashboard.work import work_for
from app.web import current_actor, language, now, public

dashboard = Blueprint("dashboard", __name__)


@dashboard.get("/")
@public
def show() -> str:
    """My work, or the front page of the product."""
    actor = current_actor()
    if actor is None:
        return render_template("dashboard/front.html", endpoints=current_app.view_functions)
    work = work_for(actor, now(), language())
    return render_template("dashboard/my_work.html", actor=actor, work=work)
