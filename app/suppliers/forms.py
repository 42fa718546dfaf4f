"""Forms of suppliers. What is entered is judged by ``particulars``; here are labels, hints and how values are read."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    EmailField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Email, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.forms import PageForm
from app.suppliers import names
from app.suppliers.identifiers import ean_problem
from app.suppliers.models import LegalForm, ProductKind, RunningBody, Supplier
from app.suppliers.names import LEGAL_FORMS, PEOPLE, PRODUCT_KINDS
from app.suppliers.particulars import NO_LEGAL_PERSON, Body, Unit
from app.suppliers.places import COUNTIES, PROVINCES

CHOOSE = SelectChoice("", _l("– choose –"))
BODY_FORMS = {form: name for form, name in LEGAL_FORMS.items() if form not in NO_LEGAL_PERSON}
MOST_PEOPLE = 100_000


def choices_of(names: Mapping[str, Any], group: str | None = None) -> list[SelectChoice]:
    """Value → name as choices of a list."""
    return [SelectChoice(str(value), name, optgroup=group) for value, name in names.items()]


def county_choices() -> list[SelectChoice]:
    """Counties of Pomorskie, then the other provinces."""
    elsewhere = {code: name for code, name in PROVINCES.items() if code not in {code[:2] for code in COUNTIES}}
    return choices_of(COUNTIES, _("Counties of Pomorskie")) + choices_of(elsewhere, _("Other provinces"))


class CountyField(SelectField):
    """A list of counties and provinces that also keeps a code it does not list."""

    nothing = CHOOSE

    def process_data(self, value: object) -> None:
        super().process_data(value)
        listed = county_choices()
        unlisted = value and value not in {choice.value for choice in listed}
        self.choices = [self.nothing, *listed, *([SelectChoice(str(value))] if unlisted else [])]


class UnitForm(Form):
    """The unit that makes things."""

    name = StringField(
        _l("Name of the supplier"),
        validators=[InputRequired(_l("Enter the name of the supplier."))],
        description=_l("As on the door, for instance WTZ „Morska Szuflada”."),
    )
    legal_form = SelectField(
        _l("Legal form"),
        choices=[CHOOSE, *choices_of(LEGAL_FORMS)],
        validators=[InputRequired(_l("Choose the legal form."))],
    )
    street = StringField(_l("Street and number"))
    postal_code = StringField(_l("Postal code"), description=_l("For instance 84-100."))
    town = StringField(_l("Town"))
    county_code = CountyField(_l("County, or province outside Pomorskie"))
    local_regon = StringField(_l("REGON of the unit"), description=_l("14 digits, when the unit has one of its own."))
    support_centre = StringField(_l("Support centre (OWES)"))
    participants = IntegerField(PEOPLE["participants"], [Optional(), NumberRange(0, MOST_PEOPLE)])
    employees = IntegerField(PEOPLE["employees"], [Optional(), NumberRange(0, MOST_PEOPLE)])
    with_disabilities = IntegerField(_l("Employees with disabilities"), [Optional(), NumberRange(0, MOST_PEOPLE)])
    at_risk = IntegerField(_l("Employees at risk of exclusion"), [Optional(), NumberRange(0, MOST_PEOPLE)])
    members = IntegerField(PEOPLE["members"], [Optional(), NumberRange(0, MOST_PEOPLE)])
    volunteers = IntegerField(PEOPLE["volunteers"], [Optional(), NumberRange(0, MOST_PEOPLE)])
    notes = TextAreaField(_l("Notes of the office"), description=_l("The supplier does not see them."))

    def entered(self) -> Unit:
        """What was entered."""
        texts = ("name", "street", "postal_code", "town", "county_code", "local_regon", "support_centre", "notes")
        people = {kind: self[kind].data for kind in PEOPLE if self[kind].data is not None}
        return Unit(
            **{name: self[name].data or "" for name in texts},
            legal_form=LegalForm(self.legal_form.data),
            people=people,
        )


class BodyForm(Form):
    """The legal person that runs units and signs contracts."""

    name = StringField(_l("Name of the running body"), validators=[InputRequired(_l("Enter the running body's name."))])
    legal_form = SelectField(
        _l("Legal form of the running body"),
        choices=[CHOOSE, *choices_of(BODY_FORMS)],
        validators=[InputRequired(_l("Choose the legal form of the running body."))],
    )
    nip = StringField(
        _l("NIP"),
        validators=[InputRequired(_l("Enter the NIP of the running body."))],
        description=_l("10 digits; dashes and spaces do no harm."),
    )
    regon = StringField(_l("REGON"), description=_l("9 digits."))
    krs = StringField(_l("KRS"), description=_l("10 digits, with the zeros in front. Not every body has one."))
    social_enterprise = BooleanField(_l("Has the status of a social enterprise (PS)"))
    public_benefit = BooleanField(_l("Is a public benefit organisation (OPP)"))
    vat_status = StringField(_l("VAT"), description=_l("For instance: active, exempt, outside VAT."))

    def entered(self) -> Body:
        """What was entered."""
        texts = {name: self[name].data or "" for name in ("name", "nip", "regon", "krs", "vat_status")}
        return Body(
            **texts,
            legal_form=LegalForm(self.legal_form.data),
            social_enterprise=self.social_enterprise.data,
            public_benefit=self.public_benefit.data,
        )


class RegisterForm(PageForm):
    """A new supplier: the unit, and who runs it."""

    unit = FormField(UnitForm)
    unit_is_body = BooleanField(
        _l("The supplier is itself the legal person"),
        description=_l("As with a co-operative, a foundation, an association or a company. A WTZ and a ZAZ never are."),
    )
    body = FormField(BodyForm)

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """The body's name and form are the unit's own when it is the legal person."""
        unit, body = self.unit.form, self.body.form
        if self.unit_is_body.data and unit.legal_form.data not in NO_LEGAL_PERSON:
            for name in ("name", "legal_form"):
                body[name].data, body[name].raw_data = unit[name].data, unit[name].raw_data
        return bool(super().validate(extra_validators))

    def validate_unit_is_body(self, field: BooleanField) -> None:
        if field.data and self.unit.form.legal_form.data in NO_LEGAL_PERSON:
            raise ValidationError(_("A WTZ and a ZAZ are run by another body. Enter it below."))


class ChangeUnitForm(PageForm):
    """The unit, and which version of it the person was looking at."""

    unit = FormField(UnitForm)
    version = HiddenField()


class ChangeBodyForm(PageForm):
    """The running body, and which version of it the person was looking at."""

    body = FormField(BodyForm)
    version = HiddenField()


class SiteForm(PageForm):
    """A place where things are made."""

    version = HiddenField()
    name = StringField(_l("Name of the place"), [InputRequired(_l("Enter a name for the place.")), Length(max=200)])
    street = StringField(_l("Street and number"), [Length(max=200)])
    postal_code = StringField(_l("Postal code"), [Length(max=6)])
    town = StringField(_l("Town"), [Length(max=100)])


class ProductForm(PageForm):
    """Something the supplier offers."""

    version = HiddenField()
    name = StringField(_l("Name of the product or service"), [InputRequired(_l("Enter a name.")), Length(max=250)])
    kind = SelectField(
        _l("Kind"),
        choices=[CHOOSE, *choices_of(PRODUCT_KINDS)],
        validators=[InputRequired(_l("Choose the kind."))],
        description=_l("The kinds decide which criteria of the checklist apply."),
    )
    category = StringField(_l("Category"), [Length(max=120)], description=_l("For instance ceramics, felt, jam."))
    ean = StringField(_l("EAN code"), description=_l("13 digits under the bars."))
    net_price = DecimalField(
        _l("Net price in złoty"), [Optional(), NumberRange(0, 99_999_999, _l("Enter a price that is not below zero."))]
    )
    note = TextAreaField(_l("Note"), [Length(max=2000)])

    def validate_ean(self, field: StringField) -> None:
        field.data = "".join((field.data or "").split())
        if problem := ean_problem(field.data):
            field.errors = [*field.errors, problem]
            field.data = field.raw_data[0] if field.raw_data else ""


class ContactForm(PageForm):
    """A person at the supplier."""

    version = HiddenField()
    name = StringField(_l("First and last name"), [InputRequired(_l("Enter the name.")), Length(max=200)])
    function = StringField(_l("Function"), [Length(max=200)], description=_l("For instance head of the workshop."))
    email = EmailField(_l("E-mail"), [Optional(), Email(_l("An e-mail address looks like name@example.org."))])
    phone = TelField(_l("Telephone"), [Length(max=40)])


PART_FORMS: Mapping[str, type[PageForm]] = {"site": SiteForm, "product": ProductForm, "contact": ContactForm}


class AdviceForm(PageForm):
    """Who advised, and when."""

    adviser = SelectField(_l("Who advised"), validators=[InputRequired(_l("Choose who advised."))])
    given_on = DateField(_l("Day"), validators=[InputRequired(_l("Choose the day."))])
    topic = StringField(_l("What about"), [Length(max=250)])


class AnyCountyField(CountyField):
    """The same list for narrowing: nothing chosen means all of them."""

    nothing = SelectChoice("", _l("All counties"))


class FilterForm(Form):
    """What narrows the list."""

    q = StringField(_l("Name, town or NIP"))
    legal_form = SelectField(_l("Legal form"), choices=[SelectChoice("", _l("All forms")), *choices_of(LEGAL_FORMS)])
    county = AnyCountyField(_l("County"), validate_choice=False)


def facts_form(profile: Mapping[str, Sequence[str]]) -> type[PageForm]:
    """A form with a list of boxes for each fact of a checklist's profile."""
    boxes = {
        name: SelectMultipleField(
            names.fact(name),
            choices=choices_of({value: names.fact_value(name, value) for value in values}),
            option_widget=CheckboxInput(),
            widget=ListWidget(prefix_label=False),
        )
        for name, values in profile.items()
    }
    return type("FactsForm", (PageForm,), boxes)


