"""What Flask-Security says, in our words: by the name of its message, with the kind of notice."""

from collections.abc import Mapping


def N_(text: str) -> str:  # noqa: N802  # the name by which gettext tools know a text that is translated later
    """Mark a text for translation; Flask-Security translates it when it is shown."""
    return text


MESSAGES: Mapping[str, tuple[str, str]] = {
    "ANONYMOUS_USER_REQUIRED": (N_("You are signed in already."), "info"),
    "API_ERROR": (N_("This step can no longer be finished. Start again."), "error"),
    "DISABLED_ACCOUNT": (N_("This account has been closed. Write to the foundation if you need it."), "error"),
    "EMAIL_NOT_PROVIDED": (N_("Enter your e-mail address."), "error"),
    "GENERIC_AUTHN_FAILED": (N_("This e-mail and password do not match. Check both and try again."), "error"),
    "GENERIC_RECOVERY": (N_("If we know this address, a message is on its way to it."), "info"),
    "INVALID_CODE": (N_("This code does not match. Enter the one your app shows now."), "error"),
    "INVALID_EMAIL_ADDRESS": (N_("Enter a full e-mail address, such as anna@example.org."), "error"),
    "INVALID_INPUT": (N_("Something in this field is not right. Enter it again."), "error"),
    "INVALID_PASSWORD": (N_("This is not your present password. Try again."), "error"),
    "INVALID_RECOVERY_CODE": (N_("This recovery code does not match, or was used already."), "error"),
    "INVALID_REDIRECT": (N_("This address leads to another site."), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (
        N_("This link no longer works. Ask for a new one below."),
        "error",
    ),
    "NO_RECOVERY_CODES_SETUP": (N_("There are no recovery codes yet."), "info"),
    "PASSWORD_CHANGE": (
        N_("Your new password works from now on. Other browsers have been signed out."),
        "success",
    ),
    "PASSWORD_INVALID_LENGTH": (N_("Choose a password of at least %(length)s characters."), "error"),
    "PASSWORD_IS_THE_SAME": (N_("The new password is the same as the old one. Choose another."), "error"),
    "PASSWORD_NOT_PROVIDED": (N_("Enter your password."), "error"),
    "PASSWORD_RESET_EXPIRED": (N_("This link was valid for %(within)s. Ask for a new one below."), "error"),
    "PASSWORD_RESET_NO_LOGIN": (N_("Your new password is set. Sign in with it."), "success"),
    "PASSWORD_RESET_REQUEST": (N_("If we know this address, a message is on its way to it."), "info"),
    "REAUTHENTICATION_REQUIRED": (N_("Enter your password once more before you go on."), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (N_("Thank you, you can go on."), "success"),
    "RETYPE_PASSWORD_MISMATCH": (N_("The two passwords differ. Enter the same one twice."), "error"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (
        N_("The second factor is on. Keep your recovery codes somewhere safe."),
        "success",
    ),
    "TWO_FACTOR_DISABLED": (N_("The second factor is off."), "success"),
    "TWO_FACTOR_INVALID_TOKEN": (N_("This code does not match. Enter the one your app shows now."), "error"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (N_("The code is right. Welcome."), "success"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (N_("This cannot be chosen here."), "error"),
    "TWO_FACTOR_PERMISSION_DENIED": (N_("Sign in with your password first."), "info"),
    "TWO_FACTOR_SETUP_EXPIRED": (N_("This step had to be finished within %(within)s. Start again."), "error"),
    "UNAUTHENTICATED": (N_("Sign in to see this page."), "info"),
    "UNAUTHORIZED": (N_("Your role does not include this."), "error"),
    "USER_DOES_NOT_EXIST": (N_("This e-mail and password do not match. Check both and try again."), "error"),
}
