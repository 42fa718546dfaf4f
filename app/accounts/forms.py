"""The forms of the team, the account, invitations and settings."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    EmailField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts import labels
from app.accounts.permissions import Role
from app.accounts.roles import givable
from app.accounts.security_forms import SHORTEST_PASSWORD, new_password, repeated_password
from app.forms import PageForm

# One @, no blanks, a dot in the domain: what a form can know. Whether it exists, the letter will tell.
EMAIL = r"^[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,180}\.[^@\s,;<>\".]{2,}$"
LANGUAGES = (SelectChoice("pl", "Polski"), SelectChoice("en", "English"))


def _strip(text: str | None) -> str:
    return (text or "").strip()


def email_field() -> EmailField:
    """Somebody else's address."""
    return EmailField(
        _l("E-mail"),
        filters=[_strip],
        validators=[
            DataRequired(_l("Enter an e-mail address.")),
            Length(max=254),
            Regexp(EMAIL, message=_l("Enter a full e-mail address, such as anna@example.org.")),
        ],
        render_kw={"maxlength": 254, "autocomplete": "off", "spellcheck": "false"},
    )


def name_field(**attributes: str) -> StringField:
    """First name and surname."""
    return StringField(
        _l("First name and surname"),
        filters=[_strip],
        validators=[DataRequired(_l("Enter the first name and surname.")), Length(max=200)],
        render_kw={"maxlength": 200, **attributes},
    )


def language_field() -> RadioField:
    """In which language the pages and the letters are."""
    return RadioField(_l("Language"), choices=LANGUAGES, default="pl", validators=[DataRequired()])


class RolesField(SelectMultipleField):
    """Checkboxes, one per role that may be given."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def roles_field() -> RolesField:
    """The roles that somebody gives."""
    return RolesField(_l("Roles"), coerce=Role, validators=[DataRequired(_l("Choose at least one role."))])


class _RolesForm(PageForm):  # Flask-WTF has no types
    roles = roles_field()

    def offer(self, giver: frozenset[Role]) -> None:
        """Offer the roles that this person may give."""
        self.roles.choices = [SelectChoice(role.value, str(labels.ROLES[role])) for role in givable(giver)]


class InviteStaffForm(_RolesForm):
    """Somebody who will work for the foundation."""

    email = email_field()
    name = name_field(autocomplete="off")
    roles = roles_field()  # anew: what is wrong is listed in the order of the page
    language = language_field()


class InviteContactForm(PageForm):  # Flask-WTF has no types
    """Somebody who works at a supplier."""

    email = email_field()
    name = name_field(autocomplete="off")
    language = language_field()


class RolesForm(_RolesForm):
    """The roles of a member of the staff."""


class AcceptForm(PageForm):  # Flask-WTF has no types
    """What somebody who was invited says about themselves."""

    name = name_field(autocomplete="name")
    language = language_field()
    password = new_password()
    password_confirm = repeated_password("password")

    def validate_password(self, field: Any) -> None:
        """Long enough."""
        if len(field.data) < SHORTEST_PASSWORD:
            raise ValidationError(_("Choose a password of at least %(length)s characters.", length=SHORTEST_PASSWORD))


class AccountForm(PageForm):  # Flask-WTF has no types
    """One's own name, function and language."""

    name = name_field(autocomplete="name")
    position = StringField(
        _l("Function"),
        description=_l("For instance: lead auditor. It stands beside your name on reports and certificates."),
        filters=[_strip],
        validators=[Optional(), Length(max=200)],
        render_kw={"maxlength": 200, "autocomplete": "organization-title"},
    )
    language = language_field()


class ContactAccountForm(AccountForm):
    """The same for somebody who speaks for a supplier, with what the supplier's page says about them."""

    position = StringField(
        _l("Function"),
        description=_l("For instance head of the workshop. It stands beside your name on the supplier's page."),
        filters=[_strip],
        validators=[Optional(), Length(max=200)],
        render_kw={"maxlength": 200, "autocomplete": "organization-title"},
    )
    phone = TelField(
        _l("Telephone"),
        description=_l("Auditors and the office call this number."),
        filters=[_strip],
        validators=[Optional(), Length(max=40)],
        render_kw={"maxlength": 40, "autocomplete": "tel"},
    )


class OrganisationForm(PageForm):  # Flask-WTF has no types
    """The certification body as it signs."""

    version = HiddenField()
    name = StringField(
        _l("Name"),
        filters=[_strip],
        validators=[DataRequired(_l("Enter the name of the organisation.")), Length(max=200)],
        render_kw={"maxlength": 200, "autocomplete": "organization"},
    )
    address = StringField(
        _l("Address"), filters=[_strip], validators=[Optional(), Length(max=300)], render_kw={"maxlength": 300}
    )
    email = EmailField(
        _l("E-mail"),
        filters=[_strip],
        validators=[
            Optional(),
            Length(max=254),
            Regexp(EMAIL, message=_l("Enter a full e-mail address, such as anna@example.org.")),
        ],
        render_kw={"maxlength": 254},
    )
    website = StringField(
        _l("Website"),
        filters=[_strip],
        validators=[
            Optional(),
            Length(max=254),
            Regexp(r"^https?://\S+\.\S+$", message=_l("Enter a full address, such as https://example.org.")),
        ],
        render_kw={"maxlength": 254, "inputmode": "url"},
    )


class TeamFilter(PageForm):  # Flask-WTF has no types
    """Whom the team page lists; sent in the address."""

    class Meta:
        csrf = False

    group = SelectField(
        _l("Group"),
        choices=[SelectChoice("staff", _l("Staff")), SelectChoice("contacts", _l("Suppliers' contacts"))],
    )
    role = SelectField(
        _l("Role"),
        choices=[
            SelectChoice("", _l("Every role")),
            *(SelectChoice(role.value, label) for role, label in labels.ROLES.items()),
        ],
    )
    state = SelectField(
        _l("Account"),
        choices=[
            SelectChoice("", _l("Open and closed")),
            SelectChoice("open", _l("Account open")),
            SelectChoice("closed", _l("Account closed")),
        ],
    )
