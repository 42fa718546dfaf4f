"""How Flask-Security reads and writes people; changes of the second factor go into the history."""

from typing import Any, cast

from flask_security import SQLAlchemyUserDatastore

from app.accounts.models import User
from app.db import begin_writing, db
from app.history import About, record
from app.web import now


class People(SQLAlchemyUserDatastore):
    """Our people; roles are a column, so there is no role model."""

    put: Any  # without types in Flask-Security

    def tf_set(self, user: Any, primary_method: str, totp_secret: str | None = None, phone: str | None = None) -> None:
        """Called when the second factor is set up, and with the same secret after each sign-in with a code."""
        new = totp_secret is not None and totp_secret != user.tf_totp_secret
        super().tf_set(user, primary_method, totp_secret)
        if new:
            begin_writing()
            record("account:turn_on_second_factor", About(user.id), actor=user.actor, at=now())

    def tf_reset(self, user: Any) -> None:
        """Turn the second factor off; its recovery codes go with it."""
        begin_writing()
        user.tf_primary_method = user.tf_totp_secret = user.tf_last_counter = user.mf_recovery_codes = None
        self.put(user)
        record("account:turn_off_second_factor", About(user.id), actor=user.actor, at=now())

    def mf_delete_recovery_code(self, user: Any, idx: int) -> bool:
        """Take a used code off the list (a new list: changes inside a JSON column go unnoticed)."""
        codes = list(user.mf_recovery_codes or [])
        del codes[idx]
        user.mf_recovery_codes = codes
        self.put(user)
        return True


datastore = People(db, User, cast(Any, None))
