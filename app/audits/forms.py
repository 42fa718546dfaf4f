"""Forms of cases and findings."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.errors import Conflict
from app.forms import PageForm


class VersionedForm(PageForm):
    """A form that remembers which version of a thing the person had before their eyes."""

    version = HiddenField(render_kw={"id": False})  # several such forms may stand on one page

    def check_version(self, thing: Any) -> None:
        """Refuse to write over what someone else has changed since.

        Raises:
            Conflict: the thing has another version now.
        """
        if self.version.data != str(thing.version):
            raise Conflict(_("Someone else changed this in the meantime. Look at the present version first."))


class DeclineForm(PageForm):
    """Why an application is not taken up."""

    reason = TextAreaField(
        _l("Reason"),
        validators=[InputRequired(_l("Say why the application is declined.")), Length(max=2000)],
        description=_l("The applicant reads this. Say what would have to change."),
    )


class PlanForm(VersionedForm):
    """Team and day of the visit."""

    visit_on = DateField(
        _l("Day of the visit"),
        validators=[InputRequired(_l("Choose the day of the visit."))],
        description=_l("At least 14 days ahead is good practice, so that the supplier can prepare the documents."),
    )
    lead = SelectField(_l("Lead auditor"), validators=[InputRequired(_l("Choose the lead auditor."))])
    auditors = SelectMultipleField(
        _l("Further auditors"),
        validators=[Optional()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )


class FindingForm(VersionedForm):
    """The three parts of a finding, and its grade."""

    requirement = TextAreaField(
        _l("Requirement"),
        validators=[Length(max=4000)],
        description=_l("Which rule or agreement is this about?"),
    )
    not_met = TextAreaField(
        _l("What is not met"),
        validators=[Length(max=4000)],
        description=_l("Say what you saw, without judging."),
    )
    evidence = TextAreaField(
        _l("Evidence"),
        validators=[Length(max=4000)],
        description=_l("A document, a photo, a person you spoke with."),
    )
    grade = SelectField(_l("Grade of the finding"))
    grade_comment = TextAreaField(
        _l("Why the grade is raised"),
        validators=[Length(max=2000)],
        description=_l("Needed only when you raise the grade that the checklist proposes."),
    )


class RemarkForm(PageForm):
    """What the supplier says about the report."""

    words = TextAreaField(
        _l("Your remark"),
        validators=[InputRequired(_l("Write your remark.")), Length(max=4000)],
        description=_l("Something is not right or not said? Write it in your own words. It stays beside the report."),
    )
