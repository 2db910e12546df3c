"""Alembic's steps from an empty database to the present tables; ``callout serve`` takes them at its start."""
