"""The forms of Flask-Security's pages, with our words and without what we do not offer."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_security.forms import (
    ChangePasswordForm,
    EqualToLocalize,
    ForgotPasswordForm,
    LoginForm,
    ResetPasswordForm,
    TwoFactorRescueForm,
    TwoFactorSetupForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
    valid_user_email,
)
from flask_security.recovery_codes import MfRecoveryForm
from wtforms import EmailField, PasswordField, RadioField, StringField
from wtforms.validators import DataRequired, Length

from app.web import is_local

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200


def email_field(*more: Any) -> EmailField:
    """The e-mail address somebody signs in with."""
    return EmailField(
        _l("E-mail"),
        validators=[DataRequired(_l("Enter your e-mail address.")), Length(max=254), *more],
        render_kw={"autocomplete": "username", "maxlength": 254, "spellcheck": "false"},
    )


def present_password() -> PasswordField:
    """The password somebody has."""
    return PasswordField(
        _l("Password"),
        validators=[DataRequired(_l("Enter your password.")), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password", "maxlength": LONGEST_PASSWORD},
    )


def new_password() -> PasswordField:
    """The password somebody chooses."""
    return PasswordField(
        _l("New password"),
        description=_l("At least 12 characters. Three or four words that only you put together are good."),
        validators=[DataRequired(_l("Enter a new password.")), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "new-password", "maxlength": LONGEST_PASSWORD},
    )


def repeated_password(name: str) -> PasswordField:
    """The same password again, so that a slip of the finger locks nobody out."""
    return PasswordField(
        _l("New password once more"),
        validators=[
            DataRequired(_l("Enter the new password once more.")),
            EqualToLocalize(name, message="RETYPE_PASSWORD_MISMATCH"),
        ],
        render_kw={"autocomplete": "new-password", "maxlength": LONGEST_PASSWORD},
    )


def code_field(label: Any, missing: Any, **attributes: str) -> StringField:
    """A code that is typed from a telephone or from paper."""
    return StringField(
        label,
        filters=[lambda text: text.replace(" ", "") if text else text],
        validators=[DataRequired(missing), Length(max=40)],
        render_kw={"autocomplete": "one-time-code", "spellcheck": "false", **attributes},
    )


class SignInForm(LoginForm):
    """E-mail and password."""

    remember: Any = None
    submit: Any = None
    email = email_field()
    password = present_password()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.password.description = ""  # Flask-Security puts a link here; ours stands under the form
        if not is_local(self.next.data or ""):  # a crafted link: sign in all the same, then stay here
            self.next.data = ""


class AskForResetForm(ForgotPasswordForm):
    """Where the link to a new password goes."""

    submit: Any = None
    email = email_field(valid_user_email)


class NewPasswordForm(ResetPasswordForm):
    """A new password after the link."""

    submit: Any = None
    password = new_password()
    password_confirm = repeated_password("password")


class ChangeForm(ChangePasswordForm):
    """A new password, by somebody who knows the old one."""

    submit: Any = None
    password = present_password()
    new_password = new_password()
    new_password_confirm = repeated_password("new_password")


class ConfirmPasswordForm(VerifyForm):
    """The password again, before something that matters."""

    submit: Any = None
    password = present_password()


class SecondFactorForm(TwoFactorSetupForm):
    """Turn the second factor on or off; its buttons carry the choice."""

    phone: Any = None
    submit: Any = None
    setup: Any = StringField()

    def validate(self, **kwargs: Any) -> bool:
        """Only the authenticator app, and off where it is not required."""
        required = self.user is not None and self.user.check_tf_required_setup()
        return self.setup.data in ({"authenticator"} if required else {"authenticator", "disable"})


class NoRescueForm(TwoFactorRescueForm):
    """Flask-Security makes this form beside the code; recovery codes have a page of their own here."""

    submit: Any = None
    help_setup = RadioField(choices=[])


class CodeForm(TwoFactorVerifyCodeForm):
    """The six digits the authenticator app shows now."""

    submit: Any = None
    code = code_field(
        _l("Code from the app"), _l("Enter the six digits your app shows."), inputmode="numeric", maxlength="12"
    )


class RecoveryForm(MfRecoveryForm):
    """One of the recovery codes, each good once."""

    submit: Any = None
    code = code_field(_l("Recovery code"), _l("Enter one of your recovery codes."), maxlength="20")
