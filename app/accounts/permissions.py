"""Who may do what: the single table of roles and permissions. Pure.

The team page prints it, ``@requires`` enforces it, the access-matrix test reads it.
Guards about one case (who audited may not decide) are not here but in the services: they depend on records.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles of the certification body, and the supplier's contact."""

    ADMINISTRATOR = "administrator"
    ADVISER = "adviser"
    AUDITOR = "auditor"
    COORDINATOR = "coordinator"
    DECISION_MAKER = "decision_maker"
    REVIEWER = "reviewer"
    SUPPLIER_CONTACT = "supplier_contact"


class Permission(StrEnum):
    """What can be allowed. Values are ``subject:action``; keep the list alphabetical."""

    APPLICATION_REVIEW = "application:review"
    APPLICATION_SUBMIT = "application:submit"
    AUDIT_FILL = "audit:fill"
    CASE_PLAN = "case:plan"
    CASE_READ = "case:read"
    CERTIFICATE_MANAGE = "certificate:manage"
    CERTIFICATE_READ = "certificate:read"
    CHECKLIST_READ = "checklist:read"
    DECISION_MAKE = "decision:make"
    EVIDENCE_SUBMIT = "evidence:submit"
    FINDING_EDIT = "finding:edit"
    REPORT_ISSUE = "report:issue"
    REVIEW_MAKE = "review:make"
    SETTINGS_EDIT = "settings:edit"
    SUPPLIER_EDIT = "supplier:edit"
    SUPPLIER_IMPORT = "supplier:import"
    SUPPLIER_READ = "supplier:read"
    TABLET_MANAGE = "tablet:manage"
    TASK_VERIFY = "task:verify"
    TEAM_EDIT = "team:edit"
    TEAM_READ = "team:read"


_EVERYONE = {
    Permission.CASE_READ,
    Permission.CERTIFICATE_READ,
    Permission.CHECKLIST_READ,
    Permission.SUPPLIER_READ,
}
_STAFF = _EVERYONE | {Permission.TEAM_READ}

PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(_STAFF | {Permission.SETTINGS_EDIT, Permission.TEAM_EDIT}),
    Role.ADVISER: frozenset(_STAFF),
    Role.AUDITOR: frozenset(
        _STAFF | {Permission.AUDIT_FILL, Permission.FINDING_EDIT, Permission.REPORT_ISSUE, Permission.TASK_VERIFY}
    ),
    Role.COORDINATOR: frozenset(
        _STAFF
        | {
            Permission.APPLICATION_REVIEW,
            Permission.APPLICATION_SUBMIT,
            Permission.CASE_PLAN,
            Permission.SUPPLIER_EDIT,
            Permission.SUPPLIER_IMPORT,
            Permission.TABLET_MANAGE,
            Permission.TEAM_EDIT,
        }
    ),
    Role.DECISION_MAKER: frozenset(_STAFF | {Permission.CERTIFICATE_MANAGE, Permission.DECISION_MAKE}),
    Role.REVIEWER: frozenset(_STAFF | {Permission.REVIEW_MAKE}),
    Role.SUPPLIER_CONTACT: frozenset(_EVERYONE | {Permission.APPLICATION_SUBMIT, Permission.EVIDENCE_SUBMIT}),
}

STAFF_ROLES = frozenset(set(Role) - {Role.SUPPLIER_CONTACT})
# Who works with every supplier and case; auditors and advisers see the cases they are on.
SEES_EVERY_CASE = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.DECISION_MAKER, Role.REVIEWER})


@dataclass(frozen=True)
class Actor:
    """The person on whose behalf something happens, as the services see them."""

    id: uuid.UUID | None
    name: str
    roles: frozenset[Role]
    language: str = "pl"

    def may(self, permission: Permission) -> bool:
        """Does one of the person's roles carry the permission?"""
        return any(permission in PERMISSIONS[role] for role in self.roles)

    def has(self, *roles: Role) -> bool:
        """Does the person hold one of these roles?"""
        return not self.roles.isdisjoint(roles)

    def role_for(self, permission: Permission) -> Role | None:
        """The role on whose behalf the person does this: the first by name that carries the permission."""
        return min((role for role in self.roles if permission in PERMISSIONS[role]), default=None)

    @property
    def is_staff(self) -> bool:
        return not self.roles.isdisjoint(STAFF_ROLES)

    @property
    def sees_every_case(self) -> bool:
        return not self.roles.isdisjoint(SEES_EVERY_CASE)


SYSTEM = Actor(id=None, name="BASE", roles=frozenset())
