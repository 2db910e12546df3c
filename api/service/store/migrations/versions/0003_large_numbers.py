"""large numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = (("plan", "total_cents"), ("vanstock", "count"))


def _change(kind: type[sa.Integer]) -> None:
    """SQLite keeps 64 bits under either name."""
    if op.get_bind().dialect.name == "postgresql":
        for table, column in COLUMNS:
            op.alter_column(table, column, type_=kind())


def upgrade() -> None:
    """Take the step."""
    _change(sa.BigInteger)


def downgrade() -> None:
    """Go back."""
    _change(sa.Integer)
