"""Is the service alive, and is it ready for work? For monitoring."""

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from app.db import ping
from app.web import public

status = Blueprint("status", __name__)


@status.get("/healthz")
@public
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@status.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """The database answers too."""
    try:
        ping()
    except SQLAlchemyError:
        return jsonify(status="database does not answer"), 503
    return jsonify(status="ok"), 200
