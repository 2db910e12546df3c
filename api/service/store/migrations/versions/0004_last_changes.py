"""last changes."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OLD, NEW = "ix_change_technician_id", "ix_change_technician_id_id"


def upgrade() -> None:
    """Take the step."""
    op.create_index(NEW, "change", ["technician_id", "id"])
    op.drop_index(OLD, "change")


def downgrade() -> None:
    """Go back."""
    op.create_index(OLD, "change", ["technician_id"])
    op.drop_index(NEW, "change")
