"""The floor: the least that a Flask application does to save something for a signed-in person.

Minimal Flask, Flask-SQLAlchemy, SQLite in WAL, a session cookie, one insert per request.
"""

import os
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, jsonify, request, session
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class Saved(Base):
    """One answer."""

    __tablename__ = "saved"

    id: Mapped[int] = mapped_column(primary_key=True)
    criterion: Mapped[str]
    value: Mapped[int]
    user: Mapped[str]


def create_floor() -> Flask:
    """The floor application; its database is in the folder ``FLOOR_DATA``."""
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "floor"
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{Path(os.environ['FLOOR_DATA']) / 'floor.sqlite3'}"
    db.init_app(app)
    with app.app_context():
        event.listen(db.engine, "connect", _prepare)
        event.listen(db.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        db.create_all()
    app.add_url_rule("/login", "login", _login, methods=["POST"])
    app.add_url_rule("/save", "save", _save, methods=["POST"])
    return app


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "busy_timeout=10000", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _login() -> Response:
    session["user"] = "someone"
    return jsonify(ok=True)


def _save() -> Response:
    if "user" not in session:
        abort(401)
    answer = request.get_json()
    db.session.add(Saved(criterion=answer["criterion"], value=answer["value"], user=session["user"]))
    db.session.commit()
    return jsonify(saved=True)
