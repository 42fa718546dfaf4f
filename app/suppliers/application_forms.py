"""Forms of applications: the public one, and the short one for a supplier that is known."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    FieldList,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Email, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.forms import PageForm
from app.suppliers.applications import body_of, unit_of
from app.suppliers.forms import BODY_FORMS, CHOOSE, choices_of, mark
from app.suppliers.models import LegalForm, Product, ProductKind, Site, Supplier
from app.suppliers.names import LEGAL_FORMS, PRODUCT_KINDS
from app.suppliers.particulars import NO_LEGAL_PERSON, body_problems, tidy_body, tidy_unit, unit_problems
from app.suppliers.service import Submission

MOST_LINES = 50
PARTICULARS = (
    "unit_name", "unit_form", "street", "postal_code", "town", "body_name", "body_form", "nip", "krs",
    "contact_name", "contact_function", "contact_email", "contact_phone",
)  # fmt: skip
# How the rules' fields are called in the public form.
_UNIT_FIELDS = {"name": "unit_name", "postal_code": "postal_code", "street": "street", "town": "town"}
_BODY_FIELDS = {"name": "body_name", "legal_form": "body_form", "nip": "nip", "krs": "krs"}


class ConsentFields(PageForm):
    """What the applicant agrees to, and a word to the office."""

    consent_terms = BooleanField(
        _l("We accept the terms of certification and the rules for using the mark"),
        validators=[InputRequired(_l("The application needs agreement to the terms."))],
    )
    consent_register = BooleanField(
        _l("We agree to be listed in the public register with our certificate"),
        description=_l("Buyers can then check the certificate. Without it only the number can be verified."),
    )
    consent_scores = BooleanField(
        _l("We agree that the results of the three areas are shown publicly"),
        description=_l("You can change your mind at any time."),
    )
    message = TextAreaField(_l("Anything we should know"), [Length(max=2000)])

    def __iter__(self) -> Iterator[Field]:
        """In the order of the page, which ends with what is agreed to; so do its errors."""
        return iter(sorted(super().__iter__(), key=lambda field: field.short_name.startswith("consent_")))


class PublicForm(ConsentFields):
    """An application by someone without an account."""

    unit_name = StringField(
        _l("Name of the supplier"),
        [InputRequired(_l("Enter the name of the supplier.")), Length(max=250)],
        description=_l("The workshop, establishment, co-operative or organisation that makes things."),
    )
    unit_form = SelectField(
        _l("Legal form"),
        choices=[CHOOSE, *choices_of(LEGAL_FORMS)],
        validators=[InputRequired(_l("Choose the legal form."))],
    )
    street = StringField(_l("Street and number"), [Length(max=200)])
    postal_code = StringField(_l("Postal code"), description=_l("For instance 84-100."))
    town = StringField(_l("Town"), [InputRequired(_l("Enter the town.")), Length(max=100)])
    body_name = StringField(
        _l("Name of the running body"),
        [Length(max=250)],
        description=_l("Who signs contracts for you: needed for a WTZ and a ZAZ. Others leave it empty."),
    )
    body_form = SelectField(
        _l("Legal form of the running body"),
        choices=[CHOOSE, *choices_of(BODY_FORMS)],
    )
    nip = StringField(
        _l("NIP of whoever signs contracts"),
        [InputRequired(_l("Enter the NIP of the running body."))],
        description=_l("10 digits; dashes and spaces do no harm."),
    )
    krs = StringField(_l("KRS"), description=_l("10 digits, with the zeros in front. Not every body has one."))
    contact_name = StringField(_l("First and last name"), [InputRequired(_l("Enter the name.")), Length(max=200)])
    contact_function = StringField(_l("Function"), [Length(max=200)])
    contact_email = EmailField(
        _l("E-mail"),
        [InputRequired(_l("Enter an e-mail address.")), Email(_l("An e-mail address looks like name@example.org."))],
    )
    contact_phone = TelField(_l("Telephone"), [Length(max=40)])
    products = TextAreaField(
        _l("Products or services to be covered"),
        [InputRequired(_l("Say which products or services are to be covered.")), Length(max=5000)],
        description=_l("One in each line."),
    )
    places = TextAreaField(
        _l("Places where they are made"),
        [Length(max=5000)],
        description=_l("One in each line; leave it empty when it is the address above."),
    )
    website = StringField(_l("Leave this empty"))  # people do not see it; programs that fill everything in do

    def is_by_a_program(self) -> bool:
        """Was the field filled that people do not see?"""
        return bool(self.website.data)

    def follows_rules(self) -> bool:
        """Judge numbers, codes and forms by the suppliers' rules; sentences go to their fields."""
        wrote = self.wrote()
        if not lines(self.products.data):
            self.products.errors = [_l("Say which products or services are to be covered.")]
            return False
        if wrote["unit_form"] in NO_LEGAL_PERSON and not (wrote["body_name"] and wrote["body_form"]):
            self.body_name.errors = [_l("Say who runs the workshop or establishment, and in which legal form.")]
            return False
        unit, body = unit_problems(tidy_unit(unit_of(wrote))), body_problems(tidy_body(body_of(wrote)))
        right = mark(self, {_UNIT_FIELDS[name]: sentence for name, sentence in unit.items()})
        return mark(self, {_BODY_FIELDS[name]: sentence for name, sentence in body.items()}) and right

    def wrote(self) -> dict[str, str]:
        """The particulars as the applicant wrote them; the NIP tidied, so that it can be matched."""
        texts = {name: (self[name].data or "").strip() for name in PARTICULARS}
        return {**texts, "nip": tidy_body(body_of({**texts, "unit_form": texts["unit_form"] or LegalForm.NGO_S})).nip}

    def submission(self) -> Submission:
        """What the applicant asks for."""
        return Submission(
            product_scope=lines(self.products.data),
            site_scope=lines(self.places.data),
            particulars=self.wrote(),
            **consents(self),
        )


