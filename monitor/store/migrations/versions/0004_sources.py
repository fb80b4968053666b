"""What is remembered of feeds and of who their entries are, so that none is missed and none told twice."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index("ix_feeds_introduced", "feeds", ["active", "introduced"])
