"""Tablets, rescue files and signatures."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "rescue_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False, comment="in the file storage"),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_by_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["user.id"], name=op.f("fk_rescue_file_uploaded_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rescue_file")),
    )
    with op.batch_alter_table("rescue_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rescue_file_uploaded_by_id"), ["uploaded_by_id"], unique=False)

    op.create_table(
        "tablet_loss",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False, comment="changes that the tablet should hold"),
        sa.Column("found", sa.Integer(), nullable=False, comment="changes that it holds"),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_tablet_loss_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tablet_loss")),
    )
    with op.batch_alter_table("tablet_loss", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tablet_loss_settled_at"), ["settled_at"], unique=False)

    op.create_table(
        "tablet",
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("app", sa.String(length=40), nullable=False, comment="version of the tablet's programme"),
        sa.Column("unsent", sa.Integer(), nullable=False, comment="changes that waited on the tablet after the call"),
        sa.Column(
            "unsent_since", sa.DateTime(timezone=True), nullable=True, comment="since when something has been waiting"
        ),
        sa.Column(
            "contiguous_seq", sa.Integer(), nullable=True, comment="the last of the device's numbers before a hole"
        ),
        sa.Column(
            "gap", sa.Boolean(), nullable=False, comment="a hole in the device's numbers: an operation may be lost"
        ),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_tablet_audit_id_audit")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_tablet_user_id_user")),
        sa.PrimaryKeyConstraint("audit_id", "device_id", name=op.f("pk_tablet")),
    )
    op.add_column("photo", sa.Column("kind", sa.String(length=32), server_default="photo", nullable=False))
    op.add_column(
        "photo",
        sa.Column(
            "signature",
            sa.JSON(none_as_null=True),
            nullable=True,
            comment="of a signature: signer, role, digest of what stood, the tablet's clock",
        ),
    )


def downgrade() -> None:
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.drop_column("signature")
        batch_op.drop_column("kind")

    op.drop_table("tablet")
    with op.batch_alter_table("tablet_loss", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tablet_loss_settled_at"))

    op.drop_table("tablet_loss")
    with op.batch_alter_table("rescue_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rescue_file_uploaded_by_id"))

    op.drop_table("rescue_file")
