"""What becomes of an article after it was told: when its page is looked at again, and what had changed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("articles", sa.Column("headline", sa.Text(), nullable=False, server_default=""))
    op.add_column("articles", sa.Column("modified", sa.BigInteger(), nullable=True))
    op.add_column("articles", sa.Column("section", sa.Text(), nullable=False, server_default=""))
    op.add_column("articles", sa.Column("paid", sa.Boolean(), nullable=False, server_default=sa.false()))
    _sites()
    _pages()
    _looks()


def _sites() -> None:
    op.create_table(
        "sites",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_sites"),
    )
    op.create_index("ix_sites_at", "sites", ["at"])


def _pages() -> None:
    op.create_table(
        "pages",
        sa.Column("entry_id", ID, nullable=False, autoincrement=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_pages_entry_id"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_pages"),
    )


def _looks() -> None:
    op.create_table(
        "looks",
        sa.Column("entry_id", ID, nullable=False, autoincrement=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_looks_entry_id"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_looks"),
    )
    op.create_index("ix_looks_due_at", "looks", ["due_at"])
    op.create_table(
        "amendments",
        sa.Column("id", ID, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_amendments_entry_id"),
        sa.PrimaryKeyConstraint("id", name="pk_amendments"),
    )
    op.create_index("ix_amendments_entry_id", "amendments", ["entry_id"])
