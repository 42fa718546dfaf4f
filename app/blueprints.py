"""Every blueprint of the application, in one place."""

from flask import Flask

from app.accounts import account_views, invitation_views, settings_views  # noqa: F401  # they add to the blueprint
from app.accounts.views import accounts
from app.audits.views import audits
from app.audits.api import api
from app.dashboard.views import dashboard
from app.remediation.views import remediation
from app.status import status


def register_blueprints(app: Flask) -> None:
    """Register the views of every domain."""
    app.register_blueprint(status)
    app.register_blueprint(api)
    app.register_blueprint(dashboard)
    app.register_blueprint(accounts)
    app.register_blueprint(audits)
    app.register_blueprint(remediation)
