"""Sign-in by Flask-Security: the user store and the session."""

from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore

from app.accounts.models import User
from app.db import db

datastore = SQLAlchemyUserDatastore(db, User, None)
security = Security()


def init_security(app: Flask) -> None:
    """Hook sign-in into the application."""
    app.config.update(
        SECURITY_PASSWORD_SALT=app.config["SECRET_KEY"],
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_REGISTERABLE=False,
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_FLASH_MESSAGES=True,
    )
    security.init_app(app, datastore, register_blueprint=True)
