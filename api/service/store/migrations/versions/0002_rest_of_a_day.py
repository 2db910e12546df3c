"""rest of a day."""

import sqlalchemy as sa
from alembic import op

from api.service.store.columns import Json, Utc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "complaint",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_complaint_at", "complaint", ["at"])
    op.create_index("ix_complaint_ticket_id", "complaint", ["ticket_id"])
    op.add_column("job", sa.Column("key", sa.String(200), nullable=True))
    op.create_index("ix_job_key", "job", ["key"], unique=True)
    op.add_column("plan", sa.Column("from_at", Utc(), nullable=True))
    op.add_column("plan", sa.Column("follows_id", sa.String(40), nullable=True))
    op.add_column("plan", sa.Column("outcome", Json, nullable=True))
    op.add_column("photopiece", sa.Column("data", sa.LargeBinary(), nullable=False, server_default=sa.text("''")))


def downgrade() -> None:
    """Go back."""
    op.drop_column("photopiece", "data")
    for name in ("outcome", "follows_id", "from_at"):
        op.drop_column("plan", name)
    op.drop_index("ix_job_key", "job")
    op.drop_column("job", "key")
    op.drop_table("complaint")
