"""Forms of remediation tasks."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import DateField, DecimalField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.audits.forms import VersionedForm
from app.forms import PageForm

ACCEPTED = ".jpg,.jpeg,.png,.heic,.heif,.webp,.pdf,image/*,application/pdf"


class PlanForm(VersionedForm):
    """What the supplier plans."""

    correction = TextAreaField(
        _l("What will you put right first?"),
        validators=[InputRequired(_l("Say what you will put right.")), Length(max=4000)],
    )
    cause = TextAreaField(
        _l("Why did it happen?"),
        validators=[Length(max=4000)],
        description=_l("The cause, without naming anyone."),
    )
    corrective_action = TextAreaField(
        _l("What will you change so that it does not come back?"), validators=[Length(max=4000)]
    )
    owner_name = StringField(
        _l("Who looks after it?"),
        validators=[InputRequired(_l("Write who looks after it.")), Length(max=200)],
    )
    planned_on = DateField(_l("Until when?"), validators=[InputRequired(_l("Choose a day."))])


class EvidenceForm(PageForm):
    """Photos or documents."""

    files = MultipleFileField(
        _l("Photos or documents"),
        description=_l("Photos (also from an iPhone) and PDF files, up to 15 MB each."),
        render_kw={"accept": ACCEPTED},
    )


class SubmitForm(VersionedForm):
    """The task is done."""

    note = TextAreaField(_l("What did you do?"), validators=[Length(max=4000)], description=_l("A sentence is enough."))


class VerifyForm(VersionedForm):
    """The auditor accepts with a new level."""

    new_value = RadioField(_l("Level after remediation"), validators=[InputRequired(_l("Choose the new level."))])
    note = TextAreaField(_l("What convinced you?"), validators=[Length(max=4000)])


class VerifyNumberForm(VersionedForm):
    """The same for a criterion that is answered with a number."""

    new_value = DecimalField(_l("Number after remediation"), validators=[InputRequired(_l("Give the new number."))])
    note = TextAreaField(_l("What convinced you?"), validators=[Length(max=4000)])


class ReturnForm(VersionedForm):
    """The auditor asks for more."""

    reason = TextAreaField(
        _l("What is still missing?"),
        validators=[InputRequired(_l("Write what is still missing.")), Length(max=4000)],
        description=_l("The supplier reads this. Say what would be enough."),
    )
