"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "history",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False, comment="the role on whose behalf it was done"),
        sa.Column("tag", sa.String(length=64), nullable=False, comment="subject:action"),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_history")),
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_history_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_history_subject_id"), ["subject_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_history_supplier_id"), ["supplier_id"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("unique_key", sa.String(length=120), nullable=True, comment="same key, same job: queued once"),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("unique_key", name=op.f("uq_job_unique_key")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_state"), ["state"], unique=False)

    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("website", sa.String(length=254), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_table(
        "running_body",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("legal_form", sa.String(length=32), nullable=False),
        sa.Column("nip", sa.String(length=10), nullable=False),
        sa.Column("regon", sa.String(length=9), nullable=False),
        sa.Column("krs", sa.String(length=10), nullable=False),
        sa.Column("social_enterprise", sa.Boolean(), nullable=False, comment="status przedsiębiorstwa społecznego"),
        sa.Column("public_benefit", sa.Boolean(), nullable=False, comment="status OPP"),
        sa.Column("vat_status", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_running_body")),
        sa.UniqueConstraint("nip", name=op.f("uq_running_body_nip")),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.String(length=200), nullable=False, comment="printed beside a decision"),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("is_staff", sa.Boolean(), nullable=False),
        sa.Column("role_names", sa.JSON(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False, comment="changing it ends every session"),
        sa.Column("tf_primary_method", sa.String(length=64), nullable=True),
        sa.Column("tf_totp_secret", sa.String(length=255), nullable=True),
        sa.Column(
            "tf_last_counter", sa.Integer(), nullable=True, comment="time step of the last one-time code, used once"
        ),
        sa.Column("mf_recovery_codes", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_user_fs_uniquifier")),
    )
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_is_staff"), ["is_staff"], unique=False)

    op.create_table(
        "import_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False, comment="the cells as read, one list a row, without the heading"),
        sa.Column("columns", sa.JSON(), nullable=False, comment="the names of the columns, in the file's order"),
        sa.Column("uploaded_by_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["user.id"], name=op.f("fk_import_draft_uploaded_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_draft")),
    )
    with op.batch_alter_table("import_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_draft_uploaded_by_id"), ["uploaded_by_id"], unique=False)

    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("device", sa.String(length=300), nullable=False, comment="browser and system, as it said itself"),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_sign_in_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_user_id"), ["user_id"], unique=False)

    op.create_table(
        "supplier",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("legal_form", sa.String(length=32), nullable=False),
        sa.Column("running_body_id", sa.Uuid(), nullable=False),
        sa.Column("local_regon", sa.String(length=14), nullable=False, comment="14-digit REGON of the local unit"),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column("postal_code", sa.String(length=6), nullable=False),
        sa.Column("town", sa.String(length=100), nullable=False),
        sa.Column("county_code", sa.String(length=4), nullable=False, comment="TERYT code of the powiat"),
        sa.Column("support_centre", sa.String(length=100), nullable=False, comment="OWES"),
        sa.Column(
            "profile",
            sa.JSON(),
            nullable=False,
            comment="facts that a person set, named as in the checklist; the others follow from the record",
        ),
        sa.Column("people", sa.JSON(), nullable=False, comment="headcounts by kind"),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=60).with_variant(sa.String(length=60, collation="C"), "postgresql"),
            nullable=False,
            comment="the name in Polish order; lists are paged by it",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["running_body_id"], ["running_body.id"], name=op.f("fk_supplier_running_body_id_running_body")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier")),
    )
    with op.batch_alter_table("supplier", schema=None) as batch_op:
        batch_op.create_index(
            "ix_supplier_county_code_legal_form", ["county_code", "legal_form", "sort_key", "id"], unique=False
        )
        batch_op.create_index("ix_supplier_county_code_sort_key_id", ["county_code", "sort_key", "id"], unique=False)
        batch_op.create_index("ix_supplier_legal_form_sort_key_id", ["legal_form", "sort_key", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supplier_running_body_id"), ["running_body_id"], unique=False)
        batch_op.create_index("ix_supplier_sort_key_id", ["sort_key", "id"], unique=False)

    op.create_table(
        "advice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("adviser_id", sa.Uuid(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("topic", sa.String(length=250), nullable=False),
        sa.ForeignKeyConstraint(["adviser_id"], ["user.id"], name=op.f("fk_advice_adviser_id_user")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_advice_supplier_id_supplier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advice")),
    )
    with op.batch_alter_table("advice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_advice_adviser_id"), ["adviser_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_advice_supplier_id"), ["supplier_id"], unique=False)

    op.create_table(
        "application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=True, comment="empty until the office links a public application"),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "particulars",
            sa.JSON(),
            nullable=False,
            comment="what the applicant wrote: unit, running body, address, contact",
        ),
        sa.Column("product_scope", sa.JSON(), nullable=False, comment="names of products or services in scope"),
        sa.Column("site_scope", sa.JSON(), nullable=False, comment="places in scope"),
        sa.Column("consent_register", sa.Boolean(), nullable=False, comment="agrees to the public register"),
        sa.Column(
            "consent_scores", sa.Boolean(), nullable=False, comment="agrees that area results are shown publicly"
        ),
        sa.Column("consent_terms", sa.Boolean(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["user.id"], name=op.f("fk_application_submitted_by_id_user")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_application_supplier_id_supplier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_supplier_id"), ["supplier_id"], unique=False)

    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("function", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_contact_supplier_id_supplier")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_contact_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("supplier_id", "user_id", name=op.f("uq_contact_supplier_id_user_id")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_supplier_id"), ["supplier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_user_id"), ["user_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role_names", sa.JSON(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=True, comment="the supplier whose contact the person becomes"),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("invited_by_id", sa.Uuid(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["invited_by_id"], ["user.id"], name=op.f("fk_invitation_invited_by_id_user")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_invitation_supplier_id_supplier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_invitation_token_digest")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_email"), ["email"], unique=False)

    op.create_table(
        "product",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("category", sa.String(length=120), nullable=False),
        sa.Column("ean", sa.String(length=13), nullable=False),
        sa.Column("net_price", sa.Numeric(precision=10, scale=2), nullable=True, comment="PLN"),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_product_supplier_id_supplier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
    )
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_supplier_id"), ["supplier_id"], unique=False)

    op.create_table(
        "site",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column("postal_code", sa.String(length=6), nullable=False),
        sa.Column("town", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_site_supplier_id_supplier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_supplier_id"), ["supplier_id"], unique=False)

    op.create_table(
        "supplier_word",
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column(
            "word", sa.String(length=60).with_variant(sa.String(length=60, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "sort_key",
            sa.String(length=60).with_variant(sa.String(length=60, collation="C"), "postgresql"),
            nullable=False,
            comment="the supplier's, so that hits come in the list's order",
        ),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_supplier_word_supplier_id_supplier")),
        sa.PrimaryKeyConstraint("supplier_id", "word", name=op.f("pk_supplier_word")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("supplier_word", schema=None) as batch_op:
        batch_op.create_index("ix_supplier_word_word", ["word", "sort_key", "supplier_id"], unique=False)

    op.create_table(
        "case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False, comment="for people: 2026/0007"),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("checklist_id", sa.String(length=40), nullable=False),
        sa.Column("checklist_version", sa.String(length=20), nullable=False),
        sa.Column("product_scope", sa.JSON(), nullable=False),
        sa.Column("site_scope", sa.JSON(), nullable=False),
        sa.Column("consent_register", sa.Boolean(), nullable=False),
        sa.Column("consent_scores", sa.Boolean(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("visit_on", sa.Date(), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audit_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audit_finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_to_review_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_reason", sa.String(), nullable=False, comment="why it was declined"),
        sa.Column("report_key", sa.String(length=120), nullable=False, comment="the report's PDF in the file storage"),
        sa.Column("report_sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="last change of state; lists are ordered by it",
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_case_application_id_application")
        ),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_case_supplier_id_supplier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("application_id", name=op.f("uq_case_application_id")),
        sa.UniqueConstraint("number", name=op.f("uq_case_number")),
    )
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.create_index("ix_case_changed_at_id", ["changed_at", "id"], unique=False)
        batch_op.create_index("ix_case_state", ["state", "changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_supplier_id"), ["supplier_id"], unique=False)

    op.create_table(
        "audit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("checklist_id", sa.String(length=40), nullable=False),
        sa.Column("checklist_version", sa.String(length=20), nullable=False),
        sa.Column("checklist_digest", sa.String(length=80), nullable=False, comment="pinned when the audit started"),
        sa.Column("profile", sa.JSON(), nullable=False, comment="facts as corrected by the auditor"),
        sa.Column("cursor", sa.Integer(), nullable=False, comment="number of the last operation received"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_audit_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("case_id", name=op.f("uq_audit_case_id")),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("decision_maker_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("rationale", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "sealed",
            sa.JSON(),
            nullable=False,
            comment="checklist id, version, digest; answers after remediation; findings; result; open minors",
        ),
        sa.Column(
            "digest", sa.String(length=64), nullable=False, comment="SHA-256 over the canonical JSON of `sealed`"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_decision_case_id_case")),
        sa.ForeignKeyConstraint(["decision_maker_id"], ["user.id"], name=op.f("fk_decision_decision_maker_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("case_id", name=op.f("uq_decision_case_id")),
    )
    op.create_table(
        "finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.String(length=64), nullable=False),
        sa.Column("grade", sa.String(length=32), nullable=False, comment="a grade of the checklist"),
        sa.Column(
            "proposed_grade", sa.String(length=32), nullable=False, comment="what the checklist says for the answer"
        ),
        sa.Column("grade_comment", sa.String(), nullable=False, comment="why the auditor raised it"),
        sa.Column("requirement", sa.String(), nullable=False),
        sa.Column("not_met", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_finding_author_id_user")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_finding_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("case_id", "criterion", name=op.f("uq_finding_case_id_criterion")),
    )
    op.create_table(
        "remark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_remark_by_id_user")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_remark_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
    )
    with op.batch_alter_table("remark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_remark_case_id"), ["case_id"], unique=False)

    op.create_table(
        "review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("recommendation", sa.String(length=32), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_review_case_id_case")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["user.id"], name=op.f("fk_review_reviewer_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_case_id"), ["case_id"], unique=False)

    op.create_table(
        "team_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column(
            "declared_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the person declared no conflict of interest",
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_team_member_case_id_case")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_team_member_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_member")),
        sa.UniqueConstraint("case_id", "user_id", name=op.f("uq_team_member_case_id_user_id")),
    )
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_member_user_id"), ["user_id"], unique=False)

    op.create_table(
        "answer",
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.String(length=64), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("value", sa.JSON(), nullable=True),
        sa.Column("head_op", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_answer_audit_id_audit")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_answer_by_id_user")),
        sa.PrimaryKeyConstraint("audit_id", "criterion", "field", name=op.f("pk_answer")),
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False, comment="BASE-YYYY-NNNNN-CC"),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False, comment="the NNNNN of the number"),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column(
            "content",
            sa.JSON(),
            nullable=False,
            comment="everything printed: issuer, holder, scheme, scope, grade, area results, decision maker, replaces",
        ),
        sa.Column("holder_name", sa.String(length=250), nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=60).with_variant(sa.String(length=60, collation="C"), "postgresql"),
            nullable=False,
            comment="the holder's name in Polish order; lists are paged by it",
        ),
        sa.Column("public", sa.Boolean(), nullable=False, comment="the holder agreed to the register"),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("suspended_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("public_reason", sa.String(length=40), nullable=False, comment="code of the public reason"),
        sa.Column("pdf_key", sa.String(length=120), nullable=False, comment="empty until the job rendered it"),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("rendered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_certificate_case_id_case")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_certificate_decision_id_decision")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_certificate_supplier_id_supplier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("number", "edition", name=op.f("uq_certificate_number_edition")),
        sa.UniqueConstraint("year", "sequence", "edition", name=op.f("uq_certificate_year_sequence_edition")),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_certificate_sort_key_id", ["sort_key", "id"], unique=False)
        batch_op.create_index("ix_certificate_state_sort_key", ["state", "sort_key", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificate_supplier_id"), ["supplier_id"], unique=False)
        batch_op.create_index("ix_certificate_valid_from", ["valid_from"], unique=False)
        batch_op.create_index("ix_certificate_valid_until", ["valid_until"], unique=False)

    op.create_table(
        "operation",
        sa.Column("op_id", sa.Uuid(), nullable=False, comment="made by the client; repeating it changes nothing"),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False, comment="position in the audit's own sequence"),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, comment="position in the device's own sequence"),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("criterion", sa.String(length=64), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False, comment="the operation as received"),
        sa.Column("payload_digest", sa.String(length=64), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False, comment="the answer given, repeated when the operation is"),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "at_device", sa.String(length=40), nullable=False, comment="the tablet's clock: shown, never trusted"
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_operation_actor_id_user")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_operation_audit_id_audit")),
        sa.PrimaryKeyConstraint("op_id", name=op.f("pk_operation")),
        sa.UniqueConstraint("audit_id", "cursor", name=op.f("uq_operation_audit_id_cursor")),
        sa.UniqueConstraint("audit_id", "device_id", "seq", name=op.f("uq_operation_audit_id_device_id_seq")),
    )
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.create_index("ix_operation_criterion", ["audit_id", "criterion", "cursor"], unique=False)

    op.create_table(
        "photo",
        sa.Column("id", sa.Uuid(), nullable=False, comment="made by the client"),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False, comment="of the bytes that the tablet sends"),
        sa.Column("size", sa.Integer(), nullable=False, comment="bytes"),
        sa.Column("mime", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False, comment="empty until the bytes arrived"),
        sa.Column("thumbnail_key", sa.String(length=160), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["user.id"], name=op.f("fk_photo_added_by_id_user")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_photo_audit_id_audit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_photo_audit_id"), ["audit_id"], unique=False)

    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(), nullable=False, comment="what to do, pre-filled from the checklist"),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("correction", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("corrective_action", sa.String(), nullable=False),
        sa.Column("owner_name", sa.String(length=200), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True, comment="the date in the supplier's plan"),
        sa.Column("supplier_note", sa.String(), nullable=False),
        sa.Column("returned_reason", sa.String(), nullable=False),
        sa.Column(
            "new_value", sa.JSON(), nullable=True, comment="the level verified; the answer's value after remediation"
        ),
        sa.Column("verification_note", sa.String(), nullable=False),
        sa.Column("verified_by_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_task_case_id_case")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_task_finding_id_finding")),
        sa.ForeignKeyConstraint(["verified_by_id"], ["user.id"], name=op.f("fk_task_verified_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("finding_id", name=op.f("uq_task_finding_id")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index("ix_task_case_id", ["case_id", "due_on"], unique=False)
        batch_op.create_index("ix_task_state_due", ["state", "due_on"], unique=False)

    op.create_table(
        "answer_conflict",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.String(length=64), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("op_id", sa.Uuid(), nullable=False, comment="the newest operation that lost"),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("resolved_by_op", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_answer_conflict_audit_id_audit")),
        sa.ForeignKeyConstraint(["op_id"], ["operation.op_id"], name=op.f("fk_answer_conflict_op_id_operation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_conflict")),
    )
    with op.batch_alter_table("answer_conflict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_conflict_audit_id"), ["audit_id"], unique=False)

    op.create_table(
        "certificate_word",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column(
            "word", sa.String(length=60).with_variant(sa.String(length=60, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "sort_key",
            sa.String(length=60).with_variant(sa.String(length=60, collation="C"), "postgresql"),
            nullable=False,
            comment="the certificate's, so that hits come in the list's order",
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_word_certificate_id_certificate")
        ),
        sa.PrimaryKeyConstraint("certificate_id", "word", name=op.f("pk_certificate_word")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("certificate_word", schema=None) as batch_op:
        batch_op.create_index("ix_certificate_word_word", ["word", "sort_key", "certificate_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("mime", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False, comment="bytes as stored"),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("thumbnail_key", sa.String(length=160), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["user.id"], name=op.f("fk_evidence_added_by_id_user")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_evidence_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_task_id"), ["task_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_task_id"))

    op.drop_table("evidence")
    with op.batch_alter_table("certificate_word", schema=None) as batch_op:
        batch_op.drop_index("ix_certificate_word_word")

    op.drop_table("certificate_word")
    with op.batch_alter_table("answer_conflict", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_conflict_audit_id"))

    op.drop_table("answer_conflict")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index("ix_task_state_due")
        batch_op.drop_index("ix_task_case_id")

    op.drop_table("task")
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_photo_audit_id"))

    op.drop_table("photo")
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.drop_index("ix_operation_criterion")

    op.drop_table("operation")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index("ix_certificate_valid_until")
        batch_op.drop_index("ix_certificate_valid_from")
        batch_op.drop_index(batch_op.f("ix_certificate_supplier_id"))
        batch_op.drop_index("ix_certificate_state_sort_key")
        batch_op.drop_index("ix_certificate_sort_key_id")
        batch_op.drop_index(batch_op.f("ix_certificate_case_id"))

    op.drop_table("certificate")
    op.drop_table("answer")
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_member_user_id"))

    op.drop_table("team_member")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_case_id"))

    op.drop_table("review")
    with op.batch_alter_table("remark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_remark_case_id"))

    op.drop_table("remark")
    op.drop_table("finding")
    op.drop_table("decision")
    op.drop_table("audit")
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_supplier_id"))
        batch_op.drop_index("ix_case_state")
        batch_op.drop_index("ix_case_changed_at_id")

    op.drop_table("case")
    with op.batch_alter_table("supplier_word", schema=None) as batch_op:
        batch_op.drop_index("ix_supplier_word_word")

    op.drop_table("supplier_word")
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_supplier_id"))

    op.drop_table("site")
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_product_supplier_id"))

    op.drop_table("product")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_email"))

    op.drop_table("invitation")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_user_id"))
        batch_op.drop_index(batch_op.f("ix_contact_supplier_id"))

    op.drop_table("contact")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_supplier_id"))

    op.drop_table("application")
    with op.batch_alter_table("advice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_advice_supplier_id"))
        batch_op.drop_index(batch_op.f("ix_advice_adviser_id"))

    op.drop_table("advice")
    with op.batch_alter_table("supplier", schema=None) as batch_op:
        batch_op.drop_index("ix_supplier_sort_key_id")
        batch_op.drop_index(batch_op.f("ix_supplier_running_body_id"))
        batch_op.drop_index("ix_supplier_legal_form_sort_key_id")
        batch_op.drop_index("ix_supplier_county_code_sort_key_id")
        batch_op.drop_index("ix_supplier_county_code_legal_form")

    op.drop_table("supplier")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_user_id"))

    op.drop_table("sign_in")
    with op.batch_alter_table("import_draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_draft_uploaded_by_id"))

    op.drop_table("import_draft")
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_is_staff"))

    op.drop_table("user")
    op.drop_table("running_body")
    op.drop_table("organisation")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_state"))

    op.drop_table("job")
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_history_supplier_id"))
        batch_op.drop_index(batch_op.f("ix_history_subject_id"))
        batch_op.drop_index(batch_op.f("ix_history_case_id"))

    op.drop_table("history")
