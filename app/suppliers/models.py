"""Suppliers: the unit that makes things, the body that runs it and signs, places, products, people; applications."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Entity, by_value

# Compared byte by byte on PostgreSQL too, so that orders and prefixes are those that the code computes.
ORDERED_TEXT = String(60).with_variant(String(60, collation="C"), "postgresql")


class LegalForm(StrEnum):
    """Legal forms of units and running bodies (glossary; a unit such as a WTZ is no legal person)."""

    WTZ = "wtz"
    ZAZ = "zaz"
    SPS = "sps"
    NGO_F = "ngo_f"
    NGO_S = "ngo_s"
    SPZOO_NP = "spzoo_np"
    KGW = "kgw"
    KOSC = "kosc"
    JST = "jst"


class ProductKind(StrEnum):
    """What a product is; the kinds decide which criteria apply."""

    FOOD = "food"
    CRAFT = "craft"
    COSMETICS = "cosmetics"
    SERVICES = "services"


class RunningBody(Entity):
    """The legal person that runs units and signs contracts."""

    __tablename__ = "running_body"

    name: Mapped[str] = mapped_column(String(250))
    legal_form: Mapped[LegalForm] = mapped_column(by_value(LegalForm))
    nip: Mapped[str] = mapped_column(String(10), unique=True)
    regon: Mapped[str] = mapped_column(String(9), default="")
    krs: Mapped[str] = mapped_column(String(10), default="")
    social_enterprise: Mapped[bool] = mapped_column(default=False, comment="status przedsiębiorstwa społecznego")
    public_benefit: Mapped[bool] = mapped_column(default=False, comment="status OPP")
    vat_status: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class Supplier(Entity):
    """The unit that makes products: a workshop, an establishment, a co-operative."""

    __tablename__ = "supplier"

    name: Mapped[str] = mapped_column(String(250))
    legal_form: Mapped[LegalForm] = mapped_column(by_value(LegalForm))
    running_body_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("running_body.id"), index=True)
    local_regon: Mapped[str] = mapped_column(String(14), default="", comment="14-digit REGON of the local unit")
    street: Mapped[str] = mapped_column(String(200), default="")
    postal_code: Mapped[str] = mapped_column(String(6), default="")
    town: Mapped[str] = mapped_column(String(100), default="")
    county_code: Mapped[str] = mapped_column(String(4), default="", comment="TERYT code of the powiat")
    support_centre: Mapped[str] = mapped_column(String(100), default="", comment="OWES")
    profile: Mapped[dict[str, Any]] = mapped_column(
        default=dict,
        comment="facts that a person set, named as in the checklist; the others follow from the record",
    )
    people: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="headcounts by kind")
    notes: Mapped[str] = mapped_column(default="")
    sort_key: Mapped[str] = mapped_column(ORDERED_TEXT, comment="the name in Polish order; lists are paged by it")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    running_body: Mapped[RunningBody] = relationship(lazy="joined", innerjoin=True)
    products: Mapped[list["Product"]] = relationship(order_by="Product.name, Product.id", back_populates="supplier")
    sites: Mapped[list["Site"]] = relationship(order_by="Site.name, Site.id", back_populates="supplier")
    contacts: Mapped[list["Contact"]] = relationship(order_by="Contact.name, Contact.id", back_populates="supplier")

    __table_args__ = (
        Index("ix_supplier_sort_key_id", "sort_key", "id"),
        Index("ix_supplier_legal_form_sort_key_id", "legal_form", "sort_key", "id"),
        Index("ix_supplier_county_code_sort_key_id", "county_code", "sort_key", "id"),
        Index("ix_supplier_county_code_legal_form", "county_code", "legal_form", "sort_key", "id"),
    )


class SupplierWord(Base):
    """A word by which a supplier is found: of its names, town and numbers; lower case, without diacritics."""

    __tablename__ = "supplier_word"

    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier.id"), primary_key=True)
    word: Mapped[str] = mapped_column(ORDERED_TEXT, primary_key=True)
    sort_key: Mapped[str] = mapped_column(ORDERED_TEXT, comment="the supplier's, so that hits come in the list's order")

    __table_args__ = (
        Index("ix_supplier_word_word", "word", "sort_key", "supplier_id"),
        {"sqlite_with_rowid": False},
    )


class Site(Entity):
    """A place where products are made; may be in the scope of a certificate."""

    __tablename__ = "site"

    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    street: Mapped[str] = mapped_column(String(200), default="")
    postal_code: Mapped[str] = mapped_column(String(6), default="")
    town: Mapped[str] = mapped_column(String(100), default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    supplier: Mapped[Supplier] = relationship(back_populates="sites")


class Product(Entity):
    """Something the supplier offers."""

    __tablename__ = "product"

    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier.id"), index=True)
    name: Mapped[str] = mapped_column(String(250))
    kind: Mapped[ProductKind] = mapped_column(by_value(ProductKind))
    category: Mapped[str] = mapped_column(String(120), default="")
    ean: Mapped[str] = mapped_column(String(13), default="")
    net_price: Mapped[Decimal | None] = mapped_column(Numeric(10, 2), comment="PLN")
    note: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    supplier: Mapped[Supplier] = relationship(back_populates="products")


class Contact(Entity):
    """A person at the supplier; with an account they work in the supplier's own space."""

    __tablename__ = "contact"

    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier.id"), index=True)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    function: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    supplier: Mapped[Supplier] = relationship(back_populates="contacts")

    __table_args__ = (UniqueConstraint("supplier_id", "user_id"),)


class Advice(Entity):
    """Expert support given to a supplier. Whoever advised may not audit or decide for two years."""

    __tablename__ = "advice"

    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier.id"), index=True)
    adviser_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    given_on: Mapped[date]
    topic: Mapped[str] = mapped_column(String(250), default="")

    supplier: Mapped[Supplier] = relationship()


class ImportDraft(Entity):
    """An uploaded list of suppliers that waits for a person to look at it and confirm."""

    __tablename__ = "import_draft"

    file_name: Mapped[str] = mapped_column(String(200))
    rows: Mapped[list[Any]] = mapped_column(comment="the cells as read, one list a row, without the heading")
    columns: Mapped[list[str]] = mapped_column(comment="the names of the columns, in the file's order")
    uploaded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    uploaded_at: Mapped[datetime]


class ApplicationChannel(StrEnum):
    """How an application reached the office."""

    OFFICE = "office"
    PUBLIC = "public"
    SUPPLIER = "supplier"


class Application(Entity):
    """A request for certification: what is to be certified, and what the applicant agreed to."""

    __tablename__ = "application"

    supplier_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("supplier.id"), index=True, comment="empty until the office links a public application"
    )
    channel: Mapped[ApplicationChannel] = mapped_column(by_value(ApplicationChannel))
    submitted_at: Mapped[datetime]
    submitted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    particulars: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="what the applicant wrote: unit, running body, address, contact"
    )
    product_scope: Mapped[list[str]] = mapped_column(default=list, comment="names of products or services in scope")
    site_scope: Mapped[list[str]] = mapped_column(default=list, comment="places in scope")
    consent_register: Mapped[bool] = mapped_column(default=False, comment="agrees to the public register")
    consent_scores: Mapped[bool] = mapped_column(default=False, comment="agrees that area results are shown publicly")
    consent_terms: Mapped[bool] = mapped_column(default=False)
    message: Mapped[str] = mapped_column(default="")

    supplier: Mapped[Supplier | None] = relationship()
