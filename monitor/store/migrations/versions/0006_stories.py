"""Which story every article was placed in, and what later articles are compared with."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "members",
        sa.Column("entry_id", ID, nullable=False, autoincrement=False),
        sa.Column("story_id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("newsroom", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("reading", sa.LargeBinary(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("like_id", ID, nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("news", sa.Text(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("moved_at", sa.BigInteger(), nullable=True),
        sa.Column("moved_from", ID, nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_members_entry_id"),
        sa.ForeignKeyConstraint(["story_id"], ["entries.id"], name="fk_members_story_id"),
        sa.ForeignKeyConstraint(["like_id"], ["entries.id"], name="fk_members_like_id"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_members"),
    )
    op.create_index("ix_members_story", "members", ["story_id", "at", "origin"])
    op.create_index("ix_members_at", "members", ["at", "story_id"])
    op.create_index("ix_members_moved_at", "members", ["moved_at"])
    op.add_column("outbox", sa.Column("root_id", ID, nullable=True))
