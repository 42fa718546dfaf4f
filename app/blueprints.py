"""Every blueprint of the application, in one place."""

from flask import Flask

from app.status import status


def register_blueprints(app: Flask) -> None:
    """Register the views of every domain."""
    app.register_blueprint(status)
