"""Who may give which role. Pure."""

from collections.abc import Set as AbstractSet

from app.accounts.permissions import STAFF_ROLES, Role


def may_give(giver: AbstractSet[Role], role: Role) -> bool:
    """Administrators give any role; coordinators any but the administrator's."""
    return Role.ADMINISTRATOR in giver or (Role.COORDINATOR in giver and role is not Role.ADMINISTRATOR)


def givable(giver: AbstractSet[Role]) -> list[Role]:
    """The staff roles this person may give and take, in a stable order."""
    return sorted(role for role in STAFF_ROLES if may_give(giver, role))


def mixes(roles: AbstractSet[Role]) -> bool:
    """A supplier's contact works for no one else: certifying one's own supplier must not even be possible."""
    return Role.SUPPLIER_CONTACT in roles and len(roles) > 1