class SupplierForm(ConsentFields):
    """An application for a supplier that is known: its products and places are ticked."""

    products = SelectMultipleField(
        _l("Products or services to be covered"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    more_products = TextAreaField(
        _l("Further products or services"), [Length(max=5000)], description=_l("One in each line.")
    )
    places = SelectMultipleField(
        _l("Places where they are made"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )

    def offer(self, supplier: Supplier) -> None:
        """The supplier's own products and places as choices."""
        self.products.choices = _by_name(supplier.products)
        self.places.choices = _by_name(supplier.sites)

    def validate(self, extra_validators: Any = None) -> bool:
        """At least one product, ticked or written; asked for together with everything else that is missing."""
        right = bool(super().validate(extra_validators))
        if self.scope():
            return right
        asked = self.products if self.products.choices else self.more_products
        return mark(self, {asked.short_name: _("Say which products or services are to be covered.")})

    def scope(self) -> list[str]:
        """The products, ticked and written."""
        return list(dict.fromkeys([*(self.products.data or []), *lines(self.more_products.data)]))

    def submission(self) -> Submission:
        """What is asked for."""
        return Submission(product_scope=self.scope(), site_scope=list(self.places.data or []), **consents(self))


class LinkForm(PageForm):
    """Which kind of thing each product of an application is; the supplier gets those that have a kind."""

    kinds = FieldList(SelectField(choices=[CHOOSE, *choices_of(PRODUCT_KINDS)], validators=[Optional()]))

    def ask(self, products: Sequence[str]) -> None:
        """One question for each product that an application names."""
        while len(self.kinds) < len(products):
            self.kinds.append_entry()
        for entry, product in zip(self.kinds, products, strict=False):
            entry.label.text = product

    def chosen(self, products: Sequence[str]) -> dict[str, ProductKind]:
        """Product → kind, without those that were left open."""
        given = zip(products, self.kinds, strict=False)
        return {product: ProductKind(entry.data) for product, entry in given if entry.data}


def lines(text: str | None) -> list[str]:
    """The lines of a text, without empty ones, each once."""
    found = (" ".join(line.split())[:250] for line in (text or "").splitlines())
    return list(dict.fromkeys(line for line in found if line))[:MOST_LINES]


def consents(form: ConsentFields) -> dict[str, Any]:
    """What was agreed to, and the message."""
    given = {name: bool(form[name].data) for name in ("consent_terms", "consent_register", "consent_scores")}
    return {**given, "message": form.message.data or ""}


def _by_name(parts: Sequence[Product | Site]) -> list[SelectChoice]:
    return choices_of({part.name: part.name for part in parts})
