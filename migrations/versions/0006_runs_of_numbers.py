"""With each operation stands from where its device's numbers run without a hole: counting them took ever longer.

Operations from before do not say; then they are counted, once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "run_from",
                sa.Integer(),
                nullable=True,
                comment="the device's first number, when all from there up to this one were here",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.drop_column("run_from")
