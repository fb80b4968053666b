"""What rules may ask beside the words: languages, countries, categories, authors."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for table, name in (
        ("feeds", "lang"),
        ("feeds", "country"),
        ("feeds", "language"),
        ("articles", "author"),
    ):
        op.add_column(table, sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("entries", sa.Column("categories", sa.Text(), nullable=False, server_default="[]"))
    op.execute("ALTER TABLE articles RENAME COLUMN language TO languages")
    as_list = """CASE languages WHEN '' THEN '[]' ELSE '["' || languages || '"]' END"""
    op.execute(f"UPDATE articles SET languages = {as_list}")
