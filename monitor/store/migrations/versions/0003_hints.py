"""What a publisher asks for in the feed itself: how long to rest, which hours and days to stay away."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("feeds", sa.Column("hints", sa.Text(), nullable=False, server_default="[0,[],[]]"))
