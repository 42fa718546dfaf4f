"""Roles and permissions in the words people read."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.accounts.permissions import Permission, Role

ROLES: Mapping[Role, LazyString] = {
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.ADVISER: _l("Adviser"),
    Role.AUDITOR: _l("Auditor"),
    Role.COORDINATOR: _l("Coordinator"),
    Role.DECISION_MAKER: _l("Decision maker"),
    Role.REVIEWER: _l("Reviewer"),
    Role.SUPPLIER_CONTACT: _l("Supplier's contact"),
}

PERMISSIONS: Mapping[Permission, LazyString] = {
    Permission.APPLICATION_REVIEW: _l("Review applications"),
    Permission.APPLICATION_SUBMIT: _l("Send an application"),
    Permission.AUDIT_FILL: _l("Carry out audits"),
    Permission.CASE_PLAN: _l("Plan audits"),
    Permission.CASE_READ: _l("See cases"),
    Permission.CERTIFICATE_MANAGE: _l("Suspend, reinstate and withdraw certificates"),
    Permission.CERTIFICATE_READ: _l("See certificates"),
    Permission.CHECKLIST_READ: _l("Reading checklists"),
    Permission.DECISION_MAKE: _l("Decide on the certificate"),
    Permission.EVIDENCE_SUBMIT: _l("Send evidence of improvements"),
    Permission.FINDING_EDIT: _l("Edit findings"),
    Permission.REPORT_ISSUE: _l("Issue reports"),
    Permission.REVIEW_MAKE: _l("Review complete cases"),
    Permission.SETTINGS_EDIT: _l("Change the settings"),
    Permission.SUPPLIER_EDIT: _l("Edit suppliers"),
    Permission.SUPPLIER_IMPORT: _l("Import suppliers from a file"),
    Permission.SUPPLIER_READ: _l("See suppliers"),
    Permission.TABLET_MANAGE: _l("Look after tablets and take over rescue files"),
    Permission.TASK_VERIFY: _l("Check improvements"),
    Permission.TEAM_EDIT: _l("Invite people and give roles"),
    Permission.TEAM_READ: _l("See the team"),
}
