"""Every blueprint of the application, in one place."""

from flask import Flask

from app.dashboard.views import dashboard
from app.status import status


def register_blueprints(app: Flask) -> None:
    """Register the views of every domain."""
    app.register_blueprint(status)
    app.register_blueprint(dashboard)