def unit_values(supplier: Supplier) -> dict[str, Any]:
    """The unit as form values."""
    texts = ("name", "street", "postal_code", "town", "county_code", "local_regon", "support_centre", "notes")
    return {
        **{name: getattr(supplier, name) for name in texts},
        "legal_form": str(supplier.legal_form),
        **supplier.people,
    }


def body_values(body: RunningBody) -> dict[str, Any]:
    """The running body as form values."""
    names = ("name", "nip", "regon", "krs", "social_enterprise", "public_benefit", "vat_status")
    return {**{name: getattr(body, name) for name in names}, "legal_form": str(body.legal_form)}


def mark(part: Form, problems: Mapping[str, str]) -> bool:
    """Put each sentence at its field; True when there is none."""
    for name, sentence in problems.items():
        part[name].errors = [*part[name].errors, sentence]
    return not problems


def version_seen(form: PageForm) -> int:
    """The version that the person was looking at; 0 when the form does not say."""
    typed = str(form.version.data or "")
    return int(typed) if typed.isdecimal() else 0


def part_values(form: PageForm) -> dict[str, Any]:
    """The values of a part's form by column; what is empty as the column wants it."""
    values = {field.short_name: field.data for field in form if field.type not in ("CSRFTokenField", "HiddenField")}
    values = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    if "kind" in values:
        values["kind"] = ProductKind(values["kind"])
    return {name: "" if value is None and name != "net_price" else value for name, value in values.items()}
