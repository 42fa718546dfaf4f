"""The forms of Flask-Security's pages, with our words and without what we do not offer."""

from flask_babel import lazy_gettext as _l
from flask_security.forms import LoginForm
from wtforms import EmailField, PasswordField
from wtforms.validators import DataRequired, Length

LONGEST_PASSWORD = 200


class SignInForm(LoginForm):  # type: ignore[misc]  # Flask-Security's forms are not typed
    """E-mail and password; the rest is decided by the server."""

    remember = None
    submit = None
    email = EmailField(
        _l("E-mail"),
        validators=[DataRequired(_l("Enter your e-mail address.")), Length(max=254)],
        render_kw={"autocomplete": "username", "maxlength": 254, "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Password"),
        validators=[DataRequired(_l("Enter your password.")), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password", "maxlength": LONGEST_PASSWORD},
    )
