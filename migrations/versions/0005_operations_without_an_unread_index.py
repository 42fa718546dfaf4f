"""Operations without an index that no query reads: every answer had to write it."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.drop_index("ix_operation_criterion")


def downgrade() -> None:
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.create_index("ix_operation_criterion", ["audit_id", "criterion", "cursor"], unique=False)
