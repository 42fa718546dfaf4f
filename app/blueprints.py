"""Every blueprint of the application, in one place."""

from flask import Flask

from app.accounts import account_views, invitation_views, settings_views  # noqa: F401  # they add to the blueprint
from app.accounts.views import accounts
from app.audits.api import api
from app.audits.tablet_views import tablet
from app.audits.views import audits
from app.certificates import public_views  # noqa: F401  # it adds to the blueprint
from app.certificates.views import certificates
from app.checklists.views import checklists
from app.dashboard.views import dashboard
from app.remediation.views import remediation
from app.status import status
from app.suppliers.application_views import applications
from app.suppliers.import_views import supplier_imports
from app.suppliers.part_views import supplier_parts
from app.suppliers.views import suppliers
from app.tablets.views import tablets


def register_blueprints(app: Flask) -> None:
    """Register the views of every domain."""
    app.register_blueprint(status)
    app.register_blueprint(api)
    app.register_blueprint(tablet)
    app.register_blueprint(dashboard)
    app.register_blueprint(accounts)
    app.register_blueprint(audits)
    app.register_blueprint(tablets)
    app.register_blueprint(remediation)
    app.register_blueprint(certificates)
    app.register_blueprint(suppliers)
    app.register_blueprint(supplier_parts)
    app.register_blueprint(supplier_imports)
    app.register_blueprint(applications)
    app.register_blueprint(checklists)
