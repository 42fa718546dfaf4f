"""Indexes for long lists."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index("ix_case_changed_at_id")
        batch_op.drop_index("ix_case_state")
        batch_op.create_index("ix_case_changed_at_id", ["changed_at", "id", "supplier_id"], unique=False)
        batch_op.create_index("ix_case_state", ["state", "changed_at", "id", "supplier_id"], unique=False)

    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index("ix_certificate_public_sort_key", ["public", "sort_key", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index("ix_certificate_public_sort_key")

    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index("ix_case_state")
        batch_op.drop_index("ix_case_changed_at_id")
        batch_op.create_index("ix_case_state", ["state", "changed_at"], unique=False)
        batch_op.create_index("ix_case_changed_at_id", ["changed_at", "id"], unique=False)
