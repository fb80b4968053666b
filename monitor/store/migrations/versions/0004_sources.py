"""What is remembered of feeds and of who their entries are, so that none is missed and none told twice."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_index("ix_feeds_introduced", "feeds", ["active", "introduced"])
    op.add_column("feeds", sa.Column("pushed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("feeds", sa.Column("marks", sa.LargeBinary(), nullable=True))
    op.add_column("feeds", sa.Column("sought_at", sa.BigInteger(), nullable=True))
    op.add_column("feeds", sa.Column("parts", sa.Text(), nullable=True))
    _lists()
    _health()
    _gaps()
    _push()
    _versions()
    _canonical()
    op.create_table(
        "robots",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_robots"),
    )
    op.create_index("ix_robots_until", "robots", ["until"])


def _lists() -> None:
    op.create_table(
        "lists",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("feeds", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("url", name="pk_lists"),
    )


def _health() -> None:
    """How a feed fares: where it has moved to, whether it is believed, when it publishes, who was told."""
    for name in ("cause", "move", "trust"):
        op.add_column("feeds", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("feeds", sa.Column("address", sa.Text(), nullable=False, server_default=""))
    for name in ("body_at", "news_at", "told_at", "quiet_at"):
        op.add_column("feeds", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("feeds", sa.Column("carried", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("feeds", sa.Column("rhythm", sa.LargeBinary(), nullable=True))


def _gaps() -> None:
    op.create_table(
        "gaps",
        sa.Column("id", ID, nullable=False),
        sa.Column("feed_id", ID, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("older", sa.Text(), nullable=False),
        sa.Column("came", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("alike", sa.Boolean(), nullable=False),
        sa.Column("filled", sa.Boolean(), nullable=False),
        sa.Column("tried", sa.Text(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_gaps_feed_id"),
        sa.PrimaryKeyConstraint("id", name="pk_gaps"),
    )
    op.create_index("ix_gaps_feed_id", "gaps", ["feed_id"])
    op.create_index("ix_gaps_due_at", "gaps", ["due_at"])
    untold = sa.text("told_at IS NULL")
    op.create_index("ix_gaps_untold", "gaps", ["feed_id"], sqlite_where=untold, postgresql_where=untold)
    op.create_table(
        "hosts",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_hosts"),
    )
    op.create_index("ix_feeds_shard", "feeds", ["shard"])


def _push() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("feed_id", ID, nullable=False, autoincrement=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("hubs", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("unheard", sa.Text(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("doubted_until", sa.BigInteger(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_subscriptions_feed_id"),
        sa.PrimaryKeyConstraint("feed_id", name="pk_subscriptions"),
    )
    op.create_index("ix_subscriptions_due_at", "subscriptions", ["due_at"])
    op.create_table(
        "callbacks",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("feed_id", ID, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("verified_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_callbacks_feed_id"),
        sa.PrimaryKeyConstraint("token", name="pk_callbacks"),
    )
    op.create_index("ix_callbacks_feed_id", "callbacks", ["feed_id"])
    op.create_index("ix_callbacks_until", "callbacks", ["until"])
    op.create_table(
        "deliveries",
        sa.Column("id", ID, nullable=False),
        sa.Column("feed_id", ID, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_deliveries_feed_id"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_feed_id", "deliveries", ["feed_id"])


def _canonical() -> None:
    """Where pages say that they stand."""
    op.add_column("articles", sa.Column("canonical", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_articles_canonical", "articles", ["canonical"])


def _versions() -> None:
    """How old a name is, and what an entry said before it was edited."""
    op.add_column("aliases", sa.Column("seen_at", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE aliases SET seen_at ="
        " (SELECT coalesce(changed_at, seen_at) FROM entries WHERE entries.id = aliases.entry_id)"
    )
    op.create_table(
        "revisions",
        sa.Column("entry_id", ID, nullable=False, autoincrement=False),
        sa.Column("revision", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("blocks", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_revisions_entry_id"),
        sa.PrimaryKeyConstraint("entry_id", "revision", name="pk_revisions"),
    )
