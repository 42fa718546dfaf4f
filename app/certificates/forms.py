"""Forms of review, decision and certificates."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Form, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, Length, Optional

from app.certificates.lifecycle import PublicState
from app.certificates.models import Outcome, Recommendation
from app.certificates.words import PUBLIC_REASONS
from app.forms import PageForm


class ReviewForm(PageForm):
    """What the reviewer recommends."""

    recommendation = RadioField(
        _l("Recommendation"),
        choices=[
            SelectChoice(Recommendation.GRANT.value, _l("Grant the certificate")),
            SelectChoice(Recommendation.REFUSE.value, _l("Refuse the certificate")),
            SelectChoice(Recommendation.SEND_BACK.value, _l("Send back to be completed")),
        ],
        validators=[InputRequired(_l("Choose what you recommend."))],
    )
    note = TextAreaField(
        _l("Note"),
        validators=[Length(max=4000)],
        description=_l("Needed when you recommend a refusal or send the case back: write what is missing."),
    )


class DecisionForm(PageForm):
    """Grant or refuse, with the reasons."""

    outcome = RadioField(
        _l("Decision"),
        choices=[
            SelectChoice(Outcome.GRANTED.value, _l("Grant the certificate")),
            SelectChoice(Outcome.REFUSED.value, _l("Refuse the certificate")),
        ],
        validators=[InputRequired(_l("Choose the decision."))],
    )
    rationale = TextAreaField(
        _l("Reasons of the decision"),
        validators=[InputRequired(_l("Write the reasons of the decision.")), Length(max=8000)],
        description=_l("They are kept with the decision. The supplier reads them when the certificate is refused."),
    )
    valid_from = DateField(
        _l("Valid from"),
        validators=[Optional()],
        description=_l("Leave it empty for today. The day cannot be before the decision."),
    )


class ReasonForm(PageForm):
    """Why a certificate is suspended or withdrawn: for everyone, and for the foundation."""

    reason = SelectField(
        _l("Public reason"),
        choices=[SelectChoice(reason.value, words) for reason, words in PUBLIC_REASONS.items()],
        description=_l("The register shows it to everyone."),
    )
    note = TextAreaField(
        _l("Reason for the foundation's records"),
        validators=[InputRequired(_l("Write why, for the foundation's records.")), Length(max=4000)],
        description=_l("Only the foundation's staff see it."),
    )


class ReinstateForm(PageForm):
    """Why a suspension ends."""

    note = TextAreaField(
        _l("Reason for the foundation's records"),
        validators=[InputRequired(_l("Write why, for the foundation's records.")), Length(max=4000)],
        description=_l("Only the foundation's staff see it."),
    )


class ListForm(Form):
    """What narrows a list of certificates."""

    q = StringField(_l("Name, town, product or number"))
    state = SelectField(
        _l("State"),
        choices=[
            SelectChoice("", _l("All states")),
            SelectChoice(PublicState.VALID.value, _l("Valid today")),
            SelectChoice(PublicState.SUSPENDED.value, _l("Suspended now")),
            SelectChoice(PublicState.WITHDRAWN.value, _l("Withdrawn")),
            SelectChoice(PublicState.EXPIRED.value, _l("Expired")),
            SelectChoice(PublicState.NOT_YET_VALID.value, _l("Not valid yet")),
        ],
    )


class NumberForm(Form):
    """A number that somebody typed or scanned."""

    number = StringField(
        _l("Certificate number"),
        description=_l("It stands in the top right corner of the certificate, for example BASE-2026-00042-32."),
        validators=[InputRequired(_l("Type the number of the certificate."))],
    )
