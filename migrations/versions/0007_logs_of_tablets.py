"""The office may ask a tablet for its log."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "tablet_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=True, comment="when the tablet last answered"),
        sa.Column("user_id", sa.Uuid(), nullable=True, comment="who was signed in then"),
        sa.Column("events", sa.JSON(), nullable=False, comment="the oldest first"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_tablet_log_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tablet_log")),
        sa.UniqueConstraint("device_id", name=op.f("uq_tablet_log_device_id")),
    )


def downgrade() -> None:
    op.drop_table("tablet_log")
